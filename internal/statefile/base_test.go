package statefile

import (
	"errors"
	"path/filepath"
	"testing"
)

// TestBound: a bound file holds for one state of a store, and its files are found from anywhere.
func TestBound(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	s := &State{Modules: []Module{
		{Name: "web", File: "web.te"}, {Name: "own", CIL: "()"}, {Name: "abs", File: "/a.cil"},
	}}
	base := Base{Store: "default", Commit: 7, Policy: "aa"}
	for name, want := range map[string]string{
		"state/web.yaml": filepath.Join(dir, "state", "web.te"),
		"-":              filepath.Join(dir, "web.te"),
		"/srv/x":         "/srv/web.te",
	} {
		bound, err := s.Bound(name, base)
		if err != nil {
			t.Fatal(err)
		}
		if got := bound.Modules; got[0].File != want || got[1].File != "" || got[2].File != "/a.cil" {
			t.Errorf("%s: %+v, want %s", name, got, want)
		}
		if err := bound.CheckBase(name, base); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, other := range []Base{{"mls", 7, "aa"}, {"default", 8, "aa"}, {"default", 7, "bb"}} {
			if err := bound.CheckBase(name, other); !errors.Is(err, ErrBase) {
				t.Errorf("%s, %+v: %v, want ErrBase", name, other, err)
			}
			if err := s.CheckBase(name, other); err != nil {
				t.Errorf("not bound: %v", err)
			}
		}
	}
	if s.Base != nil || s.Modules[0].File != "web.te" {
		t.Errorf("the file itself was changed: %+v", s)
	}
}
