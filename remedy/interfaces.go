package remedy

import "github.com/senet-selinux/senet/policy"

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
	after, beyond, err := calls.Under(f.p, needs)
	if err != nil {
		return nil // it says more than can be added to a policy
	}
	fix := Fix{Kind: Interfaces, Type: f.p.TypeName(policy.TypeID(f.denied[0].TargetContext.Type)), ModuleName: name,
		Module: calls.Module, Calls: calls.List, Source: calls.Source, CallsBeyond: beyond, Beyond: f.beyond()}
	return f.edited(fix, after.DB(), change{who: f.affected(sources)})
}
