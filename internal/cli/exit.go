package cli

import "github.com/senet-selinux/senet/internal/words"

// The exit codes of senet's own commands. The personalities, search and info
// keep those of the tools they stand for.
const (
	exitYes         = 0  // allowed; found; done
	exitNo          = 1  // denied; nothing found
	exitPending     = 2  // changes are pending
	exitDepends     = 3  // it depends on a fact that is not known
	exitUsage       = 64 // a mistake in the command line
	exitUnreadable  = 65 // a file that cannot be read, or is not what it should be
	exitInternalBug = 70
)

// A problem is an error with the exit code it leads to and, where there is one,
// a way out for the person who typed the command.
type problem struct {
	code int
	err  error
	hint words.Lines
}

func (p *problem) Error() string { return p.err.Error() }

func (p *problem) Unwrap() error { return p.err }

func usage(err error, hint words.Lines) error { return &problem{exitUsage, err, hint} }

func unreadable(err error, hint words.Lines) error { return &problem{exitUnreadable, err, hint} }
