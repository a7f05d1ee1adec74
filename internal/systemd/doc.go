// Package systemd reads the files of units as systemd does, without systemd: search path, drop-ins,
// templates, specifiers, command lines, environment files. It runs nothing.
//
// It mirrors systemd 252 to 257 (load-fragment.c, extract-word.c, env-util.c, env-file.c,
// specifier.c); a test has systemd itself load the same units.
//
// Start here: [Load].
package systemd

// A Tree gives access to the files of a system. Package sysroot has one. The error of a missing
// file wraps fs.ErrNotExist.
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
