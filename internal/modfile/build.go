package modfile

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/pp"
)

// ErrOutput is the error of an output whose name does not tell its form.
var ErrOutput = errors.New("a module is written to NAME.pp or NAME.cil")

// A Built module is a source as a file.
type Built struct {
	Name, Version string
	Data          []byte
	Warnings      []*compile.Diagnostic
}

// Build compiles a source to the form that the name of the output tells: a package, or the CIL
// of that package. Nothing is written.
func Build(file, output string, o Options) (*Built, error) {
	ext := filepath.Ext(output)
	if ext != ".pp" && ext != ".cil" {
		return nil, fmt.Errorf("%w, not %s", ErrOutput, output)
	}
	p, warnings, err := Compile(file, o)
	if err != nil {
		return nil, err
	}
	b := &Built{Name: p.Module.Name, Version: p.Module.ModuleVersion, Warnings: warnings}
	if ext == ".pp" {
		b.Data, err = p.Encode()
		return b, err
	}
	text, err := p.CIL(pp.Release34)
	if err != nil {
		return nil, err
	}
	b.Data = text.Text
	return b, nil
}
