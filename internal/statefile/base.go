package statefile

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
)

// ErrBase is wrapped by the errors of [State.CheckBase].
var ErrBase = errors.New("the file is for another state of the store")

// A baseError is an ErrBase that says what differs.
type baseError string

func (e baseError) Error() string { return string(e) }

func (baseError) Unwrap() error { return ErrBase }

// CheckBase compares the state of a store that the file is bound to with the state now. name is
// the name of the file for errors. A file that is not bound holds for any state.
func (s *State) CheckBase(name string, now Base) error {
	switch b := s.Base; {
	case b == nil || *b == now:
		return nil
	case b.Store != now.Store || b.Commit != now.Commit:
		return baseError(fmt.Sprintf("%s was made from transaction %d of store %s; this is store %s at transaction %d",
			name, b.Commit, b.Store, now.Store, now.Commit))
	}
	return baseError(fmt.Sprintf("%s was made from another policy than the one in the store", name))
}

// Bound returns a copy of the file name that is bound to a state of a store. The names of its
// modules' files are absolute, so that the copy can be written anywhere.
func (s *State) Bound(name string, base Base) (*State, error) {
	bound := *s
	bound.Base = &base
	bound.Modules = slices.Clone(s.Modules)
	for i := range bound.Modules {
		if m := &bound.Modules[i]; m.File != "" {
			var err error
			if m.File, err = filepath.Abs(Beside(name, m.File)); err != nil {
				return nil, err
			}
		}
	}
	return &bound, nil
}

// Beside returns the path of a file that the state file name names: a relative one is searched in
// the state file's directory; in the working directory for "-", which is standard input.
func Beside(name, file string) string {
	if name == "-" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(filepath.Dir(name), file)
}
