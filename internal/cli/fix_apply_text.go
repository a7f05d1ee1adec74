package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// costText is a fix's cost in a line.
func costText(f *remedy.Fix) string {
	return fmt.Sprintf("%s, %s, %s", gains(f), others(f.Gain.Domains(), "gain"), others(f.Lose.Domains(), "lose"))
}

// instead prints the commands of a fix that cannot be made here.
func (f *fixFlags) instead(a *fixAnswer, fix *remedy.Fix, err error, streams ioStreams) error {
	if e := f.output.emit(streams.stdout, func() any {
		out := a.json()
		out.Applied = &appliedJSON{Effects: []effect{}, Commands: a.forms(fix)[0].Text}
		return out
	}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "# %s: nothing was changed; the commands for it are\n%s", a.title(fix), a.forms(fix)[0].Text)
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

// insteadOf prints the commands where the store turned out not to be writable.
func (f *fixFlags) insteadOf(a *fixAnswer, fix *remedy.Fix, err error, streams ioStreams) error {
	for _, known := range []error{semanage.ErrReadOnly, semanage.ErrPermission, semanage.ErrRebuild} {
		if errors.Is(err, known) {
			return f.instead(a, fix, err, streams)
		}
	}
	return err
}

// withoutModule is the hint at a fix that needs no module.
func (a *fixAnswer) withoutModule(not *remedy.Fix) string {
	for i := range a.fixes {
		f := &a.fixes[i]
		if f != not && f.Works && f.Applicability != remedy.Never && (f.Kind == remedy.Label || f.Kind == remedy.Boolean) {
			return fmt.Sprintf("policycoreutils has it; fix %d, %s, needs none: %s (%s)", i+1, a.title(f), costText(f), f.Applicability)
		}
	}
	return "policycoreutils has it"
}

// stepTexts says what each step changes: its sign, its kind and the change.
func (a *fixAnswer) stepTexts(steps fixSteps) []string {
	var list []string
	if m := steps.Module; m != nil {
		list = append(list, fmt.Sprintf("+ module   %s, %s of CIL", m.Name, plural(strings.Count(m.CIL, "\n"), "line")))
	}
	for i := range steps.Records {
		r, err := steps.Records[i].record()
		if err != nil {
			continue // they have been checked
		}
		list = append(list, a.recordText(r, steps.Records[i].Action))
	}
	return list
}

// recordText says what becomes of a record.
func (a *fixAnswer) recordText(r semanage.Record, action string) string {
	switch r := r.(type) {
	case semanage.Boolean:
		was := "?"
		if id, ok := a.can.p.Bool(r.Name); ok {
			was = onOff(a.can.p.DefaultBool(id))
		}
		return fmt.Sprintf("~ boolean  %s: %s, now %s", r.Name, onOff(r.On), was)
	case semanage.Port:
		if action == "delete" {
			return fmt.Sprintf("- port     %s: %s", r.Key(), r.Context.Type)
		}
		for _, have := range a.can.p.Ports() {
			if semanage.Protocol(have.Protocol) == r.Protocol && have.Low == uint32(r.Low) && have.High == uint32(r.High) {
				return fmt.Sprintf("~ port     %s: %s, now %s", r.Key(), r.Context.Type, a.can.p.TypeName(policy.TypeID(have.Context.Type)))
			}
		}
		label := a.can.p.TypeName(policy.TypeID(a.can.answer.Port.Context.Type))
		return fmt.Sprintf("+ port     %s: %s, now %s as part of a range", r.Key(), r.Context.Type, label)
	}
	return r.String()
}

// writePlan writes what a fix would change, for whom, and how.
func (a *fixAnswer) writePlan(w io.Writer, n int, steps fixSteps, full bool) error {
	var b strings.Builder
	f := &a.fixes[n-1]
	works := ""
	if !f.Works {
		works = ", does not make it succeed"
	}
	fmt.Fprintf(&b, "PLAN  %s\n", wrap(fmt.Sprintf("fix %d for %s, %s (%s%s)", n, a.question(), a.title(f), f.Applicability, works), 6))
	for i, text := range a.stepTexts(steps) {
		fmt.Fprintf(&b, "      %s\n", wrap(text, 17))
		if i == 0 && steps.Module != nil && full {
			for line := range strings.Lines(steps.Module.CIL) {
				fmt.Fprintf(&b, "      +   %s", line)
			}
		}
	}
	fmt.Fprintf(&b, "cost  %s: %s\n", a.can.subject.Name, gains(f))
	writeEffect(&b, "gain", f.Gain)
	writeEffect(&b, "lose", f.Lose)
	if steps.Module != nil {
		fmt.Fprintf(&b, "time  %s\n", wrap("semodule builds the whole policy anew from its modules: some seconds, on a small machine a minute", 6))
	}
	fmt.Fprintf(&b, "do    %s\n", strings.Join(a.commandsOf(steps), "\n      "))
	_, err := io.WriteString(w, b.String())
	return err
}

// commandsOf are the commands that make the same change.
func (a *fixAnswer) commandsOf(steps fixSteps) []string {
	var list []string
	if m := steps.Module; m != nil {
		if a.store != nil {
			list = append(list, a.store.semoduleCommand("-i", m.Name+".cil"))
		} else {
			list = append(list, "semodule -i "+m.Name+".cil")
		}
	}
	bools := ""
	for i := range steps.Records {
		r, err := steps.Records[i].record()
		if err != nil {
			continue // they have been checked
		}
		switch r := r.(type) {
		case semanage.Boolean:
			bools += " " + r.Name + "=" + onOff(r.On)
		case semanage.Port:
			list = append(list, a.portCommand(r, steps.Records[i].Action))
		}
	}
	if bools != "" {
		list = append(list, "setsebool -P"+bools)
	}
	return list
}

// portCommand is the semanage that makes or deletes a record.
func (a *fixAnswer) portCommand(r semanage.Port, action string) string {
	ports := strings.TrimPrefix(r.Key().String(), r.Protocol.String()+"/")
	if action == "delete" {
		return fmt.Sprintf("semanage port -d -p %s %s", r.Protocol, ports)
	}
	verb := "-a"
	if strings.HasPrefix(a.recordText(r, action), "~") {
		verb = "-m"
	}
	level := ""
	if r.Context.Range != "" && r.Context.Range != "s0" {
		level = " -r " + r.Context.Range
	}
	return fmt.Sprintf("semanage port %s -t %s%s -p %s %s", verb, r.Context.Type, level, r.Protocol, ports)
}

// report says what the store, and the kernel, say now.
func (f *fixFlags) report(a *fixAnswer, done *applied, streams ioStreams) error {
	if err := f.output.emit(streams.stdout, func() any { return a.appliedJSON(done) }, func(w io.Writer) error { return a.writeApplied(w, done) }); err != nil {
		return err
	}
	allowed := done.now.answer.Verdict == network.Allowed && (done.kernel == nil || done.kernel.answer.Verdict == network.Allowed)
	if !done.undone && !allowed {
		return errNo
	}
	return nil
}

func (a *fixAnswer) writeApplied(w io.Writer, done *applied) error {
	var b strings.Builder
	now := done.now
	head, may := "YES", "may"
	switch now.answer.Verdict {
	case network.Denied:
		head, may = "NO", "may not"
	case network.Depends:
		head, may = "DEPENDS", "may perhaps"
	}
	line(&b, head, "%s %s %s %s", now.subject.Name, may, now.action(), now.target)
	j := done.done
	verb := "done"
	var what []string
	if m := j.Steps.Module; m != nil {
		what = append(what, "module "+m.Name+" "+map[bool]string{false: "installed", true: "removed"}[done.undone])
	}
	for i := range j.Steps.Records {
		if r, err := j.Steps.Records[i].record(); err == nil {
			what = append(what, doneText(r, j.Steps.Records[i].Action))
		}
	}
	if done.undone {
		verb = "undid"
	}
	text := fmt.Sprintf("%s: transaction %d of the store %s", strings.Join(what, ", "), a.store.identity.Commit, a.store.Name())
	line(&b, verb, "%s", text)
	switch {
	case done.kernel == nil:
	case done.kernel.answer.Verdict == now.answer.Verdict:
		line(&b, "", "the running kernel has it")
	default:
		line(&b, "", "the running kernel says otherwise: its booleans or its policy are not those of the store")
	}
	if len(done.effects) == 0 {
		line(&b, "cost", "nobody gains or loses")
	} else {
		writeEffects(&b, done.effects, most)
	}
	if done.undone {
		fmt.Fprintf(&b, "next  senet fix %s%s\n", a.question(), now.repeat)
	} else {
		fmt.Fprintf(&b, "undo  senet fix --undo%s\n", storeRepeat(a))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// storeRepeat is the flags that name the store again.
func storeRepeat(a *fixAnswer) string { return a.store.flags.storeFlags.repeat() }

// doneText names a record that was made so.
func doneText(r semanage.Record, action string) string {
	switch r := r.(type) {
	case semanage.Boolean:
		return "boolean " + r.Name + " " + onOff(r.On)
	case semanage.Port:
		if action == "delete" {
			return "record of " + r.Key().String() + " deleted"
		}
		return r.Key().String() + " labelled " + r.Context.Type
	}
	return r.String()
}

// writeUndoPlan says what taking back would change.
func (a *fixAnswer) writeUndoPlan(w io.Writer, j *fixJournal, half bool) error {
	var b strings.Builder
	line(&b, "UNDO", "senet fix %s: %s", j.Question, j.Change)
	if len(j.Steps.Records) > 0 && !half {
		for i := range j.Steps.Records {
			if r, err := j.Steps.Records[i].record(); err == nil {
				line(&b, "", "no longer: %s", doneText(r, j.Steps.Records[i].Action))
			}
		}
	}
	if m := j.Steps.Module; m != nil {
		line(&b, "", "- module   %s", m.Name)
		line(&b, "time", "semodule builds the whole policy anew from its modules: some seconds, on a small machine a minute")
	}
	if !half {
		swapped := make([]effect, len(j.Effects))
		for i, e := range j.Effects {
			e.Gain, e.Lose = e.Lose, e.Gain
			swapped[i] = e
		}
		writeEffects(&b, swapped, most)
	}
	_, err := io.WriteString(w, terminalSafe(b.String()))
	return err
}

// byHand are the commands that take a fix back.
func (s *fixStore) byHand(j *fixJournal) string {
	var list []string
	for i := range j.Steps.Records {
		switch r, _ := j.Steps.Records[i].record(); r := r.(type) {
		case semanage.Boolean:
			list = append(list, fmt.Sprintf("setsebool -P %s=%s", r.Name, onOff(!r.On)))
		case semanage.Port:
			list = append(list, fmt.Sprintf("semanage port -d -p %s %s", r.Protocol, strings.TrimPrefix(r.Key().String(), r.Protocol.String()+"/")))
		}
	}
	if m := j.Steps.Module; m != nil {
		list = append(list, s.semoduleCommand("-r", m.Name))
	}
	return strings.Join(list, "\n       ")
}
