package say

import (
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
	"github.com/senet-selinux/senet/semanage"
)

// A Deployment is the store of a change, as commands name it.
type Deployment struct {
	// Policy is the store's policy before the change.
	Policy *policy.Policy
	// Elsewhere says that it is not the default store of semanage and setsebool; Store are then the
	// flags of senet that name it.
	Elsewhere bool
	Store     shell.Command
	// Semodule is the command that installs a module; the name of the file follows.
	Semodule shell.Command
}

// Commands returns the commands that make a change.
func (t *Deployment) Commands(c change.Change) []shell.Command {
	var list []shell.Command
	if m := c.Module; m != nil {
		list = append(list, t.Semodule.Arg(m.Name+".cil"))
	}
	bools, set := shell.New("setsebool", "-P"), false
	if t.Elsewhere { // setsebool has no option for another store, and semanage none for another root
		bools = shell.New("senet", "bool")
	}
	for _, d := range c.Records {
		switch r := d.Record().(type) {
		case semanage.Boolean:
			bools, set = bools.Arg(r.Name+"="+OnOff(r.On)), true
		case semanage.Port:
			list = append(list, t.port(r, d.After == nil))
		}
	}
	switch {
	case set && t.Elsewhere:
		list = append(list, bools.With(t.Store))
	case set:
		list = append(list, bools)
	}
	return list
}

// port returns the command that makes or deletes a record.
func (t *Deployment) port(r semanage.Port, gone bool) shell.Command {
	switch key := r.Key().String(); {
	case t.Elsewhere && gone:
		return shell.New("senet", "port", "delete").Flag(key).With(t.Store)
	case t.Elsewhere:
		return shell.New("senet", "port", "set").Option("-t", r.Context.Type).With(level(r)).Flag(key).With(t.Store)
	}
	ports := r.Range().String()
	if gone {
		return shell.New("semanage", "port", "-d", "-p", r.Protocol.String(), ports)
	}
	verb := "-a"
	if _, ok := t.exactLabel(r); ok {
		verb = "-m"
	}
	return shell.New("semanage", "port", verb).Option("-t", r.Context.Type).With(level(r)).
		Flag("-p", r.Protocol.String(), ports)
}

// level returns the option for a level other than semanage's default.
func level(r semanage.Port) shell.Command {
	if r.Context.Range == "" || r.Context.Range == "s0" {
		return shell.Command{}
	}
	return shell.Command{}.Option("-r", r.Context.Range)
}

// exactLabel returns the type of the policy's record with the same key.
func (t *Deployment) exactLabel(r semanage.Port) (string, bool) {
	for _, have := range t.Policy.Ports() {
		if semanage.Protocol(have.Protocol) == r.Protocol && have.Low == uint32(r.Low) && have.High == uint32(r.High) {
			return t.Policy.TypeName(policy.TypeID(have.Context.Type)), true
		}
	}
	return "", false
}

// Lines returns commands as users type them.
func Lines(list []shell.Command) []string {
	lines := make([]string, len(list))
	for i, c := range list {
		lines[i] = c.String()
	}
	return lines
}

// Instead returns the text to paste for a fix that cannot be made here.
func (t *Deployment) Instead(f *remedy.Fix, target form.Target, c change.Change) words.Lines {
	if forms := form.Forms(f, target); !t.Elsewhere && len(forms) > 0 {
		text := forms[0].Text
		return words.Lines(text)
	}
	var b words.Page
	if m := c.Module; m != nil {
		b.Printf("cat > %s.cil <<'EOF'\n%sEOF\n", m.Name, words.Escape(m.After))
	}
	for _, c := range t.Commands(c) {
		b.Printf("%s\n", c)
	}
	return b.Lines()
}

// Steps lists the steps of a change: its sign, its kind and the change.
func (t *Deployment) Steps(c change.Change) []string {
	var list []string
	if m := c.Module; m != nil {
		list = append(list, words.Sprintf("+ module %s, %s of CIL", m.Name,
			Plural(strings.Count(m.After, "\n"), "line")))
	}
	for _, d := range c.Records {
		list = append(list, t.step(d))
	}
	return list
}

// step describes the change of a record.
func (t *Deployment) step(d semanage.Difference) string {
	switch r := d.Record().(type) {
	case semanage.Boolean:
		was := "?"
		if id, ok := t.Policy.Bool(r.Name); ok {
			was = OnOff(t.Policy.DefaultBool(id))
		}
		return words.Sprintf("~ boolean %s: %s -> %s", r.Name, was, OnOff(r.On))
	case semanage.Port:
		if d.After == nil {
			return words.Sprintf("- port %s: %s", r.Key(), r.Context.Type)
		}
		sign, was := "+", PortType(t.Policy, r)
		if label, ok := t.exactLabel(r); ok {
			sign, was = "~", label
		}
		if was != r.Context.Type {
			was += " -> " + r.Context.Type
		}
		if records.Label(r.Context) != r.Context.Type {
			was += ", level " + r.Context.Range
		}
		return words.Sprintf("%s port %s: %s", sign, r.Key(), was)
	}
	return Difference(d)
}

// Plan writes the changes of the fix at an index of the list, the domains that they affect, and the
// commands; in full with the text of a module. question is the operation as it was asked.
func (x *Fixes) Plan(b *words.Page, n int, question string, c change.Change, t *Deployment, full bool) {
	f := &x.List[n]
	works := ""
	if !f.Works {
		works = ", and does not make it succeed"
	}
	b.Line("PLAN", "fix %d for %s: %s (%s%s)", n+1, question, x.Title(f), f.Applicability, works)
	for _, text := range t.Steps(c) {
		b.Printf("      %s\n", words.Wrap(text, 8))
	}
	b.Line("cost", "%s: %s", x.Name, FixGains(f))
	x.effect(b, "gain", f.Gain)
	x.effect(b, "lose", f.Lose)
	if c.Module != nil {
		b.Line("time", "%s", ModuleTime)
	}
	for i, command := range t.Commands(c) {
		key := ""
		if i == 0 {
			key = "do"
		}
		b.Command(key, command)
	}
	if m := c.Module; m != nil && full {
		b.Printf("\n; %s.cil\n%s\n", m.Name, words.Escape(m.After))
	}
}
