package refpolicy

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/internal/m4"
	"github.com/senet-selinux/senet/internal/sysroot"
)

// Dir is where distributions put the headers.
const Dir = "/usr/share/selinux/devel"

const (
	maxFile  = 4 << 20 // the largest, corenetwork.if, has 1.4 MB
	maxFiles = 4000    // Debian has 408, Fedora 520
)

// ErrNone says that a directory has no headers.
var ErrNone = errors.New("no headers of refpolicy")

// A Definition is one interface or template.
type Definition struct {
	Name     string
	Template bool
	// File is an index of Headers.Files. Start and End are offsets in the file: of the word
	// interface or template, and after its closing parenthesis.
	File       int32
	Start, End int
	// Body is the text, with $1 to $9 for the arguments.
	Body string
}

// A File is one of the headers.
type File struct {
	// Layer and Module are the parts of the name LAYER/MODULE.if; the file of a module that is
	// being built has no layer.
	Layer, Module string
	Path          string // for messages
	Text          string
}

// Headers are interfaces and the macros that they use. They are safe for concurrent use.
type Headers struct {
	// Dir is their directory, Settings are the choices of the policy's build.
	Dir      string
	Settings Settings
	Files    []File
	Defs     []Definition // in the order of the files
	// Problems say what was skipped: names that are defined twice, text that is not a definition.
	Problems []string

	support *m4.Engine // settings and macros
	engine  *m4.Engine // settings, macros and interfaces
	first   *m4.Engine // the engine that reads interface files; it has no settings
	taken   int        // what reading took of maxRead
	byName  map[string]int32
	// read are the files and directories that were read, as paths of the system.
	read []string
}

// Open reads the headers of a system from a directory, or from its subdirectory include:
// support/*.spt, build.conf, and LAYER/*.if. The error is ErrNone if the directory has none, and an
// [*m4.Error] if m4 would fail on a file.
func Open(root sysroot.Root, dir string, set Override) (*Headers, error) {
	h := &Headers{byName: map[string]int32{}, first: m4.New(m4.Options{})}
	dir, err := h.openSupport(root, dir, set)
	if err != nil {
		return nil, err
	}
	h.engine = h.support.Fork()
	h.handle()
	return h, h.readLayers(root, dir)
}

// openSupport reads the settings and the support files, and returns the directory that has them.
func (h *Headers) openSupport(root sysroot.Root, dir string, set Override) (string, error) {
	if dir == "" {
		dir = Dir
	}
	h.read = append(h.read, dir)
	if names, err := root.ReadDir(path.Join(dir, "include"), 0); err == nil && len(names) > 0 {
		dir = path.Join(dir, "include")
		h.read = append(h.read, dir)
	}
	names, err := root.ReadDir(path.Join(dir, "support"), 0)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w in %s", ErrNone, root.Path(dir))
	}
	if err != nil {
		return "", err
	}
	h.read = append(h.read, path.Join(dir, "support"))
	conf, err := root.ReadFile(path.Join(dir, "build.conf"), maxFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err == nil {
		h.read = append(h.read, path.Join(dir, "build.conf"))
	}
	h.Dir, h.Settings = root.Path(dir), settingsOf(string(conf), set)
	h.begin()
	for _, name := range names {
		if !strings.HasSuffix(name, ".spt") {
			continue
		}
		file := path.Join(dir, "support", name)
		text, err := root.ReadFile(file, maxFile)
		if err == nil {
			err = h.addSupport(root.Path(file), string(text))
		}
		if err != nil {
			return "", err
		}
		h.read = append(h.read, file)
	}
	if !h.support.Defined("interface") || !h.support.Defined("policy_module") {
		return "", fmt.Errorf("%w in %s: no support file defines interface or policy_module", ErrNone, root.Path(dir))
	}
	return dir, nil
}

// OpenNamed reads the headers of the system under a directory root, "" for the running one, or
// those in a directory dir that the user named, "" for none.
func OpenNamed(root, dir string) (*Headers, error) {
	tree, dir, err := named(root, dir)
	if err != nil {
		return nil, err
	}
	return Open(tree, dir, Override{})
}

// named returns the system and the directory that are meant.
func named(root, dir string) (sysroot.Root, string, error) {
	if dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return sysroot.Root{}, "", err
		}
		root, dir = "", filepath.ToSlash(abs)
	}
	tree, err := sysroot.Open(root)
	return tree, dir, err
}

// begin creates the engine with the settings.
func (h *Headers) begin() {
	h.support = m4.New(m4.Options{})
	for _, s := range h.Settings.Defined() {
		h.support.Define(s.Name, s.Value)
	}
}

func (h *Headers) addSupport(file, text string) error {
	for _, engine := range []*m4.Engine{h.support, h.first} {
		if engine == nil {
			continue
		}
		if _, err := h.expand(engine, file, text); err != nil {
			return err
		}
	}
	return nil
}

