package cli

import (
	"cmp"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/allow"
)

// An allowRule is a rule that audit2allow would write, with what it takes to say
// what it costs.
type allowRule struct {
	source, target, class string
	targetNamed           bool // target is a type, whatever its name
	perms                 []string
	commands              []diagnose.Command // those that take an allowxperm rule
	count                 int64
	relabelled            []string // labels that have changed since
	why                   []string // what each kind of denial was
	refused               []*access.PermCheck
	fix                   string // the command that lists narrower ways, "" for none
	diagnosis             *diagnose.Diagnosis
}

// allowRules returns the rules for everything that is refused today, and what no
// rule can allow, in words.
func (a *whyAnswer) allowRules() (rules []*allowRule, not []string) {
	var past []string // allowed today, which matters least
	for i := range a.report.Findings {
		it := &a.report.Findings[i]
		d := it.Denial
		if it.AVC == nil || d == nil {
			continue
		}
		refused := d.Refused()
		if refused == nil || d.Verdict == diagnose.UnknownHere {
			why := "the policy allows it today"
			if refused != nil || len(d.Checks) == 0 {
				why = "the policy does not have " + gapsText(d.Missing, ", nor ")
			}
			_, text := a.verdict(it)
			if d.Verdict == diagnose.UnknownHere {
				not = append(not, text+": "+why)
			} else {
				past = append(past, strings.TrimSuffix(text, " today")+": "+why)
			}
			continue
		}
		if !ruleHelps(refused) {
			_, text := a.verdict(it)
			not = append(not, text+": no allow rule helps, "+a.why(d))
			if !slices.ContainsFunc(d.Checks, func(pc access.PermCheck) bool { return !pc.Allowed && ruleHelps(&pc) }) {
				continue
			}
		}
		if f := d.File; f != nil && f.Lost {
			_, text := a.verdict(it)
			not = append(not, text+": "+relabelText(f))
			continue
		}
		if parent, exceeds := a.exceedsBounds(d); exceeds {
			_, text := a.verdict(it)
			not = append(not, words.Sprintf("%s: no allow rule helps, %s bounds it and may not", text, parent))
			continue
		}
		rules = a.addRule(rules, it)
	}
	for _, r := range rules {
		slices.Sort(r.perms)
		slices.SortFunc(r.commands, func(x, y diagnose.Command) int {
			return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Number, y.Number))
		})
	}
	slices.SortFunc(rules, func(x, y *allowRule) int {
		return cmp.Or(cmp.Compare(x.source, y.source), cmp.Compare(x.target, y.target), cmp.Compare(x.class, y.class))
	})
	return rules, append(not, past...)
}

// ruleHelps reports whether an allow rule is what a refused permission lacks.
func ruleHelps(pc *access.PermCheck) bool {
	return pc.Reason.Code == access.NoRule || pc.Reason.Code == access.BoolOff
}

// exceedsBounds reports whether the rule for a denial would give the source more
// than the type that bounds it has: compilers refuse a policy with such a rule.
func (a *whyAnswer) exceedsBounds(d *diagnose.Diagnosis) (parent string, exceeds bool) {
	class, ok := a.p.Class(d.Class)
	if !ok {
		return "", false
	}
	var perms policy.AccessVector
	for i := range d.Checks {
		if bit, ok := a.p.Perm(class, d.Checks[i].Name); ok && !d.Checks[i].Allowed {
			perms |= bit
		}
	}
	id, exceeds := remedy.ExceedsBounds(a.p, policy.TypeID(d.Source.Type), policy.TypeID(d.Target.Type), class, perms)
	return a.p.TypeName(id), exceeds
}

