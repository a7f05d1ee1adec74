package modstore

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/senet-selinux/senet/cil/compile"
)

// A lastBuild is the result of a store's last build, and its input: the commit of a proposal that
// was shown does not compile again.
type lastBuild struct {
	of     string // the options and the places of the modules
	check  []byte // the checksum of their texts
	result compile.Result
}

// compile compiles the modules and also returns the contents of modules_checksum, unless the last
// build had the same input.
func (s *Store) compile(units []*unit, o compile.Options, cache *moduleCache) (*compile.Result, []byte, error) {
	of := describe(units, o)
	type checked struct {
		text []byte
		err  error
	}
	sums := make(chan checked, 1)
	go func() {
		text, err := s.checksumOf(units, o, cache, false)
		sums <- checked{text, err}
	}()
	if last := s.last; last != nil && last.of == of {
		sum := <-sums
		if sum.err == nil && bytes.Equal(sum.text, last.check) {
			result := last.result
			return &result, sum.text, nil
		}
		sums <- sum
	}
	var rooms sync.Pool // buffers for forms, one for each worker
	modules, err := compile.Load(len(units), o, func(l *compile.Loader, i int) (*compile.Module, error) {
		room, _ := rooms.Get().(*[]byte)
		if room == nil {
			room = new([]byte)
		}
		defer rooms.Put(room)
		err := s.module(l, units[i], cache, room)
		return units[i].module, err
	})
	var result *compile.Result
	if err == nil {
		result, err = compile.Build(modules, o)
	}
	sum := <-sums
	switch {
	case err != nil:
		return nil, nil, compileError(err)
	case sum.err != nil:
		return nil, nil, sum.err
	}
	last := &lastBuild{of, sum.text, *result}
	last.result.Origins = nil // it would keep all modules in memory
	s.last = last
	return result, sum.text, nil
}

// module makes the compiler's form of a module: from the form in the cache, or from its text.
func (s *Store) module(l *compile.Loader, u *unit, cache *moduleCache, room *[]byte) error {
	name := u.dir() + "/cil"
	again := func() (string, error) {
		text, err := u.content(s, cache, nil)
		return string(text), err
	}
	if u.entry != nil {
		if form := cache.form(u.entry, *room); form != nil {
			*room = form
			m, err := l.Restore(name, form, again)
			if err == nil {
				u.module = m
				return nil
			}
		}
	}
	text, err := u.content(s, cache, nil)
	if err == nil {
		u.parsed = true
		u.module, err = l.Parse(name, text, again)
	}
	return err
}

// fresh returns the entries of built modules that the cache lacks.
func (s *Store) fresh(units []*unit, o compile.Options, cache *moduleCache) []fresh {
	list := make([]fresh, len(units))
	each(len(units), func(i int) {
		u := units[i]
		if !u.parsed || u.module == nil {
			return
		}
		if u.stored != nil {
			u.key = sha256.Sum256(u.stored)
		}
		form, ok := u.module.AppendStored(nil, o)
		if text, err := u.content(s, cache, nil); ok && err == nil {
			list[i] = fresh{u.key, form, text}
		}
	})
	return slices.DeleteFunc(list, func(e fresh) bool { return e.form == nil })
}

// describe returns a text that identifies the input of a build, except for the contents of the
// modules.
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

// checksumOf returns the contents of modules_checksum. again says that modules in other languages
// were converted again: then libsemanage leaves out the text of those that are CIL.
func (s *Store) checksumOf(units []*unit, o compile.Options, cache *moduleCache, again bool) ([]byte, error) {
	c := newChecksum(len(units), o)
	var room []byte
	for _, u := range units {
		if again && IsCIL(u.Lang) {
			continue
		}
		text, err := u.content(s, cache, room)
		if err != nil {
			return nil, err
		}
		if u.text == nil && cap(text) > cap(room) {
			room = text
		}
		c.module(text)
	}
	return c.file(), nil
}

// compileError returns errors of the compiler as errors of this package.
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
