package incident_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/incident"
)

// TestNamed: files and standard input are read in the order of the arguments. An
// argument that looks like a file must exist; otherwise the arguments are the log itself.
func TestNamed(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.log"), filepath.Join(dir, "two.log")
	for _, name := range []string{one, two} {
		if err := os.WriteFile(name, []byte(filepath.Base(name)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args  []string
		text  string // with line breaks as blanks
		again bool   // the arguments name the log again
		typed bool
		err   error
	}{
		{args: []string{one, two}, text: "one.log two.log", again: true},
		{args: []string{"-"}, text: "in"},
		{args: []string{"-", one}, text: "in one.log"},
		{args: []string{one, "-"}, text: "one.log in"},
		{args: []string{"avc: denied { x } for a=b"}, text: "avc: denied { x } for a=b", typed: true},
		{args: []string{"avc:", "a=b", "c/d"}, text: "avc: a=b c/d", typed: true},
		{args: []string{one, "avc: a=b"}, text: one + " avc: a=b", typed: true}, // a word of it is the name of a file
		{args: []string{dir}, err: incident.ErrIsDirectory},
		{args: []string{filepath.Join(dir, "no.log")}, err: fs.ErrNotExist},
		{args: []string{one, "no.log"}, err: fs.ErrNotExist},
	} {
		s, err := incident.Named(c.args, strings.NewReader("in"))
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%q: %v, want %v", c.args, err, c.err)
		}
		if err != nil {
			continue
		}
		text, err := io.ReadAll(s.Reader)
		if got := strings.Join(strings.Fields(string(text)), " "); err != nil || got != c.text {
			t.Errorf("%q: %q, %v, want %q", c.args, got, err, c.text)
		}
		if (s.Args != nil) != c.again || s.Typed != c.typed {
			t.Errorf("%q: again %v, typed %v", c.args, s.Args, s.Typed)
		}
		s.Close()
	}
}

// TestCanBeDenial: what cannot be SUBJECT ACTION TARGET and has the form of a denial or a log.
func TestCanBeDenial(t *testing.T) {
	file := filepath.Join(t.TempDir(), "one.log")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		can  bool
	}{
		{[]string{"whatever"}, true},
		{[]string{file, "-"}, true},
		{[]string{"scontext=a", "b"}, true},
		{[]string{"a", "b"}, false},
		{[]string{file, "no.log"}, false},
	} {
		if got := incident.CanBeDenial(c.args); got != c.can {
			t.Errorf("%q: %t, want %t", c.args, got, c.can)
		}
	}
}

// TestPiped: a pipe with nothing in it is no log.
func TestPiped(t *testing.T) {
	if s := incident.Piped(strings.NewReader("")); s != nil {
		t.Error("an empty pipe")
	}
	if s := incident.Piped(nil); s != nil {
		t.Error("no pipe")
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if s := incident.Piped(null); s != nil {
		t.Error(os.DevNull)
	}
	s := incident.Piped(strings.NewReader("text"))
	if s == nil {
		t.Fatal("a pipe is a log")
	}
	if text, err := io.ReadAll(s.Reader); err != nil || string(text) != "text" {
		t.Errorf("%q, %v", text, err)
	}
}
