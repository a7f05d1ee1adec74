package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
)

func subjectType(q *canAnswer) policy.TypeID { return policy.TypeID(q.subject.Context.Type) }

// title names a fix in a few words.
func (a *fixAnswer) title(f *remedy.Fix) string {
	switch f.Kind {
	case remedy.OwnType:
		return "own port type"
	case remedy.Label:
		return "label " + f.Type
	case remedy.Split:
		if r := &f.Records[0]; r.Low < r.High {
			return "cut the local record"
		}
		return "drop the local record"
	case remedy.Boolean:
		return say.Settings(a.can.p, f.Bools, ",")
	case remedy.Level:
		if f.ProcessRange != "" {
			return "process at " + f.ProcessRange
		}
		return "port at " + f.Range
	case remedy.OtherPort:
		return "another port"
	case remedy.Permissive:
		return "permissive " + strings.Join(f.Domains, ", ")
	}
	return "rule on " + f.Type
}

// gains says how many ports the subject gains; for another port, which there are.
func gains(f *remedy.Fix) string {
	if f.Kind == remedy.OtherPort {
		names := make([]string, len(f.Choices))
		for i, c := range f.Choices {
			names[i] = words.Sprintf("%d (%s)", c.Port, c.Type)
		}
		return "use port " + strings.Join(names, " or ")
	}
	connect, bind := f.SubjectConnect.Len(), f.SubjectBind.Len()
	text := ""
	switch {
	case connect+bind == 0 && !f.Works:
		text = "does not help"
	case connect+bind == 0:
		text = "no other port"
	case bind == 0:
		text = "+" + say.Plural(connect, "port")
	case connect == 0:
		text = "+" + say.Plural(bind, "port") + " to bind"
	default:
		text = "+" + say.Number(connect) + " connect, +" + say.Number(bind) + " bind"
	}
	if lost := f.SubjectLosesConnect.Len() + f.SubjectLosesBind.Len(); lost > 0 {
		text += ", -" + say.Number(lost)
	}
	return text
}

// effects says what others gain and lose, "" where the policy does not change.
func effects(f *remedy.Fix) string {
	if f.Kind == remedy.OtherPort || f.ProcessRange != "" {
		return ""
	}
	return "; " + others(f.Gain.Domains(), "gain") + ", " + others(f.Lose.Domains(), "lose")
}

// cutText names the local record of a range that a fix cuts, "" for none.
func cutText(f *remedy.Fix) string {
	if len(f.Records) == 0 || f.Records[0].Action != remedy.DeleteRecord {
		return ""
	}
	r := &f.Records[0]
	if r.Low == r.High {
		return words.Sprintf("the local record %s (%s) is dropped", r.Key(), r.Context.Type)
	}
	return words.Sprintf("the local record %s (%s) is cut around the port", r.Key(), r.Context.Type)
}

func others(n int, verb string) string {
	switch n {
	case 0:
		return "nobody " + verb + "s"
	case 1:
		return "1 other " + verb + "s"
	}
	return say.Number(n) + " others " + verb
}

// writeUnfixed writes an answer that has no fixes because it is not known that any is
// needed, or because the other end is refused.
func (q *canAnswer) writeUnfixed(b *words.Page) {
	b.Printf("%s\n", q.said().Headline())
	b.Printf("why   %s\n", words.Wrap(q.said().Why(), 6))
	if q.answer.Verdict == network.Depends {
		b.Printf("fix   none is looked for while that is not known\n")
	}
	if q.peer == nil {
		return
	}
	b.Printf("peer  %s\n", q.peer.Headline())
	b.Printf("why   %s\n", words.Wrap(q.peer.Why(), 6))
}

