package change_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// A directory is a store of modules that has only libsemanage's directories for them: each change
// is a transaction, which builds nothing.
type directory struct {
	root string
	// before and after are called around each change, with "install" or "remove".
	before, after func(op string) error
}

func (d *directory) path(name string) string {
	return filepath.Join(d.root, "var/lib/selinux/targeted/active", name)
}

func (d *directory) Has(_ context.Context, name string) (bool, error) {
	_, err := os.Stat(d.path("modules/400/" + name))
	return err == nil, nil
}

func (d *directory) Install(_ context.Context, held *change.Lock, name, cil string) error {
	return d.change("install", held, func() error {
		if err := os.MkdirAll(d.path("modules/400/"+name), 0o700); err != nil {
			return err
		}
		return os.WriteFile(d.path("modules/400/"+name+"/cil"), []byte(cil), 0o600)
	})
}

func (d *directory) Remove(_ context.Context, held *change.Lock, name string) error {
	return d.change("remove", held, func() error { return os.RemoveAll(d.path("modules/400/" + name)) })
}

func (d *directory) change(op string, held *change.Lock, do func() error) error {
	if held.File() == nil {
		return errors.New("the lock is not held")
	}
	if d.before != nil {
		if err := d.before(op); err != nil {
			return err
		}
	}
	if err := do(); err != nil {
		return err
	}
	if err := d.transaction(); err != nil {
		return err
	}
	if d.after != nil {
		return d.after(op)
	}
	return nil
}

// transaction counts one, as every program does that changes a store.
func (d *directory) transaction() error {
	text, err := os.ReadFile(d.path("commit_num"))
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(strings.TrimRight(string(text), "\x00\n"))
	if err != nil {
		return err
	}
	return os.WriteFile(d.path("commit_num"), []byte(strconv.Itoa(n+1)), 0o600)
}

// scratch makes a store with the example policy.
func scratch(t testing.TB) (*change.Store, *directory) {
	t.Helper()
	root := t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	d := &directory{root: root}
	return reopen(t, d), d
}

