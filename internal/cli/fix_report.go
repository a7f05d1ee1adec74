package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/semanage"
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
	line(b, head, "%s %s %s %s", q.subject.Name, may, q.action(), q.target)
}

func (a *fixAnswer) writeApplied(w io.Writer, done *applied) error {
	var b words.Page
	writeVerdict(&b, done.verdict())
	line(&b, "done", "%s", strings.Join(changesText(&done.done.Entry), ", "))
	line(&b, "", "transaction %d of store %s; %s", done.done.Entry.ID, a.store.base.Store, done.loaded)
	if k := done.kernel; k != nil && k.answer.Verdict != done.now.answer.Verdict {
		a.writeMismatch(&b, k, done.now)
	}
	if len(done.effects) == 0 {
		line(&b, "cost", "nobody gains or loses")
	} else {
		writeEffects(&b, done.effects, most)
	}
	b.Command("undo", a.store.flags.undoCommand(done.done.Entry.ID))
	_, err := b.WriteTo(w)
	return err
}

// changesText names what was made. Of a record that was cut, its pieces go without
// saying.
func changesText(e *change.Entry) []string {
	var list []string
	if m := e.Module; m != nil {
		list = append(list, "module "+m.Name+" installed")
	}
	content := e.Content().Records
	gone := func(d semanage.Difference) bool { return d.After == nil }
	for _, d := range slices.SortedStableFunc(slices.Values(content), func(a, b semanage.Difference) int {
		switch { // what was cut comes first
		case gone(a) == gone(b):
			return 0
		case gone(a):
			return -1
		}
		return 1
	}) {
		switch {
		case gone(d):
			text := " cut"
			if port, ok := d.Before.(semanage.Port); !ok || port.Low == port.High {
				text = " dropped"
			}
			list = append(list, "local record "+d.Before.Key().String()+text)
		case isPiece(d, content):
		default:
			list = append(list, doneText(d.After))
		}
	}
	return list
}

// isPiece reports whether a change adds what is left of a range that another deletes.
func isPiece(d semanage.Difference, all []semanage.Difference) bool {
	piece, ok := d.After.(semanage.Port)
	return ok && d.Before == nil && slices.ContainsFunc(all, func(other semanage.Difference) bool {
		whole, is := other.Before.(semanage.Port)
		return is && other.After == nil && whole.Protocol == piece.Protocol && whole.Context == piece.Context && whole.Range().Contains(piece.Range())
	})
}

// doneText names a record that was made so.
func doneText(r semanage.Record) string {
	switch r := r.(type) {
	case semanage.Boolean:
		return "boolean " + r.Name + " " + say.OnOff(r.On)
	case semanage.Port:
		return r.Key().String() + " labelled " + r.Context.Type
	}
	return recordName(r) + " " + contextOf(r)
}