func (a *whyAnswer) addRule(rules []*allowRule, it *incident.Finding) []*allowRule {
	d := it.Denial
	r := &allowRule{source: a.p.TypeName(policy.TypeID(d.Source.Type)), target: a.p.TypeName(policy.TypeID(d.Target.Type)), class: d.Class, diagnosis: d}
	if r.source == r.target {
		r.target = "self"
	} else {
		r.targetNamed = true
	}
	at := slices.IndexFunc(rules, func(x *allowRule) bool { return x.source == r.source && x.target == r.target && x.class == r.class })
	if at < 0 {
		at = len(rules)
		rules = append(rules, r)
	}
	r = rules[at]
	r.count += it.Count
	if text := a.deed(it); !slices.Contains(r.why, text) {
		r.why = append(r.why, text)
	}
	if c := d.Command; c != nil && !slices.ContainsFunc(r.commands, func(x diagnose.Command) bool { return x.Kind == c.Kind && x.Number == c.Number }) {
		r.commands = append(r.commands, *c)
	}
	for i := range d.Checks {
		pc := &d.Checks[i]
		if c := d.Command; c != nil && c.Only && pc.Name == c.Kind.String() {
			continue
		}
		if !pc.Allowed && ruleHelps(pc) && !slices.Contains(r.perms, pc.Name) {
			r.perms = append(r.perms, pc.Name)
			r.refused = append(r.refused, pc)
		}
	}
	if f := d.File; f != nil {
		advice := ""
		switch {
		case d.Hook == diagnose.HookCapability:
			advice = modeText(it)
		case f.Wanted != "":
			advice = relabelText(f)
		}
		if advice != "" && !slices.Contains(r.relabelled, advice) {
			r.relabelled = append(r.relabelled, advice)
		}
	}
	if d.Was != "" {
		text := words.Sprintf("the log says %s, today it is %s", audit.ContextType(d.Was), a.p.TypeName(policy.TypeID(d.Target.Type)))
		if !slices.Contains(r.relabelled, text) {
			r.relabelled = append(r.relabelled, text)
		}
	}
	if c := a.can(it); c != nil && r.fix == "" {
		r.fix = c.command("fix").String()
	}
	return rules
}

// extended yields the allowxperm rules: the permission, and the commands.
func (r *allowRule) extended() iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for i := 0; i < len(r.commands); {
			kind := r.commands[i].Kind
			var numbers []string
			for ; i < len(r.commands) && r.commands[i].Kind == kind; i++ {
				numbers = append(numbers, words.Sprintf("%#x", r.commands[i].Number))
			}
			if !yield(kind.String(), numbers) {
				return
			}
		}
	}
}

// cost says what a rule opens.
func (a *whyAnswer) cost(r *allowRule) []string {
	list := slices.Clone(r.relabelled[:min(len(r.relabelled), maxComms)])
	for _, direction := range []struct{ perm, verb string }{{"name_connect", "connect to"}, {"name_bind", "bind"}} {
		if !slices.Contains(r.perms, direction.perm) {
			continue
		}
		n := a.portsOf(r.diagnosis, direction.perm == "name_bind")
		list = append(list, words.Sprintf("opens %s to %s, all that are labelled %s", say.Plural(n, "port"),
			direction.verb, r.target))
	}
	if slices.Contains(r.perms, "node_bind") {
		list = append(list, "opens every address labelled "+r.target)
	}
	list = append(list, "no domain but "+r.source+" gains")
	for _, pc := range r.refused {
		for i, s := range pc.Reason.Switches {
			if i == maxSwitches {
				break
			}
			list = append(list, say.Settings(a.p, s, " and ")+" would allow "+pc.Name+" as well")
		}
	}
	if r.fix != "" && len(list) > 0 {
		list = append(list, "narrower ways: "+r.fix)
	}
	return list
}

// portsOf counts the ports with the label of a diagnosis for which the kernel
// makes the check.
func (a *whyAnswer) portsOf(d *diagnose.Diagnosis, bind bool) int {
	s, ok := network.SocketOf(d.Protocol)
	if !ok {
		return 0
	}
	n := 0
	local := a.machine.facts.LocalPorts
	for _, seg := range a.p.PortSegments(s.PortProtocol) {
		if seg.Label.Context.Type != d.Target.Type {
			continue
		}
		low, high := int(seg.Low), int(seg.High)
		n += high - low + 1
		if bind {
			if low == 0 {
				n-- // the kernel chooses the port and asks nothing
			}
			n -= max(0, min(high, int(local.High))-max(low, int(local.Low))+1)
		}
	}
	return n
}

// writeAllow writes the rules in the forms asked for.
func (a *whyAnswer) writeAllow(w io.Writer, form string) error {
	var b words.Page
	rules, not := a.allowRules()
	if form != "te" {
		a.writeCIL(&b, rules, not)
	}
	if form == "both" {
		b.Printf("\n")
	}
	if form != "cil" {
		a.writeTE(&b, rules, not)
	}
	_, err := b.WriteTo(w)
	return err
}