func (a *fixAnswer) write(w io.Writer, all bool) error {
	var b words.Page
	q := a.can
	if q.answer.Verdict != network.Denied {
		if q.answer.Verdict == network.Depends || q.together() != network.Allowed {
			q.writeUnfixed(&b)
			_, err := b.WriteTo(w)
			return err
		}
		b.Printf("YES   %s may %s %s: nothing to fix\n", q.subject.Name, say.Action(q.op), q.target)
		if q.answer.Permissive { // but for as long as that lasts
			b.Printf("why   %s\n", words.Wrap(q.said().Why(), 6))
		}
		writeElsewhere(&b, remedy.Elsewhere(q.question()))
		_, err := b.WriteTo(w)
		return err
	}
	b.Printf("NO    %s may not %s %s\n", q.subject.Name, say.Action(q.op), q.target)
	b.Printf("why   %s\n", words.Wrap(q.said().Why(), 6))
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
		b.Printf("%s%-2d %-*s  %s\n", head, i+1, width, a.title(f), works)
		b.Printf("         %s\n", words.Wrap(gains(f)+effects(f), 9))
		if cut := cutText(f); cut != "" {
			b.Printf("         %s\n", cut)
		}
	}
	if len(shown) == 0 {
		b.Printf("fix   %s\n", words.Wrap("no change of a label, boolean or rule makes it succeed without opening far more", 6))
	}
	if i := a.otherPort(shown); i >= 0 {
		b.Printf("      or %s\n", words.Wrap(gains(&a.fixes[i]), 9))
	}
	if hidden := len(a.fixes) - len(shown); hidden > 0 {
		b.Printf("      %s more with --all\n", say.Number(hidden))
	}
	if len(shown) > 0 {
		a.writeNext(&b, shown[0]+1)
	}
	_, err := b.WriteTo(w)
	return err
}

// writeElsewhere lists what else may refuse.
func writeElsewhere(b *words.Page, causes []remedy.Cause) {
	for i, c := range causes {
		head := "      "
		if i == 0 {
			head = "else  "
		}
		errno := c.Errno
		if errno == "" {
			errno = "timeout"
		}
		b.Printf("%s%-13s %s\n", head, errno, words.Wrap(c.Text+" ["+c.Code+"]", 20))
	}
}

// otherPort returns the fix that is another port, for a server, which may choose
// its own, where it is not among those shown; else -1.
func (a *fixAnswer) otherPort(shown []int) int {
	if a.can.op == network.Connect || a.can.op == network.Send {
		return -1
	}
	i := slices.IndexFunc(a.fixes, func(f remedy.Fix) bool { return f.Kind == remedy.OtherPort })
	if slices.Contains(shown, i) {
		return -1
	}
	return i
}

func (a *fixAnswer) writeOne(w io.Writer, n int) error {
	var b words.Page
	f := &a.fixes[n-1]
	works := "it works"
	if !f.Works {
		works = "it does not make the operation succeed"
	}
	b.Printf("fix   %d %s: %s (%s)\n", n, a.title(f), works, f.Applicability)
	b.Printf("cost  %s: %s\n", a.can.subject.Name, gains(f))
	if cut := cutText(f); cut != "" {
		b.Printf("      %s\n", cut)
	}
	if effects(f) != "" {
		writeEffect(&b, "gain", f.Gain)
		writeEffect(&b, "lose", f.Lose)
	}
	if f.ProcessRange != "" {
		b.Printf("      %s\n", words.Wrap("what the level changes for anything but ports, files above all, is not counted", 6))
	}
	a.writeForms(&b, f)
	_, err := b.WriteTo(w)
	return err
}

// writeForms writes the forms of a fix and then their ways back, those together
// that are the same. A module, which may be long, is written once, and the forms
// name its file.
func (a *fixAnswer) writeForms(b *words.Page, f *remedy.Fix) {
	target := a.formTarget(f)
	target.Beside = len(f.Module) > 0
	forms := form.Forms(f, target)
	if target.Beside {
		name := ""
		if slices.ContainsFunc(forms, func(way form.Form) bool { return way.Name == "cil" }) {
			name = "cil: "
		}
		b.Printf("\n# %s%s.cil, which other forms name\n%s\n", name, f.ModuleName, words.Escape(cil.Format(f.Module)))
	}
	var undos []string
	names := map[string][]string{} // by the way back
	for _, way := range forms {
		if way.Name != "cil" {
			b.Printf("\n# %s\n%s", way.Name, words.Lines(way.Text))
		}
		if way.Undo == "" {
			continue
		}
		if names[way.Undo] == nil {
			undos = append(undos, way.Undo)
		}
		names[way.Undo] = append(names[way.Undo], way.Name)
	}
	for _, undo := range undos {
		b.Printf("\n# to take it back: %s\n%s", strings.Join(names[undo], ", "), words.Lines(undo))
	}
}

