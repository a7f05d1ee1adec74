package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
	"github.com/senet-selinux/senet/subject"
)

// Fixes are an operation and its fixes.
type Fixes struct {
	*Operation
	// Peer is the answer for the process at the other end, nil if it was not asked; Together is the
	// verdict of both ends.
	Peer     *Operation
	Together network.Verdict
	List     []remedy.Fix
	// Describe returns the description of a boolean in the policy's documentation, "" if there is
	// none; it is nil without documentation.
	Describe func(boolean string) string
	// Presence returns which domains are on the machine; it may read the machine.
	Presence func() *senet.Presence
}

// FixesOf returns the fixes of an answer, to describe them in words.
func FixesOf(f *senet.Fixes) *Fixes {
	return &Fixes{
		Operation: OperationOf(f.Answer), Peer: PeerOf(f.Answer), Together: f.Answer.Together(), List: f.List,
		Presence: f.Presence,
	}
}

// maxShown bounds the fixes that are listed, unless the caller wants all.
const maxShown = 3

// Shown returns the indexes of the fixes that are listed: all; or the best three with the intended
// meaning, including the one that opens the least and the one with the least upkeep. If there is
// none, it returns the best three others that work and may be applied.
func (x *Fixes) Shown(all bool) []int {
	var list, meant, others []int
	for i := range x.List {
		f := &x.List[i]
		list = append(list, i)
		switch {
		case !f.Works || f.Applicability == remedy.Never:
		case f.Standing == remedy.Meant:
			meant = append(meant, i)
		default:
			others = append(others, i)
		}
	}
	switch {
	case all:
		return list
	case len(meant) == 0:
		return others[:min(len(others), maxShown)]
	case len(meant) <= maxShown:
		return meant
	}
	shown := meant[:1:1]
	for _, i := range []int{remedy.LeastOpen(x.List), remedy.LeastUpkeep(x.List), meant[1], meant[2]} {
		if len(shown) < maxShown && !slices.Contains(shown, i) {
			shown = append(shown, i)
		}
	}
	slices.Sort(shown)
	return shown
}

// Title names a fix of the list in a few words.
func (x *Fixes) Title(f *remedy.Fix) string { return FixTitle(x.policy(), f) }

// Why writes why the operation is refused, or allowed.
func (o *Operation) why(b *words.Page) { b.Printf("why   %s\n", words.Wrap(o.Why(), 6)) }

// Unfixed writes an answer without fixes, because it is not known whether one is needed, or because
// the other end is refused.
func (x *Fixes) Unfixed(b *words.Page) {
	b.Printf("%s\n", x.Headline())
	x.why(b)
	if x.Answer.Verdict == network.Depends {
		b.Printf("fix   no fix is searched while this is not known\n")
	}
	if x.Peer != nil {
		b.Printf("peer  %s\n", x.Peer.Headline())
		x.Peer.why(b)
	}
}

// Write writes the answer with the fixes: all of them, or the best three. It returns the index of
// the first one shown, -1 if none is.
func (x *Fixes) Write(b *words.Page, all bool) (best int) {
	switch {
	case x.Answer.Verdict == network.Depends, x.Answer.Verdict == network.Allowed && x.Together != network.Allowed:
		x.Unfixed(b)
		return -1
	case x.Answer.Verdict == network.Allowed:
		b.Line("YES", "%s may %s %s: nothing to fix", x.Name, Action(x.Question.Operation), x.Operation.Target)
		if x.Answer.Permissive { // but only while the domain is permissive
			x.why(b)
		}
		elsewhere(b, remedy.Elsewhere(x.Question))
		return -1
	}
	b.Printf("%s\n", x.Headline())
	x.why(b)
	if name := x.policy().TypeName(policy.TypeID(x.Question.Subject.Type)); subject.IsLeftover(name) {
		b.Line("first", "%s", daemonText(name))
	}
	shown := x.Shown(all)
	width := 0
	for _, i := range shown {
		width = max(width, len(x.Title(&x.List[i])))
	}
	width = min(width, 32)
	for n, i := range shown {
		f := &x.List[i]
		head := "      "
		if n == 0 {
			head = "fix   "
		}
		cost := FixGains(f)
		if text := FixOthers(f); text != "" {
			cost += "; " + text
		}
		b.Printf("%s%-2d %-*s  %s\n", head, i+1, width, x.Title(f), x.Degree(i))
		for _, text := range x.Meaning(f) {
			b.Printf("         %s\n", words.Wrap(text, 9))
		}
		b.Printf("         %s\n", words.Wrap(cost, 9))
		if text := x.present(f.Gain.Names()); text != "" {
			b.Printf("         %s\n", words.Wrap(text, 9))
		}
		if cut := FixCut(f); cut != "" {
			b.Printf("         %s\n", cut)
		}
	}
	if len(shown) == 0 {
		b.Printf("fix   %s\n", words.Wrap("no change of a label, boolean or rule makes it succeed without opening "+
			"far more", 6))
	}
	if i := x.otherPort(shown); i >= 0 {
		b.Printf("      or %s\n", words.Wrap(FixGains(&x.List[i]), 9))
	}
	if hidden := len(x.List) - len(shown); hidden > 0 {
		b.Printf("      %s more with --all\n", Number(hidden))
	}
	if len(shown) == 0 {
		return -1
	}
	return shown[0]
}

