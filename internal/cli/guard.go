package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/sysprogram"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/words"
)

const guardLong = `Run a command, and fail if SELinux refused anything meanwhile: on the whole
machine, not the command alone, since a service does its work elsewhere. A
denial that was only logged, because the system or the domain is permissive,
counts too.

The standard input and output are the command's. What was refused is explained
on standard error, as senet why explains it; --report writes it to a file. The
denials are those that the log of this machine got while the command ran; --log
names another file. If the log cannot be read the command is not run.

Exit status: that of the command if it is not 0, and 128 and the number of the
signal that ended it; else 1 if something was refused, and 0 if not. 64 is a
mistake in the command line of senet, 65 a log or a policy that cannot be read,
126 a command that cannot be run, 127 one that does not exist.`

const guardExamples = `  senet guard -- systemctl restart haproxy
  senet guard --json --report denials.json -- ./integration-test.sh`

type guardFlags struct {
	whyFlags
	log, file string
}

func newGuard(streams ioStreams) *cobra.Command {
	var f guardFlags
	cmd := &cobra.Command{
		Use:     "guard [flags] -- COMMAND [ARGUMENT...]",
		Long:    guardLong,
		Example: guardExamples,
		RunE:    func(_ *cobra.Command, args []string) error { return f.run(args, streams) },
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false) // what follows the command is its own
	f.registerAll(flags)
	f.output.register(flags)
	flags.StringVar(&f.log, "log", "", "the denials are those that are written to `FILE`")
	flags.StringVar(&f.file, "report", "", "write the explanation to `FILE`, not to standard error")
	return cmd
}

// An exitStatus ends senet with the status of another program, without a message.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func (f *guardFlags) run(args []string, streams ioStreams) error {
	if len(args) == 0 {
		return usage(errors.New("senet guard takes a command"), "for example: senet guard -- systemctl restart haproxy")
	}
	mark, err := f.mark()
	if err != nil {
		return unreadable(err, "the command was not run")
	}
	// The command may change the policy: it is read again when it has ended.
	if err := f.open(io.Discard).err; err != nil {
		return err
	}
	code, err := sysprogram.Foreground(args, streams.stdin, direct(streams.stdout), direct(streams.stderr))
	if err != nil {
		return &problem{code, err, ""}
	}
	status := exitStatus(code)
	if err := f.explain(mark, streams); err != nil {
		if status != 0 && errors.Is(err, errNo) {
			return status
		}
		return err
	}
	if status != 0 {
		return status
	}
	return nil
}

func (f *guardFlags) mark() (*incident.Mark, error) {
	if f.log != "" {
		return incident.MarkLog(f.log)
	}
	root, err := host.OpenRoot(f.root)
	if err != nil {
		return nil, err
	}
	return incident.MarkOwn(root)
}

// explain says what was refused since the mark; it returns errNo if something was.
func (f *guardFlags) explain(mark *incident.Mark, streams ioStreams) error {
	in, err := mark.Since()
	if err != nil {
		return unreadable(err, "")
	}
	defer in.Close()
	to := streams.stderr
	var text bytes.Buffer
	if f.file != "" {
		to = words.NewStream(&text)
	}
	log, err := f.report(in, to, streams.stderr)
	if f.file != "" {
		if err := sysroot.Save(f.file, text.Bytes(), 0o644); err != nil {
			return unreadable(err, "")
		}
	}
	switch {
	case errors.Is(err, incident.ErrNothingToRead):
		return nil
	case err != nil && !errors.Is(err, errNo):
		return err
	case log.Refused() > 0:
		return errNo
	}
	return nil
}

// direct is the file behind a stream, for a program that writes to it itself.
func direct(w io.Writer) io.Writer {
	if f := words.File(w); f != nil {
		return f
	}
	return w
}
