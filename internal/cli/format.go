package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/terminal"
	"github.com/senet-selinux/senet/internal/words"
)

const formatLong = `Put CIL files into the canonical layout: a statement a line, what containers
hold indented by four, long lists broken where lists in them begin. Comments and
line marks stay. The meaning does not change. Without a file, or for -, standard
input goes to standard output.

Exit status: 0 done, or nothing to do, 1 with --check or --diff: a file has
another layout, 64 a mistake in the command, 65 a file cannot be read or
written, or is no CIL.`

const formatExamples = `  senet format web.cil
  senet format --check *.cil
  senet format --diff web.cil`

// formatFlags are the flags of senet format.
type formatFlags struct {
	check, diff bool
	output      outputFlags
}

func newFormat(streams ioStreams) *cobra.Command {
	var f formatFlags
	cmd := &cobra.Command{
		Use:     "format [FILE...]",
		Long:    formatLong,
		Example: formatExamples,
		Args:    cobra.ArbitraryArgs,
		RunE:    func(_ *cobra.Command, args []string) error { return f.run(streams, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.check, "check", false, "change nothing; name the files with another layout")
	f.output.register(flags)
	flags.BoolVar(&f.diff, "diff", false, "change nothing; print the lines that would change")
	return cmd
}

func (f *formatFlags) run(streams ioStreams, names []string) error {
	if len(names) == 0 {
		names = []string{"-"}
	}
	out, other := doc.Format{Schema: "senet.format/1", Files: []doc.FormattedFile{}}, false
	for _, name := range names {
		one, err := f.file(streams, name)
		if err != nil {
			return err
		}
		out.Files = append(out.Files, one)
		other = other || one.Changed
	}
	// The text came file by file.
	if err := f.output.emit(streams.stdout, func() any { return out }, nil); err != nil {
		return err
	}
	if other && (f.check || f.diff) {
		return errNo
	}
	return nil
}

// file formats one file and reports whether it had another layout.
func (f *formatFlags) file(streams ioStreams, name string) (one doc.FormattedFile, err error) {
	one.Name = name
	text, err := readInput(name, streams.stdin)
	if err != nil {
		return one, err
	}
	out, err := cil.Layout(string(text))
	if err != nil {
		var syntax *cil.SyntaxError
		if errors.As(err, &syntax) {
			syntax.File = name
			text := words.Escape(compile.FromSyntax(syntax).List[0].Text())
			if _, err := words.Fprintf(streams.stderr, "%s\n", text); err != nil {
				return one, err
			}
		}
		return one, unreadable(fmt.Errorf("%s is not CIL", name), "")
	}
	one.Changed = out != string(text)
	return one, f.put(streams, &one, string(text), out)
}

// put prints, compares or writes the new layout of a file, according to the flags.
func (f *formatFlags) put(streams ioStreams, one *doc.FormattedFile, before, after string) (err error) {
	stdout := streams.stdout
	if f.output.json || f.output.quiet {
		stdout = io.Discard
	}
	switch {
	case f.check || f.diff:
		if one.Changed && f.check {
			_, err = words.Fprintf(stdout, "%s\n", one.Name)
		}
		if one.Changed && f.diff && err == nil {
			diff := say.LineDiff(one.Name, before, after)
			one.Diff = string(diff)
			_, err = words.Fprintf(stdout, "%s\n", diff)
		}
	case one.Name == "-" && f.output.json:
		one.Text = after
	case one.Name == "-":
		if terminal.Is(stdout) {
			_, err = stdout.Write([]byte(after)) // control characters become escapes
		} else {
			err = words.Data(stdout, []byte(after))
		}
	case one.Changed:
		if err = sysroot.Replace(one.Name, []byte(after)); err != nil {
			err = unreadable(err, "")
		}
	}
	return err
}
