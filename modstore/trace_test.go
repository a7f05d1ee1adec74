package modstore_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

// TestTrace: what is traced is the policy that the store has, its origins are in the
// modules, and the store stays as it is.
func TestTrace(t *testing.T) {
	root := copyOf(t, "default")
	active := filepath.Join(root, "var/lib/selinux/default/active")
	linked, err := os.ReadFile(filepath.Join(active, "policy.linked"))
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadDir(active)
	if err != nil {
		t.Fatal(err)
	}
	records, err := semanage.Open(semanage.Options{Root: root, Store: "default"})
	if err != nil {
		t.Fatal(err)
	}
	s := modstore.Open(records, modstore.Options{Cache: modstore.CacheNever})
	for range 2 { // the second of what is remembered
		b, err := s.Trace()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Policy.Encode(), linked) {
			t.Fatal("the policy is not policy.linked")
		}
		origins := b.Origins.Rule(b.Policy.AVTab.Len() / 2)
		if len(origins) == 0 || !strings.HasPrefix(origins[0].File, "modules/100/") ||
			!strings.HasSuffix(origins[0].File, "/cil") || origins[0].Text == "" {
			t.Fatalf("%+v", origins)
		}
		if len(b.Modules) < 300 {
			t.Fatalf("%d modules", len(b.Modules))
		}
	}
	after, err := os.ReadDir(active)
	if err != nil {
		t.Fatal(err)
	}
	if len(before) != len(after) {
		t.Fatalf("%v became %v", before, after)
	}
}
