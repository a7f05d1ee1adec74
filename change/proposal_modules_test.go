package change_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// TestSeveralModules: several modules and records are one change; what it takes away, the text
// of a package and a name that was disabled with it, comes back with the undo, and goes again
// with the undo of that.
func TestSeveralModules(t *testing.T) {
	root := moduleStore(t)
	ctx := context.Background()
	s, err := change.Open(change.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	propose := func(r change.Request) *change.Done {
		t.Helper()
		p, err := s.Propose(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		done, err := p.Commit(ctx, change.About{})
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	none := func(*semanage.Tx) error { return nil }
	propose(change.Request{Stage: none, Modules: func(tx *modstore.Tx) error {
		return errors.Join(tx.Install(modstore.Key{Priority: 350, Name: "gone"}, "cil", []byte("(type gone_t)\n")),
			tx.SetEnabled("gone", false))
	}})
	snap := func() stores.Snapshot {
		t.Helper()
		s, err := stores.Snap(root, "targeted", stores.Parts{Modules: true})
		if err != nil {
			t.Fatal(err)
		}
		s.DropEmpty()
		// Once there were local file contexts there is a file of them, with its compiled form.
		delete(s, "/etc/selinux/targeted/contexts/files/file_contexts.local.bin")
		return s
	}
	before := snap()
	r := ownState(4)
	edit := r.Modules
	r.Modules = func(tx *modstore.Tx) error {
		return errors.Join(edit(tx), tx.Remove(modstore.Key{Priority: 350, Name: "gone"}))
	}
	done := propose(r)
	after := snap()
	if before.Diff(after) == "" || len(done.Entry.Modules()) != 5 {
		t.Fatalf("%d modules changed", len(done.Entry.Modules()))
	}
	if s, err = change.Open(change.Options{Root: root}); err != nil {
		t.Fatal(err) // which reads the history
	}
	undone, err := s.Undo(ctx, done.Entry.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d := before.Diff(snap()); d != "" {
		t.Errorf("the undo leaves:\n%s", d)
	}
	if _, err := s.Undo(ctx, undone.Entry.ID); err != nil {
		t.Fatal(err)
	}
	if d := after.Diff(snap()); d != "" {
		t.Errorf("the undo of the undo leaves:\n%s", d)
	}
	// What somebody changed since is not taken back.
	path := filepath.Join(root, "var/lib/selinux/targeted/active/modules/300/more/cil")
	if err := os.WriteFile(path, []byte("(type other_t)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := s.History()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Undo(ctx, list[len(list)-1].ID); !errors.Is(err, change.ErrStale) {
		t.Errorf("undone although a module is another: %v", err)
	}
}

// TestModulesOrphan: a change of modules that local records need is refused, unless it takes the
// records, too.
func TestModulesOrphan(t *testing.T) {
	root := moduleStore(t)
	ctx := context.Background()
	s, err := change.Open(change.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(ctx, -1, ownModule(1), change.About{}); err != nil {
		t.Fatal(err)
	}
	remove := func(tx *modstore.Tx) error { return tx.Remove(modstore.Key{Priority: 400, Name: "own"}) }
	_, err = s.Propose(ctx, change.Request{Modules: remove, Stage: func(*semanage.Tx) error { return nil }})
	var orphan *change.OrphanError
	if !errors.As(err, &orphan) || len(orphan.Records) != 1 {
		t.Fatalf("a record without its type: %v", err)
	}
	p, err := s.Propose(ctx, change.Request{Modules: remove, Stage: func(tx *semanage.Tx) error {
		return tx.Delete(semanage.PortKey{Protocol: semanage.TCP, Low: 7001, High: 7001})
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Commit(ctx, change.About{}); err != nil {
		t.Fatal(err)
	}
}
