package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/test/stores"
)

// scratchRoot is the documents' name for the system that their commands change.
const scratchRoot = "/srv/web1"

// webCIL is the smallest policy that compiles.
const webCIL = `(class file (read)) (classorder (file)) (sid kernel) (sidorder (kernel))
(user u) (role r) (type t) (roletype r t) (userrole u r)
(sensitivity s0) (sensitivityorder (s0)) (userlevel u (s0)) (userrange u ((s0) (s0)))
(sidcontext kernel (u r t ((s0) (s0)))) (allow t self (file (read)))
`

// TestDocuments runs the commands of the documents, one after the other, and compares their output
// with the text below them.
func TestDocuments(t *testing.T) {
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("../../examples/example.cil")
	if err != nil {
		t.Fatal(err)
	}
	for name, least := range map[string]int{"how-to.md": 20, "tutorial.md": 15} {
		file := filepath.Join(dir, "docs", name)
		doc, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		work := t.TempDir()
		root := filepath.Join(work, "root")
		if err := stores.ScratchModules(root, string(source)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(dir, "examples"), filepath.Join(work, "examples")); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(work, "web.cil"), []byte(webCIL), 0o600); err != nil {
			t.Fatal(err)
		}
		web := "ports:\n  - {type: http_port_t, proto: tcp, port: 8081}\nbooleans:\n  haproxy_connect_any: on\n"
		if err := os.WriteFile(filepath.Join(work, "web.yaml"), []byte(web), 0o600); err != nil {
			t.Fatal(err)
		}
		listens := "tests:\n  - {listens_only: postgresql_t}\n" +
			"  - {may: postgresql_t listen tcp/5432}\n"
		if err := os.WriteFile(filepath.Join(work, "listens.yaml"), []byte(listens), 0o600); err != nil {
			t.Fatal(err)
		}
		each := "for_each:\n  policies: [example]\n  booleans: [{}, {haproxy_connect_any: on}]\n" +
			"tests:\n  - {may: haproxy_t connect tcp/443}\n  - {may_not: haproxy_t bind tcp/22}\n"
		if err := os.WriteFile(filepath.Join(work, "each.yaml"), []byte(each), 0o600); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{
			"etc/haproxy/haproxy.cfg": "frontend www\n    bind :80\n    default_backend kibana\n\n" +
				"backend kibana\n    server app1 10.0.0.7:5601 check\n",
			"usr/lib/systemd/system/haproxy.service": "[Service]\nExecStart=/usr/sbin/haproxy -Ws -f " +
				"/etc/haproxy/haproxy.cfg\n",
		} {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		t.Chdir(work)
		got, sessions := runSessions(t, strings.ReplaceAll(string(doc), scratchRoot, root))
		got = strings.ReplaceAll(got, root, scratchRoot)
		if sessions < least {
			t.Fatalf("%s has %d sessions", name, sessions)
		}
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(string(doc), got); diff != "" {
			t.Errorf("%s is not what senet prints (run with -update):\n%s", name, diff)
		}
	}
}
