package semanagecli

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// TestRunningBooleans: what the kernel has is listed and exported as the state,
// the policy's value is the default; a change without a reload reaches it.
func TestRunningBooleans(t *testing.T) {
	root := stores.Copy(t, "default")
	kernel := t.TempDir()
	for name, value := range map[string]string{"ftp_home_dir": "1 1", "httpd_enable_cgi": "0 0"} {
		stores.Write(t, kernel+"/booleans/"+name, value)
	}
	stores.Write(t, kernel+"/commit_pending_bools", "")
	run := func(line string) answer {
		var out, errs strings.Builder
		tool := Tool{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Root: root, SELinuxFS: kernel,
			Descriptions: kernel + "/none"}
		return answer{tool.Run(strings.Fields(line)...), out.String(), errs.String()}
	}
	list := run("boolean -l").out
	for _, want := range []string{
		"\nftp_home_dir                   (on   ,  off)  Allow ftp to home dir\n",
		"\nhttpd_enable_cgi               (off  ,  off)  Allow httpd to enable cgi\n",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if a := run("boolean -m -N --on httpd_enable_cgi"); a != (answer{}) {
		t.Fatal(a)
	}
	if b, err := os.ReadFile(kernel + "/booleans/httpd_enable_cgi"); err != nil || !strings.HasPrefix(string(b), "1") {
		t.Errorf("the kernel got %q, %v", b, err)
	}
	if b, err := os.ReadFile(kernel + "/commit_pending_bools"); err != nil || !strings.HasPrefix(string(b), "1") {
		t.Errorf("the kernel was told %q, %v", b, err)
	}
	// What runs is exported, not what was set.
	stores.Write(t, kernel+"/booleans/httpd_enable_cgi", "0 0")
	if got := run("boolean -E").out; got != "boolean -m -0 httpd_enable_cgi\n" {
		t.Errorf("export: %q", got)
	}
}

const xmlTemplate = `<?xml version="1.0" encoding="ISO-8859-1" standalone="no"?>
<!DOCTYPE policy SYSTEM "policy.dtd">
<policy>
<layer name="services">
<module name="ftp" filename="x">
<summary>FTP</summary>
<tunable name="ftp_home_dir" dftval="false">
<desc>
<p>
Allow ftp to read and write
files in the user home directories &amp; more: \xe9.
</p>
<p>More.</p>
</desc>
</tunable>
<bool name="b1" dftval="true"><desc><p>One</p></desc></bool>
</module>
</layer>
<tunable name="allow_execheap" dftval="false"><desc><p>
Allow unconfined executables
</p></desc></tunable>
<bool name="secure_mode" dftval="false"><desc><p>Mode</p></desc></bool>
</policy>
`

// TestDescriptions: the same texts as sepolicy finds in policy.xml, plain and
// compressed.
func TestDescriptions(t *testing.T) {
	if err := exec.Command(stores.Python, "-c", "import sepolicy").Run(); err != nil {
		testenv.Missing(t, "the Python module sepolicy: "+err.Error())
	}
	// sepolicy cannot read a byte beyond ASCII but in a compressed file.
	xmlText := strings.ReplaceAll(xmlTemplate, `\xe9`, "")
	plain := t.TempDir() + "/policy.xml"
	stores.Write(t, plain, xmlText)
	packed := plain + ".gz"
	f, err := os.Create(packed)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	_, _ = z.Write([]byte(strings.ReplaceAll(xmlTemplate, `\xe9`, "\xe9")))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	for _, path := range []string{plain, packed} {
		const script = "import sepolicy,json,sys;print(json.dumps({k:v[2] for k,v in " +
			"sepolicy.gen_bool_dict(sys.argv[1]).items()}))"
		out, err := exec.Command(stores.Python, "-c", script, path).Output()
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		if err := json.Unmarshal(out, &want); err != nil {
			t.Fatal(err)
		}
		got := readDescriptions(path)
		if len(want) != 4 || len(got) != len(want) {
			t.Fatalf("%q\nsepolicy: %q", got, want)
		}
		for name, text := range want {
			if got[name] != text {
				t.Errorf("%s: %q, sepolicy has %q", name, got[name], text)
			}
		}
	}
	if readDescriptions(plain+".none") != nil {
		t.Error("descriptions of a file that does not exist")
	}
}
