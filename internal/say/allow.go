package say

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/remedy/allow"
	"github.com/senet-selinux/senet/remedy/object"
)

// Allow writes the rules that would allow the refused accesses, with what each opens, as CIL, as a
// module for checkmodule (te), or both.
func (l *Log) Allow(b *words.Page, form string) {
	rules, not := l.allowRules()
	if form != "te" {
		l.allowCIL(b, rules, not)
	}
	if form == "both" {
		b.Printf("\n")
	}
	if form != "cil" {
		l.allowTE(b, rules, not)
	}
}

// allowRules returns the rules, and why there is none for the other accesses.
func (l *Log) allowRules() ([]*incident.Rule, []string) {
	rules, left := l.Report.AllowRules(l.policy())
	not := make([]string, len(left))
	for i := range left {
		not[i] = l.leftOut(&left[i])
	}
	return rules, not
}

// leftOut names an access without a rule, and the reason.
func (l *Log) leftOut(x *incident.LeftOut) string {
	_, text := l.verdict(x.Finding)
	d := x.Denial
	switch x.Why {
	case incident.NoRuleHelps:
		return text + ": no allow rule helps, " + l.Reason(d)
	case incident.LabelLost:
		return text + ": " + relabelText(d.File)
	case incident.WithoutClass:
		return text + ": the record lacks the class (tclass=), and a rule is for one; senet why with the whole line"
	case incident.NotNeeded:
		return text + ": nothing fails by it as a rule, and its label is that of a process, which no file on a disk has"
	case incident.BoundedBy:
		return words.Sprintf("%s: no allow rule helps, %s bounds it and may not", text, l.policy().TypeName(x.Bound))
	}
	if d.Verdict != diagnose.UnknownHere {
		text = strings.TrimSuffix(text, " today")
	}
	if x.Why == incident.NotInPolicy {
		return text + ": the policy does not have " + strings.Join(Gaps(d.Missing), ", nor ")
	}
	return text + ": the policy allows it today"
}

// extended yields the allowxperm rules: the permission, and the commands.
func extended(r *incident.Rule) iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for i := 0; i < len(r.Commands); {
			kind := r.Commands[i].Kind
			var numbers []string
			for ; i < len(r.Commands) && r.Commands[i].Kind == kind; i++ {
				numbers = append(numbers, words.Sprintf("%#x", r.Commands[i].Number))
			}
			if !yield(kind.String(), numbers) {
				return
			}
		}
	}
}

