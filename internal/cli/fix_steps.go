package cli

import (
	"errors"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
)

// steps turns a fix into what changes in a store; s may be nil where there is none.
func (a *fixAnswer) steps(f *remedy.Fix, s *fixStore) (change.Change, error) {
	c, err := senet.ChangeOf(a.can.p, f)
	if errors.Is(err, senet.ErrNoChange) {
		hint := words.Lines("")
		if forms := a.forms(f); len(forms) > 0 {
			hint = words.Escape(strings.TrimSpace(forms[0].Text))
		}
		return c, usage(words.Errorf("%s: no change of a policy store", a.title(f)), hint)
	}
	if c.Module != nil {
		c.Module.Name = freeModule(c.Module.Name, s)
	}
	return c, err
}

// freeModule returns a name that the store has no module of: one fix must not
// replace the module of another.
func freeModule(base string, s *fixStore) string {
	name := base
	for i := 2; s != nil && s.moduleInstalled(name); i++ {
		name = words.Sprintf("%s_%d", base, i)
	}
	return name
}

// about says what the change of a fix is for, with what it does to whom.
func (a *fixAnswer) about(f *remedy.Fix, n int) change.About {
	q := a.question()
	about := change.About{Title: a.title(f), Question: q.args(), Command: withoutStore(q.command(a.can.repeat).Flag("--apply", words.Sprintf("%d", n)).Words())}
	for _, way := range []struct {
		op           network.Operation
		gain, lose   []reach.DomainPorts
		gains, loses portset.Set // the subject
	}{
		{network.Connect, f.Gain.Connect, f.Lose.Connect, f.SubjectConnect, f.SubjectLosesConnect},
		{network.Bind, f.Gain.Bind, f.Lose.Bind, f.SubjectBind, f.SubjectLosesBind},
	} {
		e := impact.Effect{Change: reach.Change{Protocol: a.can.target.Protocol, Operation: way.op}}
		name := a.can.p.TypeName(subjectType(a.can))
		e.Gain, e.Lose = withSubject(way.gain, name, way.gains), withSubject(way.lose, name, way.loses)
		if len(e.Gain)+len(e.Lose) > 0 {
			about.Effects = append(about.Effects, e)
		}
	}
	return about
}

// withSubject puts the subject's ports before those of the others.
func withSubject(list []reach.DomainPorts, name string, ports portset.Set) []reach.DomainPorts {
	out := make([]reach.DomainPorts, 0, len(list)+1)
	if len(ports) > 0 {
		out = append(out, reach.DomainPorts{Domain: name, Ports: ports})
	}
	return append(out, list...)
}
