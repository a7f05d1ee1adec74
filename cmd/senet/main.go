// Senet says what SELinux lets a process do on the network, and why.
package main

import (
	"os"
	"runtime/debug"

	"github.com/senet-selinux/senet/internal/cli"
)

func main() {
	// The process is short: collecting often would cost more than it frees.
	debug.SetGCPercent(400)
	os.Exit(cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
}
