// Package contextfile knows the files of contexts that libselinux reads: their lines, and
// the compiled forms that lie beside them.
package contextfile

import (
	"bytes"
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
)

// ErrContexts is wrapped by errors about what a file of contexts says.
var ErrContexts = errors.New("invalid file contexts")

// MaxSize bounds a file of contexts, compiled or not, in bytes.
const MaxSize = 256 << 20

// maxSaid bounds the messages of a program that are kept, in bytes.
const maxSaid = 64 << 10

// Fields cuts a line of a file of contexts into its regular expression, kind and label.
func Fields(line string) (path, kind, label string, ok bool) {
	fields := strings.Fields(line)
	switch {
	case len(fields) == 0 || fields[0][0] == '#':
		return "", "", "", false
	case len(fields) == 2:
		return fields[0], "", fields[1], true
	case len(fields) == 3:
		return fields[0], fields[1], fields[2], true
	}
	return "", "", "", false
}

// CheckExpressions refuses regular expressions that no dialect takes, where the
// program that compiles them is not there to say so.
func CheckExpressions(text []byte) error {
	for line := range strings.Lines(string(text)) {
		path, _, _, ok := Fields(line)
		if !ok {
			continue
		}
		_, err := syntax.Parse(path, syntax.Perl)
		var wrong *syntax.Error
		if !errors.As(err, &wrong) {
			continue
		}
		switch wrong.Code {
		case syntax.ErrMissingBracket, syntax.ErrMissingParen, syntax.ErrUnexpectedParen, syntax.ErrTrailingBackslash,
			syntax.ErrMissingRepeatArgument:
			return fmt.Errorf("%w: %s: %w", ErrContexts, path, err)
		}
	}
	return nil
}

// Limited is a buffer that keeps the beginning of what is written to it.
type Limited struct {
	bytes.Buffer
	Left int // how many bytes more it keeps
}

// Write keeps what there is room for.
func (l *Limited) Write(b []byte) (int, error) {
	n := min(len(b), l.Left)
	l.Left -= n
	l.Buffer.Write(b[:n])
	return len(b), nil
}
