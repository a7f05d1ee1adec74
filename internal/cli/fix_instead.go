package cli

import (
	"errors"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/policyfile"
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
	d := &say.Deployment{
		Policy: a.asked.Policy(), Elsewhere: a.flags.root != "" || a.flags.store != "", Store: a.flags.repeatWrite(),
		Semodule: shell.New("semodule", "-i"),
	}
	switch {
	case a.store != nil:
		m := change.Semodule{
			Store: a.store.Changes().Records(), Root: a.flags.root, Name: a.flags.store, NoReload: a.flags.noReload,
		}
		d.Semodule = shell.New("semodule").Flag(m.Args("-i")...)
	case d.Elsewhere:
		d.Semodule = a.flags.semoduleCommand().Flag("-i")
	}
	return d
}

// semoduleCommand returns the semodule command for a store that cannot be opened.
func (f *writeFlags) semoduleCommand() shell.Command {
	c := shell.New("semodule")
	name := f.store
	if f.root != "" {
		c = c.Flag("-N").Option("-p", f.root)
	}
	if name == "" {
		name = policyfile.Type(f.root)
	}
	return c.Option("-s", name)
}

// writePlan writes the changes of a fix, the domains that they affect, and the commands; in full
// with the text of a module.
func (a *fixAnswer) writePlan(b *words.Page, n int, plan *senet.Plan, full bool) {
	a.said().Plan(b, n-1, say.Question(a.asked.Lasting()), plan.Change, a.deployment(), full)
}
