package cli

import (
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// report prints the answers of the store's policy, and of the kernel's, after the change.
func (f *fixFlags) report(a *fixAnswer, done *senet.Done, streams ioStreams) error {
	kernel, loaded := f.askKernel(a)
	now := done.Answer
	if kernel != nil {
		if now = kernel; kernel.Verdict != done.Answer.Verdict {
			loaded = "the running kernel says otherwise"
		}
	}
	if err := f.output.emit(streams.stdout, func() any { return a.appliedJSON(done, kernel) },
		page(func(b *words.Page) {
			say.AnswerHead(b, now)
			b.Line("done", "%s", strings.Join(say.Made(&done.Entry), ", "))
			b.Line("", "transaction %d of store %s; %s", done.Entry.ID, done.Base.Store, loaded)
			if now.Verdict != done.Answer.Verdict {
				say.Mismatch(b, now, done.Answer)
			}
			say.Cost(b, done.Effects)
			b.Command("undo", a.flags.undoCommand(done.Entry.ID))
		})); err != nil {
		return err
	}
	if now.Verdict != network.Allowed {
		return errNo
	}
	return nil
}
