package say

import (
	"slices"
	"strings"
	"time"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// Entry describes the purpose of a change in the history.
func Entry(e *change.Entry) string {
	var parts []string
	switch about := e.About; {
	case len(about.Question) > 0:
		parts = append(parts, strings.Join(about.Question, " "))
	case len(about.Command) > 0:
		parts = append(parts, strings.Join(about.Command, " "))
	}
	if e.About.Title != "" {
		parts = append(parts, e.About.Title)
	}
	if len(parts) == 0 {
		parts = append(parts, Plural(len(e.Records), "record"))
		if e.Adopted {
			parts = append(parts, "not noted in the history")
		}
	}
	return strings.Join(parts, ": ")
}

// Status says whether a change failed or was undone, "" if it is in effect.
func Status(e *change.Entry) string {
	switch {
	case e.Status == change.Begun:
		return "not complete"
	case e.Status == change.Void:
		return "it failed and was undone"
	case e.UndoneBy != 0:
		return words.Sprintf("undone by %d", e.UndoneBy)
	}
	return ""
}

// Minute writes a time of the history, "-" if it is not known.
func Minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04")
}

// History writes changes, a line each, in their order.
func History(b *words.Page, list []change.Entry) {
	for i := range list {
		e := &list[i]
		name := Entry(e)
		if e.Undoes != 0 {
			name = words.Sprintf("taking %d back", e.Undoes)
		}
		b.Printf("%-5d %-16s  %s\n", e.ID, Minute(e.Time), words.Wrap(name, 24))
		if status := Status(e); status != "" {
			b.Printf("%24s%s\n", "", status)
		}
	}
}

// Settled describes how a killed change ended.
func Settled(st *change.Settled) string {
	when := "before it changed anything"
	switch {
	case st.Made && st.Entry.Undoes != 0:
		when = "after everything was undone"
	case st.Made:
		when = "after everything was done; senet undo reverts it"
	case st.Entry.Undoes != 0:
		when = "before it undid anything"
	}
	return words.Sprintf("an earlier change (%s) was killed %s", Entry(&st.Entry), when)
}

