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
	if hint, ok := say.StoreHint(err); ok {
		return &problem{codeOf(err), err, hint}
	}
	var overlap *semanage.OverlapError
	if errors.As(err, &overlap) {
		if overlap.A.Key() == overlap.B.Key() {
			text, hint := say.Twice(overlap, f.repeat())
			return unreadable(errors.New(text), hint)
		}
		return usage(err, "")
	}
	if code := codeOf(err); code != exitInternalBug {
		return &problem{code, err, ""}
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
