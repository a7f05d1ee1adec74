package modstore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// TestMissingIsNamed: the error about a missing name tells the module that declares it: one that is
// disabled, one that a higher priority hides, a package or a CIL file that is not installed. It
// tells none if no module declares the name, or if one declares it as something else.
func TestMissingIsNamed(t *testing.T) {
	root := stores.Few(t)
	install := func(name string, priority int, text string) func(*modstore.Tx) error {
		return func(tx *modstore.Tx) error {
			return tx.Install(modstore.Key{Priority: priority, Name: name}, "cil", []byte(text))
		}
	}
	for _, edit := range []func(*modstore.Tx) error{
		install("off", 400, "(type off_t)\n(boolean word true)\n"),
		install("hidden", 300, "(optional o (type hidden_t))\n"), install("hidden", 500, "(type seen_t)\n"),
		func(tx *modstore.Tx) error { return tx.SetEnabled("off", false) },
	} {
		if err := change(root, edit); err != nil {
			t.Fatal(err)
		}
	}
	source := "module pkg 1.0;\nrequire { class file read; }\ntype pkg_t;\nallow pkg_t self:file read;\n"
	pkg, _, err := te.Package(source, nil, te.Options{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := pkg.Encode()
	if err != nil {
		t.Fatal(err)
	}
	stores.Write(t, filepath.Join(root, "usr/share/selinux/default/pkg.pp"), string(data))
	stores.Write(t, filepath.Join(root, "usr/share/selinux/packages/text.cil"), "(type text_t)\n(type off_t)\n")
	stores.Write(t, filepath.Join(root, "usr/share/selinux/packages/broken.pp"), "x")
	before, err := os.ReadFile(filepath.Join(root, "var/lib/selinux/default/active/policy.kern"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"off_t":     "module off declares it, and is disabled",
		"hidden_t":  "module hidden of priority 300 declares it, and one of a higher priority takes its place",
		"pkg_t":     "pkg.pp declares it, and is not installed",
		"text_t":    "text.cil declares it, and is not installed",
		"word":      "", // it is a boolean
		"nowhere_t": "",
	} {
		err := change(root, install("own", 400, "(allow "+name+" self (file (read)))\n"))
		var found *modstore.CompileError
		if !errors.As(err, &found) || len(found.Errors.List) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		d := found.Errors.List[0]
		if d.Name != name || d.Sort != "type or attribute" {
			t.Errorf("%s: %q %q", name, d.Name, d.Sort)
		}
		var notes []string
		for _, n := range d.Notes {
			if strings.Contains(n.Msg, "declares it") {
				notes = append(notes, n.Msg)
			}
		}
		said := strings.Join(notes, "\n")
		if !strings.HasSuffix(said, want) || (want == "") != (said == "") || len(notes) > 1 {
			t.Errorf("%s: %q, want %q", name, said, want)
		}
	}
	after, err := os.ReadFile(filepath.Join(root, "var/lib/selinux/default/active/policy.kern"))
	if err != nil || string(after) != string(before) {
		t.Errorf("the store is another: %v", err)
	}
}

// TestConvertedWithoutProgram: the CIL of a package that was never built is made without the
// program of compiler-directory.
func TestConvertedWithoutProgram(t *testing.T) {
	root := copyOf(t, "default")
	stores.Write(t, filepath.Join(root, "etc/selinux/semanage.conf"), "compiler-directory = /nonexistent\n")
	records, err := semanage.Open(semanage.Options{Root: root, Store: "default"})
	if err != nil {
		t.Fatal(err)
	}
	s := modstore.Open(records, modstore.Options{Cache: modstore.CacheNever})
	list, err := s.List()
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	for _, m := range list {
		if _, err := s.CIL(m.Key); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		text, err := s.Converted(m)
		if err != nil || len(text) == 0 {
			t.Errorf("%s: %v", m.Key, err)
		}
		made++
	}
	if made == 0 {
		t.Error("the store has the CIL of all modules")
	}
}
