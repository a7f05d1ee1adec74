package cli

import (
	"errors"

	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// storeProblem adds the exit code and a hint to an error of package semanage.
func (f *storeFlags) storeProblem(err error) error {
	if err == nil {
		return nil
	}
	var known *problem
	if errors.As(err, &known) {
		return err
	}
	// This one first: it wraps the cause, whose hint may say that nothing was changed.
	var unfinished *semanage.UnfinishedError
	if errors.As(err, &unfinished) {
		return unreadable(err, "the change is made; the next one completes it, and --undo takes it back then")
	}
	var stale *semanage.RecordError
	if errors.As(err, &stale) && stale.Op == "merge" {
		return unreadable(err, words.Format("the policy no longer accepts this local record: %s",
			f.deleteCommand(stale.Key)))
	}
	var parse *semanage.ParseError
	if errors.As(err, &parse) {
		return unreadable(err, "no program changes the store before that line is corrected or removed")
	}
	for _, known := range []struct {
		err  error
		code int
		hint words.Lines
	}{
		{semanage.ErrUnfinished, exitUnreadable, "the change is made, but not complete: the next one completes it"},
		{semanage.ErrNoStore, exitUnreadable,
			"SELinux policies are installed by packages such as selinux-policy-targeted; --root DIR and --store " +
				"NAME name another store"},
		{semanage.ErrLocked, exitUnreadable,
			"another semanage, semodule or senet is changing it; try again when it is done"},
		{semanage.ErrPermission, exitUnreadable, "policy stores are root's: use sudo"},
		{semanage.ErrReadOnly, exitUnreadable,
			"on an image-based system, change the image: --root DIR, or senet fix with --show for the lines to put " +
				"into it"},
		{semanage.ErrNoSpace, exitUnreadable, ""},
		{semanage.ErrRebuild, exitUnreadable, "semodule --build makes it; then try again"},
		{semanage.ErrLoad, exitUnreadable, "--noreload changes the store without the kernel"},
		{semanage.ErrNewer, exitUnreadable, "use the senet that made it"},
		{semanage.ErrUnsafe, exitUnreadable,
			"chmod o-w, or chown to root or to the owner of --root DIR, makes it safe"},
		{semanage.ErrNoUndo, exitNo, "the last change was not made by senet"},
		{semanage.ErrUndoStale, exitNo, "senet does not undo changes of other programs"},
		{semanage.ErrExists, exitUsage, "modify changes it, and set adds or changes it"},
		{semanage.ErrNotDefined, exitUsage, "list shows the records"},
		{semanage.ErrInPolicy, exitUsage,
			"a record of the policy can only be overridden: modify adds a local one that wins"},
		{semanage.ErrType, exitUsage, ""},
		{semanage.ErrRange, exitUsage, ""},
		{semanage.ErrContext, exitUsage, ""},
	} {
		if errors.Is(err, known.err) {
			return &problem{known.code, err, known.hint}
		}
	}
	var overlap *semanage.OverlapError
	if errors.As(err, &overlap) {
		if overlap.A.Key() == overlap.B.Key() {
			text, hint := say.Twice(overlap, f.repeat())
			return unreadable(errors.New(text), hint)
		}
		return usage(err, "")
	}
	var record *semanage.RecordError
	if errors.As(err, &record) {
		return usage(err, "")
	}
	return unreadable(err, "")
}

// deleteCommand returns the command that deletes a local record of the store. The
// semanage of senet has no --root.
func (f *storeFlags) deleteCommand(k semanage.Key) shell.Command {
	c := say.DeleteCommand(k)
	if c.Words()[1] != "semanage" {
		return c.With(f.repeat())
	}
	if f.store != "" {
		c = c.Option("-S", f.store)
	}
	return c
}
