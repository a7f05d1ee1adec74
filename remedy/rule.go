package remedy

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
)

// liftable reports whether an allow rule grants what a layer refuses: what a
// constraint, a bound or the label of the socket refuses no rule grants.
func (f *finder) liftable(l *network.LayerAnswer) bool {
	class, ok := f.p.Class(l.Class)
	_, defined := f.p.Perm(class, l.Perm)
	return ok && defined && (l.Check.Reason.Code == access.NoRule || l.Check.Reason.Code == access.BoolOff)
}

// lift adds the allow rule that grants what a layer refuses.
func (f *finder) lift(m *module, db *policydb.Policy, l *network.LayerAnswer) error {
	class, _ := f.p.Class(l.Class)
	perm, _ := f.p.Perm(class, l.Perm)
	source, target := l.SourceContext.Type, l.TargetContext.Type
	object := f.p.TypeName(policy.TypeID(target))
	if source == target {
		object = "self"
	}
	m.rule(f.p.TypeName(policy.TypeID(source)), object, l.Class, []string{l.Perm})
	return db.AddAllow(source, target, uint32(class), uint32(perm))
}

// rule allows the subject everything that is refused, on the labels as they are,
// as audit2allow would write it.
func (f *finder) rule() error {
	db, m := f.p.DB().Clone(), newModule(f.p)
	ports := reach.Ports{} // that the rules can be about; nil for all
	sources := f.typesOf()
	for _, l := range f.denied {
		if !f.liftable(l) {
			return nil
		}
		if err := f.lift(m, db, l); err != nil {
			return err
		}
		sources.Add(policy.TypeID(l.SourceContext.Type))
		switch {
		case l.Layer != network.LayerPort:
			ports = nil
		case ports != nil:
			ports = ports.Union(f.labelled(l.TargetContext.Type))
		}
	}
	fix := Fix{Kind: Rule, Type: f.p.TypeName(policy.TypeID(f.denied[0].TargetContext.Type)), ModuleName: f.moduleName("rule")}
	var ok bool
	if fix.Module, fix.Attributes, ok = m.nodes(); !ok {
		return nil
	}
	return f.edited(fix, db, change{who: f.affected(sources), within: ports})
}

// labelled returns the ports with a type.
func (f *finder) labelled(typ uint32) reach.Ports {
	ports := reach.Ports{}
	for i := range f.runs {
		if r := &f.runs[i]; r.Label.Type == typ {
			ports = ports.Union(r.Ports)
		}
	}
	return ports
}
