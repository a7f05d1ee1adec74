package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/semanage"
)

// report says what the store, and the kernel, say now.
func (f *fixFlags) report(a *fixAnswer, done *applied, streams ioStreams) error {
	if err := f.output.emit(streams.stdout, func() any { return a.appliedJSON(done) }, func(w io.Writer) error { return a.writeApplied(w, done) }); err != nil {
		return err
	}
	if !done.undone && done.verdict().answer.Verdict != network.Allowed {
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
	verb := "done"
	if done.undone {
		verb = "undid"
	}
	line(&b, verb, "%s", strings.Join(done.changes(), ", "))
	line(&b, "", "transaction %d of store %s; %s", a.store.identity.Commit, a.store.Name(), done.loaded)
	if k := done.kernel; k != nil && k.answer.Verdict != done.now.answer.Verdict {
		a.writeMismatch(&b, k, done.now)
	}
	if len(done.effects) == 0 {
		line(&b, "cost", "nobody gains or loses")
	} else {
		writeEffects(&b, done.effects, most)
	}
	if done.undone {
		b.Command("next", a.question().command(a.can.repeat))
	} else {
		b.Command("undo", shell.New("senet", "fix", "--undo").With(storeRepeat(a)))
	}
	_, err := b.WriteTo(w)
	return err
}

// changes names what was made or taken back. Of a record that was cut, its pieces
// go without saying.
func (done *applied) changes() []string {
	var list []string
	steps := &done.done.Steps
	if m := steps.Module; m != nil && done.undone {
		list = append(list, "module "+m.Name+" removed")
	} else if m != nil {
		list = append(list, "module "+m.Name+" installed")
	}
	var cut []semanage.Port
	for i := range steps.Records {
		r, err := steps.Records[i].record()
		if err != nil {
			continue // they have been checked
		}
		port, isPort := r.(semanage.Port)
		switch {
		case isPort && steps.Records[i].Action == deleteAction:
			cut = append(cut, port)
			text := " cut"
			switch whole := port.Low == port.High; {
			case done.undone && whole:
				text = " there again"
			case done.undone:
				text = " whole again"
			case whole:
				text = " dropped"
			}
			list = append(list, "local record "+r.Key().String()+text)
		case isPort && slices.ContainsFunc(cut, func(c semanage.Port) bool { return c.Context == port.Context }):
		case done.undone:
			list = append(list, againText(done.now, r))
		default:
			list = append(list, doneText(r))
		}
	}
	return list
}

// againText says what is so again.
func againText(now *canAnswer, r semanage.Record) string {
	switch r := r.(type) {
	case semanage.Boolean:
		if id, ok := now.p.Bool(r.Name); ok {
			return "boolean " + r.Name + " " + onOff(now.p.DefaultBool(id)) + " again"
		}
	case semanage.Port:
		return r.Key().String() + " labelled " + labelOf(now.p, r) + " again"
	}
	return r.Key().String() + " as before"
}

// storeRepeat is the flags that name the store again.
func storeRepeat(a *fixAnswer) shell.Command { return a.store.flags.storeFlags.repeat() }

// doneText names a record that was made so.
func doneText(r semanage.Record) string {
	switch r := r.(type) {
	case semanage.Boolean:
		return "boolean " + r.Name + " " + onOff(r.On)
	case semanage.Port:
		return r.Key().String() + " labelled " + r.Context.Type
	}
	return r.String()
}

// writeUndoPlan says what taking back would change.
func (a *fixAnswer) writeUndoPlan(w io.Writer, j *fixJournal, half bool) error {
	var b words.Page
	line(&b, "UNDO", "%s: %s", j.Question.command(shell.Command{}), j.Change)
	if !half {
		for i := range j.Steps.Records {
			line(&b, "", "%s", j.Steps.Records[i].undoText())
		}
	}
	if m := j.Steps.Module; m != nil {
		line(&b, "", "- module %s", m.Name)
		line(&b, "time", "%s", moduleTime)
	}
	if !half {
		swapped := make([]effect, len(j.Effects))
		for i, e := range j.Effects {
			e.Gain, e.Lose = e.Lose, e.Gain
			swapped[i] = e
		}
		writeEffects(&b, swapped, most)
	}
	_, err := b.WriteTo(w)
	return err
}

// undoText is the sign and the record of a step that is taken back.
func (step *recordStep) undoText() string {
	switch r, _ := step.record(); r := r.(type) {
	case semanage.Boolean:
		return words.Sprintf("~ boolean %s: %s -> %s", r.Name, onOff(r.On), onOff(!r.On))
	case semanage.Port:
		sign := "-"
		if step.Action == deleteAction {
			sign = "+"
		}
		return words.Sprintf("%s port %s: %s", sign, r.Key(), r.Context.Type)
	}
	return step.Line
}

// byHand are the commands that take a fix back.
func (s *fixStore) byHand(j *fixJournal) words.Lines {
	var list, restored []shell.Command
	for i := range j.Steps.Records {
		switch r, _ := j.Steps.Records[i].record(); r := r.(type) {
		case semanage.Boolean:
			list = append(list, shell.New("setsebool", "-P").Arg(r.Name+"="+onOff(!r.On)))
		case semanage.Port:
			ports := strings.TrimPrefix(r.Key().String(), r.Protocol.String()+"/")
			if j.Steps.Records[i].Action == deleteAction {
				restored = append(restored, shell.New("semanage", "port", "-a").Option("-t", r.Context.Type).With(levelFlag(r)).Flag("-p", r.Protocol.String(), ports))
			} else {
				list = append(list, shell.New("semanage", "port", "-d", "-p", r.Protocol.String(), ports))
			}
		}
	}
	list = append(list, restored...)
	if m := j.Steps.Module; m != nil {
		list = append(list, s.semoduleCommand("-r", m.Name))
	}
	var b words.Page
	for _, c := range list {
		b.Printf("\n%s", c)
	}
	return b.Lines()
}
