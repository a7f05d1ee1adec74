package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
)

func subjectType(q *canAnswer) policy.TypeID { return policy.TypeID(q.subject.Context.Type) }

// title names a fix in a few words.
func (a *fixAnswer) title(f *remedy.Fix) string {
	switch f.Kind {
	case remedy.OwnType:
		return "own port type"
	case remedy.Label:
		return "label " + f.Type
	case remedy.Boolean:
		return settingsText(a.can.p, f.Bools, ",")
	}
	return "rule on " + f.Type
}

// gains says how many ports the subject gains.
func gains(f *remedy.Fix) string {
	connect, bind := f.SubjectConnect.Len(), f.SubjectBind.Len()
	switch {
	case connect+bind == 0:
		return "does not help"
	case bind == 0:
		return "+" + portCount(connect)
	case connect == 0:
		return "+" + portCount(bind) + " to bind"
	}
	return "+" + number(connect) + " connect, +" + number(bind) + " bind"
}

func portCount(n int) string {
	if n == 1 {
		return "1 port"
	}
	return number(n) + " ports"
}

func others(n int, verb string) string {
	switch n {
	case 0:
		return "nobody " + verb + "s"
	case 1:
		return "1 other " + verb + "s"
	}
	return number(n) + " others " + verb
}

func (a *fixAnswer) write(w io.Writer, all bool) error {
	var b strings.Builder
	q := a.can
	if q.answer.Verdict != network.Denied {
		fmt.Fprintf(&b, "YES   %s may %s %s: nothing to fix\n", q.subject.Name, q.action(), q.target)
		_, err := io.WriteString(w, b.String())
		return err
	}
	fmt.Fprintf(&b, "NO    %s may not %s %s\n", q.subject.Name, q.action(), q.target)
	fmt.Fprintf(&b, "why   %s\n", wrap(q.why(groupLayers(q.answer.Layers)), 6))
	shown := a.shown(all)
	width := 0
	for _, i := range shown {
		width = max(width, len(a.title(&a.fixes[i])))
	}
	width = min(width, 32)
	for n, i := range shown {
		f := &a.fixes[i]
		head := "      "
		if n == 0 {
			head = "fix   "
		}
		works := string(f.Applicability)
		if !f.Works {
			works = "does not work"
		}
		fmt.Fprintf(&b, "%s%-2d %-*s  %s\n", head, i+1, width, a.title(f), works)
		fmt.Fprintf(&b, "         %s; %s, %s\n", gains(f), others(f.Gain.Domains(), "gain"), others(f.Lose.Domains(), "lose"))
	}
	if hidden := len(a.fixes) - len(shown); hidden > 0 {
		fmt.Fprintf(&b, "      %s more with --all\n", number(hidden))
	}
	if len(shown) == 0 {
		fmt.Fprintf(&b, "fix   no change of a label, boolean or rule makes it succeed without opening far more\n")
	} else {
		a.writeNext(&b, shown[0]+1)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// most is how many domains of an effect are named.
const most = 10

func (a *fixAnswer) writeOne(w io.Writer, n int) error {
	var b strings.Builder
	f := &a.fixes[n-1]
	works := "it works"
	if !f.Works {
		works = "it does not make the operation succeed"
	}
	fmt.Fprintf(&b, "fix   %d %s: %s (%s)\n", n, a.title(f), works, f.Applicability)
	fmt.Fprintf(&b, "cost  %s: %s\n", a.can.subject.Name, gains(f))
	writeEffect(&b, "gain", f.Gain)
	writeEffect(&b, "lose", f.Lose)
	for _, form := range a.forms(f) {
		fmt.Fprintf(&b, "\n# %s\n%s", form.Name, form.Text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeEffect(b *strings.Builder, verb string, e remedy.Effect) {
	if e.Domains() == 0 {
		fmt.Fprintf(b, "      no other domain %ss\n", verb)
		return
	}
	for _, part := range []struct {
		op   network.Operation
		list []remedy.DomainPorts
	}{{network.Connect, e.Connect}, {network.Bind, e.Bind}} {
		if len(part.list) == 0 {
			continue
		}
		names := make([]string, 0, most)
		for _, d := range part.list[:min(most, len(part.list))] {
			name := d.Domain
			if d.Ports.Len() > 1 {
				name += " (" + portCount(d.Ports.Len()) + ")"
			}
			names = append(names, name)
		}
		text := fmt.Sprintf("%s %s %s: %s", plural(len(part.list), "other"), verb, part.op, strings.Join(names, ", "))
		if rest := len(part.list) - len(names); rest > 0 {
			text += fmt.Sprintf(" and %s more", number(rest))
		}
		fmt.Fprintf(b, "      %s\n", wrap(text, 6))
	}
}

// fixJSON is what senet fix --json prints: schema senet.fix/1.
type fixJSON struct {
	envelope
	Subject string       `json:"subject"`
	Action  string       `json:"action"`
	Target  string       `json:"target"`
	Reason  string       `json:"reason_text"`
	Fixes   []fixOneJSON `json:"fixes"`
	Applied *appliedJSON `json:"applied,omitempty"`
}

type fixOneJSON struct {
	Kind          remedy.Kind          `json:"kind"`
	Change        string               `json:"change"`
	Type          string               `json:"type,omitempty"`
	Booleans      map[string]bool      `json:"booleans,omitempty"`
	Works         bool                 `json:"works"`
	Applicability remedy.Applicability `json:"applicability"`
	Overrides     bool                 `json:"overrides"` // a record of the policy for this very port
	Gain          effectJSON           `json:"gain"`
	Lose          effectJSON           `json:"lose"`
	SubjectPorts  subjectPortsJSON     `json:"subject_ports"`
	Forms         map[string]string    `json:"forms"`
}

type effectJSON struct {
	Connect []remedy.DomainPorts `json:"connect"`
	Bind    []remedy.DomainPorts `json:"bind"`
}

type subjectPortsJSON struct {
	Connect reach.Ports `json:"connect"`
	Bind    reach.Ports `json:"bind"`
}

func newEffectJSON(e remedy.Effect) effectJSON {
	out := effectJSON{e.Connect, e.Bind}
	if out.Connect == nil {
		out.Connect = []remedy.DomainPorts{}
	}
	if out.Bind == nil {
		out.Bind = []remedy.DomainPorts{}
	}
	return out
}

func (a *fixAnswer) json() fixJSON {
	q := a.can
	c := q.json()
	out := fixJSON{envelope: c.envelope, Subject: c.Subject, Action: c.Action, Target: c.Target, Reason: c.Text, Fixes: []fixOneJSON{}}
	out.Schema = "senet.fix/1"
	for i := range a.fixes {
		f := &a.fixes[i]
		one := fixOneJSON{
			Kind: f.Kind, Change: a.title(f), Type: f.Type, Works: f.Works, Applicability: f.Applicability, Overrides: f.Exists,
			Gain: newEffectJSON(f.Gain), Lose: newEffectJSON(f.Lose),
			SubjectPorts: subjectPortsJSON{orEmpty(f.SubjectConnect), orEmpty(f.SubjectBind)},
			Forms:        map[string]string{},
		}
		if f.Kind == remedy.Boolean {
			one.Booleans = settingsJSON(q.p, f.Bools)
		}
		for _, form := range a.forms(f) {
			one.Forms[form.Name] = form.Text
		}
		out.Fixes = append(out.Fixes, one)
	}
	return out
}
