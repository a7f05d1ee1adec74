package policydiff

import "github.com/senet-selinux/senet/remedy/allow"

// A Danger is an access that a domain gains and that lets it bypass the policy, or reach
// what the policy must protect.
type Danger struct {
	Domain string
	Why    string // a code of [allow.Danger]
	Rule   RuleChange
}

// dangers adds the dangerous accesses that an allow rule gives.
func (r *Report) dangers(x *RuleChange) {
	if why := allow.Danger(x.Source, x.Target, x.Class, x.Gained); why != "" {
		r.Dangerous = append(r.Dangerous, Danger{x.Source, why, *x})
	}
}

// Perms returns the permissions of the rule that are dangerous, of those that the domain gains.
func (d *Danger) Perms() (list []string) {
	for _, perm := range d.Rule.Gained() {
		one := func() []string { return []string{perm} }
		if allow.Danger(d.Rule.Source, d.Rule.Target, d.Rule.Class, one) == d.Why {
			list = append(list, perm)
		}
	}
	return list
}
