// Package modfile reads files of modules in all usual forms: CIL, packages and sources, as they
// are or packed with bzip2.
package modfile

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/bzip2"
	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/modstore"
)

// MaxSize bounds a file, also after it is unpacked.
const MaxSize = 256 << 20

// A Module is a module as a store takes it.
type Module struct {
	// Name is that of the file, or of the module in a package.
	Name string
	// Lang is "cil", "pp" or another language that the store has a converter for.
	Lang   string
	Source []byte
	// Warnings point at oddities in a source.
	Warnings []*compile.Diagnostic
}

// ErrName is the error of a file whose name does not tell its language.
var ErrName = errors.New("a module's file is called NAME.cil, NAME.pp or NAME.te")

// ErrEmpty is the error of a file without contents, which libsemanage refuses too.
var ErrEmpty = errors.New("the file is empty")

// Read reads a module to install. A source, NAME.te, is compiled with NAME.fc beside it, if there
// is one, and becomes a package; its errors are a [*compile.Errors]. The name of a package's module
// counts before that of its file, as for libsemanage.
func Read(file string) (*Module, error) {
	base := strings.TrimSuffix(filepath.Base(file), ".bz2")
	lang := strings.TrimPrefix(filepath.Ext(base), ".")
	if lang == "" {
		return nil, fmt.Errorf("%s: %w", file, ErrName)
	}
	if lang == "te" {
		p, warnings, err := Compile(file, Options{Options: te.Options{MLS: true}})
		if err != nil {
			return nil, err
		}
		m := &Module{Name: p.Module.Name, Lang: "pp", Warnings: warnings}
		m.Source, err = p.Encode()
		return m, errors.Join(err, modstore.CheckName(m.Name))
	}
	m := &Module{Name: strings.TrimSuffix(base, "."+lang), Lang: lang}
	var err error
	if m.Source, err = read(file); err != nil {
		return nil, err
	}
	if len(m.Source) == 0 {
		return nil, fmt.Errorf("%s: %w", file, ErrEmpty)
	}
	if lang == "pp" {
		if name, err := packageName(m.Source); err == nil && name != "" {
			m.Name = name
		}
	}
	return m, errors.Join(modstore.CheckName(m.Name), modstore.CheckLang(lang))
}

// packageName returns the name of the module in a package.
func packageName(data []byte) (string, error) {
	data, err := unpack(data)
	if err != nil {
		return "", err
	}
	name, _, err := pp.Info(data)
	return name, err
}

// Options say how a source is compiled.
type Options struct {
	te.Options
	// Headers is the directory of refpolicy's headers for sources that call interfaces, ""
	// for the installed ones. They are read only then.
	Headers string
}

// Compile compiles a source to a package, with the file contexts beside it. Where the
// source calls interfaces or macros of refpolicy they are replaced first, with those of
// NAME.if beside it; messages of the compiler are about what it then is.
func Compile(file string, o Options) (*pp.Package, []*compile.Diagnostic, error) {
	text, err := plain(file)
	if err != nil {
		return nil, nil, err
	}
	o.File = file
	beside := strings.TrimSuffix(strings.TrimSuffix(file, ".bz2"), ".te") + ".fc"
	contexts, err := plain(beside)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	o.Contexts = beside
	source := string(text)
	if !callsMacros(source) {
		return te.Package(source, contexts, o.Options)
	}
	expanded, contexts, said, err := expand(file, o.Headers, source, contexts)
	if errors.Is(err, refpolicy.ErrNone) {
		return withoutHeaders(source, contexts, o.Options, err)
	}
	if err != nil {
		return nil, nil, err
	}
	o.File += " (macros replaced)"
	p, warnings, err := te.Package(expanded, contexts, o.Options)
	return p, append(said, warnings...), err
}

// plain reads a file and unpacks it.
func plain(file string) ([]byte, error) {
	data, err := read(file)
	if err != nil {
		return nil, err
	}
	return unpack(data)
}

func unpack(data []byte) ([]byte, error) {
	if !bzip2.Is(data) {
		return data, nil
	}
	return bzip2.Decode(data, MaxSize)
}

func read(file string) ([]byte, error) {
	r, err := sysroot.Root{}.Open(file, MaxSize)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return sysroot.ReadAll(r, MaxSize)
}
