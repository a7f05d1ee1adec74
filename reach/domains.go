package reach

import "github.com/senet-selinux/senet/policy"

// Domains returns the types that processes run as, by ascending value. If the policy has the attribute domain with
// members, these are its members. Otherwise they are the types that a role other than object_r may have and that
// have an allow rule for their own processes.
func Domains(p *policy.Policy) []policy.TypeID {
	var list []policy.TypeID
	if a, ok := p.Attribute("domain"); ok {
		for id := range p.Members(a).All() {
			list = append(list, id)
		}
		if len(list) > 0 {
			return list
		}
	}
	withRole := policy.NewSet(p.MaxType())
	for r := range p.Roles() {
		if p.RoleName(r) != "object_r" {
			withRole.AddAll(p.RoleTypes(r))
		}
	}
	process := policy.NewSet(p.MaxClass())
	process.Add(p.ProcessClass())
	active := policy.NewSet(p.MaxType())
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow, Classes: &process}) {
		for s := range p.Members(r.Source).All() {
			if p.Members(r.Target).Has(s) {
				active.Add(s)
			}
		}
	}
	for id := range withRole.All() {
		if active.Has(id) {
			list = append(list, id)
		}
	}
	return list
}
