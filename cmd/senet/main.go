// Senet says what SELinux lets a process do on the network, and why.
package main

import (
	"os"

	"github.com/senet-selinux/senet/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr)) }
