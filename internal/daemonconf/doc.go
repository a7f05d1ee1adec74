// Package daemonconf reads the configuration of daemons and says what they will do on the network:
// which ports they bind and connect to, and which sockets and files they name, each with its line.
//
// It runs nothing that a configuration names. A value that files do not tell stays open, with the
// name of the variable or record that decides it. Files are read through a [Tree]; their number,
// size and depth are bounded.
//
// Start here: [Find] the program, then [Program.Read] with its command line.
package daemonconf

// A Tree gives access to the files of a system: package sysroot has one. The error of a missing
// file wraps fs.ErrNotExist.
type Tree interface {
	ReadFile(name string, limit int64) ([]byte, error)
	ReadDir(name string, limit int) ([]string, error)
	Resolve(name string) (string, error)
}

// A Start is how a program is started.
type Start struct {
	// Argv are the words of the command line, the program's name first.
	Argv []string
	// Env are the known variables; a variable that is neither here nor in Passed is empty.
	Env map[string]string
	// Passed are variables whose values are in no file.
	Passed []string
	// Dir is the working directory, "" for /.
	Dir string
	// Pos is the line with the command: the place of options in Argv, and of defaults.
	Pos Pos
}
