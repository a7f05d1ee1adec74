package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/subject"
)

// A whyInput is a log to be read.
type whyInput struct {
	name  string // for messages
	shell string // the arguments that name it again, "" for standard input
	r     io.Reader
	files *audit.Files // nil where it is not files
	// since leaves out what was logged before.
	since time.Time
	// typed says that the log was typed as arguments: a line that is no denial is
	// a mistake then.
	typed bool
	// instead says why this log is read and not the first choice, "" if it is.
	instead string
	stop    func()
	cut     func() bool // whether reading was ended before the end; may be nil
}

func (in *whyInput) close() {
	if in.files != nil {
		_ = in.files.Close() // it was only read
	}
	if in.stop != nil {
		in.stop()
	}
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
				return nil, unreadable(fmt.Errorf("%s: is a directory", arg), "name the logs in it: "+filepath.Join(arg, "*"))
			}
			if arg != "-" && !isFile(arg) {
				return nil, unreadable(fmt.Errorf("%s: %w", arg, fs.ErrNotExist), "a line of a log is given in quotes")
			}
		}
	}
	text := strings.Join(args, " ")
	return &whyInput{name: "the arguments", r: strings.NewReader(text), typed: true}, nil
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
	return &whyInput{name: "standard input", r: audit.Unpack(stdin)}
}

// fromFiles reads files and, for -, standard input, in the order of the
// arguments.
func fromFiles(args []string, stdin io.Reader) (*whyInput, error) {
	in := &whyInput{name: strings.Join(args, ", "), shell: strings.Join(args, " ")}
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
	if strings.ContainsAny(in.shell, "'\"\\$`&;|<>*?()[]{}!#~\n\t") || strings.Count(in.shell, " ") != len(args)-1 {
		in.shell = "" // it would have to be quoted
	}
	if err := in.open(names); err != nil {
		return nil, unreadable(err, "")
	}
	if len(before)+len(after) > 0 {
		in.r = io.MultiReader(append(append(before, in.files), after...)...)
	}
	return in, nil
}

// open opens files.
func (in *whyInput) open(names []string) error {
	files, err := audit.Open(names...)
	if err != nil {
		return err
	}
	in.files, in.r = files, files
	for _, name := range names {
		if st, err := os.Stat(name); err != nil || !st.Mode().IsRegular() {
			in.shell = "" // a pipe can be read once
		}
	}
	return nil
}

const auditLog = "/var/log/audit/audit.log"

// ownLog reads this machine's audit log, else its journal, else the kernel's
// messages; with --root the log of the system there.
func (f *whyFlags) ownLog() (*whyInput, error) {
	root, err := host.OpenRoot(f.root)
	if err != nil {
		return nil, unreadable(err, "")
	}
	path := auditLog
	in := &whyInput{}
	if root.Live() {
		in.since = bootTime(root)
	} else {
		path = root.Dir() + auditLog
	}
	err = in.rotated(path)
	if err == nil {
		return in, nil
	}
	if !root.Live() {
		return nil, unreadable(fmt.Errorf("no log to read: %s: %w", path, err), noInputHint)
	}
	hint := noInputHint
	if errors.Is(err, fs.ErrPermission) {
		hint = "reading the audit log takes root: sudo senet why"
	}
	failed := []string{path + ": " + err.Error()}
	// What the kernel says itself is in the journal under its own name where
	// nothing else takes the audit messages.
	for _, source := range []struct {
		name, program string
		args          []string
	}{
		{"the journal", "journalctl", []string{"-q", "-b", "-o", "json", "--no-pager", "_TRANSPORT=audit", "+", "_TRANSPORT=kernel"}},
		{"the kernel's messages", "dmesg", nil},
	} {
		err := in.command(source.name, source.program, source.args...)
		if err == nil {
			in.instead = fmt.Sprintf("%s; reading %s instead", strings.Join(failed, "; "), source.name)
			return in, nil
		}
		failed = append(failed, source.program+": "+err.Error())
	}
	return nil, unreadable(fmt.Errorf("no log to read: %s", strings.Join(failed, "; ")), hint)
}

// rotated opens a log and what it was rotated into since the last boot.
func (in *whyInput) rotated(path string) error {
	names, err := audit.Rotated(path)
	if err == nil {
		names = modifiedSince(names, in.since)
		if len(names) == 0 {
			err = errors.New("nothing was written since the last boot")
		}
	}
	if err == nil {
		for _, name := range names {
			var file *os.File
			if file, err = os.Open(name); err != nil {
				break
			}
			file.Close()
		}
	}
	if err == nil {
		err = in.open(names)
	}
	var perr *fs.PathError
	if errors.As(err, &perr) {
		return perr.Err
	}
	in.name = path
	return err
}

// modifiedSince leaves out files that were last written before a time.
func modifiedSince(names []string, since time.Time) []string {
	var list []string
	for _, name := range names {
		if st, err := os.Stat(name); err == nil && !st.ModTime().Before(since) {
			list = append(list, name)
		}
	}
	return list
}

// bootTime returns when the system was started, the zero time if that cannot be
// read.
func bootTime(root host.Root) time.Time {
	stat, err := root.ReadFile("/proc/stat", 1<<20)
	if err != nil {
		return time.Time{}
	}
	_, rest, ok := bytes.Cut(stat, []byte("\nbtime "))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	seconds, err := strconv.ParseInt(string(line), 10, 64)
	if !ok || err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// commandTimeout bounds how long journalctl and dmesg may take.
const commandTimeout = 30 * time.Second

// command starts reading what a program writes; it fails if there is no such
// program, or it writes nothing.
func (in *whyInput) command(name, program string, args ...string) error {
	path, err := exec.LookPath(program)
	if err != nil {
		return errors.New("not installed")
	}
	ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
	cmd := exec.CommandContext(ctx, path, args...)
	var complaint limited
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return err
	}
	first := make([]byte, 1)
	if n, _ := io.ReadFull(out, first); n == 0 {
		err := cmd.Wait()
		late := ctx.Err() != nil
		cancel()
		said, _, _ := strings.Cut(strings.TrimSpace(string(complaint)), "\n")
		switch {
		case late:
			return fmt.Errorf("no answer within %s", commandTimeout)
		case said != "":
			return errors.New(strings.TrimPrefix(said, program+": "))
		case err != nil:
			return err
		}
		return errors.New("has nothing")
	}
	in.name = name
	in.stop = func() {
		cancel()
		_ = cmd.Wait() // ended by us or by itself; what it wrote has been read
	}
	in.cut = func() bool { return ctx.Err() != nil }
	in.r = io.MultiReader(bytes.NewReader(first), out)
	return nil
}

// A limited keeps the first kilobyte that is written to it.
type limited []byte

func (l *limited) Write(b []byte) (int, error) {
	*l = append(*l, b[:min(len(b), 1024-len(*l))]...)
	return len(b), nil
}

// system is where programs are looked up.
func (f *whyFlags) system() *subject.System {
	root, err := host.OpenRoot(f.root)
	if err != nil {
		return nil
	}
	return &subject.System{Root: root}
}
