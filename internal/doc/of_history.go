package doc

import (
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/network"
)

// LogOf returns the document of the history of a store.
func LogOf(store string, list []change.Entry) Log {
	out := Log{Schema: "senet.log/1", Store: store, Changes: []LogEntry{}}
	for i := range list {
		e := &list[i]
		one := LogEntry{
			Transaction: e.ID, Status: e.Status, Undoes: e.Undoes, UndoneBy: e.UndoneBy, Entry: entryOf(e, e.Content()),
		}
		if !e.Time.IsZero() {
			one.Time = &e.Time
		}
		out.Changes = append(out.Changes, one)
	}
	return out
}

// entryOf returns the document of a change in the history, or of its inverse.
func entryOf(e *change.Entry, c change.Change) Entry {
	out := Entry{Title: e.About.Title, Command: e.About.Command, Changes: planChangesOf(c.Records)}
	if q := e.About.Question; len(q) == 3 {
		out.Question = &Question{Subject: q[0], Action: q[1], Target: q[2]}
	}
	if e.Module != nil {
		out.Module = e.Module.Name
	}
	for _, m := range e.More {
		out.MoreModules = append(out.MoreModules, m.Name)
	}
	return out
}

// UndoOf returns the document of an undo that is proposed or, with done, was made.
// verdict is the verdict of its question afterwards, "" for none.
func UndoOf(store string, e *change.Entry, effects []impact.Effect, done *change.Done, verdict network.Verdict) Undo {
	out := Undo{
		Schema: "senet.undo/1", Store: store, Status: "pending", Undone: e.ID, Entry: entryOf(e, e.Inverse()),
		Verdict: verdict, Effects: EffectsOf(effects),
	}
	if done != nil {
		out.Status, out.Transaction, out.Loaded = "done", done.Entry.ID, done.Loaded
	}
	return out
}
