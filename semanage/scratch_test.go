package semanage_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// snap reads the state, the modules too if modules says so.
func snap(t testing.TB, root, store string, modules bool) stores.Snapshot {
	t.Helper()
	s, err := stores.Snap(root, store, stores.Parts{Modules: modules, Number: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t testing.TB, root string) *semanage.Store {
	t.Helper()
	s, err := semanage.Open(semanage.Options{Root: root, NoReload: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// apply runs commands as one transaction.
func apply(s *semanage.Store, strict bool, text string) error {
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	defer tx.Close()
	tx.Strict = strict
	skipped, err := tx.Import(strings.NewReader(text))
	if err == nil && len(skipped) > 0 {
		err = errors.New("skipped lines")
	}
	if err == nil {
		_, err = tx.Commit()
	}
	return err
}

func mustApply(t testing.TB, s *semanage.Store, text string) {
	t.Helper()
	if err := apply(s, false, text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}