// mostExposed returns those domains of an effect that have the most ports.
func mostExposed(list []reach.DomainPorts) []reach.DomainPorts {
	sorted := slices.SortedStableFunc(slices.Values(list), func(a, b reach.DomainPorts) int { return b.Ports.Len() - a.Ports.Len() })
	return sorted[:min(say.MostDomains, len(sorted))]
}

// formTarget is what a fix is for, in the words of package form.
func (a *fixAnswer) formTarget(f *remedy.Fix) form.Target {
	t := form.Target{Protocol: string(a.can.target.Protocol), Port: a.can.port}
	for _, s := range f.Bools {
		t.Bools = append(t.Bools, form.Setting{Name: a.can.p.BoolName(s.Bool), On: s.On})
	}
	return t
}

func writeEffect(b *words.Page, verb string, e remedy.Effect) {
	if e.Domains() == 0 {
		b.Printf("      no other domain %ss\n", verb)
		return
	}
	for _, part := range []struct {
		op   network.Operation
		list []reach.DomainPorts
	}{{network.Connect, e.Connect}, {network.Bind, e.Bind}} {
		if len(part.list) == 0 {
			continue
		}
		names := make([]string, 0, say.MostDomains)
		for _, d := range mostExposed(part.list) {
			name := d.Domain
			if d.Ports.Len() > 1 {
				name += " (" + say.Plural(d.Ports.Len(), "port") + ")"
			}
			names = append(names, name)
		}
		text := words.Sprintf("%s %s: %s", others(len(part.list), verb), part.op, strings.Join(names, ", "))
		if rest := len(part.list) - len(names); rest > 0 {
			text += words.Sprintf(" and %s more", say.Number(rest))
		}
		b.Printf("      %s\n", words.Wrap(text, 6))
	}
}

func newEffectJSON(e remedy.Effect) doc.Domains {
	out := doc.Domains{Connect: e.Connect, Bind: e.Bind}
	if out.Connect == nil {
		out.Connect = []reach.DomainPorts{}
	}
	if out.Bind == nil {
		out.Bind = []reach.DomainPorts{}
	}
	return out
}

func (a *fixAnswer) json() doc.Fixes {
	q := a.can
	c := q.json()
	out := doc.Fixes{Head: c.Head, Verdict: c.Verdict, Question: c.Question, Reason: c.Reason, Fixes: []doc.Fix{}}
	for _, q := range a.others {
		out.Others = append(out.Others, doc.Question(q))
	}
	out.Schema = "senet.fix/1"
	if q.answer.Verdict == network.Allowed {
		out.Elsewhere = remedy.Elsewhere(q.question())
	}
	for i := range a.fixes {
		f := &a.fixes[i]
		one := doc.Fix{
			Kind: f.Kind, Change: a.title(f), Type: f.Type, Works: f.Works, Applicability: f.Applicability, Overrides: f.Exists,
			Gain: newEffectJSON(f.Gain), Lose: newEffectJSON(f.Lose),
			SubjectPorts: doc.WayPorts{Connect: doc.OrEmpty(f.SubjectConnect), Bind: doc.OrEmpty(f.SubjectBind)},
			SubjectLoses: doc.WayPorts{Connect: doc.OrEmpty(f.SubjectLosesConnect),
				Bind: doc.OrEmpty(f.SubjectLosesBind)},
			Domains: f.Domains, Choices: f.Choices, ProcessRange: f.ProcessRange, Unsure: f.Unsure,
			Records: newFixRecords(f.Records), Module: f.ModuleName, Forms: map[string]string{}, UndoForms: map[string]string{}, Undo: form.Undo(f, a.formTarget(f)),
		}
		if f.Kind == remedy.Boolean {
			one.Booleans = doc.SettingsOf(q.p, f.Bools)
		}
		for _, way := range a.forms(f) {
			one.Forms[way.Name] = way.Text
			if way.Undo != "" {
				one.UndoForms[way.Name] = way.Undo
			}
		}
		out.Fixes = append(out.Fixes, one)
	}
	return out
}
