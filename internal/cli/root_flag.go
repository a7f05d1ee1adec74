package cli

import "path/filepath"

// A rootFlag is the root directory of another system, as an absolute path: the user may
// type a relative one.
type rootFlag string

func (r *rootFlag) String() string { return string(*r) }

// Type names the flag's value in help texts.
func (r *rootFlag) Type() string { return "string" }

// Set sets the value from the command line.
func (r *rootFlag) Set(dir string) error {
	if dir == "" {
		*r = ""
		return nil
	}
	abs, err := filepath.Abs(dir)
	*r = rootFlag(abs)
	return err
}
