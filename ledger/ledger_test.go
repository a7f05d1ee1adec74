package ledger_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/ledger"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// scratch makes a store with the example policy, and opens it.
func scratch(t *testing.T) (*change.Store, string) {
	t.Helper()
	root := t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	s, err := change.Open(change.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	return s, root
}

func read(t *testing.T, s *change.Store, o ledger.Options) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Read(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func port(n uint16, typ string) semanage.Port {
	return semanage.Port{Protocol: semanage.TCP, Low: n, High: n, Context: semanage.Context{User: "system_u",
		Role: "object_r", Type: typ, Range: "s0"}}
}

// TestRecord: a record has what the policy says instead, the change that made it so,
// and whom it concerns. One that another program changed since has no name.
func TestRecord(t *testing.T) {
	s, root := scratch(t)
	if l := read(t, s, ledger.Options{}); len(l.Items) != 0 {
		t.Fatalf("a fresh store: %+v", l.Items)
	}
	set := change.Change{Records: []semanage.Difference{change.Set(port(5601, "http_port_t"))}}
	done, err := s.Apply(context.Background(), -1, set, change.About{Title: "for kibana"})
	if err != nil {
		t.Fatal(err)
	}
	facts := func(*policydb.Policy) (host.Facts, error) {
		f := host.Standard()
		f.Enforcing = true
		return f, nil
	}
	item := read(t, s, ledger.Options{Facts: facts}).Find("port", "tcp/5601")
	if item == nil || item.Here != "http_port_t" || item.Instead != "unreserved_port_t" || item.By == nil ||
		item.By.ID != done.Entry.ID || item.By.About.Title != "for kibana" || !item.Weighed || len(item.Effects) == 0 {
		t.Fatalf("%+v", item)
	}
	file := filepath.Join(root, "var/lib/selinux/targeted/active/ports.local")
	if err := os.WriteFile(file, []byte(port(5601, "ssh_port_t").String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	item = read(t, s, ledger.Options{}).Find("port", "tcp/5601")
	if item == nil || item.Here != "ssh_port_t" || item.By != nil || item.Weighed {
		t.Fatalf("changed by somebody else: %+v", item)
	}
}

// TestMachine: a mode and a boolean of the kernel that are not the stored ones.
func TestMachine(t *testing.T) {
	s, _ := scratch(t)
	db, err := s.Records().KernelPolicy()
	if err != nil {
		t.Fatal(err)
	}
	b := semanage.PolicyRecords(db, semanage.Booleans)[0].(semanage.Boolean)
	l := read(t, s, ledger.Options{Machine: &host.SELinux{
		Mode: "permissive", Config: &host.Config{Mode: "enforcing"},
		Booleans: []host.Boolean{{Name: b.Name, On: !b.On}},
	}})
	if i := l.Find(ledger.Mode, "mode"); i == nil || i.Here != "permissive" || i.Instead != "enforcing" {
		t.Errorf("mode: %+v", i)
	}
	if i := l.Find(ledger.Running, b.Name); i == nil || (i.Here == "on") != !b.On {
		t.Errorf("boolean: %+v", i)
	}
	if len(l.Items) != 2 {
		t.Errorf("%+v", l.Items)
	}
}

// TestFiles: records that another program wrote, and the flag of a build without
// dontaudit rules.
func TestFiles(t *testing.T) {
	s, root := scratch(t)
	active := filepath.Join(root, "var/lib/selinux/targeted/active")
	for name, text := range map[string]string{
		active + "/file_contexts.local": "# by hand\n/srv/a(/.*)?  -d  system_u:object_r:x_t:s0\n",
		active + "/seusers.local":       "alice:staff_u:s0-s0:c0\n",
		active + "/users.local":         "user web_u roles staff_r level s0 range s0;\n",
		active + "/disable_dontaudit":   "",

		root + "/etc/selinux/targeted/contexts/files/file_contexts.subs": "/srv/www /var/www\n",
	} {
		stores.Write(t, name, text)
	}
	l := read(t, s, ledger.Options{})
	for _, want := range []struct {
		kind      ledger.Kind
		key, here string
	}{
		{"fcontext", "/srv/a(/.*)? -d", "x_t"},
		{"equivalence", "/srv/www", "like /var/www"},
		{"login", "alice", "staff_u s0-s0:c0"},
		{"user", "web_u", "staff_r"},
		{ledger.DontAudit, "dontaudit", "off"},
	} {
		if i := l.Find(want.kind, want.key); i == nil || i.Here != want.here {
			t.Errorf("%v: %+v", want, i)
		}
	}
}
