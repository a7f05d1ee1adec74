package remedy

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
)

// liftable reports whether an allow rule can grant the access that a layer refuses: no rule grants
// an access that a constraint, a bound or the label of the socket refuses.
func (f *finder) liftable(l *network.LayerAnswer) bool {
	class, ok := f.p.Class(l.Class)
	_, defined := f.p.Perm(class, l.Perm)
	return ok && defined && (l.Check.Reason.Code == access.NoRule || l.Check.Reason.Code == access.BoolOff)
}

// A lifting is the allow rules that grant refused access, one for each source, target and class.
type lifting []policydb.AVRule

// lift adds the allow rule that grants the access that a layer refuses.
func (f *finder) lift(m *module, rules *lifting, l *network.LayerAnswer) {
	class, _ := f.p.Class(l.Class)
	perm, _ := f.p.Perm(class, l.Perm)
	source, target := l.SourceContext.Type, l.TargetContext.Type
	object := f.p.TypeName(policy.TypeID(target))
	if source == target {
		object = "self"
	}
	m.rule(f.p.TypeName(policy.TypeID(source)), object, l.Class, []string{l.Perm})
	rules.add(source, target, uint32(class), uint32(perm))
}

func (rules *lifting) add(source, target, class, perm uint32) {
	for i := range *rules {
		if r := &(*rules)[i]; uint32(r.Source) == source && uint32(r.Target) == target && uint32(r.Class) == class {
			r.Data |= perm
			return
		}
	}
	*rules = append(*rules, policydb.AVRule{Source: uint16(source), Target: uint16(target), Class: uint16(class),
		Kind: policydb.AVAllowed, Data: perm})
}

// into adds the rules to a policy.
func (rules lifting) into(db *policydb.Policy) error {
	for _, r := range rules {
		if err := db.AddAllow(uint32(r.Source), uint32(r.Target), uint32(r.Class), r.Data); err != nil {
			return err
		}
	}
	return nil
}

// rule allows the subject all refused access, with the labels as they are, as audit2allow would
// write it.
func (f *finder) rule() error {
	db, m := f.p.DB().Clone(), newModule(f.p)
	ports := portset.Set{} // the ports that the rules may apply to; nil for all
	sources := f.noTypes()
	var rules lifting
	for _, l := range f.denied {
		if !f.liftable(l) {
			return nil
		}
		f.lift(m, &rules, l)
		sources.Add(policy.TypeID(l.SourceContext.Type))
		switch {
		case l.Layer != network.LayerPort:
			ports = nil
		case ports != nil:
			ports = ports.Union(f.labelled(l.TargetContext.Type))
		}
	}
	if err := rules.into(db); err != nil {
		return err
	}
	fix := Fix{Kind: Rule, Type: f.p.TypeName(policy.TypeID(f.denied[0].TargetContext.Type)),
		ModuleName: f.moduleName("rule"), Beyond: f.beyond()}
	var ok bool
	if fix.Module, fix.Attributes, ok = m.nodes(); !ok {
		return nil
	}
	return f.edited(fix, db, change{who: f.affected(sources), within: ports, rules: rules})
}

// labelled returns the ports with a type.
func (f *finder) labelled(typ uint32) portset.Set {
	ports := portset.Set{}
	for i := range f.runs {
		if r := &f.runs[i]; r.Label.Type == typ {
			ports = ports.Union(r.Ports)
		}
	}
	return ports
}
