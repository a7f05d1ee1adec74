package modfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/bzip2"
	"github.com/senet-selinux/senet/internal/modfile"
	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/modstore"
)

const (
	source   = "module web 1.0;\nrequire { type a_t, b_t; class file read; }\nallow a_t b_t:file read;\n"
	contexts = "/srv -d system_u:object_r:a_t:s0\n"
)

// write makes files in a directory of their own and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestRead: each kind of file, as it is and packed; of a package the name inside counts.
func TestRead(t *testing.T) {
	dir := write(t, map[string]string{"other.te": source, "other.fc": contexts, "m.cil": "(type x)"})
	built, err := modfile.Build(filepath.Join(dir, "other.te"), "x.pp",
		modfile.Options{Options: te.Options{MLS: true}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"p.pp": built.Data, "q.pp.bz2": bzip2.Encode(built.Data, 9),
		"z.te.bz2": bzip2.Encode([]byte(source), 9), "m2.cil.bz2": bzip2.Encode([]byte("(type x)"), 1)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ file, name, lang string }{
		{"other.te", "web", "pp"}, {"z.te.bz2", "web", "pp"}, {"p.pp", "web", "pp"}, {"q.pp.bz2", "web", "pp"},
		{"m.cil", "m", "cil"}, {"m2.cil.bz2", "m2", "cil"},
	} {
		m, err := modfile.Read(filepath.Join(dir, c.file))
		if err != nil || m.Name != c.name || m.Lang != c.lang {
			t.Errorf("%s: %v, %+v", c.file, err, m)
		}
	}
	p, err := pp.Decode(built.Data)
	if err != nil || string(p.FileContexts) != contexts {
		t.Errorf("%v, %q", err, p.FileContexts)
	}
}

// TestMistakes: each is told apart.
func TestMistakes(t *testing.T) {
	dir := write(t, map[string]string{"noname": "", "bad.te": source + "allow c_t b_t:file read;\n",
		"1st.cil": ";", "no.cil": "",
		"fc.te": source, "fc.fc": "/srv object_r:a_t\n", "name.te": strings.Replace(source, "web", "we--b.", 1)})
	read := func(file string) error {
		_, err := modfile.Read(filepath.Join(dir, file))
		return err
	}
	if err := read("noname"); !errors.Is(err, modfile.ErrName) {
		t.Error(err)
	}
	if err := read("1st.cil"); !errors.Is(err, modstore.ErrName) {
		t.Error(err)
	}
	if err := read("no.cil"); !errors.Is(err, modfile.ErrEmpty) {
		t.Error(err)
	}
	if err := read("missing.te"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	var found *compile.Errors
	for file, want := range map[string]string{"bad.te": "bad.te:4:7: unknown type c_t", "fc.te": "fc.fc:1:1:",
		"name.te": "name.te:1:"} {
		if err := read(file); !errors.As(err, &found) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
	if _, err := modfile.Build(filepath.Join(dir, "bad.te"), "x.mod", modfile.Options{}); !errors.Is(err,
		modfile.ErrOutput) {
		t.Error(err)
	}
}
