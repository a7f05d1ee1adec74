package semanage

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// TestNewerJournal: remains of a newer senet are neither deleted nor repaired, and a change is
// refused; the records can be read.
func TestNewerJournal(t *testing.T) {
	for name, text := range map[string]string{
		"only its version is known":  `{"senet": 99}`,
		"members of other types":     `{"senet": 99, "files": "all", "removed": {"a": 1}}`,
		"a version of another form":  `{"senet": "3.1", "files": []}`,
		"members that are not known": `{"senet": 99, "files": [{"name": "x", "sum": 5}], "more": [1]}`,
	} {
		ts := newTestStore(t)
		ts.write(journalName, text)
		s := ts.open()
		if _, err := s.Begin(); !errors.Is(err, ErrNewer) {
			t.Errorf("%s: a transaction: %v", name, err)
		}
		if _, err := s.unfinished(); !errors.Is(err, ErrNewer) {
			t.Errorf("%s: what is unfinished: %v", name, err)
		}
		if got := ts.read(journalName); got != text {
			t.Errorf("%s: the journal is %q", name, got)
		}
		list, err := s.Check()
		if err != nil || len(list) == 0 || !errors.Is(list[0].Err, ErrNewer) {
			t.Errorf("%s: check: %v, %v", name, list, err)
		}
		if _, err := s.Local(Kinds()[0]); err != nil {
			t.Errorf("%s: records: %v", name, err)
		}
	}
}

// TestForeignStore: a store that belongs to somebody else than root, or that everybody
// may write to, could be changed while senet works in it. It is refused with the path and
// the reason, and nothing in it is touched.
func TestForeignStore(t *testing.T) {
	const somebody = 12345
	for _, c := range []struct {
		name, dir string
		wrong     func(path string) error
		want      string
	}{
		{"the store is somebody's", "", func(p string) error { return os.Chown(p, somebody, -1) }, "12345"},
		{"active is somebody's", "active", func(p string) error { return os.Chown(p, somebody, -1) }, "12345"},
		{"everybody writes to the store", "", func(p string) error { return os.Chmod(p, 0o777) }, "everybody"},
		{"everybody writes to active", "active", func(p string) error { return os.Chmod(p, 0o707) }, "everybody"},
	} {
		ts := newTestStore(t)
		path := strings.TrimSuffix(ts.path(c.dir), "/")
		if err := c.wrong(path); errors.Is(err, os.ErrPermission) {
			t.Logf("%s: only root can try it", c.name)
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		before := ts.state()
		s, err := Open(Options{Root: ts.root, NoReload: true})
		if err == nil {
			_, err = s.Begin()
		}
		if !errors.Is(err, ErrUnsafe) || !strings.Contains(err.Error(), path) ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		for name, text := range before {
			if ts.state()[name] != text {
				t.Errorf("%s: %s was changed", c.name, name)
			}
		}
	}
}
