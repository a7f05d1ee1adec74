package change_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/semanage"
)

// killed is the value of the panic by which a test imitates a killed process: what would come
// after it is not done.
type killed struct{}

// kill runs a change that is killed.
func kill(t *testing.T, do func() (*change.Done, error)) {
	t.Helper()
	defer func() {
		if r := recover(); r != (killed{}) {
			t.Fatalf("not killed: %v", r)
		}
	}()
	done, err := do()
	t.Fatal("not killed", done, err)
}

func die(when string) func(string) error {
	return func(op string) error {
		if op == when {
			panic(killed{})
		}
		return nil
	}
}

var errNoLuck = errors.New("no luck today")

func fail(when string) func(string) error {
	return func(op string) error {
		if op == when {
			return errNoLuck
		}
		return nil
	}
}

func hasModule(d *directory) bool {
	has, _ := d.Has(context.Background(), "web")
	return has
}

func webChange() change.Change { return withModule(records(port(5432, 5432, "http_port_t")), "web") }

func applyWeb(s *change.Store) func() (*change.Done, error) {
	return func() (*change.Done, error) {
		return s.Apply(context.Background(), -1, webChange(),
			change.About{Title: "web", Question: []string{"a_t", "bind", "tcp/5432"}})
	}
}

// TestKilledApply: killed before the module, and after it.
func TestKilledApply(t *testing.T) {
	// Before: nothing was done, and the next change goes on.
	s, d := scratch(t)
	d.before = die("install")
	kill(t, applyWeb(s))
	d.before = nil
	if list, err := s.History(); err != nil || len(list) != 1 || list[0].Status != change.Begun {
		t.Fatal(list, err)
	}
	draft, err := s.Begin(context.Background())
	if err != nil || draft.Settled() == nil || draft.Settled().Made || draft.Settled().Entry.About.Title != "web" {
		t.Fatal(draft, err)
	}
	draft.Close()
	if _, err := applyWeb(s)(); err != nil {
		t.Fatal(err)
	}
	// After it: half done. No other change is made on top.
	for _, resume := range []bool{true, false} {
		s, d := scratch(t)
		d.after = die("install")
		kill(t, applyWeb(s))
		d.after = nil
		var half *change.UnfinishedError
		_, err := s.Begin(context.Background())
		if !errors.As(err, &half) || change.StateOf(err) != change.Unchanged {
			t.Fatal(err)
		}
		_, err = s.Apply(context.Background(), -1, records(port(1, 1, "http_port_t")), change.About{})
		if !errors.As(err, &half) || !strings.Contains(err.Error(), "module web is installed") {
			t.Fatal(err)
		}
		if resume {
			done, err := s.Resume(context.Background())
			if err != nil || done.Entry.ID != 3 {
				t.Fatal(done, err)
			}
			wantLocal(t, s, "tcp/5432 http_port_t")
		}
		last, err := s.Last()
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Undo(context.Background(), last.ID); err != nil {
			t.Fatal(err)
		}
		wantLocal(t, s, "")
		if hasModule(d) {
			t.Fatal("the module is still there")
		}
		if _, err = s.Last(); !errors.Is(err, change.ErrNothing) {
			t.Fatal(err)
		}
	}
}

// TestKilledUndo: killed while it is taken back, after the record and before or after
// the module.
func TestKilledUndo(t *testing.T) {
	for _, when := range []string{"before", "after"} {
		s, d := scratch(t)
		if _, err := applyWeb(s)(); err != nil {
			t.Fatal(err)
		}
		undo := func() (*change.Done, error) { return s.Undo(context.Background(), 3) }
		if when == "before" {
			d.before = die("remove")
		} else {
			d.after = die("remove")
		}
		kill(t, undo)
		d.before, d.after = nil, nil
		last, err := s.Last()
		switch {
		case err != nil:
			t.Fatal(err)
		case last.Status != change.Begun:
			t.Fatalf("%+v", last)
		}
		_, err = s.Undo(context.Background(), last.ID)
		if when == "after" { // all was done, but for noting it
			wantError(t, err, change.ErrUndone, change.Unchanged)
		} else if err != nil {
			t.Fatal(err)
		}
		wantLocal(t, s, "")
		if hasModule(d) {
			t.Fatal("the module is still there")
		}
		if _, err := s.Last(); !errors.Is(err, change.ErrNothing) {
			t.Fatal(err)
		}
		if _, err := undo(); !errors.Is(err, change.ErrUndone) {
			t.Fatal(err)
		}
	}
}

