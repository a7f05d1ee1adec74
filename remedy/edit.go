package remedy

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
)

// ownType makes a port type for this one port. It gets the attributes of the
// type that labels the port now, and a copy of every rule that names that type
// for the port's two permissions, so that nobody loses or gains anything; and
// one rule for the subject.
func (f *finder) ownType() error {
	now := policy.TypeID(f.answer.Port.Context.Type)
	class, ok := f.p.Class(f.refused.Class)
	if !ok || f.problem.Port == 0 {
		return nil
	}
	db := f.p.DB().Clone()
	name := f.typeName()
	var attributes []uint32
	for a := range f.p.Attributes(now).All() {
		if a != now {
			attributes = append(attributes, uint32(a))
		}
	}
	value, err := db.AddType(name, attributes...)
	if err != nil {
		return nil // a format without attributes: there this fix does not exist
	}
	module := []cil.Node{
		cil.Call("type", cil.Sym(name)),
		cil.Call("roletype", cil.Sym("object_r"), cil.Sym(name)),
	}
	for _, a := range attributes {
		if attribute := f.p.TypeName(policy.TypeID(a)); !generated(attribute) {
			module = append(module, cil.Call("typeattributeset", cil.Sym(attribute), cil.Syms(name)))
		}
	}
	rules, err := f.copyRules(db, now, class, value, name)
	if err != nil {
		return err
	}
	module = append(module, rules...)
	perm, _ := f.p.Perm(class, f.refused.Perm)
	source := f.refused.SourceContext.Type
	if err := db.AddAllow(source, value, uint32(class), uint32(perm)); err != nil {
		return err
	}
	module = append(module, allowCIL(f.p.TypeName(policy.TypeID(source)), name, f.refused.Class, f.refused.Perm))
	label := f.answer.Port.Context
	label.Type = value
	socket, _ := network.SocketOf(f.problem.Protocol)
	port := policydb.PortCon{Protocol: uint32(socket.PortProtocol), Low: uint32(f.problem.Port), High: uint32(f.problem.Port), Context: label}
	if err := db.AddPort(port); err != nil {
		return err
	}
	fix := Fix{Kind: OwnType, Type: name, Exists: f.exactRecord()}
	if !fix.Exists {
		module = append(module, portconCIL(f.p, f.problem, label, name))
	}
	fix.Module = module
	ports := reach.Ports{{Low: f.problem.Port, High: f.problem.Port}}
	return f.edited(fix, db, ports, label)
}

// edited measures a fix that edits the policy and changes access to the given
// ports alone, which have the given label afterwards.
func (f *finder) edited(fix Fix, db *policydb.Policy, ports reach.Ports, label policy.Context) error {
	p := policy.New(db)
	var settings []policy.BoolSetting
	for b := range f.p.Bools() {
		settings = append(settings, policy.BoolSetting{Bool: b, On: f.p.BoolState(b)})
	}
	d := access.NewDecider(p.WithBools(settings...))
	answer, err := network.Ask(d, f.problem.Question)
	if err != nil {
		return err
	}
	fix.Works = answer.Verdict == network.Allowed
	c, err := newCensus(d, f.problem)
	if err != nil {
		return err
	}
	classes, err := reach.New(f.d).Classes(reach.Query{Protocol: f.problem.Protocol, Host: f.problem.Host})
	if err != nil {
		return err
	}
	for _, class := range classes {
		touched := class.Ports.Intersect(ports)
		if len(touched) == 0 {
			continue
		}
		port := touched[0].Low
		before := [2][]bool{f.census.at(0, port, class.Label), f.census.at(1, port, class.Label)}
		after := [2][]bool{c.at(0, port, label), c.at(1, port, label)}
		fix.compare(c, touched, before, after)
	}
	f.fixes = append(f.fixes, fix)
	return nil
}

// copyRules gives the new type what rules say of the type now, for name_bind and
// name_connect, and returns the same as CIL.
func (f *finder) copyRules(db *policydb.Policy, now policy.TypeID, class policy.ClassID, value uint32, name string) ([]cil.Node, error) {
	mask := policy.AccessVector(0)
	for _, perm := range []string{"name_bind", "name_connect"} {
		bit, _ := f.p.Perm(class, perm)
		mask |= bit
	}
	targets := policy.NewSet(f.p.MaxType())
	targets.Add(now)
	classes := policy.NewSet(f.p.MaxClass())
	classes.Add(class)
	var nodes []cil.Node
	for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Targets: &targets, Classes: &classes}) {
		perms := r.Perms & mask
		if perms == 0 {
			continue
		}
		var names []string
		for i, perm := range f.p.Perms(class) {
			if perms>>i&1 != 0 {
				names = append(names, perm)
			}
		}
		rule := allowCIL(f.p.TypeName(r.Source), name, f.refused.Class, names...)
		var err error
		if r.Cond == 0 {
			err = db.AddAllow(uint32(r.Source), value, uint32(class), uint32(perms))
		} else {
			err = db.AddCondAllow(int(r.Cond)-1, r.Branch, uint32(r.Source), value, uint32(class), uint32(perms))
			rule = boolIfCIL(f.p, r, rule)
		}
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, rule)
	}
	return nodes, nil
}

// rule allows the subject the permission on the label as it is, as audit2allow
// would write it.
func (f *finder) rule() error {
	class, ok := f.p.Class(f.refused.Class)
	perm, defined := f.p.Perm(class, f.refused.Perm)
	if !ok || !defined || f.refused.Check.Reason.Code == access.Constrained || f.refused.Check.Reason.Code == access.Bounded {
		return nil
	}
	db := f.p.DB().Clone()
	source, target := f.refused.SourceContext.Type, f.refused.TargetContext.Type
	if err := db.AddAllow(source, target, uint32(class), uint32(perm)); err != nil {
		return err
	}
	object := f.p.TypeName(policy.TypeID(target))
	if source == target {
		object = "self"
	}
	fix := Fix{
		Kind: Rule, Type: f.p.TypeName(policy.TypeID(target)),
		Module: []cil.Node{allowCIL(f.p.TypeName(policy.TypeID(source)), object, f.refused.Class, f.refused.Perm)},
	}
	if f.refused.Layer != network.LayerPort {
		return f.edited(fix, db, reach.Ports{{Low: 0, High: 65535}}, f.answer.Port.Context)
	}
	var ports reach.Ports
	s, _ := network.SocketOf(f.problem.Protocol)
	for _, seg := range f.p.PortSegments(s.PortProtocol) {
		if seg.Label.Context.Type == target {
			ports = ports.Union(reach.Ports{{Low: seg.Low, High: seg.High}})
		}
	}
	return f.edited(fix, db, ports, f.answer.Port.Context)
}

// typeName is a name for the new type that the policy does not have.
func (f *finder) typeName() string {
	base := fmt.Sprintf("%s_%s_%d_port", strings.TrimSuffix(f.problem.Name, "_t"), f.problem.Protocol, f.problem.Port)
	name := base + "_t"
	for i := 2; ; i++ {
		if _, taken := f.p.TypeOrAttribute(name); !taken {
			return name
		}
		name = fmt.Sprintf("%s%d_t", base, i)
	}
}

// generated reports whether an attribute stands for an expression in the source
// of the policy: the compiler makes and numbers it, and puts the types in that
// the expression has.
func generated(attribute string) bool {
	return strings.HasPrefix(attribute, "base_typeattr_") || strings.HasPrefix(attribute, "cil_gen_require") || strings.HasPrefix(attribute, "@ttr")
}
