// Package semanagecli is the personality of semanage(8): what the binary does
// when it is called by that name. It has the grammar, the columns, the streams
// and the exit codes of policycoreutils 3.4, and none of its Python.
//
// docs/semanage-differences.md lists what differs on purpose.
package semanagecli

import (
	"bytes"
	"errors"
	"io"
	"time"

	"github.com/senet-selinux/senet/internal/argparse"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// A Tool is semanage for one system. Its zero value, but for the streams, is
// the one of this machine.
type Tool struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Root is the directory that the system has as /, "" for the running one.
	// With a root nothing is audited or loaded.
	Root string
	// SELinuxFS is where the kernel's booleans are; "" is /sys/fs/selinux of
	// the running system and none of another.
	SELinuxFS string
	// Descriptions is the file with the descriptions of booleans; "" is
	// /usr/share/selinux/devel/policy.xml.
	Descriptions string
	// Audit gets what changed; nil is the kernel's audit or, without it, syslog.
	Audit func(message string, success bool)
	// LockTimeout is that of semanage.Options.
	LockTimeout time.Duration
}

// Main behaves as semanage with the given arguments, its own name not among
// them, and returns the exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	t := Tool{Stdin: stdin, Stdout: stdout, Stderr: stderr}
	return t.Run(args...)
}

// Run carries out one command line and returns the exit code.
func (t *Tool) Run(args ...string) int {
	r := &run{tool: t, args: args}
	err := r.commandLine(legacyArgs(args))
	code := 0
	var message string
	if err != nil {
		code, message = r.report(err)
	}
	if _, werr := t.Stdout.Write(r.out.Bytes()); werr != nil {
		message += "OSError: " + werr.Error() + "\n"
		code = 1
	}
	_, _ = io.WriteString(t.Stderr, message)
	return code
}

// A run is one command line being worked on.
type run struct {
	tool     *Tool
	args     []string
	out      bytes.Buffer
	store    *semanage.Store
	name     string // of the store, as asked for
	tx       *semanage.Tx
	moduleTx *modstore.Tx     // over tx
	was      *policydb.Policy // the policy with the local records before the transaction
	// incomplete says that what a build of the modules leaves is missing.
	incomplete bool
	importing,
	noReload bool
	commitError error              // the first that the commit of an import will meet
	audit       []auditEntry       // what a commit will have changed
	changed     []semanage.Boolean // for the kernel
}

// A failure is an error that semanage names after a Python class.
type failure struct{ class, text string }

func (f *failure) Error() string { return f.class + ": " + f.text }

// valueError is the class of nearly all failures.
func valueError(text string) error { return &failure{"ValueError", text} }

// An optionError is a missing option or one that may not be there: semanage says
// so on standard output.
type optionError struct{ text string }

func (e *optionError) Error() string { return e.text }

// A usageError is an error of argparse in one of its parsers.
type usageError struct {
	parser *argparse.Parser
	err    error
}

func (e *usageError) Error() string { return e.parser.Prog + ": error: " + e.err.Error() }

// errDone ends an import: a command in it ended semanage.
var errDone = errors.New("done")

// report prints what belongs on standard output and returns the exit code and
// what belongs on standard error.
func (r *run) report(err error) (code int, message string) {
	var u *usageError
	var o *optionError
	var f *failure
	switch {
	case errors.Is(err, errDone):
		return 0, ""
	case errors.As(err, &u) && errors.Is(u.err, argparse.ErrHelp):
		r.out.WriteString(u.parser.HelpText())
		return 0, ""
	case errors.As(err, &u):
		if len(r.args) == 1 {
			r.out.WriteString(u.parser.HelpText())
		} else {
			r.out.WriteString(u.parser.UsageText())
		}
		return 2, argparse.Printable(u.Error()) + "\n"
	case errors.As(err, &o):
		r.out.WriteString(o.text + "\n")
		return 2, ""
	case errors.As(err, &f):
		return 1, argparse.Printable(f.Error()) + "\n"
	}
	return 1, "ValueError: " + argparse.Printable(err.Error()) + "\n"
}
