package remedy

import (
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
	// Beyond counts the permissions for types that they give beyond the need, those for ports included.
	Beyond int
}

// interfaces finds the module that calls refpolicy's interfaces, where their headers are known.
func (f *finder) interfaces() error {
	if f.problem.Interfaces == nil || f.hasty {
		return nil
	}
	var needs []Need
	sources := f.noTypes()
	for _, l := range f.denied {
		if !f.liftable(l) {
			return nil
		}
		source := f.p.TypeName(policy.TypeID(l.SourceContext.Type))
		target := f.p.TypeName(policy.TypeID(l.TargetContext.Type))
		if source == target {
			target = "self"
		}
		needs = append(needs, Need{Source: source, Target: target, Class: l.Class, Perms: []string{l.Perm}})
		sources.Add(policy.TypeID(l.SourceContext.Type))
	}
	name := f.moduleName("interfaces")
	calls := f.problem.Interfaces(name, needs)
	if calls == nil {
		return nil
	}
	db, err := compile.Amend(f.p.DB(), calls.Module)
	if err != nil {
		return nil // it says more than can be added to a policy
	}
	fix := Fix{Kind: Interfaces, Type: f.p.TypeName(policy.TypeID(f.denied[0].TargetContext.Type)), ModuleName: name,
		Module: calls.Module, Calls: calls.List, Source: calls.Source, CallsBeyond: calls.Beyond, Beyond: f.beyond()}
	return f.edited(fix, db, change{who: f.affected(sources)})
}
