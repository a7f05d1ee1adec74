// Package contextfile reads and compiles the files of contexts that libselinux uses: their lines,
// and the compiled forms next to them.
package contextfile

import (
	"bytes"
	"errors"
	"strings"
)

// ErrContexts is wrapped by errors about the contents of a file of contexts.
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

// Limited is a buffer that keeps only the beginning of the data written to it.
type Limited struct {
	bytes.Buffer
	Left int // how many more bytes it keeps
}

// Write keeps as much as there is room for.
func (l *Limited) Write(b []byte) (int, error) {
	n := min(len(b), l.Left)
	l.Left -= n
	l.Buffer.Write(b[:n])
	return len(b), nil
}
