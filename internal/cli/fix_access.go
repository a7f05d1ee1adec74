package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/policydoc"
	"github.com/senet-selinux/senet/internal/say"
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

// runAccess lists the fixes of an access to anything but a port, or makes one.
func (f *fixFlags) runAccess(args []string, streams ioStreams) error {
	a := &fixAnswer{flags: f.write}
	s, err := f.openForAccess(a, streams)
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
	return f.emitAccess(a, s, []*senet.AccessFixes{x}, streams)
}

// openForAccess opens the store where something is to be changed in it, else the policy.
func (f *fixFlags) openForAccess(a *fixAnswer, streams ioStreams) (*senet.Session, error) {
	if f.apply != "" || f.plan != "" {
		return f.openFor(a, streams.stderr)
	}
	return f.openSession(streams.stderr)
}

// emitAccess prints the fixes of the first access, and the commands for the others; or it shows or
// makes the one that was chosen.
func (f *fixFlags) emitAccess(
	a *fixAnswer, s *senet.Session, list []*senet.AccessFixes, streams ioStreams,
) error {
	repeat := f.repeatPolicy()
	if f.write.store != "" {
		repeat = repeat.Option("--store", f.write.store)
	}
	said := make([]*say.AccessFixes, len(list))
	for i, x := range list {
		said[i] = &say.AccessFixes{AccessFixes: x, Again: repeat, Elsewhere: f.root != "", Image: f.root,
			Type: s.PolicyType()}
		said[i].Describe = policydoc.Of(f.path, f.root)
	}
	if c := choice(cmp.Or(f.apply, string(f.plan), string(f.show))); c != "" && !said[0].Allowed {
		return f.actOnAccess(a, s.Source().Name, said, c, streams)
	}
	x := said[0]
	if err := f.output.emit(streams.stdout, func() any { return doc.AccessFixesOf(s.Source().Name, x) },
		page(func(b *words.Page) {
			first := x.Write(b, f.all)
			f.otherAccesses(b, said, "also")
			if n := x.Number(first); n > 0 && f.path == "" && x.Changes(first) {
				b.Command("next", x.Command(repeat).Flag("--plan", first.Name(x.Policy)))
			}
		})); err != nil {
		return err
	}
	if !x.Allowed && len(x.Fixes) == 0 {
		return errNo
	}
	return nil
}

// otherAccesses lists the commands for further accesses.
func (f *fixFlags) otherAccesses(b *words.Page, said []*say.AccessFixes, key string) {
	for i, other := range said[1:] {
		if i == maxOthers {
			b.Line("", "and %s more", say.Number(len(said)-1-i))
			break
		}
		b.Command(key, other.Command(other.Again))
		key = ""
	}
}

// An accessDenial is a denial in a log that is about something other than an operation on a port.
type accessDenial struct {
	answer  *fixAnswer
	session *senet.Session
	list    []*senet.AccessFixes
}

func (e *accessDenial) Error() string {
	return fmt.Sprintf("%d denials of other things than ports", len(e.list))
}

// otherwise answers for a log that has only denials that are not about ports; it returns any other
// error.
func (f *fixFlags) otherwise(err error, streams ioStreams) error {
	var other *accessDenial
	if errors.As(err, &other) {
		if err := f.undrawn(); err != nil {
			return err
		}
		return f.emitAccess(other.answer, other.session, other.list, streams)
	}
	return err
}
