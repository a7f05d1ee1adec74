package cli

import (
	"errors"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// changeProblem gives an error of package change its exit code and a way out. That
// nothing was changed is said only where the store was asked.
func (f *writeFlags) changeProblem(err error) error {
	if err == nil {
		return nil
	}
	if p := f.changeHint(err); p != nil {
		return p
	}
	problemOf := f.storeProblem(err)
	var p *problem
	if errors.As(problemOf, &p) && p.hint == "" {
		switch change.StateOf(err) {
		case change.Unchanged:
			p.hint = "the store is as it was"
		case change.Changed:
			p.hint = words.Format("the store has changed: %s lists what was done",
				shell.New("senet", "log").With(f.repeat()))
		}
	}
	return problemOf
}

// changeHint returns the problem of the errors that are package change's own, nil for
// others.
func (f *writeFlags) changeHint(err error) error {
	undo := shell.New("senet", "undo").With(f.repeatWrite())
	log := shell.New("senet", "log").With(f.repeat())
	var half *change.UnfinishedError
	var foreign *change.ForeignError
	var module *change.ModuleError
	switch {
	case errors.As(err, &half):
		return f.halfProblem(half)
	case errors.As(err, &foreign):
		e := &foreign.Entry
		return &problem{exitNo, words.Errorf("another program has changed the store since transaction %d (%s): it "+
			"is at %d now", e.ID, say.Entry(e), foreign.Now),
			words.Format("%s\ntakes it back all the same, if what it left is as it left it", f.undoCommand(e.ID))}
	case errors.As(err, &module) && module.Output != "":
		hint := words.Lines("")
		if change.StateOf(err) == change.Unchanged {
			hint = "the store is as it was"
		}
		return unreadable(words.Errorf("semodule: %s %s: %s\n%s", module.Op, module.Name, module.Err,
			words.Escape(module.Output)), hint)
	}
	for _, known := range []struct {
		err  error
		code int
		hint words.Lines
	}{
		{change.ErrBusy, exitUnreadable, "try again when it is done"},
		{change.ErrNothing, exitNo, "senet changed nothing in this store, or it was taken back"},
		{change.ErrUndone, exitNo, words.Format("%s lists what can be taken back", log)},
		{change.ErrUnknown, exitNo, words.Format("%s lists those that it has", log)},
		{change.ErrMoved, exitUnreadable, "look at it again: what was shown may not hold any more"},
		{change.ErrStale, exitNo, "what another change made of it since is not taken back"},
		{change.ErrNewer, exitUnreadable, "that version can go on; this one leaves the file alone"},
		{change.ErrDamaged, exitUnreadable,
			words.Format("the file is left alone; moved away, %s knows no change any more", undo)},
		{change.ErrNoSemodule, exitUnreadable, "policycoreutils has it"},
	} {
		if errors.Is(err, known.err) {
			return &problem{known.code, err, known.hint}
		}
	}
	return nil
}

// halfProblem describes the remains of a killed change, and the ways out.
func (f *writeFlags) halfProblem(half *change.UnfinishedError) error {
	e := &half.Entry
	again := words.Format("%s takes it out", shell.New("senet", "undo").With(f.repeatWrite()))
	if q := e.About.Question; e.Undoes == 0 && len(q) == 3 {
		fix := shell.New("senet", "fix").Arg(q...).With(f.repeatWrite())
		again += words.Format("\n%s completes it", fix.Flag("--apply", "own-type"))
	}
	return unreadable(words.Errorf("an earlier change (%s) was killed half-way:\nmodule %s is installed, its "+
		"record of the port is not there", say.Entry(e), e.Module.Name), again)
}
