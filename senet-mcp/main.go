// Command senet-mcp answers questions about SELinux to a program that speaks the Model
// Context Protocol, over standard input and output.
//
//	senet-mcp [--allow-path DIR]...
//
// It only reads. Policies and systems that the program names by a path are opened where
// they lie below a DIR; without one it asks the running, the installed or the built-in
// policy alone. It is a module of its own, for the protocol's library would cost every
// start of senet more than a question does.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

func main() {
	var dirs allowed
	flag.Func("allow-path", "open policies and systems below `DIR`; may be repeated", dirs.add)
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: senet-mcp [--allow-path DIR]...\n\n"+
			"Answer questions about SELinux over the Model Context Protocol, on standard input\n"+
			"and output. Nothing is changed, and no file is opened but below DIR.\n\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(64)
	}
	if err := newServer(dirs).Run(context.Background(), &mcp.StdioTransport{}); err != nil {
		fmt.Fprintln(os.Stderr, "senet-mcp:", err)
		os.Exit(70)
	}
}
