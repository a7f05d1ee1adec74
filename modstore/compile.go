package modstore

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
)

// A lastBuild is what a store's last build made, and of what: a proposal that was
// looked at is committed without compiling it again.
type lastBuild struct {
	of     string // the options and the places of the modules
	check  []byte // the checksum of their texts
	result compile.Result
}

// compile compiles the modules and returns the contents of modules_checksum too, unless
// the last build was of the same.
func (s *Store) compile(units []*unit, o compile.Options) (*compile.Result, []byte, error) {
	of := describe(units, o)
	sum := make(chan []byte, 1)
	go func() { sum <- checksumOf(units, o) }()
	if last := s.last; last != nil && last.of == of {
		check := <-sum
		if bytes.Equal(check, last.check) {
			result := last.result
			return &result, check, nil
		}
		sum <- check
	}
	modules, err := compile.LoadModules(len(units), o, func(r *cil.Reader, i int) (*cil.File, error) {
		u := units[i]
		return r.Parse(u.dir()+"/cil", u.text, func() (string, error) { return string(u.text), nil })
	})
	var result *compile.Result
	if err == nil {
		result, err = compile.Build(modules, o)
	}
	check := <-sum
	if err != nil {
		return nil, nil, compileError(err)
	}
	last := &lastBuild{of, check, *result}
	last.result.Origins = nil // which would keep all modules in memory
	s.last = last
	return result, check, nil
}

// describe returns a text that says how modules are built, but for what is in them.
func describe(units []*unit, o compile.Options) string {
	var b bytes.Buffer
	if o.HandleUnknown != nil {
		fmt.Fprint(&b, *o.HandleUnknown)
		o.HandleUnknown = nil
	}
	fmt.Fprintf(&b, " %+v", o)
	for _, u := range units {
		b.WriteString(" " + u.dir())
	}
	return b.String()
}

// checksumOf returns the contents of modules_checksum.
func checksumOf(units []*unit, o compile.Options) []byte {
	c := newChecksum(len(units), o.Libsepol.SymbolHash())
	for _, u := range units {
		c.module(u.text)
	}
	return c.file(o.DisableDontAudit, o.PreserveTunables, o.Target, o.Version)
}

// compileError returns errors of the compiler as one of this package.
func compileError(err error) error {
	var found *compile.Errors
	if !errors.As(err, &found) {
		found = compile.FromSyntax(err)
	}
	if found == nil {
		return err
	}
	return &CompileError{found}
}
