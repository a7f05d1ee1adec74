package policydiff

import "github.com/senet-selinux/senet/remedy/allow"

// A Danger is what a domain gains that gets it beyond the policy, or to what the
// policy is there to keep.
type Danger struct {
	Domain string
	Why    string // a code of [allow.Danger]
	Rule   RuleChange
}

// dangers adds what an allow rule gives that is on the list.
func (r *Report) dangers(x *RuleChange) {
	if why := allow.Danger(x.Source, x.Target, x.Class, x.Gained); why != "" {
		r.Dangerous = append(r.Dangerous, Danger{x.Source, why, *x})
	}
}
