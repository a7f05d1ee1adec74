package change_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// moduleWriter makes the test binary a writer of modules that is killed.
const moduleWriter = "SENET_TEST_MODULE_WRITER"

// TestMain runs the writer where a test started it.
func TestMain(m *testing.M) {
	if root := os.Getenv(moduleWriter); root != "" {
		if err := writeModules(root); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		return
	}
	os.Exit(m.Run())
}

// moduleStore makes a store of the example policy that is built from its modules.
func moduleStore(t testing.TB) string {
	t.Helper()
	root := stores.Dir(t)
	text, err := os.ReadFile("../examples/example.cil")
	if err != nil {
		t.Fatal(err)
	}
	var categories strings.Builder
	for i := range 1024 {
		fmt.Fprintf(&categories, "(category c%d)\n", i)
	}
	categories.WriteString("(categoryorder (")
	for i := range 1024 {
		fmt.Fprintf(&categories, " c%d", i)
	}
	categories.WriteString("))\n")
	stores.Write(t, root+"/etc/selinux/config", "SELINUX=permissive\nSELINUXTYPE=targeted\n")
	// Whether policies are optimized would else depend on the policy that the store has before:
	// the first build would be of another release than the next ones.
	stores.Write(t, root+"/etc/selinux/semanage.conf",
		"module-store = direct\nexpand-check = 0\nbzip-blocksize = 0\noptimize-policy = false\n")
	if err := semanage.Create(semanage.Options{Root: root, Store: "targeted"}); err != nil {
		t.Fatal(err)
	}
	s, err := semanage.Open(semanage.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	records, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer records.Close()
	tx, err := modstore.Open(s, modstore.Options{Cache: modstore.CacheNever}).Begin(records)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"example": string(text), "categories": categories.String(),
		"spare": "(type spare_t)\n"} {
		if err := tx.Install(modstore.Key{Priority: 100, Name: name}, "cil", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Build(); err != nil {
		t.Fatal(err)
	}
	if _, err := records.Commit(); err != nil {
		t.Fatal(err)
	}
	return root
}

// ownModule is a module with a type of its own, and the record that needs it.
func ownModule(n int) change.Change {
	c := records(port(uint16(7000+n), uint16(7000+n), "own_port_t"))
	c.Module = &change.Module{Name: "own", After: fmt.Sprintf("(type own_port_t)\n(roletype object_r own_port_t)\n"+
		"(typeattributeset port_type (own_port_t))\n(type n%d_t)\n(roletype object_r n%d_t)\n", n, n)}
	return c
}

// ownState is a change of several modules, one of which is switched off, and of records of
// two kinds, as a state file makes it.
func ownState(n int) change.Request {
	one := ownModule(n)
	return change.Request{
		Hold: n%3 == 0,
		Modules: func(tx *modstore.Tx) error {
			return errors.Join(
				tx.Install(modstore.Key{Priority: 400, Name: "own"}, "cil", []byte(one.Module.After)),
				tx.Install(modstore.Key{Priority: 300, Name: "more"}, "cil", fmt.Appendf(nil, "(type more%d_t)\n", n)),
				tx.SetEnabled("spare", false))
		},
		Stage: func(tx *semanage.Tx) error {
			c := semanage.Context{User: "system_u", Role: "object_r", Type: "etc_t", Range: "s0"}
			return errors.Join(tx.Set(one.Records[0].After), tx.Set(semanage.FileContext{Path: "/srv/own", Context: c}))
		},
	}
}

// writeModules installs modules with their records, and takes all back, until it is killed.
func writeModules(root string) error {
	s, err := change.Open(change.Options{Root: root, LockTimeout: -1})
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		ctx := context.Background()
		var err error
		if n%2 == 0 {
			_, err = s.Apply(ctx, -1, ownModule(n%50), change.About{Title: "own"})
		} else {
			var p *change.Proposal
			if p, err = s.Propose(ctx, ownState(n%50)); err == nil {
				_, err = p.Commit(ctx, change.About{Title: "state"})
			}
		}
		if err != nil {
			return fmt.Errorf("applying: %w", err)
		}
		e, err := s.Last()
		if err == nil {
			_, err = s.Undo(context.Background(), e.ID)
		}
		if err != nil {
			return fmt.Errorf("undoing: %w", err)
		}
	}
}

// TestKilledModules kills writers of modules at random moments. Afterwards the module
// and its record are both there or neither is, the history says which, undo goes by it,
// and the policy is what the modules and records make.
func TestKilledModules(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		testenv.Missing(t, "the test binary is not known: "+err.Error())
	}
	kills := 12
	if testenv.Long() {
		kills = 1000
	}
	root := moduleStore(t)
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 5))
	ends := map[string]int{}
	for kill := range kills {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), moduleWriter+"="+root, "XDG_CACHE_HOME="+os.DevNull)
		var said strings.Builder
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(20+rng.IntN(400)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
		if cmd.ProcessState.ExitCode() == 3 {
			t.Fatalf("kill %d: the writer failed: %s", kill, &said)
		}
		ends[oldOrNew(t, root, kill%10 == 0)]++
	}
	t.Logf("%d kills: %v", kills, ends)
	if testenv.Long() && len(ends) < 4 {
		t.Error("the kills did not meet all that can be")
	}
}

