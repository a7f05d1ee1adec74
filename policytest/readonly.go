package policytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
)

// readOnly finds the types of files that one domain may execute, or load as modules of the kernel,
// and that some domain may write. It looks at each rule of two classes once. In a policy that does
// not define module_load no domain may load from files.
func (r *runner) readOnly(c *Check, modules bool) (list []Failure, err error) {
	file, ok := r.p.Class("file")
	if !ok {
		return nil, fmt.Errorf("no class file in the policy")
	}
	w := &written{p: r.p, file: file, use: file}
	w.uses, w.writes = w.bits(file, "execute", "execute_no_trans"), w.bits(file, "write", "append")
	if modules {
		w.use, _ = r.p.Class("system")
		w.uses, w.modules = w.bits(w.use, "module_load"), true
	}
	for i, names := range [][]string{c.ExemptFile, c.ExemptExec, c.ExemptWrite} {
		if w.exempt[i], err = r.names(names, false); err != nil {
			return nil, err
		}
	}
	w.read()
	for id := range w.used.All() {
		if w.exempt[0].Has(id) || !w.writable.Has(id) {
			continue
		}
		list = append(list, Failure{Domain: r.p.TypeName(id), Surplus: true, Program: !modules, Module: modules,
			Violation: w.violation(id)})
	}
	slices.SortFunc(list, func(a, b Failure) int { return strings.Compare(a.Domain, b.Domain) })
	return list, nil
}

// A written collects the types of files that domains use, and those that domains write.
type written struct {
	p            *policy.Policy
	file, use    policy.ClassID
	uses, writes policy.AccessVector
	modules      bool
	// exempt are types of files, domains that use them, and domains that write them.
	exempt         [3]policy.Set[policy.TypeID]
	used, writable policy.Set[policy.TypeID]
	writers        []policy.Rule
}

// bits returns those of the named permissions that a class defines.
func (w *written) bits(class policy.ClassID, names ...string) (av policy.AccessVector) {
	for _, name := range names {
		bit, _ := w.p.Perm(class, name)
		av |= bit
	}
	return av
}

// read reads the rules. A rule counts if a domain of its source is not exempt; the answer for a
// source is kept for the next rules.
func (w *written) read() {
	p := w.p
	w.used, w.writable = policy.NewSet(p.MaxType()), policy.NewSet(p.MaxType())
	var known [3]map[policy.TypeID]bool
	counts := func(id policy.TypeID, exempt int) bool {
		yes, asked := known[exempt][id]
		if !asked {
			if known[exempt] == nil {
				known[exempt] = make(map[policy.TypeID]bool)
			}
			_, yes = first(p.Members(id), w.exempt[exempt])
			known[exempt][id] = yes
		}
		return yes
	}
	classes := policy.NewSet(p.MaxClass())
	classes.Add(w.file)
	classes.Add(w.use)
	for rule := range p.Rules(policy.RuleFilter{Kinds: policy.Allow, Classes: &classes}) {
		if rule.Class == w.use && rule.Perms&w.uses != 0 && counts(rule.Source, 1) {
			w.add(&rule)
		}
		if rule.Class == w.file && rule.Perms&w.writes != 0 && counts(rule.Source, 2) {
			p.AddMembers(w.writable, rule.Target)
			w.writers = append(w.writers, rule)
		}
	}
}

// add adds the types of files that a rule lets a domain use. For a module from memory, as with
// init_module(), the kernel checks the domain against itself: that pair is not about a file.
func (w *written) add(rule *policy.Rule) {
	if !w.modules {
		w.p.AddMembers(w.used, rule.Target)
		return
	}
	sources := w.p.Members(rule.Source)
	for id := range w.p.Members(rule.Target).All() {
		if !sources.Has(id) || w.exempt[1].Has(id) {
			w.used.Add(id)
		}
	}
}

// violation returns the first rule by which a domain may write a type.
func (w *written) violation(id policy.TypeID) *Violation {
	named := w.p.Attributes(id)
	for _, rule := range w.writers {
		if named.Has(rule.Target) {
			from, _ := first(w.p.Members(rule.Source), w.exempt[2])
			return &Violation{Rule: rule, Source: from, Target: id, Perms: rule.Perms & w.writes}
		}
	}
	return nil
}
