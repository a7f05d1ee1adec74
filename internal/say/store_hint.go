package say

import (
	"errors"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// StoreHint returns what helps against an error of package semanage; ok is false if nothing is known to help.
func StoreHint(err error) (hint words.Lines, ok bool) {
	for _, known := range []struct {
		err  error
		hint words.Lines
	}{
		{semanage.ErrUnfinished, "the change is made, but not complete: the next one completes it"},
		{semanage.ErrNoStore, "SELinux policies are installed by packages such as selinux-policy-targeted; " +
			"--root DIR and --store NAME name another store"},
		{semanage.ErrLocked, "another semanage, semodule or senet is changing it; try again when it is done"},
		{semanage.ErrPermission, "policy stores are root's: use sudo"},
		{semanage.ErrReadOnly, "on an image-based system, change the image: --root DIR, or senet fix with --show " +
			"for the lines to put into it"},
		{semanage.ErrRebuild, "semodule --build, or senet module rebuild, makes it; then try again"},
		{semanage.ErrLoad, "--noreload changes the store without the kernel"},
		{semanage.ErrNewer, "use the senet that made it"},
		{semanage.ErrUnsafe, "chmod o-w, or chown to root or to the owner of --root DIR, makes it safe"},
		{semanage.ErrNoUndo, "the last change was not made by senet"},
		{semanage.ErrUndoStale, "senet does not undo changes of other programs"},
		{semanage.ErrExists, "modify changes it, and set adds or changes it"},
		{semanage.ErrNotDefined, "list shows the records"},
		{semanage.ErrInPolicy, "a record of the policy can only be overridden: modify adds a local one that wins"},
	} {
		if errors.Is(err, known.err) {
			return known.hint, true
		}
	}
	return "", false
}

// ChangeHint is StoreHint for an error of package change; log and undo are the commands for the same store.
func ChangeHint(err error, log, undo shell.Command) (hint words.Lines, ok bool) {
	for _, known := range []struct {
		err  error
		hint words.Lines
	}{
		{change.ErrBusy, "try again when it is done"},
		{change.ErrNothing, "senet has changed nothing in this store, or it was undone"},
		{change.ErrUndone, words.Format("%s lists the changes that can be undone", log)},
		{change.ErrUnknown, words.Format("%s lists those that it has", log)},
		{change.ErrMoved, "look at it again: what was shown may no longer be true"},
		{change.ErrStale, "later changes of it by other programs are not undone"},
		{change.ErrNewer, "that version can continue; this one does not touch the file"},
		{change.ErrDamaged,
			words.Format("the file is not touched; if you move it away, %s has no changes to undo", undo)},
		{change.ErrNoSemodule, "policycoreutils has it"},
	} {
		if errors.Is(err, known.err) {
			return known.hint, true
		}
	}
	return "", false
}
