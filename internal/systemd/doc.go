// Package systemd reads the files of units as systemd does, without systemd: where
// they stand, drop-ins, templates, specifiers, command lines, environment files. Nothing
// of what they say is run.
//
// It mirrors systemd 252 to 257 (load-fragment.c, extract-word.c, env-util.c,
// env-file.c, specifier.c); a test has systemd itself load the same units.
//
// Start here: [Load].
package systemd

// A Tree is the files of a system. Package sysroot has one. An error of a file that is
// not there wraps fs.ErrNotExist.
type Tree interface {
	ReadFile(name string, limit int64) ([]byte, error)
	ReadDir(name string, limit int) ([]string, error)
	Resolve(name string) (string, error)
}

// A Pos is a line of a file.
type Pos struct {
	File string
	Line int // 1-based
}