// ruleCost says what a rule opens, and which alternatives there are.
func (l *Log) ruleCost(r *incident.Rule) []string {
	p := l.policy()
	target := r.TargetName(p)
	var list []string
	narrower := ""
	for _, f := range r.Findings {
		for _, text := range l.elseFirst(f) {
			if len(list) < maxComms && !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
		if o := l.refused(f); o != nil && narrower == "" {
			narrower = o.Command("fix", l.Again).String()
		}
	}
	local := portset.Range{Low: l.Machine.Host.LocalPorts.Low, High: l.Machine.Host.LocalPorts.High}
	for _, way := range []struct{ perm, verb string }{{"name_connect", "connect to"}, {"name_bind", "bind"}} {
		if slices.Contains(r.Permissions, way.perm) {
			n := r.Ports(p, way.perm == "name_bind", local).Len()
			list = append(list, words.Sprintf("opens %s to %s: all ports labelled %s", Plural(n, "port"), way.verb,
				target))
		}
	}
	if slices.Contains(r.Permissions, "node_bind") {
		list = append(list, "opens every address labelled "+target)
	}
	list = append(list, "no domain but "+p.TypeName(r.Source)+" gains")
	for _, pc := range r.Refused {
		for _, s := range pc.Reason.Switches[:min(maxSwitches, len(pc.Reason.Switches))] {
			list = append(list, Settings(p, s, " and ")+" would allow "+pc.Name+" as well")
		}
	}
	if narrower != "" {
		list = append(list, "narrower ways: "+narrower)
	}
	return list
}

// elseFirst says what to change before a rule: another label or mode of a file, a label that has
// changed, or one that has another name here.
func (l *Log) elseFirst(f *incident.Finding) (list []string) {
	d := f.Denial
	for _, a := range d.Assumptions {
		if a.Code == network.AssumedTypeName {
			list = append(list, words.Sprintf("assumed: %s [%s]", a.Text, a.Code))
		}
	}
	switch {
	case d.Script != nil:
		list = append(list, "better: "+l.scriptText(d.Script))
	case d.ByHand != nil:
		list = append(list, "better: "+l.byHandText(d.ByHand))
	}
	if len(d.Follows) > 0 {
		names := make([]string, len(d.Follows))
		for i := range d.Follows {
			names[i] = d.Follows[i].Name
		}
		deed := "start a program"
		if f.AVC != nil && diagnose.IsLibrary(cmp.Or(f.AVC.Path, f.AVC.Name)) {
			deed = "load a library"
		}
		list = append(list, words.Sprintf("it is not enough: to %s the kernel asks for %s next", deed,
			strings.Join(names, ", ")))
	}
	if file := d.File; file != nil {
		switch {
		case d.Hook == diagnose.HookCapability:
			list = append(list, modeText(f))
		case file.Wanted != "":
			list = append(list, relabelText(file))
		}
	}
	if target := l.policy().TypeName(policy.TypeID(d.Target.Type)); object.IsFile(d.Class) && object.IsPlace(target) {
		list = append(list, words.Sprintf("%s is the label of a place: the rule is for the files of all services "+
			"there, and another label for this one is better (senet why without --allow)", target))
	}
	if d.Was != "" {
		list = append(list, words.Sprintf("the log says %s, today it is %s",
			audit.ContextType(d.Was), l.policy().TypeName(policy.TypeID(d.Target.Type))))
	}
	return list
}

// comment writes a wrapped comment.
func comment(b *words.Page, mark, indent, text string) {
	prefix := mark + " " + indent
	for i, line := range strings.Split(string(words.Broken(text, len(prefix)+2)), "\n") {
		if i > 0 {
			line = "  " + strings.TrimLeft(line, " ")
		}
		b.Printf("%s%s\n", prefix, line)
	}
}

// ruleComments writes the purpose of a rule, and what it opens.
func (l *Log) ruleComments(b *words.Page, mark string, r *incident.Rule) {
	var what []string
	for _, f := range r.Findings {
		if text := l.deed(f); !slices.Contains(what, text) {
			what = append(what, text)
		}
	}
	more := ""
	if len(what) > maxComms {
		more = words.Sprintf(" and %s more", Number(len(what)-maxComms))
		what = what[:maxComms]
	}
	comment(b, mark, "", words.Sprintf("%s: %s%s (%s)", l.policy().TypeName(r.Source), strings.Join(what, "; "), more,
		Plural(int(r.Count), "denial")))
	for _, c := range l.ruleCost(r) {
		comment(b, mark, "  ", c)
	}
}

// maxNot bounds how many of the denials without a rule are named.
const maxNot = 5

func leftComments(b *words.Page, mark string, not []string) {
	for i, text := range not {
		if i == maxNot {
			comment(b, mark, "", words.Sprintf("left out: %s more, see senet why", Number(len(not)-i)))
			break
		}
		comment(b, mark, "", "left out: "+text)
	}
}

func (l *Log) allowCIL(b *words.Page, rules []*incident.Rule, not []string) {
	b.Printf("; CIL: semodule -i FILE.cil\n")
	leftComments(b, ";", not)
	p := l.policy()
	for _, r := range rules {
		l.ruleComments(b, ";", r)
		source, target := cil.Sym(p.TypeName(r.Source)), cil.Sym(r.TargetName(p))
		var nodes []cil.Node
		if len(r.Permissions) > 0 {
			nodes = append(nodes, cil.Call("allow", source, target, cil.List(cil.Sym(r.Class),
				cil.Syms(r.Permissions...))))
		}
		for kind, numbers := range extended(r) {
			nodes = append(nodes, cil.Call("allowx", source, target, cil.List(cil.Sym(kind), cil.Sym(r.Class),
				cil.Syms(numbers...))))
		}
		b.Printf("%s", words.Lines(cil.Format(nodes)))
	}
}

// writable removes the rules that the policy language cannot express, and returns the reasons.
func (l *Log) writable(rules []*incident.Rule) (list []*incident.Rule, not []string) {
	p := l.policy()
	for _, r := range rules {
		names := append([]string{p.TypeName(r.Source), r.Class}, r.Permissions...)
		if !r.Self {
			names = append(names, p.TypeName(r.Target))
		}
		at := slices.IndexFunc(names, func(name string) bool { return !allow.Writable(name) })
		if at < 0 {
			list = append(list, r)
			continue
		}
		not = append(not, words.Sprintf("%s %s:%s: the policy language cannot name %s; --allow=cil can",
			p.TypeName(r.Source), r.TargetName(p), r.Class, names[at]))
	}
	return list, not
}

func (l *Log) allowTE(b *words.Page, rules []*incident.Rule, not []string) {
	b.Printf("# senet module install senet_local.te, or without senet:\n" +
		"# checkmodule -M -m -o senet_local.mod senet_local.te\n" +
		"# semodule_package -o senet_local.pp -m senet_local.mod; semodule -i senet_local.pp\n")
	rules, unwritable := l.writable(rules)
	leftComments(b, "#", append(unwritable, not...))
	if len(rules) == 0 {
		return
	}
	p := l.policy()
	l.requirements(b, rules)
	for _, r := range rules {
		b.Printf("\n")
		l.ruleComments(b, "#", r)
		source, target := p.TypeName(r.Source), r.TargetName(p)
		if len(r.Permissions) > 0 {
			b.Printf("allow %s %s:%s %s;\n", source, target, r.Class, Perms(r.Permissions))
		}
		for kind, numbers := range extended(r) {
			b.Printf("allowxperm %s %s:%s %s %s;\n", source, target, r.Class, kind, Perms(numbers))
		}
	}
}

// requirements writes the head of a module, with all names in its rules.
func (l *Log) requirements(b *words.Page, rules []*incident.Rule) {
	p := l.policy()
	var types, classes []string
	perms := make(map[string][]string)
	for _, r := range rules {
		types = append(types, p.TypeName(r.Source), p.TypeName(r.Target))
		if _, ok := perms[r.Class]; !ok {
			classes = append(classes, r.Class)
		}
		perms[r.Class] = append(perms[r.Class], r.Permissions...)
		for kind := range extended(r) {
			perms[r.Class] = append(perms[r.Class], kind)
		}
	}
	slices.Sort(types)
	slices.Sort(classes)
	b.Printf("module senet_local 1.0;\n\nrequire {\n")
	for _, t := range slices.Compact(types) {
		b.Printf("    type %s;\n", t)
	}
	for _, c := range classes {
		list := perms[c]
		slices.Sort(list)
		b.Printf("    class %s %s;\n", c, Perms(slices.Compact(list)))
	}
	b.Printf("}\n")
}
