package incident

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// ErrIsDirectory says that the argument for a log is a directory.
var ErrIsDirectory = errors.New("is a directory")

// Named opens the logs in arguments: files, and standard input for "-", in their order; otherwise
// the arguments themselves are lines of a log. The error is an *[fs.PathError] that wraps
// ErrIsDirectory, or [fs.ErrNotExist] for an argument that can only be the name of a file.
func Named(args []string, stdin io.Reader) (*Source, error) {
	files := 0
	for _, arg := range args {
		if arg == "-" || IsFile(arg) {
			files++
		}
	}
	switch {
	case files == len(args):
		return ofFiles(args, stdin)
	case files == 0 && (looksLikePath(args) || isDirectory(args[0])), files > 0 &&
		!strings.Contains(strings.Join(args, " "), "="):
		for _, arg := range args {
			switch {
			case isDirectory(arg):
				return nil, &fs.PathError{Op: "open", Path: arg, Err: ErrIsDirectory}
			case arg != "-" && !IsFile(arg):
				return nil, &fs.PathError{Op: "open", Path: arg, Err: fs.ErrNotExist}
			}
		}
	}
	return &Source{Name: "the arguments", Reader: strings.NewReader(strings.Join(args, " ")), Typed: true}, nil
}

// IsFile reports whether there is a file of that name.
func IsFile(name string) bool {
	st, err := os.Stat(name)
	return err == nil && !st.IsDir()
}

// CanBeDenial reports whether arguments can be a denial: one argument, lines of a log, or names of
// files, of which "-" is standard input.
func CanBeDenial(args []string) bool {
	return len(args) == 1 || strings.Contains(strings.Join(args, " "), "=") ||
		!slices.ContainsFunc(args, func(arg string) bool { return arg != "-" && !IsFile(arg) })
}

func isDirectory(name string) bool {
	st, err := os.Stat(name)
	return err == nil && st.IsDir()
}

// looksLikePath reports whether arguments that are not files were probably meant as files.
func looksLikePath(args []string) bool {
	for _, arg := range args {
		if strings.ContainsAny(arg, " =\n") || !strings.ContainsAny(arg, "/.") {
			return false
		}
	}
	return true
}

// Piped returns standard input as a source if there is something to read; nil for a terminal, for
// /dev/null, and for an empty pipe, which programs started by cron or ssh often have.
func Piped(stdin io.Reader) *Source {
	if stdin == nil {
		return nil
	}
	if file, ok := stdin.(*os.File); ok {
		if st, err := file.Stat(); err != nil || st.Mode()&fs.ModeCharDevice != 0 {
			return nil
		}
	}
	first := make([]byte, 1)
	if n, _ := io.ReadFull(stdin, first); n == 0 {
		return nil
	}
	return ofStdin(io.MultiReader(bytes.NewReader(first), stdin))
}

func ofStdin(stdin io.Reader) *Source {
	return &Source{Name: "standard input", Reader: audit.Unpack(stdin)}
}

// ofFiles reads files and, for -, standard input, in the order of the arguments.
func ofFiles(args []string, stdin io.Reader) (*Source, error) {
	var names []string
	var before, after []io.Reader
	text := audit.Unpack(stdin)
	for _, arg := range args {
		switch {
		case arg != "-":
			names = append(names, arg)
		case len(names) == 0:
			before = append(before, text, strings.NewReader("\n"))
		default:
			after = append(after, strings.NewReader("\n"), text)
		}
	}
	if len(names) == 0 {
		return ofStdin(stdin), nil
	}
	s, err := OpenFiles(names...)
	if err != nil {
		return nil, err
	}
	s.Name, s.Args = strings.Join(args, ", "), args
	for _, name := range names {
		if st, err := os.Stat(name); err != nil || !st.Mode().IsRegular() {
			s.Args = nil // a pipe can be read only once
		}
	}
	if len(before)+len(after) > 0 {
		s.Reader, s.Args = io.MultiReader(append(append(before, s.Files), after...)...), nil
	}
	return s, nil
}

// Instead says why this log replaces the first choice, "" if it is the first choice.
func (s *Source) Instead() string {
	if len(s.Failed) == 0 {
		return ""
	}
	texts := make([]string, len(s.Failed))
	for i, f := range s.Failed {
		texts[i] = f.Name + ": " + f.Err.Error()
	}
	return strings.Join(texts, "; ") + "; reading " + s.Name + " instead"
}

// The reasons why a log has no findings. Errors of [Source.Empty] wrap these.
var (
	ErrNothingToRead = errors.New("nothing to read")
	ErrNotUnderstood = errors.New("this is not a file, not a denial, and not a \"Permission denied\" that senet knows")
	ErrNoText        = errors.New("no text")
)

// Empty returns an error if there was nothing to read, or if nothing was recognized in text that a
// user typed or in a binary file. log is what [Source.Log] returned.
func (s *Source) Empty(log *Log) error {
	switch {
	case log.Stats.Bytes == 0:
		return fmt.Errorf("%s: %w", s.Name, ErrNothingToRead)
	case log.Empty() && s.Typed:
		return ErrNotUnderstood
	case log.Empty() && s.seen.binary.Load():
		lines := fmt.Sprintf("%d lines", log.Stats.Lines)
		if log.Stats.Lines == 1 {
			lines = "1 line"
		}
		return fmt.Errorf("%s: %w: %s without a denial", s.Name, ErrNoText, lines)
	}
	return nil
}
