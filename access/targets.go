package access

import "github.com/senet-selinux/senet/policy"

// TargetTypes returns the types, attributes expanded, on which type enforcement grants a
// source type any of the permissions of a class under the policy's booleans. Constraints
// and bounds may still deny it; see [Decider.OnlyTypes]. For many sources it takes about
// a microsecond each.
func (d *Decider) TargetTypes(source policy.TypeID, class policy.ClassID,
	perms policy.AccessVector) policy.Set[policy.TypeID] {
	types := policy.NewSet(d.p.MaxType())
	d.addTargetTypes(types, source, class, perms)
	return types
}

// addTargetTypes is TargetTypes with a set that the caller provides and can use again.
func (d *Decider) addTargetTypes(types policy.Set[policy.TypeID], source policy.TypeID, class policy.ClassID,
	perms policy.AccessVector) {
	if d.idx == nil {
		if d.cold.suffices(class) {
			every := policy.NewSet(d.p.MaxType())
			for id := range d.p.MaxType() + 1 {
				every.Add(id)
			}
			for r := range d.p.RulesFor(source, class, every) {
				if r.Kind == policy.Allow && r.Perms&perms != 0 && d.p.Enabled(r) {
					types.AddAll(d.p.Members(r.Target))
				}
			}
			return
		}
		d.warm()
	}
	d.idx.addTargets(types, source, class, perms)
}

func (x *index) addTargets(types policy.Set[policy.TypeID], source policy.TypeID, class policy.ClassID,
	perms policy.AccessVector) {
	if uint(source) >= uint(len(x.rows)) {
		return
	}
	row, run := x.runOf(source, class)
	for i := run.start; i < run.start+uint32(run.attrs); i++ {
		if row.data[i].allowed&perms != 0 {
			types.AddAll(x.p.Members(x.sharedIDs[row.targets[i]]))
		}
	}
	first := run.start + uint32(run.attrs)
	for i := first; i < first+uint32(run.types); i++ {
		if row.data[i].allowed&perms != 0 {
			types.AddAll(x.p.Members(policy.TypeID(row.targets[i])))
		}
	}
}

// OnlyTypes reports whether only type enforcement decides on permissions of a class for a
// source type, in any contexts: no constraint of the class names one of them, the source
// has no bounds, and no change of roles can be denied. Then [Decider.TargetTypes] is the
// whole answer.
func (d *Decider) OnlyTypes(source policy.TypeID, class policy.ClassID, perms policy.AccessVector) bool {
	info := d.p.ClassInfo(class)
	if info == nil || d.bounds(source) != 0 || class == d.p.ProcessClass() && perms&d.trans != 0 {
		return false
	}
	for i := range info.Constraints {
		if policy.AccessVector(info.Constraints[i].Perms)&perms != 0 {
			return false
		}
	}
	return true
}