func reopen(t testing.TB, d *directory) *change.Store {
	t.Helper()
	s, err := change.Open(change.Options{Root: d.root, Modules: d})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func port(low, high uint16, typ string) semanage.Port {
	return semanage.Port{Protocol: semanage.TCP, Low: low, High: high, Context: semanage.Context{Type: typ}}
}

func full(p semanage.Port) semanage.Port {
	p.Context = semanage.Context{User: "system_u", Role: "object_r", Type: p.Context.Type, Range: "s0"}
	return p
}

func records(list ...semanage.Record) change.Change {
	var c change.Change
	for _, r := range list {
		c.Records = append(c.Records, change.Set(r))
	}
	return c
}

func withModule(c change.Change, name string) change.Change {
	c.Module = &change.Module{Name: name, After: "(type " + name + "_t)\n"}
	return c
}

// local returns the local ports, as text.
func local(t testing.TB, s *change.Store) string {
	t.Helper()
	list, err := s.Records().Local(semanage.Ports)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range list {
		out = append(out, r.Key().String()+" "+semanage.ContextOf(r).Type)
	}
	return strings.Join(out, ", ")
}

func mustApply(t testing.TB, s *change.Store, c change.Change) *change.Done {
	t.Helper()
	done, err := s.Apply(context.Background(), -1, c, change.About{Title: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func wantLocal(t testing.TB, s *change.Store, want string) {
	t.Helper()
	if got := local(t, s); got != want {
		t.Fatalf("local ports are %q, want %q", got, want)
	}
}

func wantError(t testing.TB, err, want error, state change.State) {
	t.Helper()
	if !errors.Is(err, want) || change.StateOf(err) != state {
		t.Fatalf("error %v (state %d), want %v (state %d)", err, change.StateOf(err), want, state)
	}
}

// TestApplyUndo: records are set, replaced, cut and deleted; each change is taken
// back by its number, the last one first, and the file has the bytes it had.
func TestApplyUndo(t *testing.T) {
	s, d := scratch(t)
	var states []string
	var ids []int
	for _, c := range []change.Change{
		records(port(8050, 8060, "http_port_t")),
		records(port(7000, 7000, "ssh_port_t"), port(7001, 7001, "ssh_port_t")),
		records(port(7000, 7000, "http_port_t")),
		{Records: []semanage.Difference{
			change.Delete(port(8050, 8060, "")), change.Set(port(8050, 8054, "http_port_t")),
			change.Set(port(8056, 8060, "http_port_t")), change.Set(port(8055, 8055, "ssh_port_t")),
		}},
		records(semanage.Boolean{Name: "haproxy_connect_any", On: true}),
	} {
		text, _ := os.ReadFile(d.path("ports.local"))
		states = append(states, string(text))
		done := mustApply(t, s, c)
		if !done.Changed || done.Policy == nil || done.Entry.ID != done.Result.Commit || done.Loaded {
			t.Fatalf("%+v", done)
		}
		ids = append(ids, done.Entry.ID)
	}
	wantLocal(t, s,
		"tcp/7000 http_port_t, tcp/7001 ssh_port_t, tcp/8050-8054 http_port_t, tcp/8056-8060 http_port_t, tcp/8055 "+
			"ssh_port_t")
	for i, id := range slices.Backward(ids) {
		last, err := reopen(t, d).Last()
		if err != nil || last.ID != id {
			t.Fatalf("the last change is %d, want %d: %v", last.ID, id, err)
		}
		done, err := reopen(t, d).Undo(context.Background(), id)
		if err != nil || done.Entry.Undoes != id {
			t.Fatal(done, err)
		}
		text, _ := os.ReadFile(d.path("ports.local"))
		if states[i] != "" && string(text) != states[i] {
			t.Fatalf("after undoing %d: %q, want %q", id, text, states[i])
		}
	}
	_, err := s.Last()
	wantError(t, err, change.ErrNothing, change.Unchanged)
	_, err = s.Undo(context.Background(), ids[2])
	wantError(t, err, change.ErrUndone, change.Unchanged)
	_, err = s.Undo(context.Background(), 1000)
	wantError(t, err, change.ErrUnknown, change.Unchanged)
	// A taking back can be taken back, by its number.
	list, err := s.History()
	if err != nil || len(list) != 2*len(ids) {
		t.Fatal(len(list), err)
	}
	if _, err := s.Undo(context.Background(), list[len(list)-1].ID); err != nil {
		t.Fatal(err)
	}
	wantLocal(t, s, "tcp/8050-8060 http_port_t")
	if e, err := s.Last(); err != nil || e.ID != ids[0] {
		t.Fatal(e, err)
	}
}

// TestOlder: a change that is not the last can be taken back by its number, if its
// records are as it left them.
func TestOlder(t *testing.T) {
	s, _ := scratch(t)
	first := mustApply(t, s, records(port(8050, 8050, "http_port_t")))
	second := mustApply(t, s, records(port(8051, 8051, "http_port_t")))
	third := mustApply(t, s, records(port(8051, 8051, "ssh_port_t")))
	_, err := s.Undo(context.Background(), second.Entry.ID)
	wantError(t, err, change.ErrStale, change.Unchanged)
	if _, err := s.Undo(context.Background(), first.Entry.ID); err != nil {
		t.Fatal(err)
	}
	wantLocal(t, s, "tcp/8051 ssh_port_t")
	// What is newest of the rest is the last.
	if e, err := s.Last(); err != nil || e.ID != third.Entry.ID {
		t.Fatal(e, err)
	}
}

// TestNothingToDo: what is so already is no transaction... as with semanage, one that
// sets a record to what it is counts as one, but has nothing to take back.
func TestNothingToDo(t *testing.T) {
	s, _ := scratch(t)
	first := mustApply(t, s, records(port(8050, 8050, "http_port_t")))
	mustApply(t, s, records(port(8050, 8050, "http_port_t")))
	if _, err := s.Apply(context.Background(), -1, change.Change{}, change.About{}); err == nil ||
		change.StateOf(err) != change.Unchanged {
		t.Fatal(err)
	}
	list, err := s.History()
	if err != nil || len(list) != 1 || list[0].ID != first.Entry.ID {
		t.Fatal(list, err)
	}
}

// TestMoved: a change is bound to the state that it was made for.
func TestMoved(t *testing.T) {
	s, _ := scratch(t)
	base, err := s.Base()
	if err != nil || base.Store != "targeted" || base.Commit != 1 || len(base.Policy) != 64 {
		t.Fatal(base, err)
	}
	mustApply(t, s, records(port(8050, 8050, "http_port_t")))
	for _, c := range []change.Change{records(port(8051, 8051, "http_port_t")), withModule(change.Change{}, "m")} {
		_, err = s.Apply(context.Background(), base.Commit, c, change.About{})
		wantError(t, err, change.ErrMoved, change.Unchanged)
	}
	if after, err := s.Base(); err != nil || after.Policy == base.Policy || after.Commit != 2 {
		t.Fatal(after, err)
	}
}

// TestModule: a module with a record, forth and back.
func TestModule(t *testing.T) {
	s, d := scratch(t)
	done := mustApply(t, s, withModule(records(port(5432, 5432, "http_port_t")), "web"))
	if done.Entry.From != 1 || done.Entry.ID != 3 || done.Entry.Status != change.Made {
		t.Fatalf("%+v", done.Entry)
	}
	wantLocal(t, s, "tcp/5432 http_port_t")
	back, err := s.Undo(context.Background(), 3)
	if err != nil || back.Entry.ID != 5 {
		t.Fatal(back, err)
	}
	wantLocal(t, s, "")
	if has, _ := d.Has(context.Background(), "web"); has {
		t.Fatal("the module is still there")
	}
	// Back once more: the module and the record come again.
	if _, err := s.Undo(context.Background(), 5); err != nil {
		t.Fatal(err)
	}
	wantLocal(t, s, "tcp/5432 http_port_t")
	if has, _ := d.Has(context.Background(), "web"); !has {
		t.Fatal("the module is not there again")
	}
}

// TestForeign: another program's transaction on top of a change is found out, and is
// not taken back.
func TestForeign(t *testing.T) {
	s, d := scratch(t)
	first := mustApply(t, s, records(port(8050, 8050, "http_port_t")))
	if err := d.transaction(); err != nil {
		t.Fatal(err)
	}
	e, err := s.Last()
	wantError(t, err, change.ErrStale, change.Unchanged)
	var foreign *change.ForeignError
	if !errors.As(err, &foreign) || foreign.Now != 3 || e.ID != first.Entry.ID {
		t.Fatal(err)
	}
	// Something newer of our own is taken back unasked, what lies before the foreign
	// one is not.
	second := mustApply(t, s, records(port(8051, 8051, "http_port_t")))
	if e, err := s.Last(); err != nil || e.ID != second.Entry.ID {
		t.Fatal(e, err)
	}
	if _, err := s.Undo(context.Background(), second.Entry.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Last(); !errors.Is(err, change.ErrStale) {
		t.Fatal(err)
	}
	// By its number it is.
	if _, err := s.Undo(context.Background(), first.Entry.ID); err != nil {
		t.Fatal(err)
	}
	wantLocal(t, s, "")
}

// TestAdopted: a transaction that package semanage made for somebody else can be
// taken back as one of ours can.
func TestAdopted(t *testing.T) {
	s, _ := scratch(t)
	tx, err := s.Records().Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Close()
	if err := tx.Set(full(port(8050, 8050, "http_port_t"))); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	e, err := s.Last()
	if err != nil || !e.Adopted || e.ID != 2 {
		t.Fatalf("%+v %v", e, err)
	}
	if _, err := s.Undo(context.Background(), e.ID); err != nil {
		t.Fatal(err)
	}
	wantLocal(t, s, "")
}

// TestDraft: a draft is edited, and committed or not; one that only looks is not.
func TestDraft(t *testing.T) {
	s, d := scratch(t)
	look, err := s.Look(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := look.Tx.Set(port(8050, 8050, "http_port_t")); err != nil {
		t.Fatal(err)
	}
	if _, err := look.Commit(context.Background(), change.About{}); err == nil {
		t.Fatal("a draft that only looks was committed")
	}
	for _, name := range []string{"../senet.history", "../senet.LOCK"} {
		if _, err := os.Lstat(d.path(name)); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("looking made %s", name)
		}
	}
	draft, err := s.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Tx.Set(port(8050, 8050, "http_port_t")); err != nil {
		t.Fatal(err)
	}
	done, err := draft.Commit(context.Background(), change.About{Command: []string{"senet", "port", "set"}})
	if err != nil {
		t.Fatal(err)
	}
	if draft, err = s.Begin(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := draft.Undo(done.Entry.ID); err != nil {
		t.Fatal(err)
	}
	draft.Close()
	wantLocal(t, s, "tcp/8050 http_port_t")
}

// TestContext: a change that was called off is not made.
func TestContext(t *testing.T) {
	s, _ := scratch(t)
	ctx, cancel := context.WithCancel(context.Background())
	draft, err := s.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Tx.Set(port(8050, 8050, "http_port_t")); err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err = draft.Commit(ctx, change.About{})
	wantError(t, err, context.Canceled, change.Unchanged)
	wantLocal(t, s, "")
}
