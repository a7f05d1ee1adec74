package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/internal/m4"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/statefile"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/subject"
)

// The exit codes of senet's own commands. The personalities, search and info keep those of the
// original tools.
const (
	exitYes         = 0  // allowed; found; done
	exitNo          = 1  // denied; nothing found
	exitPending     = 2  // changes are pending
	exitDepends     = 3  // it depends on an unknown fact
	exitUsage       = 64 // a mistake in the command line
	exitUnreadable  = 65 // a file that cannot be read, or is not what it should be
	exitInternalBug = 70 // a mistake in senet
)

// A problem is an error with its exit code and an optional hint for the user.
type problem struct {
	code int
	err  error
	hint words.Lines
}

func (p *problem) Error() string { return p.err.Error() }

func (p *problem) Unwrap() error { return p.err }

func usage(err error, hint words.Lines) error { return &problem{exitUsage, err, hint} }

func unreadable(err error, hint words.Lines) error { return &problem{exitUnreadable, err, hint} }

// codeOf returns the exit code of an error. An error counts as a bug in senet unless a package
// below is known to return it for a mistake of the user or for the contents of a file.
func codeOf(err error) int {
	var p *problem
	if errors.As(err, &p) {
		return p.code
	}
	var status exitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	for _, known := range []struct {
		code int
		errs []error
	}{
		{exitNo, []error{errNo, semanage.ErrNoUndo, semanage.ErrUndoStale, change.ErrNothing, change.ErrUndone,
			change.ErrUnknown, change.ErrStale}},
		{exitPending, []error{errPending}},
		{exitDepends, []error{errDepends}},
		{exitUsage, []error{
			senet.ErrNoSubject, senet.ErrNoTarget, senet.ErrRange, senet.ErrZone,
			subject.ErrUnknown, subject.ErrNoProcess, subject.ErrNoContext, subject.ErrNoProgram, subject.ErrNoUnit,
			policy.ErrBadContext,
			semanage.ErrExists, semanage.ErrNotDefined, semanage.ErrInPolicy, semanage.ErrType, semanage.ErrRange,
			semanage.ErrContext,
		}},
		{exitUnreadable, []error{
			policyfile.ErrNone, senet.ErrNoPolicy, policydb.ErrNotPolicy, policydb.ErrUnsupportedVersion,
			host.ErrNotFacts, sysroot.ErrTooLarge, statefile.ErrInvalid,
			incident.ErrNothingSinceBoot, semanage.ErrNoStore, semanage.ErrLocked, semanage.ErrPermission,
			semanage.ErrReadOnly, semanage.ErrNoSpace,
			semanage.ErrSyntax, semanage.ErrRebuild, semanage.ErrUnfinished, semanage.ErrNewer, semanage.ErrUnsafe,
			semanage.ErrLoad, change.ErrBusy, change.ErrMoved, change.ErrNewer, change.ErrDamaged, change.ErrNoSemodule,
			io.ErrUnexpectedEOF, io.ErrClosedPipe, os.ErrDeadlineExceeded,
		}},
	} {
		if slices.ContainsFunc(known.errs, func(target error) bool { return errors.Is(err, target) }) {
			return known.code
		}
	}
	switch {
	case isA[*senet.OperationError](err), isA[*senet.ProtocolError](err), isA[*senet.TargetError](err),
		isA[*explain.UnknownError](err), isA[*semanage.RecordError](err), isA[*semanage.OverlapError](err):
		return exitUsage
	case isA[*fs.PathError](err), isA[*os.LinkError](err), isA[*os.SyscallError](err), isA[*sysroot.KindError](err),
		isA[*policydb.DecodeError](err),
		isA[*policydb.InvalidError](err), isA[*cil.SyntaxError](err), isA[*semanage.ParseError](err),
		isA[*incident.NoLogError](err), isA[*m4.Error](err), isA[*refpolicy.TooMuchError](err):
		return exitUnreadable
	}
	return exitInternalBug
}

func isA[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

// exitCode prints the error, if it has to be printed, and returns the exit code.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return exitYes
	}
	code := codeOf(err)
	if isA[*problem](err) || code >= exitUsage && !isA[exitStatus](err) {
		var b words.Page
		b.Block("senet: ", words.Message(err))
		b.Block("       ", hintOf(err, code))
		_, _ = b.WriteTo(stderr) // there is no other place to report it
	}
	return code
}

// hintOf returns the hint of an error.
func hintOf(err error, code int) words.Lines {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p.hint
	case code == exitInternalBug:
		return "this is a bug in senet: please report it"
	}
	return ""
}

// writeErrorJSON writes an error as JSON, for readers of standard output, if nothing else was
// written there.
func writeErrorJSON(stdout *words.Stream, err error) error {
	code := codeOf(err)
	if stdout.Written() || isA[exitStatus](err) || !isA[*problem](err) && code < exitUsage {
		return nil
	}
	hint := strings.TrimSpace(string(hintOf(err, code)))
	return writeJSON(stdout, doc.Error{Schema: "senet.error/1", Code: code, Error: string(words.Message(err)),
		Hint: hint})
}

// asksJSON reports whether arguments ask for JSON output.
func asksJSON(args []string) bool {
	asks := false
	for _, arg := range args {
		switch arg {
		case "--":
			return asks
		case "-q", "--quiet":
			return false
		case "--json", "--json=true":
			asks = true
		}
	}
	return asks
}

// badValue describes a bad value of a flag for numbers, or for true and false.
func badValue(err error) error {
	var value *pflag.InvalidValueError
	var cause *strconv.NumError
	if !errors.As(err, &value) || !errors.As(err, &cause) {
		return err
	}
	want := "a number"
	if cause.Func == "ParseBool" {
		want = "true or false"
	}
	if errors.Is(cause, strconv.ErrRange) {
		want = "a smaller number"
	}
	return words.Errorf("--%s takes %s, not %s", value.GetFlag().Name, want, value.GetValue())
}

// misuse marks cobra's own errors as mistakes in the command line.
func misuse(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(badValue(err), words.Format("%s --help lists the flags", cmd.CommandPath()))
	})
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := check(cmd, args)
			if err != nil && !isA[*problem](err) {
				err = usage(err, "")
			}
			return err
		}
	}
	for _, sub := range cmd.Commands() {
		misuse(sub)
	}
}
