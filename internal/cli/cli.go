// Package cli turns the arguments of a senet command into a call of the library, and the result
// into text or JSON. One file holds one command.
package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/personality"
	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

type ioStreams struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

// Main runs the command in args, the process's arguments with its own name first, and returns the
// process's exit code. A binary with the name of one of [personality.Tools] behaves like
// that tool.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out, complaints := words.NewStream(stdout), words.NewStream(stderr)
	code := run(args, stdin, out, complaints)
	if err := out.Flush(); err != nil && code == exitYes {
		code = exitCode(err, complaints)
	}
	_ = complaints.Flush() // there is no other place to report it
	return code
}

func run(args []string, stdin io.Reader, stdout, stderr *words.Stream) int {
	if tool, ok := personality.Find(filepath.Base(args[0])); ok {
		return tool.Main(args[1:], stdin, stdout, stderr)
	}
	if len(args) > 1 {
		if tool, ok := personality.Find(args[1]); ok {
			return tool.Main(args[2:], stdin, stdout, stderr)
		}
	}
	if len(args) == 1 || len(args) == 2 && (args[1] == "--help" || args[1] == "-h") {
		return exitCode(words.Write(stdout, words.Lines(rootHelp())), stderr)
	}
	// The two commands for SETools parse their own flags, and scripts call them so often that the
	// command tree is not built for them.
	if len(args) > 1 {
		switch args[1] {
		case "search":
			return setools.Sesearch(args[2:], stdout, stderr)
		case "info":
			return setools.Info(args[2:], stdout, stderr)
		case "--version":
			args = append([]string{args[0], "version"}, args[2:]...)
		}
	}
	root := newRoot(ioStreams{stdin, stdout, stderr}, args[1:])
	root.SetArgs(args[1:])
	if args[1] == "completion" || completing(args[1:]) {
		root.SetOut(words.Fields{Stream: stdout})
	}
	err := root.Execute()
	if err != nil && asksJSON(args[1:]) {
		if werr := writeErrorJSON(stdout, err); werr != nil {
			err = werr
		}
	}
	return exitCode(err, stderr)
}

// errNo, errDepends and errPending are returned by commands with the answers no, unknown, and that
// something would change. They have no message.
var (
	errNo      = errors.New("no")
	errPending = errors.New("pending")
	errDepends = errors.New("depends")
)

func verdictError(v network.Verdict) error {
	switch v {
	case network.Denied:
		return errNo
	case network.Depends:
		return errDepends
	}
	return nil
}

const rootLong = `Senet says what SELinux lets a process do on the network, and why.

  senet can haproxy_t connect tcp/5601     may it? layer by layer
  senet fix haproxy_t connect tcp/5601     every fix with its cost; --apply 1
  senet why                                what was refused on this host, and why
  senet who connect tcp/5601               which domains may
  senet ports haproxy_t                    which ports may it use
  senet port add -t http_port_t tcp/5601   whom it concerns, then do it
  senet explain layers                     which checks a kernel makes`

// newRoot makes the part of the command tree that args need.
func newRoot(streams ioStreams, args []string) *cobra.Command {
	root := &cobra.Command{
		Use:           "senet",
		Short:         "what SELinux lets a process do on the network, and why",
		Long:          rootLong,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return usage(fmt.Errorf("no command %q", args[0]), "senet --help lists the commands")
		},
	}
	root.SetIn(streams.stdin)
	root.SetOut(streams.stdout)
	root.SetErr(streams.stderr)
	root.SetUsageFunc(writeUsage)
	registerLook(root, streams)
	addCommands(root, streams, args)
	misuse(root)
	if completing(args) {
		registerCompletions(root)
	}
	return root
}

// exactArgs is cobra.ExactArgs with an example instead of a count.
func exactArgs(n int, example string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(fmt.Errorf("%s takes %d arguments, not %d", cmd.CommandPath(), n, len(args)),
				words.Format("for example: %s", example))
		}
		return nil
	}
}
