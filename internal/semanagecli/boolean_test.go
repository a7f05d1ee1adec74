package semanagecli

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/policydoc"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// TestRunningBooleans: list and export show the kernel's value as the state, and the policy's value as the default.
// A change without a reload sets the kernel's value.
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
	// The export has the active value, not the value that was set before.
	stores.Write(t, kernel+"/booleans/httpd_enable_cgi", "0 0")
	if got := run("boolean -E").out; got != "boolean -m -0 httpd_enable_cgi\n" {
		t.Errorf("export: %q", got)
	}
}

// TestDescriptions: senet finds the same texts in policy.xml as sepolicy, plain and compressed.
func TestDescriptions(t *testing.T) {
	if err := exec.Command(stores.Python, "-c", "import sepolicy").Run(); err != nil {
		testenv.Missing(t, "the Python module sepolicy: "+err.Error())
	}
	// sepolicy reads bytes beyond ASCII only from a compressed file.
	template, err := os.ReadFile("../policydoc/testdata/policy.xml")
	if err != nil {
		t.Fatal(err)
	}
	xmlText := strings.ReplaceAll(string(template), `\xe9`, "")
	plain := t.TempDir() + "/policy.xml"
	stores.Write(t, plain, xmlText)
	packed := plain + ".gz"
	f, err := os.Create(packed)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	_, _ = z.Write([]byte(strings.ReplaceAll(string(template), `\xe9`, "\xe9")))
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
		got := policydoc.Booleans(sysroot.Root{}, path)
		if len(want) != 4 || len(got) != len(want) {
			t.Fatalf("%q\nsepolicy: %q", got, want)
		}
		for name, text := range want {
			if got[name] != text {
				t.Errorf("%s: %q, sepolicy has %q", name, got[name], text)
			}
		}
	}
	if policydoc.Booleans(sysroot.Root{}, plain+".none") != nil {
		t.Error("descriptions of a file that does not exist")
	}
}