// comment writes a wrapped comment.
func comment(b *words.Page, mark, indent, text string) {
	prefix := mark + " " + indent
	for i, line := range strings.Split(string(words.Wrap(text, len(prefix)+2)), "\n") {
		if i > 0 {
			line = "  " + strings.TrimLeft(line, " ")
		}
		b.Printf("%s%s\n", prefix, line)
	}
}

func (a *whyAnswer) writeComments(b *words.Page, mark string, r *allowRule) {
	what := r.why
	more := ""
	if len(what) > maxComms {
		more = words.Sprintf(" and %s more", say.Number(len(what)-maxComms))
		what = what[:maxComms]
	}
	comment(b, mark, "", words.Sprintf("%s: %s%s (%s)", r.source, strings.Join(what, "; "), more,
		say.Plural(int(r.count), "denial")))
	for _, c := range a.cost(r) {
		comment(b, mark, "  ", c)
	}
}

// maxNot is how many of the denials that get no rule are named.
const maxNot = 5

func writeNot(b *words.Page, mark string, not []string) {
	for i, text := range not {
		if i == maxNot {
			comment(b, mark, "", words.Sprintf("left out: %s more, see senet why", say.Number(len(not)-i)))
			break
		}
		comment(b, mark, "", "left out: "+text)
	}
}

func (a *whyAnswer) writeCIL(b *words.Page, rules []*allowRule, not []string) {
	b.Printf("; CIL: semodule -i FILE.cil\n")
	writeNot(b, ";", not)
	for _, r := range rules {
		a.writeComments(b, ";", r)
		var nodes []cil.Node
		if len(r.perms) > 0 {
			nodes = append(nodes, cil.Call("allow", cil.Sym(r.source), cil.Sym(r.target), cil.List(cil.Sym(r.class), cil.Syms(r.perms...))))
		}
		for kind, numbers := range r.extended() {
			nodes = append(nodes, cil.Call("allowx", cil.Sym(r.source), cil.Sym(r.target), cil.List(cil.Sym(kind), cil.Sym(r.class), cil.Syms(numbers...))))
		}
		b.Printf("%s", words.Lines(cil.Format(nodes)))
	}
}

// writableRules leaves out the rules that the policy language cannot say, with what
// says so.
func writableRules(rules []*allowRule) (list []*allowRule, not []string) {
	for _, r := range rules {
		names := append([]string{r.source, r.class}, r.perms...)
		if r.target != "self" || r.targetNamed {
			names = append(names, r.target)
		}
		at := slices.IndexFunc(names, func(name string) bool { return !allow.Writable(name) })
		if at < 0 {
			list = append(list, r)
			continue
		}
		not = append(not, words.Sprintf("%s %s:%s: the policy language has no way to name %s; --allow=cil has", r.source, r.target, r.class, names[at]))
	}
	return list, not
}

func (a *whyAnswer) writeTE(b *words.Page, rules []*allowRule, not []string) {
	b.Printf("# checkmodule -M -m -o senet_local.mod senet_local.te\n# semodule_package -o senet_local.pp -m senet_local.mod; semodule -i senet_local.pp\n")
	rules, unwritable := writableRules(rules)
	writeNot(b, "#", append(unwritable, not...))
	if len(rules) == 0 {
		return
	}
	b.Printf("module senet_local 1.0;\n\nrequire {\n")
	var types []string
	perms := make(map[string][]string)
	var classes []string
	for _, r := range rules {
		types = append(types, r.source)
		if r.target != "self" {
			types = append(types, r.target)
		}
		if _, ok := perms[r.class]; !ok {
			classes = append(classes, r.class)
		}
		perms[r.class] = append(perms[r.class], r.perms...)
		for kind := range r.extended() {
			perms[r.class] = append(perms[r.class], kind)
		}
	}
	slices.Sort(types)
	slices.Sort(classes)
	for _, t := range slices.Compact(types) {
		b.Printf("    type %s;\n", t)
	}
	for _, c := range classes {
		list := perms[c]
		slices.Sort(list)
		b.Printf("    class %s %s;\n", c, bracedPerms(slices.Compact(list)))
	}
	b.Printf("}\n")
	for _, r := range rules {
		b.Printf("\n")
		a.writeComments(b, "#", r)
		if len(r.perms) > 0 {
			b.Printf("allow %s %s:%s %s;\n", r.source, r.target, r.class, bracedPerms(r.perms))
		}
		for kind, numbers := range r.extended() {
			b.Printf("allowxperm %s %s:%s %s %s;\n", r.source, r.target, r.class, kind, bracedPerms(numbers))
		}
	}
}
