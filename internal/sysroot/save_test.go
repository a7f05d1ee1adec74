package sysroot

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSaveFile: what --out names is replaced as a whole, and stays the kind of
// thing it is.
func TestSaveFile(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string, mode fs.FileMode) {
		t.Helper()
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(at(name), mode); err != nil { // without the umask
			t.Fatal(err)
		}
	}
	holds := func(name, want string, mode fs.FileMode) {
		t.Helper()
		text, err := os.ReadFile(at(name))
		if err != nil || string(text) != want {
			t.Errorf("%s: %q, %v, want %q", name, text, err, want)
		}
		if st, err := os.Lstat(at(name)); err != nil || mode != 0 && st.Mode() != mode {
			t.Errorf("%s: %v, %v, want %v", name, st.Mode(), err, mode)
		}
	}

	if err := Save(at("new"), []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	holds("new", "one", 0o600)

	// Whoever has the old file open goes on reading it, whole.
	write("old", "the old plan", 0o640)
	reader, err := os.Open(at("old"))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := Save(at("old"), []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	holds("old", "new", 0o640)
	seen := make([]byte, 100)
	if n, _ := reader.Read(seen); string(seen[:n]) != "the old plan" {
		t.Errorf("the open file became %q", seen[:n])
	}

	// A link stays a link, also one to a file that does not exist yet.
	for _, target := range []string{"old", "absent"} {
		if err := os.Symlink(target, at("to-"+target)); err != nil {
			t.Fatal(err)
		}
		if err := Save(at("to-"+target), []byte("through "+target), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := os.Readlink(at("to-" + target)); got != target {
			t.Errorf("the link became %q, %v", got, err)
		}
		holds(target, "through "+target, 0)
	}

	// A file that is not regular is written to, and not replaced.
	if err := Save(os.DevNull, []byte("x"), 0o600); err != nil {
		t.Error(err)
	}
	if st, err := os.Stat(os.DevNull); err != nil || st.Mode().IsRegular() {
		t.Fatalf("%v %v", st, err)
	}

	// Mistakes name the file that was meant.
	for name, want := range map[string]string{"no/file": at("no/file") + ": no such file", ".": "is a directory"} {
		if err := Save(at(name), nil, 0o600); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 5 {
		t.Errorf("left: %v %v", list, err)
	}
}

// TestSaveFileFails: where the new file cannot take its place nothing is left of it.
func TestSaveFileFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "plan")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writeAtomically(path, []byte("new"), 0o600, nil); err == nil {
		t.Error("a directory was replaced")
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("left: %v %v", list, err)
	}
}
