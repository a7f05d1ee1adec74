package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/subject"
)

// A whyInput is a log to be read, as it was named.
type whyInput struct {
	incident.Source
	shell []string // the arguments that name it again, nil for standard input
	// typed says that the log was typed as arguments: a line that is no denial is
	// a mistake then.
	typed bool
}

// instead says why this log is read and not the first choice, "" if it is.
func (in *whyInput) instead() string {
	if len(in.Failed) == 0 {
		return ""
	}
	texts := make([]string, len(in.Failed))
	for i, f := range in.Failed {
		texts[i] = f.Name + ": " + f.Err.Error()
	}
	return strings.Join(texts, "; ") + "; reading " + in.Name + " instead"
}

const noInputHint = "name a log, paste a line in quotes, or pipe one: journalctl -b | senet why -"

// input chooses what is read.
func (f *whyFlags) input(args []string, stdin io.Reader) (*whyInput, error) {
	if len(args) == 0 {
		if piped(stdin) {
			// Started by cron or over ssh there is often a pipe with nothing in it.
			first := make([]byte, 1)
			if n, _ := io.ReadFull(stdin, first); n > 0 {
				return fromStdin(io.MultiReader(bytes.NewReader(first), stdin)), nil
			}
		}
		return f.ownLog()
	}
	files := 0
	for _, arg := range args {
		if arg == "-" || isFile(arg) {
			files++
		}
	}
	switch {
	case files == len(args):
		return fromFiles(args, stdin)
	case files == 0 && (looksLikePath(args) || isDirectory(args[0])), files > 0 && !strings.Contains(strings.Join(args, " "), "="):
		for _, arg := range args {
			if st, err := os.Stat(arg); err == nil && st.IsDir() {
				return nil, unreadable(fmt.Errorf("%s: is a directory", arg), words.Format("name the logs in it: %s", filepath.Join(arg, "*")))
			}
			if arg != "-" && !isFile(arg) {
				return nil, unreadable(fmt.Errorf("%s: %w", arg, fs.ErrNotExist), "a line of a log is given in quotes")
			}
		}
	}
	text := strings.Join(args, " ")
	return &whyInput{Source: incident.Source{Name: "the arguments", Reader: strings.NewReader(text)}, typed: true}, nil
}

// piped reports whether standard input is something to read: not a terminal,
// nor /dev/null.
func piped(stdin io.Reader) bool {
	file, ok := stdin.(*os.File)
	if !ok {
		return stdin != nil
	}
	st, err := file.Stat()
	return err == nil && st.Mode()&fs.ModeCharDevice == 0
}

func isFile(name string) bool {
	st, err := os.Stat(name)
	return err == nil && !st.IsDir()
}

func isDirectory(name string) bool {
	st, err := os.Stat(name)
	return err == nil && st.IsDir()
}

// looksLikePath reports whether arguments that are no files were meant to be.
func looksLikePath(args []string) bool {
	for _, arg := range args {
		if strings.ContainsAny(arg, " =\n") || !strings.ContainsAny(arg, "/.") {
			return false
		}
	}
	return true
}

func fromStdin(stdin io.Reader) *whyInput {
	return &whyInput{Source: incident.Source{Name: "standard input", Reader: audit.Unpack(stdin)}}
}

// fromFiles reads files and, for -, standard input, in the order of the
// arguments.
func fromFiles(args []string, stdin io.Reader) (*whyInput, error) {
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
		return fromStdin(stdin), nil
	}
	source, err := incident.OpenFiles(names...)
	if err != nil {
		return nil, unreadable(err, "")
	}
	in := &whyInput{Source: *source, shell: args}
	in.Name = strings.Join(args, ", ")
	for _, name := range names {
		if st, err := os.Stat(name); err != nil || !st.Mode().IsRegular() {
			in.shell = nil // a pipe can be read once
		}
	}
	if len(before)+len(after) > 0 {
		in.Reader, in.shell = io.MultiReader(append(append(before, in.Files), after...)...), nil
	}
	return in, nil
}

// ownLog reads this machine's log; with --root that of the system there.
func (f *whyFlags) ownLog() (*whyInput, error) {
	root, err := host.OpenRoot(f.root)
	if err != nil {
		return nil, unreadable(err, "")
	}
	s, err := incident.OwnLog(root)
	if err != nil {
		hint := words.Lines(noInputHint)
		if root.Live() && errors.Is(err, fs.ErrPermission) {
			hint = "reading the audit log takes root: sudo senet why"
		}
		return nil, unreadable(err, hint)
	}
	in := &whyInput{Source: *s}
	if s.Files != nil {
		in.shell = []string{}
	}
	return in, nil
}

// empty fails where there was nothing to read, or nothing that was understood of
// what a person typed.
func (in *whyInput) empty(log *incident.Log, binary bool) error {
	switch {
	case log.Stats.Bytes == 0:
		return unreadable(fmt.Errorf("%s: nothing to read", in.Name), noInputHint)
	case log.Empty() && in.typed:
		return unreadable(errors.New("this is neither a file nor a denial, nor a \"Permission denied\" that senet knows"), noInputHint)
	case log.Empty() && binary:
		return unreadable(fmt.Errorf("%s: no text: %s without a denial", in.Name,
			say.Plural(int(log.Stats.Lines), "line")), noInputHint)
	}
	return nil
}

// system is where programs are looked up.
func (f *whyFlags) system() *subject.System {
	root, err := host.OpenRoot(f.root)
	if err != nil {
		return nil
	}
	return &subject.System{Root: root}
}