// oldOrNew settles the remains of a killed writer and checks the store. It returns the state that
// it found.
func oldOrNew(t *testing.T, root string, rebuild bool) string {
	t.Helper()
	ctx := context.Background()
	s, err := change.Open(change.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Begin(ctx)
	if err != nil {
		t.Fatalf("a change is half made: %v", err)
	}
	found := "nothing to settle"
	switch st := d.Settled(); {
	case st != nil && st.Made:
		found = "made, and not noted"
	case st != nil:
		found = "noted, and not made"
	}
	if len(d.Repairs()) > 0 {
		found += ", repaired"
	}
	d.Close()
	_, err = os.Stat(filepath.Join(root, "var/lib/selinux/targeted/active/modules/400/own/cil"))
	module := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if record := local(t, s) != ""; record != module {
		t.Fatalf("%s: module %v, record %v", found, module, record)
	}
	state := stateThere(t, root)
	if state && !module {
		t.Fatalf("%s: a part of the state without the rest", found)
	}
	left, err := stores.Left(root, "targeted")
	if err != nil || len(left) > 0 {
		t.Fatalf("%s: left over: %v %v", found, left, err)
	}
	image, err := os.ReadFile(filepath.Join(root, "etc/selinux/targeted/policy/policy.33"))
	kern, errKern := os.ReadFile(filepath.Join(root, "var/lib/selinux/targeted/active/policy.kern"))
	if err != nil || errKern != nil || string(image) != string(kern) {
		t.Fatalf("%s: the installed policy is not the store's: %v %v", found, err, errKern)
	}
	if rebuild { // the same modules and records make the same policy
		p, err := s.ProposeModules(ctx, change.ModuleRequest{
			Edits: []change.ModuleEdit{{Op: change.RebuildModules}}, Hold: true,
		})
		if err == nil {
			_, err = p.Commit(ctx, change.About{})
		}
		if err != nil {
			t.Fatalf("%s: %v", found, err)
		}
		again, err := os.ReadFile(filepath.Join(root, "var/lib/selinux/targeted/active/policy.kern"))
		if err != nil || string(again) != string(kern) {
			t.Fatalf("%s: building again makes another policy: %v", found, err)
		}
	}
	if !module {
		return found + ": old"
	}
	e, err := s.Last()
	var foreign *change.ForeignError
	if err != nil && !errors.As(err, &foreign) {
		t.Fatalf("%s: the history has no change to take back: %v", found, err)
	}
	if state != (len(e.Modules()) == 3) {
		t.Fatalf("%s: the history has %d modules, the store has the state: %v", found, len(e.Modules()), state)
	}
	if _, err := s.Undo(ctx, e.ID); err != nil {
		t.Fatalf("%s: %v", found, err)
	}
	if stateThere(t, root) || local(t, s) != "" {
		t.Fatalf("%s: undone, and still there", found)
	}
	if state {
		found += ", several modules"
	}
	return found + ": new"
}

// stateThere reports whether a store has what [ownState] makes beside the module own: all of it
// or nothing.
func stateThere(t *testing.T, root string) bool {
	t.Helper()
	active := filepath.Join(root, "var/lib/selinux/targeted/active")
	_, more := os.Stat(filepath.Join(active, "modules/300/more/cil"))
	_, spare := os.Stat(filepath.Join(active, "modules/disabled/spare"))
	text, err := os.ReadFile(filepath.Join(active, "file_contexts.local"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	installed, err := os.ReadFile(filepath.Join(root, "etc/selinux/targeted/contexts/files/file_contexts.local"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) || string(installed) != string(text) {
		t.Fatalf("file_contexts.local is not the installed one: %v", err)
	}
	file := strings.Contains(string(text), "/srv/own")
	if file != (more == nil) || file != (spare == nil) {
		t.Fatalf("file context %v, module %v, disabled %v", file, more, spare)
	}
	return file
}

// TestModuleUndo: what took the place of another module, and another priority, are taken
// back, and the history with them is read again.
func TestModuleUndo(t *testing.T) {
	root := moduleStore(t)
	s, err := change.Open(change.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	text := func(priority string) string {
		b, err := os.ReadFile(filepath.Join(root, "var/lib/selinux/targeted/active/modules", priority, "own/cil"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return string(b)
	}
	first, second := ownModule(1).Module.After, ownModule(2).Module.After
	edit := func(e change.ModuleEdit) int {
		t.Helper()
		e.Key.Name, e.Lang = "own", "cil"
		p, err := s.ProposeModules(ctx, change.ModuleRequest{Edits: []change.ModuleEdit{e}})
		if err != nil {
			t.Fatal(err)
		}
		done, err := p.Commit(ctx, change.About{})
		if err != nil || !p.Undoable() {
			t.Fatal(err)
		}
		return done.Entry.ID
	}
	edit(change.ModuleEdit{Op: change.InstallModule, Key: modstore.Key{Priority: 300}, Source: []byte(first)})
	replaced := edit(change.ModuleEdit{Op: change.InstallModule, Key: modstore.Key{Priority: 300},
		Source: []byte(second)})
	moved := edit(change.ModuleEdit{Op: change.MoveModule, Key: modstore.Key{Priority: 300}, To: 500})
	if text("300") != "" || text("500") != second {
		t.Fatal("the module was not moved")
	}
	if _, err := s.Undo(ctx, replaced); !errors.Is(err, change.ErrStale) {
		t.Fatalf("undone although it is elsewhere: %v", err)
	}
	for _, step := range []struct {
		id        int
		at3, atFi string
	}{{moved, second, ""}, {replaced, first, ""}} {
		if s, err = change.Open(change.Options{Root: root}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Undo(ctx, step.id); err != nil {
			t.Fatal(err)
		}
		if text("300") != step.at3 || text("500") != step.atFi {
			t.Fatalf("after undoing %d: %q and %q", step.id, text("300"), text("500"))
		}
	}
}
