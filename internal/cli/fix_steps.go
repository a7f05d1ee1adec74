package cli

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
)

// steps turns a fix into what changes in a store; s may be nil where there is none.
func (a *fixAnswer) steps(f *remedy.Fix, s *fixStore) (change.Change, error) {
	c, err := senet.ChangeOf(a.can.p, f)
	if errors.Is(err, senet.ErrNoChange) {
		hint := words.Lines("")
		if forms := form.Forms(f, a.said().Target(f)); len(forms) > 0 {
			hint = words.Escape(strings.TrimSpace(forms[0].Text))
		}
		return c, usage(words.Errorf("%s: no change of a policy store", a.title(f)), hint)
	}
	if c.Module != nil && s != nil {
		name, errHas := s.FreeModule(context.Background(), c.Module.Name)
		if errHas != nil {
			return c, s.flags.changeProblem(errHas)
		}
		c.Module.Name = name
	}
	return c, err
}

// about says what the change of a fix is for, with what it does to whom.
func (a *fixAnswer) about(f *remedy.Fix, n int) change.About {
	q := a.question()
	return change.About{
		Title: a.title(f), Question: q.args(),
		Command: withoutStore(q.command(a.can.repeat).Flag("--apply", strconv.Itoa(n)).Words()),
		Effects: senet.EffectsOf(f, a.can.target.Protocol, a.can.p.TypeName(subjectType(a.can))),
	}
}
