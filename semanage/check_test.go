package semanage

import (
	"os"
	"slices"
	"testing"
)

// TestCheck breaks a store in one way each and looks for the code of the finding, and
// that nothing is repaired.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		wrong func(ts testStore) error
		want  []FindingCode
	}{
		{"sound", func(testStore) error { return nil }, nil},
		{"a sandbox", func(ts testStore) error { return os.Mkdir(ts.path("tmp"), 0o700) }, []FindingCode{FindUnfinished}},
		{"no policy.linked", func(ts testStore) error { return os.Remove(ts.path("active/policy.linked")) }, []FindingCode{FindMissing}},
		{"no number", func(ts testStore) error { return os.Remove(ts.path("active/commit_num")) }, []FindingCode{FindMissing}},
		{"damaged records", func(ts testStore) error {
			return os.WriteFile(ts.path("active/nodes.local"), []byte("nonsense\n"), 0o600)
		}, []FindingCode{FindDamaged}},
		{"half a policy", func(ts testStore) error { return os.Truncate(ts.path("active/policy.kern"), 1000) }, []FindingCode{FindDamaged}},
		{"a record that the policy lacks", func(ts testStore) error {
			return os.WriteFile(ts.path("active/ports.local"), []byte("portcon tcp 7777 system_u:object_r:http_port_t:s0\n"), 0o600)
		}, []FindingCode{FindRecords}},
		{"another installed policy", func(ts testStore) error {
			return os.WriteFile(ts.root+"/etc/selinux/targeted/policy/policy.33", []byte("x"), 0o600)
		}, []FindingCode{FindInstalled}},
		{"writable by all", func(ts testStore) error { return os.Chmod(ts.path("active"), 0o777) }, []FindingCode{FindUnsafe}},
		{"a link", func(ts testStore) error {
			return os.Symlink("/nowhere", ts.path("tmp"))
		}, []FindingCode{FindKind}},
	} {
		ts := newTestStore(t)
		tx := ts.begin(ts.open())
		if err := addPort(tx, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := c.wrong(ts); err != nil {
			t.Fatal(err)
		}
		list, err := ts.open().Check()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		var codes []FindingCode
		for _, f := range list {
			codes = append(codes, f.Code)
		}
		if !slices.Equal(codes, c.want) {
			t.Errorf("%s: %v, want %v", c.name, list, c.want)
		}
	}
}
