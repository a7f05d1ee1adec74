package object

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// Label returns the Relabel with a type that a person names, whether or not Find would propose it; false where the
// object must keep its label, where the type is none of files, or where the access is refused with it as well.
func Label(d *access.Decider, problem Problem, typ string) (Fix, bool) {
	f := &finder{d: d, p: d.Policy(), problem: &problem, wanted: withFollowers(problem.Class, problem.Perms)}
	f.missing = f.refusedOf(d, problem.Target, f.wanted)
	f.base = f.baseLabel()
	id, ok := f.p.Type(typ)
	if !ok || f.p.TypeName(id) != typ || f.p.IsAttribute(id) || uint32(id) == problem.Target.Type ||
		!IsFile(problem.Class) || f.sensitivity() != "" {
		return Fix{}, false
	}
	if a, known := f.p.Attribute("file_type"); known {
		if members := f.p.Members(a); !members.Has(id) {
			return Fix{}, false
		}
	}
	c := f.labelled(id)
	bools, ok := f.settingsFor(c)
	if f.p.ValidateContext(c) != nil || !ok {
		return Fix{}, false
	}
	fix := Fix{Kind: Relabel, Type: typ, Bools: bools, Works: true, Own: f.own(typ), Data: holdsData(typ),
		Applicability: remedy.Review, alone: problem.Class != "dir"}
	f.cost(&fix, access.NewDecider(f.p.WithBools(bools...)), c)
	return fix, true
}

// settingsFor returns the booleans of the subject's own with which it may use a target, none if it may anyhow.
func (f *finder) settingsFor(target policy.Context) ([]policy.BoolSetting, bool) {
	if f.allows(f.d, target) {
		return nil, true
	}
	check := f.d.Check(f.problem.Source, target, f.problem.Class, f.wanted...)
	for i := range check.Perms {
		for _, settings := range check.Perms[i].Reason.Switches {
			if f.ownBools(settings) && f.allows(access.NewDecider(f.p.WithBools(settings...)), target) {
				return settings, true
			}
		}
	}
	return nil, false
}
