// Package cli turns the arguments of a senet command into a call of the
// library, and what it returns into text or JSON. One file holds one command.
package cli

import (
	"io"
	"path/filepath"

	"github.com/senet-selinux/senet/internal/setools"
)

// Main runs the command that args, the process's arguments with its own name
// first, ask for, and returns the process's exit code. A binary called
// sesearch or seinfo behaves as that tool does.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	switch filepath.Base(args[0]) {
	case "sesearch":
		return setools.Sesearch(args[1:], stdout, stderr)
	case "seinfo":
		return setools.Seinfo(args[1:], stdout, stderr)
	}
	if len(args) > 1 {
		switch args[1] {
		case "search":
			return setools.Sesearch(args[2:], stdout, stderr)
		case "info":
			return setools.Seinfo(args[2:], stdout, stderr)
		}
	}
	return 64
}
