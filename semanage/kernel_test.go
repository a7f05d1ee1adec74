package semanage

import (
	"errors"
	"slices"
	"syscall"
	"testing"
)

// A fakeKernel remembers the policies and booleans that it was given.
type fakeKernel struct {
	version  int
	refuse   error
	loaded   []string
	booleans []Boolean
}

func (k *fakeKernel) Enabled() bool            { return true }
func (k *fakeKernel) MaxVersion() (int, error) { return k.version, nil }

func (k *fakeKernel) Load(policy []byte) error {
	if k.refuse == nil {
		k.loaded = append(k.loaded, string(policy))
	}
	return k.refuse
}

func (k *fakeKernel) SetBooleans(list []Boolean) error {
	k.booleans = append(k.booleans, list...)
	return nil
}

func (ts testStore) withKernel(k Kernel) *Store {
	ts.t.Helper()
	s, err := Open(Options{Root: ts.root, Kernel: k})
	if err != nil {
		ts.t.Fatal(err)
	}
	return s
}

// TestLoad: the kernel gets the policy and the booleans that were set.
func TestLoad(t *testing.T) {
	ts := newTestStore(t)
	k := &fakeKernel{version: 33}
	tx := ts.begin(ts.withKernel(k))
	if err := errors.Join(addPort(tx, 5601), tx.Set(Boolean{"secure_mode", true}),
		tx.Set(Boolean{"nis_enabled", false}),
		tx.Set(Boolean{"nis_enabled", true})); err != nil {
		t.Fatal(err)
	}
	result, err := tx.Commit()
	if err != nil || !result.Loaded || !result.Loads {
		t.Fatal(result, err)
	}
	if len(k.loaded) != 1 || k.loaded[0] != ts.read("active/policy.kern") {
		t.Error("the kernel has another policy")
	}
	if want := []Boolean{{"nis_enabled", true}, {"secure_mode", true}}; !slices.Equal(k.booleans, want) {
		t.Error(k.booleans)
	}
}

// TestLoadDeletedBoolean: a boolean without a local record has the policy's own
// value in the kernel too, which would keep the one it has when it gets the
// policy; and so after Undo. One that the transaction only touched has the value
// that counts.
func TestLoadDeletedBoolean(t *testing.T) {
	ts := newTestStore(t)
	k := &fakeKernel{version: 33}
	s := ts.withKernel(k)
	steps := []struct {
		change func(*Tx) error
		want   []Boolean
	}{
		{func(tx *Tx) error {
			return errors.Join(tx.Set(Boolean{"secure_mode", true}), tx.Set(Boolean{"nis_enabled", true}))
		},
			[]Boolean{{"nis_enabled", true}, {"secure_mode", true}}},
		{undoLast, []Boolean{{"nis_enabled", false}, {"secure_mode", false}}},
		{undoLast, []Boolean{{"nis_enabled", true}, {"secure_mode", true}}},
		{func(tx *Tx) error { return tx.Delete(BooleanKey("nis_enabled")) }, []Boolean{{"nis_enabled", false}}},
		{func(tx *Tx) error {
			return errors.Join(tx.Set(Boolean{"nis_enabled", true}), tx.Delete(BooleanKey("nis_enabled")),
				addPort(tx, 5601))
		}, []Boolean{{"nis_enabled", false}}},
		{func(tx *Tx) error { return tx.DeleteAll(Booleans) }, []Boolean{{"secure_mode", false}}},
	}
	for i, step := range steps {
		k.booleans = nil
		tx := ts.begin(s)
		if err := step.change(tx); err != nil {
			t.Fatal(i, err)
		}
		if _, err := tx.Commit(); err != nil {
			t.Fatal(i, err)
		}
		if !slices.Equal(k.booleans, step.want) {
			t.Errorf("step %d: %v, want %v", i, k.booleans, step.want)
		}
	}
}

// TestRefusedByKernel: nothing is changed where the kernel refuses the policy or
// cannot read its version.
func TestRefusedByKernel(t *testing.T) {
	for _, k := range []*fakeKernel{{version: 33, refuse: syscall.EPERM}, {version: 31}} {
		ts := newTestStore(t)
		before := ts.state()
		tx := ts.begin(ts.withKernel(k))
		if err := addPort(tx, 5601); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Commit(); !errors.Is(err, ErrLoad) {
			t.Error(err)
		}
		if d := differ(ts.state(), before, before); d != "" {
			t.Error(d)
		}
	}
}

// TestLoadAfterCrash: whatever the moment of the crash, the kernel has the
// store's policy once the next transaction has begun.
func TestLoadAfterCrash(t *testing.T) {
	for n := 1; ; n++ {
		ts := newTestStore(t)
		k := &fakeKernel{version: 33}
		s := ts.withKernel(k)
		f := &faultFS{n: n}
		s.inject(f)
		tx := ts.begin(s)
		if err := addPort(tx, 5601); err != nil {
			t.Fatal(err)
		}
		_, _ = tx.Commit() // stopped, or not
		tx.Close()
		ts.begin(ts.withKernel(k)).Close()
		if len(k.loaded) > 0 && k.loaded[len(k.loaded)-1] != ts.read("active/policy.kern") {
			t.Fatalf("step %d: the kernel has another policy than the store", n)
		}
		if !f.stopped {
			return
		}
	}
}

// TestNotThisHost: a store of another root or another name is not loaded.
func TestNotThisHost(t *testing.T) {
	ts := newTestStore(t)
	s, err := Open(Options{Root: ts.root})
	if err != nil || s.kernel() != nil {
		t.Error("another root has this host's kernel: ", err)
	}
	k := &fakeKernel{version: 33}
	for _, o := range []Options{{Root: ts.root, Kernel: k, NoReload: true}} {
		if s, err := Open(o); err != nil || s.kernel() != nil {
			t.Error(o, err)
		}
	}
	if s := ts.withKernel(k); s.kernel() == nil {
		t.Error("the configured store is not loaded")
	}
	s = ts.withKernel(k)
	if s.active = false; s.kernel() != nil {
		t.Error("a store that is not the configured one is loaded")
	}
}
