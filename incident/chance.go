package incident

import (
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A Chance is a setting of booleans that would allow the operation of a program's complaint, if the
// program ran in one of some domains. The line of the log does not name the domain.
type Chance struct {
	Switch  []policy.BoolSetting
	Domains []policy.TypeID
}

// maxChances bounds Finding.Chances, and maxChanceTypes the port types of a rule: a rule that opens
// every port to a domain does not tell who used this one.
const (
	maxChances     = 4
	maxChanceTypes = 8
)

// chances finds the booleans that would let some domains use the port of a complaint, if the domain
// is not known, in the policy's order.
func chances(d *access.Decider, s *diagnose.SymptomDiagnosis) []Chance {
	perm := map[network.Operation]string{
		network.Connect: "name_connect", network.Bind: "name_bind", network.Listen: "name_bind",
	}[s.Operation]
	kind, ok := network.SocketOf(s.Protocol)
	if s.Subject.Name != "" || s.Caller != nil || s.Port == 0 || perm == "" || !ok || kind.PortProtocol == 0 {
		return nil
	}
	p := d.Policy()
	class, hasClass := p.Class(kind.ClassUnder(p))
	vector, hasPerm := p.Perm(class, perm)
	if !hasClass || !hasPerm {
		return nil
	}
	port := p.PortLabel(kind.PortProtocol, s.Port).Context
	var list []Chance
	type key struct {
		id   policy.TypeID
		cond policy.CondID
	}
	asked := make(map[key]bool)
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if r.Cond == 0 || r.Class != class || r.Perms&vector == 0 {
			continue
		}
		if target := p.Members(r.Target); target.Len() > maxChanceTypes || !target.Has(policy.TypeID(port.Type)) {
			continue
		}
		sources := p.Members(r.Source)
		for id := range sources.All() {
			if asked[key{id, r.Cond}] {
				continue
			}
			asked[key{id, r.Cond}] = true
			c, ok := subject.FromType(p, id)
			if !ok {
				continue
			}
			for _, setting := range d.Explain(c, port, class, vector).Switches {
				if !ofCond(p, r.Cond, setting) {
					continue
				}
				i := slices.IndexFunc(list, func(o Chance) bool { return slices.Equal(o.Switch, setting) })
				if i < 0 {
					i, list = len(list), append(list, Chance{Switch: setting})
				}
				list[i].Domains = append(list[i].Domains, id)
			}
		}
	}
	return list[:min(len(list), maxChances)]
}

// ofCond reports whether a setting has only booleans of one conditional.
func ofCond(p *policy.Policy, cond policy.CondID, setting []policy.BoolSetting) bool {
	bools := p.CondBools(cond)
	return !slices.ContainsFunc(setting, func(s policy.BoolSetting) bool { return !bools.Has(s.Bool) })
}
