package object

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/allow"
)

// booleans tries each setting that enables a missing rule.
func (f *finder) booleans() {
	seen := map[string]bool{}
	check := f.d.Check(f.problem.Source, f.problem.Target, f.problem.Class, f.missing...)
	for i := range check.Perms {
		for _, settings := range check.Perms[i].Reason.Switches {
			after := access.NewDecider(f.p.WithBools(settings...))
			fix := Fix{Kind: Boolean, Bools: settings, Applicability: remedy.Review, Own: true}
			name := fix.Name(f.p)
			if seen[name] || !f.asked(after) {
				continue
			}
			seen[name] = true
			fix.Works = true
			beside := false
			for _, s := range settings {
				name := strings.TrimPrefix(f.p.BoolName(s.Bool), "allow_")
				fix.Own, fix.fits = fix.Own && f.named(name), min(fix.fits, f.fileSystem(name))
				beside = beside || f.beside(name)
			}
			fix.Switched, fix.few = f.switched(after.Policy())
			fix.opens = f.opened(after, f.problem.Perms)
			if !f.changesIt() {
				fix.opens += f.opened(after, []string{"write"})
			}
			fix.wide = fix.opens > manyTypes && f.general() && !f.home() // what is in a home keeps its label
			f.cost(&fix, after, f.problem.Target)
			if f.problem.Lost || beside { // it would be for all files without a label, or is for something else
				fix.Applicability = remedy.Never
			}
			f.fixes = append(f.fixes, fix)
		}
	}
}

// opened counts the types of objects that the subject may use so under another policy and not under this one; 0 if the
// class lacks such permissions.
func (f *finder) opened(after *access.Decider, perms []string) (n int) {
	class, ok := f.p.Class(f.problem.Class)
	if !ok {
		return 0
	}
	var mask policy.AccessVector
	for _, name := range perms {
		perm, _ := f.p.Perm(class, name)
		mask |= perm
	}
	if mask == 0 {
		return 0
	}
	source := policy.TypeID(f.problem.Source.Type)
	now := f.d.TargetTypes(source, class, mask)
	for id := range after.TargetTypes(source, class, mask).All() {
		if !now.Has(id) {
			n++
		}
	}
	return n
}

// asked reports whether a policy allows the access of the problem. The permissions that usually
// follow may still lack a rule.
func (f *finder) asked(d *access.Decider) bool {
	return len(f.refusedOf(d, f.problem.Target, f.problem.Perms)) == 0
}

// fewDomains is the number of other domains up to which a boolean or a label counts as made for the subject.
const fewDomains = 2

// switched counts the rules that are active under only one of two states of booleans, and reports whether they
// are for the subject and few other domains: such booleans are made for a service, whatever they are called.
func (f *finder) switched(after *policy.Policy) (n int, few bool) {
	sources := policy.NewSet(f.p.MaxType())
	for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if r.Cond != 0 && f.p.BranchEnabled(r.Cond, r.Branch) != after.BranchEnabled(r.Cond, r.Branch) {
			n++
			f.p.AddMembers(sources, r.Source)
		}
	}
	others := 0
	for id := range sources.All() {
		if uint32(id) != f.problem.Source.Type {
			others++
		}
	}
	return n, others <= fewDomains
}

// rule proposes allow rules for the missing permissions, with the label unchanged. It never
// proposes them for a file with a general label, for a capability that bypasses the modes of files,
// or for one that lets the subject bypass the policy.
func (f *finder) rule() {
	class, ok := f.p.Class(f.problem.Class)
	if !ok {
		return
	}
	var perms []string
	for _, name := range f.missing {
		if _, ok := f.p.Perm(class, name); ok {
			perms = append(perms, name)
		}
	}
	if len(perms) == 0 {
		return
	}
	fix := Fix{Kind: Rule, Applicability: remedy.Review}
	add := func(source, target policy.Context, perms []string) {
		perms = slices.Sorted(slices.Values(perms))
		r := AllowRule{f.typeName(source), f.typeName(target), f.problem.Class, perms}
		if r.Source == r.Target {
			r.Target = "self"
		}
		fix.Rules = append(fix.Rules, r)
		if why := allow.Danger(f.typeName(source), f.typeName(target), r.Class,
			func() []string { return perms }); why != "" {
			fix.Danger = why
		}
	}
	add(f.problem.Source, f.problem.Target, perms)
	if f.answered() {
		add(f.problem.Target, f.problem.Source, []string{"send_msg"})
	}
	db, err := compile.Amend(f.p.DB(), fix.Module())
	if err != nil {
		return // a type or class whose name cannot be written in a rule
	}
	if fix.Danger == "" {
		fix.Danger = f.sensitive
	}
	if f.onlyLooks() {
		fix.Danger = ""
	}
	if fix.Danger == "programs" && !slices.Contains(perms, "write") && !slices.Contains(perms, "append") {
		fix.Danger = "" // to read or execute a program is not dangerous
	}
	after := policy.New(db)
	fix.Works = len(f.refusedOf(access.NewDecider(after.WithBoolsOf(f.p)), f.problem.Target, perms)) == 0
	wide := IsFile(f.problem.Class) && f.problem.Lost ||
		slices.Contains(perms, "dac_override") || slices.Contains(perms, "dac_read_search")
	if !fix.Works || wide || fix.Danger != "" {
		fix.Applicability = remedy.Never
	}
	f.fixes = append(f.fixes, fix)
}

// answered reports whether the reply to a message is refused too: the bus checks each message,
// including replies.
func (f *finder) answered() bool {
	if f.problem.Class != "dbus" || !slices.Contains(f.missing, "send_msg") {
		return false
	}
	check := f.d.Check(f.problem.Target, f.problem.Source, "dbus", "send_msg")
	return !check.Allowed()
}
