package semanage_test

import (
	"testing"

	"github.com/senet-selinux/senet/semanage"
)

// exportAll exports every kind.
func exportAll(t testing.TB, s *semanage.Store) []byte {
	t.Helper()
	all := map[semanage.Kind][]semanage.Record{}
	for _, kind := range semanage.Kinds() {
		list, err := s.Local(kind)
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = list
	}
	return semanage.Export(all)
}
