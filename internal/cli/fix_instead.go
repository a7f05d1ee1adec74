package cli

import (
	"errors"
	"io"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// instead prints the commands of a fix that cannot be made here.
func (f *fixFlags) instead(a *fixAnswer, fix *remedy.Fix, steps change.Change, err error, streams ioStreams) error {
	commands := a.deployment().Instead(fix, a.said().Target(fix), steps)
	if e := f.output.emit(streams.stdout, func() any {
		out := a.json()
		out.Applied = &doc.Applied{Effects: []impact.Effect{}, Commands: string(commands)}
		return out
	}, func(w io.Writer) error {
		_, err := words.Fprintf(w, "# %s: nothing was changed; the commands for it are\n%s", a.title(fix), commands)
		return err
	}); e != nil {
		return e
	}
	var p *problem
	if errors.As(err, &p) {
		return &problem{exitUnreadable, err, p.hint}
	}
	return unreadable(err, "")
}

// insteadOf prints the commands where the store turned out not to be writable, and
// nothing was changed.
func (f *fixFlags) insteadOf(a *fixAnswer, fix *remedy.Fix, steps change.Change, err error, streams ioStreams) error {
	if change.StateOf(err) != change.Unchanged {
		return err
	}
	for _, known := range []error{semanage.ErrReadOnly, semanage.ErrPermission, semanage.ErrRebuild} {
		if errors.Is(err, known) {
			return f.instead(a, fix, steps, err, streams)
		}
	}
	return err
}

// deployment is the store that a change is for, as commands name it.
func (a *fixAnswer) deployment() *say.Deployment {
	d := &say.Deployment{
		Policy: a.can.p, Elsewhere: a.flags.root != "" || a.flags.store != "", Store: a.flags.repeatWrite(),
		Semodule: shell.New("semodule", "-i"),
	}
	switch {
	case a.store != nil:
		d.Semodule = a.store.semoduleCommand("-i")
	case d.Elsewhere:
		d.Semodule = a.flags.semoduleCommand().Flag("-i")
	}
	return d
}

// writePlan writes what a fix would change, for whom, and how; in full with the text of
// a module.
func (a *fixAnswer) writePlan(b *words.Page, n int, steps change.Change, full bool) {
	a.said().Plan(b, n-1, a.question().String(), steps, a.deployment(), full)
}