// TestFailing: a change that cannot be made is taken out again, and the error says so. What
// stays is said too.
func TestFailing(t *testing.T) {
	s, d := scratch(t)
	d.before = fail("install")
	_, err := applyWeb(s)()
	wantError(t, err, errNoLuck, change.Unchanged)
	// It fails, but the module is there: it is not said that nothing was changed.
	d.before, d.after = nil, fail("install")
	_, err = applyWeb(s)()
	wantError(t, err, errNoLuck, change.Changed)
	d.after = nil
	last, err := s.Last()
	if err != nil || last.Status != change.Begun {
		t.Fatal(last, err)
	}
	if _, err := s.Undo(context.Background(), last.ID); err != nil {
		t.Fatal(err)
	}
	// Another program comes between the module and the record: the module goes again,
	// and if that fails it is said that it did not.
	d.after = func(op string) error {
		if op == "install" {
			return d.transaction()
		}
		return nil
	}
	_, err = applyWeb(s)()
	wantError(t, err, change.ErrMoved, change.Unchanged)
	if hasModule(d) {
		t.Fatal("the module is still there")
	}
	d.before = fail("remove")
	_, err = applyWeb(s)()
	wantError(t, err, change.ErrMoved, change.Changed)
	if !errors.Is(err, errNoLuck) || !hasModule(d) {
		t.Fatal(err)
	}
	d.before, d.after = nil, nil
	if last, err = s.Last(); err == nil {
		_, err = s.Undo(context.Background(), last.ID)
	}
	if err != nil || hasModule(d) {
		t.Fatal(err)
	}
	// The removal fails: the record comes back.
	done, err := applyWeb(s)()
	if err != nil {
		t.Fatal(err)
	}
	d.before = fail("remove")
	_, err = s.Undo(context.Background(), done.Entry.ID)
	wantError(t, err, errNoLuck, change.Unchanged)
	wantLocal(t, s, "tcp/5432 http_port_t")
	d.before = nil
	// And it is still the last change, which can be taken back unasked.
	if last, err = s.Last(); err != nil || last.ID != done.Entry.ID {
		t.Fatal(last, err)
	}
	if _, err = s.Undo(context.Background(), last.ID); err != nil {
		t.Fatal(err)
	}
	wantLocal(t, s, "")
}

// TestTwoUndos: any number of undos at once take one change back, and only that.
func TestTwoUndos(t *testing.T) {
	for _, c := range []change.Change{records(port(8051, 8051, "http_port_t")),
		withModule(records(port(8051, 8051, "http_port_t")), "web")} {
		s, d := scratch(t)
		mustApply(t, s, records(port(8050, 8050, "http_port_t")))
		done := mustApply(t, s, c)
		const several = 8
		errs := make([]error, several)
		var wait sync.WaitGroup
		for i := range several {
			other := reopen(t, d)
			wait.Add(1)
			go func() {
				defer wait.Done()
				_, errs[i] = other.Undo(context.Background(), done.Entry.ID)
			}()
		}
		wait.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else {
				wantError(t, err, change.ErrUndone, change.Unchanged)
			}
		}
		if made != 1 {
			t.Fatalf("%d of %d undos took it back", made, several)
		}
		wantLocal(t, s, "tcp/8050 http_port_t")
	}
}

// TestMany: changes at once are made one after the other, and all of them are in the
// history.
func TestMany(t *testing.T) {
	s, d := scratch(t)
	const several = 12
	var wait sync.WaitGroup
	for i := range several {
		other := reopen(t, d)
		wait.Add(1)
		go func() {
			defer wait.Done()
			c := records(port(9000+uint16(i), 9000+uint16(i), "http_port_t"))
			if i%3 == 0 {
				c = withModule(c, fmt.Sprintf("m%d", i))
			}
			if _, err := other.Apply(context.Background(), -1, c, change.About{}); err != nil {
				t.Error(err)
			}
		}()
	}
	wait.Wait()
	list, err := s.History()
	if err != nil || len(list) != several {
		t.Fatal(len(list), err)
	}
	for range several {
		e, err := s.Last()
		if err == nil {
			_, err = s.Undo(context.Background(), e.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	wantLocal(t, s, "")
}

// TestUnfinished: a transaction of records that happened, but could not be completed,
// is not said to have changed nothing, and can be taken back.
func TestUnfinished(t *testing.T) {
	s, d := scratch(t)
	// The installed policy cannot be replaced by a file: a directory is in the way.
	final := d.root + "/etc/selinux/targeted/policy/policy.33"
	if err := errors.Join(os.Remove(final), os.MkdirAll(final+"/x", 0o700)); err != nil {
		t.Fatal(err)
	}
	done, err := s.Apply(context.Background(), -1, records(port(8050, 8050, "http_port_t")), change.About{})
	if err == nil || change.StateOf(err) == change.Unchanged && local(t, s) != "" {
		t.Fatalf("%v: %d, %q", err, change.StateOf(err), local(t, s))
	}
	if change.StateOf(err) == change.Unchanged {
		return // it was refused before anything happened
	}
	wantError(t, err, semanage.ErrUnfinished, change.Changed)
	if done == nil || !done.Changed {
		t.Fatal(done)
	}
	if err := os.RemoveAll(final); err != nil {
		t.Fatal(err)
	}
	e, err := s.Last()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Undo(context.Background(), e.ID); err != nil {
		t.Fatal(err)
	}
	wantLocal(t, s, "")
}
