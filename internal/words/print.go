package words

import (
	"fmt"
	"io"
	"reflect"
)

// Lines is text with its final layout: its line breaks are intended. Only this package and
// constants should create one.
type Lines string

// Sprintf is fmt.Sprintf with safe arguments. The format belongs to the caller, so that its line
// breaks are intended; use Format if there are any.
func Sprintf(format string, args ...any) string {
	safeArgs(args)
	return layOut(fmt.Sprintf(format, args...), columns)
}

// Format is Sprintf for text with several lines.
func Format(format string, args ...any) Lines {
	safeArgs(args)
	return Lines(fmt.Sprintf(format, args...))
}

// Fprintf writes the result of Sprintf.
func Fprintf(w io.Writer, format string, args ...any) (int, error) {
	safeArgs(args)
	return w.Write([]byte(layOut(fmt.Sprintf(format, args...), widthOf(w))))
}

// Write writes text with its final layout.
func Write(w io.Writer, text Lines) error {
	_, err := w.Write([]byte(layOut(safeParagraphs(string(text)), widthOf(w))))
	return err
}

// safeArgs replaces arguments by others that print the same text with the escapes of Safe.
func safeArgs(args []any) {
	for i, arg := range args {
		switch arg := arg.(type) {
		case string:
			args[i] = Safe(arg)
		case Lines:
			args[i] = safeParagraphs(string(arg))
		case int, int64, uint64, uint32, uint16, uint8, bool, float64, uint, int32:
		default:
			args[i] = safeArg(arg)
		}
	}
}

func safeArg(arg any) any {
	_, isError := arg.(error)
	_, isStringer := arg.(fmt.Stringer)
	if !isError && !isStringer {
		switch v := reflect.ValueOf(arg); v.Kind() {
		case reflect.String:
			return Safe(v.String())
		case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8,
			reflect.Uint16,
			reflect.Uint32, reflect.Uint64, reflect.Bool, reflect.Float32, reflect.Float64:
			return arg
		}
	}
	return inert{arg}
}

// An inert is an argument that is made safe as text, before it is padded.
type inert struct{ arg any }

// Format implements fmt.Formatter.
func (a inert) Format(s fmt.State, verb rune) {
	text := Safe(fmt.Sprintf(unpadded(s, verb), a.arg))
	format := "%"
	if s.Flag('-') {
		format += "-"
	}
	if width, ok := s.Width(); ok {
		fmt.Fprintf(s, format+"*s", width, text)
		return
	}
	_, _ = io.WriteString(s, text) // into the buffer of the caller's format
}

// unpadded returns the verb of a format with its flags and precision.
func unpadded(s fmt.State, verb rune) string {
	format := "%"
	for _, flag := range "+# " {
		if s.Flag(int(flag)) {
			format += string(flag)
		}
	}
	if precision, ok := s.Precision(); ok {
		format += "." + fmt.Sprint(precision)
	}
	return format + string(verb)
}
