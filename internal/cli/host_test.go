package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/testenv/documents"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/stores"
)

// runSenet runs a command and returns its exit code and output.
func runSenet(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(append([]string{"senet"}, args...), strings.NewReader(""), &out, &errs)
	if slices.Contains(args, "--json") && out.Len() > 0 {
		if err := documents.Check(out.Bytes()); err != nil {
			t.Errorf("senet %s: the JSON is not what its schema says: %v", strings.Join(args, " "), err)
		}
	}
	return code, out.String(), errs.String()
}

// The facts are printed, saved, read back, and the file says the same as --json.
func TestHost(t *testing.T) {
	file := filepath.Join(t.TempDir(), "web1.json")
	code, text, stderr := runSenet(t, "host", "--save", file)
	if code != exitYes || stderr != "" || !strings.HasPrefix(text, "HOST  this machine\n") ||
		!strings.Contains(text, "ip_local_port_range") {
		t.Fatalf("exit %d, %q, %q", code, text, stderr)
	}
	code, again, _ := runSenet(t, "host", "--host", file)
	if code != exitYes || again != text {
		t.Errorf("exit %d; the saved facts print as\n%s\nnot as\n%s", code, again, text)
	}
	code, out, _ := runSenet(t, "host", "--host", file, "--json")
	var answer doc.Host
	if err := json.Unmarshal([]byte(out), &answer); err != nil || code != exitYes || answer.Schema != "senet.host/1" {
		t.Fatalf("exit %d, %v: %s", code, err, out)
	}
	if len(answer.Assumptions) != len(answer.Host.Unknown) {
		t.Errorf("%d assumptions for %d facts that could not be read", len(answer.Assumptions),
			len(answer.Host.Unknown))
	}
	if code, out, _ := runSenet(t, "host", "-q"); code != exitYes || out != "" {
		t.Errorf("-q: exit %d, %q", code, out)
	}
}

// A configured system under a directory: its labels and the checks that they switch on.
func TestHostRoot(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"etc/selinux/config":      "SELINUX=permissive\nSELINUXTYPE=mls\n",
		"etc/sysctl.d/a.conf":     "net.ipv4.ip_local_port_range = 1024 2048\n",
		"etc/iptables/rules.v4":   "*security\n-A INPUT -j SECMARK --selctx u:r:t:s0\nCOMMIT\n",
		"lib/modules/6.1.1/empty": "",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, text, _ := runSenet(t, "host", "--root", root)
	for _, want := range []string{"permissive, mls", "1024-2048", "configured: /etc/sysctl.d/a.conf",
		"ip security INPUT", "u:r:t:s0", "packet checks               made"} {
		if !strings.Contains(text, want) {
			t.Errorf("exit %d: no %q in\n%s", code, want, text)
		}
	}
}

// TestHostPolicyOfRoot: what selinuxfs says of the loaded policy is said of the
// installed one where a system is not running, in every answer's host.
func TestHostPolicyOfRoot(t *testing.T) {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	if !db.MLS() {
		t.Fatal("the example has no MLS")
	}
	for _, c := range []struct {
		mode         string
		installed    bool
		unknown      policydb.HandleUnknown
		mls          bool
		deny, reject bool
	}{
		{"enforcing", true, policydb.UnknownAllow, true, false, false},
		{"enforcing", true, policydb.UnknownDeny, true, true, false},
		{"permissive", true, policydb.UnknownReject, true, true, true},
		{"disabled", true, policydb.UnknownReject, false, false, false},
		{"enforcing", false, policydb.UnknownAllow, false, false, false},
	} {
		root := t.TempDir()
		stores.Write(t, root+"/etc/selinux/config", "SELINUX="+c.mode+"\nSELINUXTYPE=x\n")
		if c.installed {
			is := db.Clone()
			is.Config = is.Config&^uint32(policydb.UnknownAllow|policydb.UnknownReject) | uint32(c.unknown)
			stores.Write(t, root+"/etc/selinux/x/policy/policy.33", string(is.Encode()))
		}
		lines := [][]string{{"host"}}
		if c.installed {
			lines = append(lines, []string{"can", "haproxy_t", "connect", "tcp/5601"},
				[]string{"can", "haproxy_t", "connect", "tcp/5601", "--policy", "example"})
		}
		for _, line := range lines {
			_, out, stderr := runSenet(t, append(line, "--root", root, "--json")...)
			var answer struct{ Host host.Facts }
			if err := json.Unmarshal([]byte(out), &answer); err != nil || answer.Host.SELinux == nil {
				t.Fatalf("%q: %v: %s%s", line, err, out, stderr)
			}
			if s := answer.Host.SELinux; s.MLS != c.mls || s.DenyUnknown != c.deny || s.RejectUnknown != c.reject {
				t.Errorf("%+v: %q: %+v", c, line, s)
			}
		}
	}
}

func TestHostErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(file, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"host", "--host", "/no/such/file"}, exitUnreadable, "no such file"},
		{[]string{"host", "--host", file}, exitUnreadable, "senet host --save FILE"},
		{[]string{"host", "--root", "/no/such/dir"}, exitUnreadable, "no such file"},
		{[]string{"host", "--netns", "no-such-namespace"}, exitUnreadable, "lsns"},
		{[]string{"host", "--root", "/", "--netns", "1"}, exitUsage, "exclude one another"},
		{[]string{"host", "extra"}, exitUsage, "takes 0 arguments"},
		{[]string{"host", "--nonsense"}, exitUsage, "unknown flag"},
		{[]string{"host", "-q", "--save", "/no/such/dir/file"}, exitUnreadable, "not saved"},
	} {
		code, _, stderr := runSenet(t, tt.args...)
		if code != tt.code || !strings.Contains(stderr, tt.want) {
			t.Errorf("%q: exit %d, %q; want %d and %q", tt.args, code, stderr, tt.code, tt.want)
		}
	}
}
