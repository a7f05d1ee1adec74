package cli

import (
	"errors"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// instead prints the commands of a fix that cannot be made here.
func (f *fixFlags) instead(a *fixAnswer, plan *senet.Plan, err error, streams ioStreams) error {
	commands := a.deployment().Instead(plan.Fix, a.said().Target(plan.Fix), plan.Change)
	if e := f.output.emit(streams.stdout, func() any {
		out := a.json()
		out.Applied = &doc.Applied{Effects: []doc.Effect{}, Commands: string(commands)}
		return out
	}, page(func(b *words.Page) {
		b.Printf("# %s: nothing was changed; the commands for it are\n%s", a.title(plan.Fix), commands)
	})); e != nil {
		return e
	}
	var p *problem
	if errors.As(err, &p) {
		return &problem{exitUnreadable, err, p.hint}
	}
	return unreadable(err, "")
}

// insteadOf prints the commands if the store is not writable, so that nothing was changed.
func (f *fixFlags) insteadOf(a *fixAnswer, plan *senet.Plan, err error, streams ioStreams) error {
	if change.StateOf(err) != change.Unchanged {
		return err
	}
	for _, known := range []error{semanage.ErrReadOnly, semanage.ErrPermission, semanage.ErrRebuild} {
		if errors.Is(err, known) {
			return f.instead(a, plan, err, streams)
		}
	}
	return err
}

// deployment returns the store of a change, as commands name it.
func (a *fixAnswer) deployment() *say.Deployment {
	m := change.Semodule{Root: a.flags.root, Name: a.flags.store, NoReload: a.flags.noReload}
	if a.store != nil {
		m.Store = a.store.Changes().Records()
	}
	return &say.Deployment{
		Policy: a.asked.Policy(), Elsewhere: a.flags.root != "" || a.flags.store != "", Store: a.flags.repeatWrite(),
		Semodule: shell.New("semodule").Flag(m.Args("-i")...),
	}
}

// writePlan writes the changes of a fix, the domains that they affect, and the commands; in full
// with the text of a module.
func (a *fixAnswer) writePlan(b *words.Page, n int, plan *senet.Plan, full bool) {
	a.said().Plan(b, n-1, say.Question(a.asked.Lasting()), plan.Change, a.deployment(), full)
}
