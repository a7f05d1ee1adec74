package remedy

import (
	"fmt"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/policy"
)

// A Need is access that the policy refuses; Target is "self" if it is the source.
type Need struct {
	Source, Target, Class string
	Perms                 []string
}

// Calls are calls of refpolicy's interfaces that together grant what is refused.
type Calls struct {
	List []string
	// Source is the text of a module with the calls, in refpolicy's style.
	Source string
	// Module is the same in CIL, without interfaces.
	Module []cil.Node
}

// Under returns a policy with the module of the calls, and how many permissions on types it gives beyond the needs,
// to any domain, with the values that booleans have. It fails if the module says more than can be added to a policy,
// or if it does not grant the needs.
func (c *Calls) Under(p *policy.Policy, needs []Need) (after *policy.Policy, beyond int, err error) {
	db, err := compile.Amend(p.DB(), c.Module)
	if err != nil {
		return nil, 0, err
	}
	after = policy.New(db).WithBoolsOf(p)
	o := opening{before: p, after: after, old: access.NewDecider(p), new: access.NewDecider(after),
		held: map[opened]policy.Set[policy.TypeID]{}}
	o.module(c.Module)
	for _, n := range needs {
		if err := o.take(n); err != nil {
			return nil, 0, err
		}
	}
	for _, types := range o.held {
		beyond += types.Len()
	}
	return after, beyond, nil
}

// An opening finds what a module opens.
type opening struct {
	before, after *policy.Policy
	old, new      *access.Decider
	held          map[opened]policy.Set[policy.TypeID] // the targets that are new
}

// opened is one permission of a source.
type opened struct {
	source policy.TypeID
	class  policy.ClassID
	perm   policy.AccessVector
}

// module collects what the sources that the rules of a module name have on any target, and had not before.
func (o *opening) module(statements []cil.Node) {
	for _, n := range statements {
		if len(n.List) == 0 {
			continue
		}
		switch n.List[0].Atom {
		case "booleanif":
			for _, branch := range n.List[2:] {
				o.module(branch.List[1:])
			}
		case "allow":
			o.rule(n)
		}
	}
}

func (o *opening) rule(n cil.Node) {
	id, ok := o.before.TypeOrAttribute(n.List[1].Atom)
	class, known := o.before.Class(n.List[3].List[0].Atom)
	if !ok || !known {
		return
	}
	for _, name := range n.List[3].List[1].List {
		perm, ok := o.before.Perm(class, name.Atom)
		if !ok {
			continue
		}
		for source := range o.before.Members(id).All() {
			key := opened{source, class, perm}
			if _, done := o.held[key]; done {
				continue
			}
			had, types := o.old.TargetTypes(source, class, perm), policy.NewSet(o.before.MaxType())
			for target := range o.new.TargetTypes(source, class, perm).All() {
				if !had.Has(target) {
					types.Add(target)
				}
			}
			o.held[key] = types
		}
	}
}

// take takes a need out of what is new.
func (o *opening) take(n Need) error {
	if n.Target == "self" {
		n.Target = n.Source
	}
	source, ok := o.before.Type(n.Source)
	target, there := o.before.Type(n.Target)
	class, known := o.before.Class(n.Class)
	if !ok || !there || !known {
		return fmt.Errorf("the policy lacks a name of %s %s:%s", n.Source, n.Target, n.Class)
	}
	for _, name := range n.Perms {
		perm, _ := o.before.Perm(class, name)
		if !o.new.TargetTypes(source, class, perm).Has(target) {
			return fmt.Errorf("the calls do not grant %s %s:%s %s", n.Source, n.Target, n.Class, name)
		}
		if types := o.held[opened{source, class, perm}]; types.Has(target) {
			types.Remove(target)
		}
	}
	return nil
}
