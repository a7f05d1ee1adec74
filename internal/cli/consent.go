package cli

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
)

// asks reports whether somebody is asked before a change: both ends are terminals,
// and --yes is absent.
func (f *writeFlags) asks(streams ioStreams) bool {
	return !f.yes && isTerminal(streams.stdin) && isTerminal(streams.stderr)
}

// consent returns nil if a change, which was shown, may be made: because of --yes, or
// because a person says so. It is the one rule of all commands: without a yes nothing
// is written, whoever is not there to say it.
func (f *writeFlags) consent(streams ioStreams) error {
	if f.yes {
		return nil
	}
	if !f.asks(streams) {
		return &problem{exitPending, errors.New("nothing was changed: nobody is here to be asked"),
			"--yes makes the change without a question"}
	}
	words.Fprintf(streams.stderr, "Make this change? [y/N] ")
	line, err := bufio.NewReader(streams.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return unreadable(err, "nothing was changed")
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	words.Fprintf(streams.stderr, "senet: nothing was changed\n")
	return errPending
}
