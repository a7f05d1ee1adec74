package access

import "github.com/senet-selinux/senet/policy"

// TargetTypes returns the types, attributes expanded, on which type enforcement
// grants a source type a permission of a class under the policy's booleans.
// Constraints and bounds may still take it away.
func (d *Decider) TargetTypes(source policy.TypeID, class policy.ClassID, perm policy.AccessVector) policy.Set[policy.TypeID] {
	types := policy.NewSet(d.p.MaxType())
	sources := d.attributes(source)
	classes := policy.NewSet(d.p.MaxClass())
	classes.Add(class)
	for r := range d.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &sources, Classes: &classes}) {
		if r.Perms&perm != 0 && d.p.Enabled(r) {
			types.AddAll(d.p.Members(r.Target))
		}
	}
	return types
}
