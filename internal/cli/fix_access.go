package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/policydoc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// isAccess reports whether three arguments are meant as SOURCE CLASS:PERMS TARGET.
func isAccess(args []string) bool {
	if len(args) != 3 {
		return false
	}
	class, perms, ok := strings.Cut(args[1], ":")
	return ok && class != "" && perms != "" && !strings.ContainsAny(args[1], "=/ ")
}

// runAccess lists the fixes of an access to anything but a port.
func (f *fixFlags) runAccess(args []string, streams ioStreams) error {
	s, err := f.openSession(streams.stderr)
	if err != nil {
		return err
	}
	class, perms, _ := strings.Cut(args[1], ":")
	x, err := s.AccessFixes(context.Background(), senet.AccessQuery{
		Source: args[0], Target: args[2], Class: class, Perms: strings.Split(perms, ","),
	})
	if err != nil {
		var unknown *senet.UnknownError
		if errors.As(err, &unknown) && unknown.Kind != senet.KindType {
			return usage(err, nearest(unknown.Near))
		}
		return questionProblem(err)
	}
	return f.emitAccess(s, []*senet.AccessFixes{x}, streams)
}

// emitAccess prints the fixes of the first access, and the commands for the others.
func (f *fixFlags) emitAccess(s *senet.Session, list []*senet.AccessFixes, streams ioStreams) error {
	if f.apply != "" || f.plan != "" || f.show != "" || f.out != "" {
		return usage(
			errors.New("fixes of an access are listed, with the commands for each: --show, --plan and --apply "+
				"are for operations on ports"), "senet module build makes a module of an allow rule")
	}
	repeat := f.repeatPolicy()
	if f.write.store != "" {
		repeat = repeat.Option("--store", f.write.store)
	}
	said := make([]*say.AccessFixes, len(list))
	for i, x := range list {
		said[i] = &say.AccessFixes{AccessFixes: x, Again: repeat, Elsewhere: f.root != ""}
		if f.path == "" && s.Source().Name != exampleName {
			said[i].Describe = policydoc.Describer(f.root)
		}
	}
	x := said[0]
	if err := f.output.emit(streams.stdout, func() any { return doc.AccessFixesOf(s.Source().Name, x) },
		page(func(b *words.Page) {
			x.Write(b, f.all)
			for i, other := range said[1:] {
				if i == maxOthers {
					b.Line("", "and %s more", say.Number(len(said)-1-i))
					break
				}
				key := ""
				if i == 0 {
					key = "also"
				}
				b.Command(key, shell.New("senet", "fix").Arg(other.Question()...).With(repeat))
			}
		})); err != nil {
		return err
	}
	if !x.Allowed && len(x.Fixes) == 0 {
		return errNo
	}
	return nil
}

// An accessDenial is a denial in a log that is about something other than an operation on a port.
type accessDenial struct {
	session *senet.Session
	list    []*senet.AccessFixes
}

func (e *accessDenial) Error() string {
	return fmt.Sprintf("%d denials of other things than ports", len(e.list))
}

// otherwise answers a log that has denials of other things than ports alone; any other
// error it returns.
func (f *fixFlags) otherwise(err error, streams ioStreams) error {
	var other *accessDenial
	if errors.As(err, &other) {
		return f.emitAccess(other.session, other.list, streams)
	}
	return err
}
