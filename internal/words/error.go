package words

import "fmt"

// An Error is an error whose message has several lines. Other errors are printed on one
// line.
type Error struct {
	text Lines
	err  error
}

// Errorf returns an Error; it wraps the first argument that is an error.
func Errorf(format string, args ...any) error {
	e := &Error{}
	for _, arg := range args {
		if err, ok := arg.(error); ok && e.err == nil {
			e.err = err
		}
	}
	safeArgs(args)
	e.text = Lines(layOut(fmt.Sprintf(format, args...), columns))
	return e
}

func (e *Error) Error() string { return string(e.text) }

func (e *Error) Unwrap() error { return e.err }

// Message returns the text of an error for printing.
func Message(err error) Lines {
	for inner := err; ; {
		if e, ok := inner.(*Error); ok {
			return e.text
		}
		u, ok := inner.(interface{ Unwrap() error })
		if !ok {
			break
		}
		next := u.Unwrap()
		if next == nil || next.Error() != err.Error() {
			break
		}
		inner = next
	}
	return Lines(Safe(err.Error()))
}
