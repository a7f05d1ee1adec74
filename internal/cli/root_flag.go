package cli

import "path/filepath"

// A rootFlag is the directory that another system has as /, as a path from /: a
// path that was typed is relative to where that was.
type rootFlag string

func (r *rootFlag) String() string { return string(*r) }

// Type names the flag's value in help texts.
func (r *rootFlag) Type() string { return "string" }

// Set takes what was typed.
func (r *rootFlag) Set(dir string) error {
	if dir == "" {
		*r = ""
		return nil
	}
	abs, err := filepath.Abs(dir)
	*r = rootFlag(abs)
	return err
}
