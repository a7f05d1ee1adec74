package argparse

import (
	"errors"
	"strconv"
	"unicode/utf8"
)

// Error is a usage error; its text is argparse's message without the usage line and the `PROG: error: ` before it.
type Error struct{ Message string }

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// ErrHelp and ErrVersion end parsing where an option asks for help or the version.
var (
	ErrHelp    = errors.New("help asked for")
	ErrVersion = errors.New("version asked for")
)

func (o *Option) errorf(message string) *Error {
	return &Error{Message: "argument " + o.name() + ": " + message}
}

// Printable returns text as Python prints it on standard error: bytes that are not UTF-8 escaped as
// the surrogates by which
// Python stands for them.
func Printable(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var b []byte
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			b = append(b, `\udc`...)
			b = strconv.AppendUint(b, uint64(text[i]), 16)
		} else {
			b = append(b, text[i:i+size]...)
		}
		i += size
	}
	return string(b)
}
