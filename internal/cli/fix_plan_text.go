package cli

import (
	"errors"
	"io"
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// costText is a fix's cost in a line.
func costText(f *remedy.Fix) string {
	return words.Sprintf("%s, %s, %s", gains(f), others(f.Gain.Domains(), "gain"), others(f.Lose.Domains(), "lose"))
}

// instead prints the commands of a fix that cannot be made here.
func (f *fixFlags) instead(a *fixAnswer, fix *remedy.Fix, steps change.Change, err error, streams ioStreams) error {
	commands := a.insteadText(fix, steps)
	if e := f.output.emit(streams.stdout, func() any {
		out := a.json()
		out.Applied = &doc.Applied{Effects: []impact.Effect{}, Commands: string(commands)}
		return out
	}, func(w io.Writer) error {
		_, err := words.Fprintf(w, "# %s: nothing was changed; the commands for it are\n%s", a.title(fix), commands)
		return err
	}); e != nil {
		return e
	}
	var p *problem
	if errors.As(err, &p) {
		return &problem{exitUnreadable, err, p.hint}
	}
	return unreadable(err, "")
}

// insteadText is the commands of a fix, for the system that the store is of.
func (a *fixAnswer) insteadText(fix *remedy.Fix, steps change.Change) words.Lines {
	if !a.elsewhere() {
		return words.Lines(a.forms(fix)[0].Text)
	}
	var b words.Page
	if m := steps.Module; m != nil {
		b.Printf("cat > %s.cil <<'EOF'\n%sEOF\n", m.Name, words.Escape(m.After))
	}
	for _, c := range a.commandsOf(steps) {
		b.Printf("%s\n", c)
	}
	return b.Lines()
}

// elsewhere reports whether the store is not the one that semanage and setsebool
// change when nothing else is said.
func (a *fixAnswer) elsewhere() bool { return a.flags.root != "" || a.flags.store != "" }

// insteadOf prints the commands where the store turned out not to be writable, and
// nothing was changed.
func (f *fixFlags) insteadOf(a *fixAnswer, fix *remedy.Fix, steps change.Change, err error, streams ioStreams) error {
	if change.StateOf(err) != change.Unchanged {
		return err
	}
	for _, known := range []error{semanage.ErrReadOnly, semanage.ErrPermission, semanage.ErrRebuild} {
		if errors.Is(err, known) {
			return f.instead(a, fix, steps, err, streams)
		}
	}
	return err
}

// withoutModule is the hint at a fix that needs no module.
func (a *fixAnswer) withoutModule(not *remedy.Fix) words.Lines {
	for i := range a.fixes {
		f := &a.fixes[i]
		if f == not || !f.Works || f.Applicability == remedy.Never {
			continue
		}
		if steps, err := a.steps(f, a.store); err == nil && steps.Module == nil {
			return words.Format("policycoreutils has it; fix %d, %s, needs none: %s (%s)", i+1, a.title(f), costText(f), f.Applicability)
		}
	}
	return "policycoreutils has it"
}

// stepTexts says what each step changes: its sign, its kind and the change.
func (a *fixAnswer) stepTexts(steps change.Change) []string {
	var list []string
	if m := steps.Module; m != nil {
		list = append(list, words.Sprintf("+ module %s, %s of CIL", m.Name,
			say.Plural(strings.Count(m.After, "\n"), "line")))
	}
	for _, d := range steps.Records {
		list = append(list, a.recordText(d))
	}
	return list
}

// recordText says what becomes of a record.
func (a *fixAnswer) recordText(d semanage.Difference) string {
	switch r := d.Record().(type) {
	case semanage.Boolean:
		was := "?"
		if id, ok := a.can.p.Bool(r.Name); ok {
			was = say.OnOff(a.can.p.DefaultBool(id))
		}
		return words.Sprintf("~ boolean %s: %s -> %s", r.Name, was, say.OnOff(r.On))
	case semanage.Port:
		if d.After == nil {
			return words.Sprintf("- port %s: %s", r.Key(), r.Context.Type)
		}
		sign, was := "+", say.PortType(a.can.p, r)
		if label, ok := a.exactLabel(r); ok {
			sign, was = "~", label
		}
		if was == r.Context.Type {
			return words.Sprintf("%s port %s: %s%s", sign, r.Key(), was, recordLevel(r))
		}
		return words.Sprintf("%s port %s: %s -> %s%s", sign, r.Key(), was, r.Context.Type, recordLevel(r))
	}
	return say.Difference(d)
}

// recordLevel names a level that is not the usual one.
func recordLevel(r semanage.Port) string {
	if r.Context.Range == "" || r.Context.Range == "s0" {
		return ""
	}
	return ", level " + r.Context.Range
}

// exactLabel returns the type of the policy's record with the key of another.
func (a *fixAnswer) exactLabel(r semanage.Port) (string, bool) {
	for _, have := range a.can.p.Ports() {
		if semanage.Protocol(have.Protocol) == r.Protocol && have.Low == uint32(r.Low) && have.High == uint32(r.High) {
			return a.can.p.TypeName(policy.TypeID(have.Context.Type)), true
		}
	}
	return "", false
}

// writePlan writes what a fix would change, for whom, and how; in full with the
// text of a module.
func (a *fixAnswer) writePlan(w io.Writer, n int, steps change.Change, full bool) error {
	var b words.Page
	f := &a.fixes[n-1]
	works := ""
	if !f.Works {
		works = ", and does not make it succeed"
	}
	line(&b, "PLAN", "fix %d for %s: %s (%s%s)", n, a.question(), a.title(f), f.Applicability, works)
	for _, text := range a.stepTexts(steps) {
		b.Printf("      %s\n", words.Wrap(text, 8))
	}
	line(&b, "cost", "%s: %s", a.can.subject.Name, gains(f))
	writeEffect(&b, "gain", f.Gain)
	writeEffect(&b, "lose", f.Lose)
	if steps.Module != nil {
		line(&b, "time", "%s", say.ModuleTime)
	}
	for i, c := range a.commandsOf(steps) {
		b.Command(say.Either(i == 0, "do", ""), c)
	}
	if m := steps.Module; m != nil && full {
		b.Printf("\n; %s.cil\n%s\n", m.Name, words.Escape(m.After))
	}
	_, err := b.WriteTo(w)
	return err
}

// commandsOf are the commands that make the same change.
func (a *fixAnswer) commandsOf(steps change.Change) []shell.Command {
	var list []shell.Command
	if m := steps.Module; m != nil {
		switch {
		case a.store != nil:
			list = append(list, a.store.semoduleCommand("-i", m.Name+".cil"))
		case a.elsewhere():
			list = append(list, a.flags.semoduleCommand().Flag("-i").Arg(m.Name+".cil"))
		default:
			list = append(list, shell.New("semodule", "-i").Arg(m.Name+".cil"))
		}
	}
	bools := shell.New("setsebool", "-P")
	if a.elsewhere() { // setsebool knows no other store, nor does semanage another root
		bools = shell.New("senet", "bool")
	}
	set := false
	for _, d := range steps.Records {
		switch r := d.Record().(type) {
		case semanage.Boolean:
			bools, set = bools.Arg(r.Name+"="+say.OnOff(r.On)), true
		case semanage.Port:
			list = append(list, a.portCommand(r, d.After == nil))
		}
	}
	if set && a.elsewhere() {
		bools = bools.With(a.flags.repeatWrite())
	}
	if set {
		list = append(list, bools)
	}
	return list
}

// portCommand is the command that makes or deletes a record.
func (a *fixAnswer) portCommand(r semanage.Port, gone bool) shell.Command {
	switch {
	case a.elsewhere() && gone:
		return shell.New("senet", "port", "delete").Flag(r.Key().String()).With(a.flags.repeatWrite())
	case a.elsewhere():
		return shell.New("senet", "port", "set").Option("-t", r.Context.Type).With(levelFlag(r)).Flag(r.Key().String()).With(a.flags.repeatWrite())
	}
	ports := r.Range().String()
	if gone {
		return shell.New("semanage", "port", "-d", "-p", r.Protocol.String(), ports)
	}
	verb := "-a"
	if _, ok := a.exactLabel(r); ok {
		verb = "-m"
	}
	return shell.New("semanage", "port", verb).Option("-t", r.Context.Type).With(levelFlag(r)).Flag("-p", r.Protocol.String(), ports)
}

// levelFlag is what makes semanage write a level that is not the usual one.
func levelFlag(r semanage.Port) shell.Command {
	if r.Context.Range == "" || r.Context.Range == "s0" {
		return shell.Command{}
	}
	return shell.Command{}.Option("-r", r.Context.Range)
}

// commandLines are the commands as people type them.
func commandLines(list []shell.Command) []string {
	lines := make([]string, len(list))
	for i, c := range list {
		lines[i] = c.String()
	}
	return lines
}