// expand expands a file that is read, within the bound for all files.
func (h *Headers) expand(engine *m4.Engine, file, text string) ([]byte, error) {
	out, err := engine.Expand(file, text)
	if err != nil {
		return nil, err
	}
	if h.taken += len(text) + engine.Work(); h.taken > maxRead {
		return nil, &TooMuchError{h.Dir, fmt.Sprintf("%d MiB of text", maxRead>>20)}
	}
	return out, nil
}

// handle replaces the macros interface and template by our own: they expand to the body alone,
// without the comments that refpolicy's own definition adds.
func (h *Headers) handle() {
	for _, word := range []string{"interface", "template"} {
		h.first.Handle(word, func(c m4.Call) ([]byte, error) {
			if len(c.Args) < 2 {
				return nil, errors.New("expected a name and a text")
			}
			h.define(Definition{Name: string(c.Args[0]), Template: c.Name == "template",
				File: int32(len(h.Files) - 1), Start: c.Start, End: c.End,
				Body: strings.ReplaceAll(string(c.Args[1]), "dollarsstar", "$*")})
			return []byte{}, nil
		})
	}
}

func (h *Headers) define(d Definition) {
	if old, ok := h.byName[d.Name]; ok {
		h.Problems = append(h.Problems, fmt.Sprintf("%s is defined in %s and in %s; the last definition counts", d.Name,
			h.Files[h.Defs[old].File].Path, h.Files[d.File].Path))
	}
	h.byName[d.Name] = int32(len(h.Defs))
	h.engine.DefineMarked(d.Name, d.Body, len(h.Defs))
	h.Defs = append(h.Defs, d)
}

// readLayers reads LAYER/*.if.
func (h *Headers) readLayers(root sysroot.Root, dir string) error {
	layers, err := root.ReadDir(dir, 0)
	if err != nil {
		return err
	}
	for _, layer := range layers {
		if layer == "support" {
			continue
		}
		names, err := root.ReadDir(path.Join(dir, layer), 0)
		if err != nil {
			continue // a file
		}
		h.read = append(h.read, path.Join(dir, layer))
		for _, name := range names {
			if !strings.HasSuffix(name, ".if") {
				continue
			}
			file := path.Join(dir, layer, name)
			text, err := root.ReadFile(file, maxFile)
			if err != nil {
				return err
			}
			if len(h.Files) == maxFiles {
				return fmt.Errorf("%s: more than %d interface files", root.Path(dir), maxFiles)
			}
			h.read = append(h.read, file)
			f := File{Layer: layer, Module: strings.TrimSuffix(name, ".if"), Path: root.Path(file), Text: string(text)}
			if err := h.add(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// add reads the interfaces of a file.
func (h *Headers) add(f File) error {
	h.Files = append(h.Files, f)
	rest, err := h.expand(h.first, f.Path, f.Text)
	if err != nil {
		return err
	}
	if line := firstLine(rest); line != "" {
		h.Problems = append(h.Problems, fmt.Sprintf("%s: %.60q is outside of any interface", f.Path, line))
	}
	return nil
}

// firstLine returns the first line that is not a comment.
func firstLine(text []byte) string {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return string(line)
		}
	}
	return ""
}

// With returns headers that also have the interfaces of one more file, such as those of the module
// that is being built; h does not change.
func (h *Headers) With(file, text string) (*Headers, error) {
	own := &Headers{Dir: h.Dir, Settings: h.Settings, Files: h.Files[:len(h.Files):len(h.Files)],
		Defs: h.Defs[:len(h.Defs):len(h.Defs)], support: h.support, engine: h.engine.Fork(), first: h.first.Fork(),
		byName: make(map[string]int32, len(h.byName))}
	for name, i := range h.byName {
		own.byName[name] = i
	}
	own.handle()
	module := strings.TrimSuffix(path.Base(file), ".if")
	return own, own.add(File{Module: module, Path: file, Text: text})
}

// Find returns the index of an interface or a template by its name.
func (h *Headers) Find(name string) (int, bool) {
	i, ok := h.byName[name]
	return int(i), ok
}

// Macro returns the text of a macro of the support files, such as read_file_perms.
func (h *Headers) Macro(name string) (string, bool) {
	if _, ok := h.byName[name]; ok {
		return "", false
	}
	return h.engine.Text(name)
}

// ExpandContexts expands the file contexts of a module with the macros only, as the makefile does.
func (h *Headers) ExpandContexts(file, text string) ([]byte, error) {
	return h.support.Fork().Expand(file, text)
}

// Expand expands a text with the interfaces and macros. Warnings are messages of the interfaces,
// for example that one is deprecated.
func (h *Headers) Expand(file, text string) (expanded []byte, warnings []m4.Message, err error) {
	e := h.engine.Fork()
	expanded, err = e.Expand(file, text)
	return expanded, e.Messages(), err
}
