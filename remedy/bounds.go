package remedy

import "github.com/senet-selinux/senet/policy"

// ExceedsBounds reports whether an allow rule outside of conditionals would give a type
// permissions that its bounding type lacks, and returns the bounding type. The kernel
// masks such permissions, and compilers refuse the whole policy because of them
// (bounds_check_rule of libsepol): permissions that the bounding type has in a
// conditional count only if both branches grant them.
func ExceedsBounds(p *policy.Policy, source, target policy.TypeID, class policy.ClassID,
	perms policy.AccessVector) (parent policy.TypeID, exceeds bool) {
	if parent = p.Bounds(source); parent == 0 {
		return 0, false
	}
	if bound := p.Bounds(target); bound != 0 {
		target = bound
	}
	sources, targets, classes := p.Attributes(parent), p.Attributes(target), policy.NewSet(p.MaxClass())
	classes.Add(class)
	var branches [2]policy.AccessVector
	var cond policy.CondID
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &sources, Targets: &targets,
		Classes: &classes}) {
		switch {
		case r.Cond == 0:
			perms &^= r.Perms
			continue
		case r.Cond != cond:
			perms &^= branches[0] & branches[1]
			cond, branches = r.Cond, [2]policy.AccessVector{}
		}
		if r.Branch {
			branches[1] |= r.Perms
		} else {
			branches[0] |= r.Perms
		}
	}
	perms &^= branches[0] & branches[1]
	return parent, perms != 0
}
