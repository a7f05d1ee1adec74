package remedy_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
)

// scratch copies Debian's store to a root of its own.
func scratch(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"/var/lib/selinux/default", "/etc/selinux/default"} {
		if err := os.CopyFS(filepath.Join(root, dir), os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "etc/selinux/config"),
		[]byte("SELINUX=permissive\nSELINUXTYPE=default\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}

// built is the policy that a scratch store was built into.
func built(t *testing.T, root string) *policy.Policy {
	return testpolicy.Open(t, filepath.Join(root, "etc/selinux/default/policy/policy.33"))
}

// semanageIn runs the commands of a form in a scratch store: those of semanage
// by semanage itself.
func semanageIn(t *testing.T, root, script string) {
	t.Helper()
	const python = "import sys, runpy, " +
		"semanage\nsemanage.semanage_set_root(sys.argv.pop(1))\nrunpy.run_path('/usr/sbin/semanage', " +
		"run_name='__main__')\n"
	head, rest, _ := strings.Cut(script, "\n")
	args := strings.Fields(head)
	if args[0] != "semanage" {
		t.Fatalf("%s", script)
	}
	var input string
	if args[1] == "import" {
		args = args[:2]
		input = strings.TrimSuffix(rest, "EOF\n")
	}
	cmd := exec.Command("/usr/bin/python3", append([]string{"-c", python, root}, append(args[1:], "-N")...)...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\n%s", err, out, script)
	}
}

// TestSemanage: the real semanage takes the records of fixes and makes the labels
// that were meant, in a store where the port lies in a local record of a range;
// and what takes them back leaves the labels that were there. Only with
// SENET_TEST_LONG=1.
func TestSemanage(t *testing.T) {
	if !testenv.Long() {
		t.Skip("SENET_TEST_LONG is not 1")
	}
	testenv.Need(t, "semanage")
	testenv.Policy(t, "default")
	if err := exec.Command("/usr/bin/python3", "-c", "import semanage, seobject, sepolicy").Run(); err != nil {
		testenv.Missing(t, "the Python modules of semanage: "+err.Error())
	}
	root := scratch(t)
	semanageIn(t, root, "semanage port --add --type ssh_port_t --proto tcp 8078-8085\n")
	p := built(t, root)
	at := p.PortLabel(policy.ProtoTCP, 8080)
	q := problem(t, p, "httpd_t", network.Bind, network.TCP, 8080)
	q.LocalPorts = []policydb.PortCon{p.Ports()[at.Record]}
	_, r := find(t, p, q, "")
	done := map[remedy.Kind]bool{}
	for i := range r.Fixes {
		f := &r.Fixes[i]
		if done[f.Kind] || f.Kind != remedy.Split && f.Kind != remedy.Label {
			continue
		}
		done[f.Kind] = true
		want := ""
		for _, form := range form.Forms(f, form.Target{Protocol: "tcp", Port: 8080}) {
			if form.Name == "semanage" {
				want = form.Text
			}
		}
		semanageIn(t, root, want)
		after := built(t, root)
		for port := 8000; port < 8100; port++ {
			was, is := labelText(p, port), labelText(after, port)
			if port == 8080 {
				was = fmt.Sprintf("system_u:object_r:%s:%s", f.Type, f.Range)
			}
			if was != is {
				t.Errorf("%s: port %d is %s, want %s", f.Kind, port, is, was)
			}
		}
		semanageIn(t, root, form.Undo(f, form.Target{Protocol: "tcp", Port: 8080}))
		after = built(t, root)
		for port := 8000; port < 8100; port++ {
			if was, is := labelText(p, port), labelText(after, port); was != is {
				t.Errorf("%s taken back: port %d is %s, want %s", f.Kind, port, is, was)
			}
		}
	}
	if !done[remedy.Split] || !done[remedy.Label] {
		t.Errorf("%v", done)
	}
}

func labelText(p *policy.Policy, port int) string {
	return p.FormatContext(p.PortLabel(policy.ProtoTCP, uint16(port)).Context)
}
