package cli

import (
	"errors"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// changeProblem adds the exit code and a hint to an error of package change. It says that nothing
// was changed only if the store was checked.
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
			p.hint = "the store has not changed"
		case change.Changed:
			p.hint = words.Format("the store has changed: %s lists what was done",
				shell.New("senet", "log").With(f.repeat()))
		}
	}
	return problemOf
}

// changeHint returns the problem for an error of package change, nil for other errors.
func (f *writeFlags) changeHint(err error) error {
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
			words.Format("%s\nstill undoes it, if its records have not changed since", f.undoCommand(e.ID))}
	case errors.As(err, &module) && module.Output != "":
		hint := words.Lines("")
		if change.StateOf(err) == change.Unchanged {
			hint = "the store has not changed"
		}
		return unreadable(words.Errorf("semodule: %s %s: %s\n%s", module.Op, module.Name, module.Err,
			words.Escape(module.Output)), hint)
	}
	log, undo := shell.New("senet", "log").With(f.repeat()), shell.New("senet", "undo").With(f.repeatWrite())
	if hint, ok := say.ChangeHint(err, log, undo); ok {
		return &problem{codeOf(err), err, hint}
	}
	return nil
}

// halfProblem describes the remains of a killed change, and the possible commands.
func (f *writeFlags) halfProblem(half *change.UnfinishedError) error {
	e := &half.Entry
	again := words.Format("%s takes it out", shell.New("senet", "undo").With(f.repeatWrite()))
	if q := e.About.Question; e.Undoes == 0 && len(q) == 3 {
		fix := shell.New("senet", "fix").Arg(q...).With(f.repeatWrite())
		again += words.Format("\n%s completes it", fix.Flag("--apply", "own-type"))
	}
	return unreadable(words.Errorf("an earlier change (%s) was killed before it was complete:\n"+
		"module %s is installed, its record of the port is missing", say.Entry(e), e.Module.Name), again)
}
