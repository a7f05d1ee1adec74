package cli

import (
	"time"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// againText says what is so again after a record was taken back by d.
func againText(now *policy.Policy, d semanage.Difference) string {
	switch r := d.Record().(type) {
	case semanage.Boolean:
		on, _ := boolValue(now, r.Name)
		return words.Sprintf("boolean %s %s again", r.Name, say.OnOff(on))
	case semanage.Port:
		switch {
		case d.Before == nil && r.Low < r.High:
			return words.Sprintf("local record %s whole again", r.Key())
		case d.Before == nil:
			return words.Sprintf("local record %s there again", r.Key())
		}
		return words.Sprintf("%s labelled %s again", r.Key(), labelOf(now, r))
	case semanage.Node:
		return words.Sprintf("%s again", nodeOutcome(now, r.Addr))
	case semanage.Interface:
		return words.Sprintf("%s again", interfaceOutcome(now, r))
	}
	return words.Sprintf("%s as before", recordName(d.Record()))
}

func (a *undoAnswer) json() any {
	out := doc.Undo{Schema: "senet.undo/1", Store: a.store.Records().Name(), Status: "pending", Undone: a.entry.ID,
		Effects: a.effects}
	out.Entry = newEntryJSON(a.entry.About.Title, a.entry.About.Question, a.entry.About.Command)
	out.Changes = []doc.PlanChange{}
	for _, d := range a.entry.Inverse().Records {
		out.Changes = append(out.Changes, differenceJSON(d))
	}
	if m := a.entry.Module; m != nil {
		out.Module = m.Name
	}
	if a.done != nil {
		out.Status, out.Transaction, out.Loaded = "done", a.done.Entry.ID, a.done.Loaded
	}
	if a.question != nil {
		out.Verdict = a.question.answer.Verdict
	}
	if out.Effects == nil {
		out.Effects = []impact.Effect{}
	}
	return out
}

func newEntryJSON(title string, question, command []string) doc.Entry {
	out := doc.Entry{Title: title, Command: command}
	if len(question) == 3 {
		out.Question = &doc.Question{Subject: question[0], Action: question[1], Target: question[2]}
	}
	return out
}

// logTime is how a time of the history is printed.
func logTime(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04")
}
