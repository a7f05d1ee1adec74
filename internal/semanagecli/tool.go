// Package semanagecli is the personality of semanage(8): what the binary does when it is called by that name. It has
// the subcommands, options, columns, streams and exit codes of policycoreutils 3.4, without its Python.
//
// docs/semanage-differences.md lists the deliberate differences.
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

// A Tool is semanage for one system. Only the streams must be set; the zero value of all else means this machine.
type Tool struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Root is the directory that is / of the system, "" for the running one. With a root nothing is audited or
	// loaded.
	Root string
	// SELinuxFS is the directory of the kernel's selinuxfs. "" is /sys/fs/selinux for the running system, and no
	// directory for another.
	SELinuxFS string
	// Descriptions is the file with the descriptions of booleans; "" is
	// /usr/share/selinux/devel/policy.xml.
	Descriptions string
	// Audit is called for each change. nil sends it to the kernel's audit or, if that fails, to syslog.
	Audit func(message string, success bool)
	// LockTimeout is that of semanage.Options.
	LockTimeout time.Duration
}

// Main behaves as semanage with the given arguments, without the program's name, and returns the exit code.
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

// A run carries out one command line.
type run struct {
	tool     *Tool
	args     []string
	out      bytes.Buffer
	store    *semanage.Store
	name     string // the name of the store, as given
	tx       *semanage.Tx
	moduleTx *modstore.Tx     // over tx
	was      *policydb.Policy // the policy before the transaction, with the local records
	// incomplete says that files of the last build of the modules are missing.
	incomplete bool
	importing,
	noReload bool
	commitError error              // the first error that the commit of an import will report
	audit       []auditEntry       // the messages for a commit's changes
	changed     []semanage.Boolean // for the kernel
}

// A failure is an error that semanage names after a Python class.
type failure struct{ class, text string }

func (f *failure) Error() string { return f.class + ": " + f.text }

// valueError is the class of nearly all failures.
func valueError(text string) error { return &failure{"ValueError", text} }

// An optionError is an error about a missing option or an option that the action does not take. semanage prints it
// on standard output.
type optionError struct{ text string }

func (e *optionError) Error() string { return e.text }

// A usageError is an error of argparse in one of semanage's parsers.
type usageError struct {
	parser *argparse.Parser
	err    error
}

func (e *usageError) Error() string { return e.parser.Prog + ": error: " + e.err.Error() }

// errDone ends an import without an error, as an export within an import does in semanage.
var errDone = errors.New("done")

// report prints the text for standard output. It returns the exit code and the text for standard error.
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
