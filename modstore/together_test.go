package modstore_test

import (
	"maps"
	"path"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// TestTogether: records that change together with the modules leave the same files as those that change
// after them, of each kind.
func TestTogether(t *testing.T) {
	const text = "(typeattributeset cil_gen_require getty_t)(allow getty_t self (process (ptrace)))\n"
	install := func(tx *modstore.Tx) error {
		return tx.Install(modstore.Key{Name: "own", Priority: 400}, "cil", []byte(text))
	}
	after := stores.Few(t)
	if err := change(after, install); err != nil {
		t.Fatal(err)
	}
	from := stores.Dir(t)
	if err := stores.CopyTree(after, from); err != nil {
		t.Fatal(err)
	}
	if err := change(from, func(tx *modstore.Tx) error {
		return tx.Remove(modstore.Key{Name: "own", Priority: 400})
	}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"boolean -m -1 allow_ypbind",
		"login -a -s user_u -r s0 daemon",
		"user -a -R user_r -r s0 own_u",
		"interface -a -t netif_t eth7",
		"port -a -t http_port_t -p tcp 5601",
		"node -a -t node_t -p ipv4 -M 255.255.255.0 192.0.2.0",
		"fcontext -a -t etc_t /srv/a",
		"fcontext -a -e /usr /srv/sub",
		"fcontext -d -e /usr /srv/sub",
	} {
		edit := func(tx *semanage.Tx) error {
			_, err := tx.Import(strings.NewReader(line + "\n"))
			return err
		}
		if err := change(from, func(tx *modstore.Tx) error {
			if err := install(tx); err != nil {
				return err
			}
			return edit(tx.Records())
		}); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		s, err := semanage.Open(semanage.Options{Root: after, NoReload: true})
		if err != nil {
			t.Fatal(err)
		}
		tx, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if err := edit(tx); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if _, err := tx.Commit(); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		tx.Close()
		a, b := snapWithoutPolicy(t, after), snapWithoutPolicy(t, from)
		if d := a.Diff(b); d != "" {
			t.Errorf("%s:\n%s", line, d)
		}
		if err := change(from, func(tx *modstore.Tx) error {
			return tx.Remove(modstore.Key{Name: "own", Priority: 400})
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// snapWithoutPolicy leaves the policy out: its order is another where it is built anew, here as with libsemanage.
func snapWithoutPolicy(t *testing.T, root string) stores.Snapshot {
	t.Helper()
	s, err := stores.Snap(root, "default", stores.Parts{Modules: true})
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(s, func(name, _ string) bool { return strings.HasPrefix(path.Base(name), "policy.") })
	return s
}