// Made names the records of a change. It leaves out the remaining pieces of a record that was cut.
func Made(e *change.Entry) []string {
	var list []string
	for _, m := range e.Modules() {
		list = append(list, moduleDone(m))
	}
	content := e.Content().Records
	gone := func(d semanage.Difference) bool { return d.After == nil }
	for _, d := range slices.SortedStableFunc(slices.Values(content), func(a, b semanage.Difference) int {
		switch { // the record that was cut comes first
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
			list = append(list, made(d.After))
		}
	}
	return list
}

// isPiece reports whether a change adds the rest of a range that another change deletes.
func isPiece(d semanage.Difference, all []semanage.Difference) bool {
	piece, ok := d.After.(semanage.Port)
	return ok && d.Before == nil && slices.ContainsFunc(all, func(other semanage.Difference) bool {
		whole, is := other.Before.(semanage.Port)
		return is && other.After == nil && whole.Protocol == piece.Protocol && whole.Context == piece.Context &&
			whole.Range().Contains(piece.Range())
	})
}

// made describes a record that was made.
func made(r semanage.Record) string {
	switch r := r.(type) {
	case semanage.Boolean:
		return "boolean " + r.Name + " " + OnOff(r.On)
	case semanage.Port:
		return r.Key().String() + " labelled " + r.Context.Type
	}
	return Record(r) + " " + records.Value(r)
}

// undone names what an undo restored, by the present policy: at most twenty things.
func undone(e *change.Entry, now *policy.Policy) []string {
	var list []string
	for _, m := range slices.Backward(e.Modules()) {
		list = append(list, moduleDone(m.Inverse()))
	}
	if e.Status == change.Begun {
		return list
	}
	content := e.Content().Records
	for _, d := range content {
		if len(list) == maxChanges {
			return append(list, Plural(len(content)-maxChanges, "more record"))
		}
		if !isPiece(d, content) {
			list = append(list, again(now, d.Inverse()))
		}
	}
	return list
}

// again describes the state after an undo of a record, by the difference d.
func again(now *policy.Policy, d semanage.Difference) string {
	switch r := d.Record().(type) {
	case semanage.Boolean:
		on, _ := records.BooleanIn(now, r.Name)
		return words.Sprintf("boolean %s %s again", r.Name, OnOff(on))
	case semanage.Port:
		switch {
		case d.Before == nil && r.Low < r.High:
			return words.Sprintf("local record %s whole again", r.Key())
		case d.Before == nil:
			return words.Sprintf("local record %s there again", r.Key())
		}
		return words.Sprintf("%s labelled %s again", r.Key(), PortType(now, r))
	case semanage.Node:
		return words.Sprintf("%s again", NodeOutcome(now, r.Addr))
	case semanage.Interface:
		return words.Sprintf("%s again", InterfaceOutcome(now, r))
	}
	return words.Sprintf("%s as before", Record(d.Record()))
}

// PortType returns the type that a policy gives to the first port of a record.
func PortType(p *policy.Policy, r semanage.Port) string {
	return p.TypeName(policy.TypeID(p.PortLabel(uint8(r.Protocol), r.Low).Context.Type))
}

// Loaded says whether a running kernel has a change.
func Loaded(loaded bool) string {
	if loaded {
		return "the kernel has the new policy"
	}
	return "nothing was loaded into a kernel"
}

// moduleDone describes the change of a module.
func moduleDone(m *change.Module) string {
	text := words.Sprintf("module %s", m.Name)
	if m.Priority != 0 {
		text = words.Sprintf("%s of priority %d", text, m.Priority)
	}
	switch {
	case m.Switched == change.SwitchedOn:
		return text + " enabled"
	case m.Switched != "":
		return text + " disabled"
	case m.From != 0:
		return words.Sprintf("%s, which was of priority %d", text, m.From)
	case m.Before == "":
		return text + " installed"
	case m.After == "":
		return text + " removed"
	}
	return text + " replaced"
}

// moduleSign returns the sign of a change of a module, and the text after its name.
func moduleSign(m *change.Module) (sign, text string) {
	switch {
	case m.Switched == change.SwitchedOn:
		return "~", ": disabled -> enabled"
	case m.Switched != "":
		return "~", ": enabled -> disabled"
	case m.Before == "":
		return "+", ""
	case m.After == "":
		return "-", ""
	}
	return "~", ""
}

// ModuleTime tells the time that a change of modules takes.
const ModuleTime = "the policy is built anew from all its modules: a second, on a small machine some"

// Undo writes what an undo will change, and for whom.
func Undo(b *words.Page, store string, e *change.Entry, effects []impact.Effect) {
	text := words.Sprintf("transaction %d of store %s: %s", e.ID, store, Entry(e))
	b.Printf("UNDO  %s\n", words.Wrap(text, 6))
	if e.Status == change.Begun {
		b.Printf("      it was killed before it was complete\n")
	}
	Differences(b, e.Inverse().Records, 6, false, "")
	for _, m := range slices.Backward(e.Modules()) {
		sign, text := moduleSign(m.Inverse())
		b.Printf("      %s module %s%s\n", sign, m.Name, text)
	}
	if e.Module != nil {
		b.Printf("time  %s\n", words.Wrap(ModuleTime, 6))
	}
	Effects(b, effects, false)
}

// Undid writes what an undo of a change restored, and who is affected.
func Undid(b *words.Page, store string, e *change.Entry, done *change.Done, effects []impact.Effect) {
	b.Line("undid", "%s", strings.Join(undone(e, policy.New(done.Policy)), ", "))
	b.Line("", "transaction %d of store %s; %s", done.Entry.ID, store, Loaded(done.Loaded))
	Cost(b, effects)
}

// Cost writes who is affected by a change that was made.
func Cost(b *words.Page, effects []impact.Effect) {
	if len(effects) == 0 {
		b.Printf("cost  nobody gains or loses\n")
		return
	}
	Effects(b, effects, false)
}
