package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/say"
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
	flags.BoolVar(&f.diff, "diff", false, "change nothing; print the lines that would change")
	return cmd
}

func (f *formatFlags) run(streams ioStreams, names []string) error {
	if len(names) == 0 {
		names = []string{"-"}
	}
	other := false
	for _, name := range names {
		changed, err := f.file(streams, name)
		if err != nil {
			return err
		}
		other = other || changed
	}
	if other && (f.check || f.diff) {
		return errNo
	}
	return nil
}

// file formats one file and reports whether it had another layout.
func (f *formatFlags) file(streams ioStreams, name string) (changed bool, err error) {
	text, err := readInput(name, streams.stdin)
	if err != nil {
		return false, err
	}
	out, err := cil.Layout(string(text))
	if err != nil {
		var syntax *cil.SyntaxError
		if errors.As(err, &syntax) {
			syntax.File = name
			text := words.Escape(compile.FromSyntax(syntax).List[0].Text())
			if _, err := words.Fprintf(streams.stderr, "%s\n", text); err != nil {
				return false, err
			}
		}
		return false, unreadable(fmt.Errorf("%s is no CIL", name), "")
	}
	changed = out != string(text)
	switch {
	case f.check || f.diff:
		if changed && f.check {
			_, err = words.Fprintf(streams.stdout, "%s\n", name)
		}
		if changed && f.diff && err == nil {
			_, err = words.Fprintf(streams.stdout, "%s\n", say.LineDiff(name, string(text), out))
		}
	case name == "-":
		_, err = streams.stdout.Write([]byte(out)) // a file's text, not one for people
	case changed:
		if err = replaceFile(name, []byte(out)); err != nil {
			err = unreadable(err, "")
		}
	}
	return changed, err
}
