// Package daemonconf reads the configuration of daemons and says what they will do on the
// network: which ports they bind, which they connect to, which sockets and files they
// name, each with the line that says so.
//
// Nothing that a configuration says is run. What cannot be known from files is left open,
// with the name of what it hangs on. Files are read through a [Tree]; how many, how much
// and how deep is bounded.
//
// Start here: [Find] the program, then [Program.Read] with its command line.
package daemonconf

// A Tree is the files of a system: package sysroot has one. An error of a file that is
// not there wraps fs.ErrNotExist.
type Tree interface {
	ReadFile(name string, limit int64) ([]byte, error)
	ReadDir(name string, limit int) ([]string, error)
	Resolve(name string) (string, error)
}

// A Start is how a program is started.
type Start struct {
	// Argv are the words of the command line, the program's name first.
	Argv []string
	// Env are the variables that are known; another one is empty unless Passed has it.
	Env map[string]string
	// Passed are variables whose values no file says.
	Passed []string
	// Dir is the working directory, "" for /.
	Dir string
	// Pos is the line that names the command, for what stands in Argv and for defaults.
	Pos Pos
}