// elsewhere lists other possible causes of the refusal.
func elsewhere(b *words.Page, causes []remedy.Cause) {
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

// otherPort returns the index of the fix that uses another port, for a server, which may choose its
// own, unless it is in shown; else -1.
func (x *Fixes) otherPort(shown []int) int {
	if op := x.Question.Operation; op == network.Connect || op == network.Send {
		return -1
	}
	i := slices.IndexFunc(x.List, func(f remedy.Fix) bool { return f.Kind == remedy.OtherPort })
	if slices.Contains(shown, i) {
		return -1
	}
	return i
}

// One writes one fix with all its costs and the forms to deploy it in.
func (x *Fixes) One(b *words.Page, n int) {
	f := &x.List[n]
	works := "it works"
	if !f.Works {
		works = "it does not make the operation succeed"
	}
	b.Printf("fix   %d %s: %s (%s)\n", n+1, x.Title(f), works, f.Applicability)
	b.Line("name", "%s", f.Name(x.policy()))
	for i, text := range x.Meaning(f) {
		key := ""
		if i == 0 {
			key = "means"
		}
		b.Line(key, "%s", text)
	}
	b.Printf("cost  %s\n", words.WrapFormat(6, "%s: %s", x.Name, FixGains(f)))
	if cut := FixCut(f); cut != "" {
		b.Printf("      %s\n", cut)
	}
	if FixOthers(f) != "" {
		x.effect(b, "gain", f.Gain)
		x.effect(b, "lose", f.Lose)
	}
	if f.ProcessRange != "" {
		b.Printf("      %s\n", words.Wrap("the effect of the level on anything but ports, such as files, is not "+
			"counted", 6))
	}
	x.forms(b, f)
}

// Target returns the purpose of a fix, for package form.
func (x *Fixes) Target(f *remedy.Fix) form.Target { return FormTarget(x.policy(), &x.Question, f) }

// FormTarget returns the purpose of a fix of an operation, for package form.
func FormTarget(p *policy.Policy, q *network.Question, f *remedy.Fix) form.Target {
	t := form.Target{Protocol: string(q.Protocol), Port: q.Port}
	for _, s := range f.Bools {
		t.Bools = append(t.Bools, form.Setting{Name: p.BoolName(s.Bool), On: s.On})
	}
	return t
}

// FirstForm returns the first form in which a fix can be deployed, "" if there is none.
func (x *Fixes) FirstForm(f *remedy.Fix) words.Lines {
	if forms := form.Forms(f, x.Target(f)); len(forms) > 0 {
		return words.Escape(strings.TrimSpace(forms[0].Text))
	}
	return ""
}

// forms writes the forms of a fix and then how to undo each; equal ones are combined. A module,
// which may be long, is written once, and the forms name its file.
func (x *Fixes) forms(b *words.Page, f *remedy.Fix) {
	target := x.Target(f)
	target.Beside = len(f.Module) > 0
	forms := form.Forms(f, target)
	if len(forms) == 0 {
		b.Printf("form  %s\n", words.Wrap(noForm(f), 6))
		return
	}
	if target.Beside {
		name := ""
		if slices.ContainsFunc(forms, func(way form.Form) bool { return way.Name == "cil" }) {
			name = "cil: "
		}
		b.Printf("\n# %s%s.cil, used by the forms below\n%s\n", name, f.ModuleName, words.Escape(cil.Format(f.Module)))
	}
	var undos []string
	names := map[string][]string{} // by the text of the undo
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
		b.Printf("\n# to undo it: %s\n%s", strings.Join(names[undo], ", "), words.Lines(undo))
	}
}

// noForm says why a fix has no form in which it can be deployed.
func noForm(f *remedy.Fix) string {
	if f.Kind == remedy.OtherPort {
		return "there is none: the program's own configuration says which port it uses"
	}
	return "there is none: a name of the policy could act where the text is pasted"
}

// effect names the domains that gain or lose: those that are on the machine first, and unconfined ones
// as a number.
func (x *Fixes) effect(b *words.Page, verb string, e remedy.Effect) {
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
		named, free := x.byPresence(part.list)
		shown := named[:min(MostDomains, len(named))]
		text := words.Sprintf("%s %s: %s", others(len(part.list), verb), part.op,
			Domains(shown, len(named)-len(shown)))
		if free > 0 {
			text = strings.TrimSuffix(text, ": ") + "; of them " + Count(free, "is unconfined", "are unconfined")
		}
		b.Printf("      %s\n", words.Wrap(text, 6))
	}
}
