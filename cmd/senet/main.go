// Senet tells what SELinux lets a process do on the network, and why.
package main

import (
	"os"
	"runtime/debug"

	"github.com/senet-selinux/senet/internal/cli"
)

// softLimit is the memory from which on the process collects more often.
const softLimit = 150 << 20

func main() {
	if !onlyHelp(os.Args) {
		prepare()
	}
	os.Exit(cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// onlyHelp reports whether args ask for the page of all commands, which needs next to
// nothing of the program.
func onlyHelp(args []string) bool {
	return len(args) == 1 || len(args) == 2 && (args[1] == "--help" || args[1] == "-h")
}

// prepare sets the runtime up for commands that read a policy.
func prepare() {
	// The process is short: collecting often would cost more than it frees.
	debug.SetGCPercent(400)
	// Except where it is large: a policy that is built without what was kept of its modules.
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
	reserveStack(false)
}

// reserveStack makes the stack as large as most commands need while there is little on
// it. It would grow three times else, and each time the runtime looks up the frames of
// all callers, which is 35 page faults for senet can. A function's frame is made whole
// when it is entered, so the space need not be used.
//
//go:noinline
func reserveStack(use bool) byte {
	if !use {
		return 0
	}
	var space [16 << 10]byte
	return space[len(os.Args)]
}
