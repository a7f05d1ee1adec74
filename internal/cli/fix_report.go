package cli

import (
	"io"
	"strings"

	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// report says what the store, and the kernel, say now.
func (f *fixFlags) report(a *fixAnswer, done *applied, streams ioStreams) error {
	if err := f.output.emit(streams.stdout, func() any { return a.appliedJSON(done) }, func(w io.Writer) error { return a.writeApplied(w, done) }); err != nil {
		return err
	}
	if done.verdict().answer.Verdict != network.Allowed {
		return errNo
	}
	return nil
}

// verdict is the kernel's, where it should have the policy, else the store's.
func (done *applied) verdict() *canAnswer {
	if done.kernel != nil {
		return done.kernel
	}
	return done.now
}

// writeVerdict writes the first line of an answer.
func writeVerdict(b *words.Page, q *canAnswer) {
	head, may := "YES", "may"
	switch q.answer.Verdict {
	case network.Denied:
		head, may = "NO", "may not"
	case network.Depends:
		head, may = "DEPENDS", "may perhaps"
	}
	b.Line(head, "%s %s %s %s", q.subject.Name, may, say.Action(q.op), q.target)
}

func (a *fixAnswer) writeApplied(w io.Writer, done *applied) error {
	var b words.Page
	writeVerdict(&b, done.verdict())
	b.Line("done", "%s", strings.Join(say.Made(&done.done.Entry), ", "))
	b.Line("", "transaction %d of store %s; %s", done.done.Entry.ID, a.store.base.Store, done.loaded)
	if k := done.kernel; k != nil && k.answer.Verdict != done.now.answer.Verdict {
		a.writeMismatch(&b, k, done.now)
	}
	say.Cost(&b, done.effects)
	b.Command("undo", a.store.flags.undoCommand(done.done.Entry.ID))
	_, err := b.WriteTo(w)
	return err
}
