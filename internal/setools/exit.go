package setools

import (
	"errors"

	"github.com/senet-selinux/senet/internal/argparse"
)

// Version is the version that --version prints: the release of SETools whose output the
// personalities reproduce, because that is what scripts ask for. It is not a version of senet.
const Version = "4.4.1"

// An Exit ends a command line before, or instead of, a query: help and version texts, usage errors,
// and the value errors that SETools reports after the policy is open. It is an error so that a
// parser can return it; Code 0 means a normal end. The caller writes Stdout and Stderr as they are
// (both end in a newline where not empty) and exits with Code.
type Exit struct {
	Stdout string
	Stderr string
	// Code is the exit code: 0 for help and version, 1 for an error in answering (SETools prints it on standard
	// output), 2 for a usage error (Python's argparse prints it on standard error).
	Code int
}

// Error returns the text without its last newline: that of standard error if there is one, else that of standard
// output.
func (e *Exit) Error() string {
	text := e.Stderr
	if text == "" {
		text = e.Stdout
	}
	for len(text) > 0 && text[len(text)-1] == '\n' {
		text = text[:len(text)-1]
	}
	return text
}

// failure is an error in answering, with exit code 1.
func failure(text string) *Exit { return &Exit{Stdout: text + "\n", Code: 1} }

// usageError is the message of ArgumentParser.error.
func usageError(p *argparse.Parser, message string) *Exit {
	return &Exit{Stderr: p.UsageText() + p.Prog + ": error: " + argparse.Printable(message) + "\n", Code: 2}
}

// parseExit turns what Parse returned into an Exit.
func parseExit(p *argparse.Parser, err error) *Exit {
	switch {
	case errors.Is(err, argparse.ErrHelp):
		return &Exit{Stdout: p.HelpText()}
	case errors.Is(err, argparse.ErrVersion):
		return &Exit{Stdout: Version + "\n"}
	}
	return usageError(p, err.Error())
}
