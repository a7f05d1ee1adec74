package cli

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/senet-selinux/senet/internal/terminal"
	"github.com/senet-selinux/senet/internal/words"
)

// asks reports whether to ask the user before a change: both ends are terminals, and --yes is
// absent.
func (f *writeFlags) asks(streams ioStreams) bool {
	return !f.yes && terminal.Is(streams.stdin) && terminal.Is(streams.stderr)
}

// agree shows a change and asks for consent, unless --yes gives it.
func (f *writeFlags) agree(streams ioStreams, o *outputFlags, text func(io.Writer) error, json func() any) error {
	if f.yes {
		return nil
	}
	if err := f.show(streams, o, text, json); err != nil {
		return err
	}
	return f.consent(streams)
}

// consent returns nil if a change that was shown may be made: because of --yes, or because the user
// agrees. All commands use this rule: without a yes nothing is written, even if there is nobody to
// ask.
func (f *writeFlags) consent(streams ioStreams) error {
	if f.yes {
		return nil
	}
	if !f.asks(streams) {
		return &problem{exitPending, errors.New("nothing was changed: there is nobody to ask"),
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
