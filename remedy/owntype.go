package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
)

// ownType makes a port type for this one port. The type gets the attributes by which
// others have access to the port now, and a copy of every rule that names the port's
// present type for the port's two permissions, so that nobody gains or loses anything;
// and the rules for the subject.
func (f *finder) ownType() error {
	for _, l := range f.denied {
		if !f.liftable(l) {
			return nil
		}
	}
	class, ok := f.p.Class(f.answer.Class)
	if !ok {
		return nil
	}
	now := policy.TypeID(f.answer.Port.Context.Type)
	db, m := f.p.DB().Clone(), newModule(f.p)
	name := f.typeName()
	attributes, unsure := f.portAttributes(now, class)
	value, err := db.AddType(name, attributes...)
	if err != nil {
		return nil // the format has no attributes, or is full: this fix is not possible
	}
	m.declare(name, attributes)
	label := f.label(policy.TypeID(value))
	ch := change{label: &label, within: portset.Set{{Low: f.problem.Port, High: f.problem.Port}}}
	sources := f.noTypes()
	for _, l := range f.denied {
		sources.Add(policy.TypeID(l.SourceContext.Type))
	}
	var asked *policy.Set[policy.TypeID]
	if f.alike(db, class, now, label) {
		ch.who = f.affected(sources)
		set := f.written(ch.who)
		asked = &set
	} else {
		ch.who = f.census.everyone()
	}
	if err := f.copyRules(m, db, now, class, value, name, asked); err != nil {
		return err
	}
	for _, l := range f.denied {
		if l.Layer != network.LayerPort {
			ch.within = nil // the rule also applies to other ports
			f.lift(m, &ch.rules, l)
			continue
		}
		perm, _ := f.p.Perm(class, l.Perm)
		source := l.SourceContext.Type
		m.rule(f.p.TypeName(policy.TypeID(source)), name, l.Class, []string{l.Perm})
		ch.rules.add(source, value, uint32(class), uint32(perm))
	}
	if err := ch.rules.into(db); err != nil {
		return err
	}
	exists := f.exactRecord()
	fix := Fix{Kind: OwnType, Type: name, ModuleName: "senet_" + strings.TrimSuffix(name, "_t"),
		Range: f.levels(label), Exists: exists, Local: exists || f.shadowed(),
		Unsure: unsure, Beyond: f.beyond(), copied: m.copied}
	if fix.Local {
		if fix.Records, fix.Undo = f.relabel(label, fix.Type); !plainRecords(&fix) {
			return nil
		}
	} else {
		m.tail = []cil.Node{f.portconCIL(label, name)}
	}
	if fix.Module, fix.Attributes, ok = m.nodes(); !ok || !plainRange(fix.Range) {
		return nil
	}
	return f.edited(fix, db, ch)
}

// alike reports whether the new type, with its attributes and copied rules, gives the
// same decisions for everybody as the port's present type, except for the rules added
// later. The copied rules are equal. What may differ are constraints that name a type,
// the rest of the label, and the bounds of the type.
func (f *finder) alike(db *policydb.Policy, class policy.ClassID, now policy.TypeID, label policy.Context) bool {
	was := f.answer.Port.Context
	if was.User != label.User || was.Role != label.Role || f.p.Bounds(now) != 0 {
		return false
	}
	mask := uint32(f.portPerms(class))
	for _, item := range db.Classes.Items {
		if item.Value != uint32(class) {
			continue
		}
		for _, c := range item.Constraints {
			if c.Perms&mask == 0 {
				continue
			}
			for _, n := range c.Expr {
				sameType := n.Kind == policydb.ConstraintAttr && n.Attr == policydb.AttrType
				named := n.Kind == policydb.ConstraintNames && n.Attr == policydb.AttrType|policydb.AttrTarget
				if sameType || named && n.Names.Has(uint32(now)-1) != n.Names.Has(label.Type-1) {
					return false
				}
			}
		}
	}
	return true
}

// written returns the types and attributes that rules for domains of the census may name:
// the types of their processes and sockets, types that bound these, and the attributes of
// all.
func (f *finder) written(domains []int) policy.Set[policy.TypeID] {
	set := f.noTypes()
	for _, i := range domains {
		for _, id := range []policy.TypeID{f.census.domains[i], f.socketType(i)} {
			for n := 0; id != 0 && n < maxBounds; n++ {
				set.AddAll(f.p.Attributes(id))
				id = f.p.Bounds(id)
			}
		}
	}
	return set
}

// portPerms returns name_bind and name_connect.
func (f *finder) portPerms(class policy.ClassID) (mask policy.AccessVector) {
	for _, perm := range []string{"name_bind", "name_connect"} {
		bit, _ := f.p.Perm(class, perm)
		mask |= bit
	}
	return mask
}

// portAttributes returns the attributes of a port type that affect the access to its
// port, which rules and constraints for the port's permissions name; and port_type. It
// leaves out those that a compiler made from an expression, since no module can add a
// member to them: copyRules copies their rules. unsure are such attributes that the type
// is not a member of, but that rules for the port's permissions name: a new type with the
// same attributes may be a member, if the expression excludes the type by its name, and
// then gives the port to others.
func (f *finder) portAttributes(now policy.TypeID, class policy.ClassID) (attributes []uint32, unsure []string) {
	wanted := policy.NewSet(f.p.MaxType())
	if a, ok := f.p.Attribute("port_type"); ok {
		wanted.Add(a)
	}
	mask := f.portPerms(class)
	classes := policy.NewSet(f.p.MaxClass())
	classes.Add(class)
	mine := f.p.Attributes(now)
	kinds := policy.Allow | policy.DontAudit | policy.AuditAllow
	for r := range f.p.Rules(policy.RuleFilter{Kinds: kinds, Classes: &classes}) {
		if r.Perms&mask == 0 {
			continue
		}
		wanted.Add(r.Target)
		name := f.p.TypeName(r.Target)
		if r.Kind == policy.Allow && f.p.IsAttribute(r.Target) && generated(name) && !mine.Has(r.Target) &&
			!slices.Contains(unsure, name) {
			unsure = append(unsure, name)
		}
	}
	for _, c := range f.p.ClassInfo(class).Constraints {
		if policy.AccessVector(c.Perms)&mask == 0 {
			continue
		}
		for i := range c.Expr {
			for _, set := range []policydb.Bitmap{c.Expr[i].TypeNames.Types, c.Expr[i].TypeNames.Negset} {
				for bit := range set.All() {
					wanted.Add(policy.TypeID(bit + 1))
				}
			}
		}
	}
	for a := range mine.All() {
		if a != now && wanted.Has(a) && !generated(f.p.TypeName(a)) {
			attributes = append(attributes, uint32(a))
		}
	}
	return attributes, unsure
}

// copyRules copies the rules of the present type, and of attributes that no module can
// add to, for name_bind and name_connect to the new type. The module gets all rules; the
// edited policy gets those with the sources that will be asked about, nil for all.
func (f *finder) copyRules(m *module, db *policydb.Policy, now policy.TypeID, class policy.ClassID, value uint32,
	name string, asked *policy.Set[policy.TypeID]) error {
	mask := f.portPerms(class)
	targets := policy.NewSet(f.p.MaxType())
	for a := range f.p.Attributes(now).All() {
		if a == now || generated(f.p.TypeName(a)) {
			targets.Add(a)
		}
	}
	classes := policy.NewSet(f.p.MaxClass())
	classes.Add(class)
	kinds := policy.Allow | policy.DontAudit | policy.AuditAllow
	for r := range f.p.Rules(policy.RuleFilter{Kinds: kinds, Targets: &targets, Classes: &classes}) {
		perms := r.Perms & mask
		if perms == 0 {
			continue
		}
		m.copy(r, name, f.answer.Class, perms)
		if r.Kind != policy.Allow || asked != nil && !asked.Has(r.Source) {
			continue // logging rules grant nothing
		}
		var err error
		if r.Cond == 0 {
			err = db.AddAllow(uint32(r.Source), value, uint32(class), uint32(perms))
		} else {
			err = db.AddCondAllow(int(r.Cond)-1, r.Branch, uint32(r.Source), value, uint32(class), uint32(perms))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// maxName bounds the part of a type's name that the user's name takes.
const maxName = 100

// typeName returns a name for the new type that the policy does not have.
func (f *finder) typeName() string {
	base := fmt.Sprintf("%s_%s_%d_port", subjectWord(f.problem.Name), protocolCIL(f.socket.PortProtocol),
		f.problem.Port)
	name := base + "_t"
	for i := 2; ; i++ {
		if _, taken := f.p.TypeOrAttribute(name); !taken {
			return name
		}
		name = fmt.Sprintf("%s%d_t", base, i)
	}
}

// moduleName names the module of a fix without a new type after the subject's type, the
// port and the kind of the fix, so that no fix replaces the module of another.
func (f *finder) moduleName(kind string) string {
	return fmt.Sprintf("senet_%s_%s_%d_%s", subjectWord(f.p.TypeName(policy.TypeID(f.problem.Subject.Type))),
		f.problem.Protocol, f.problem.Port, kind)
}

// subjectWord returns the name of a subject in characters that both CIL and the module
// language accept.
func subjectWord(name string) string {
	subject := strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, strings.TrimSuffix(name, "_t"))
	subject = strings.Trim(subject[:min(len(subject), maxName)], "_")
	if subject == "" || '0' <= subject[0] && subject[0] <= '9' {
		subject = "senet_" + subject
	}
	return strings.TrimSuffix(subject, "_")
}

// generated reports whether an attribute replaces an expression in the source of the
// policy: the compiler makes it, names it after the module with a number, and adds the
// types that the expression matches.
func generated(attribute string) bool {
	if strings.HasPrefix(attribute, "cil_gen_require") || strings.HasPrefix(attribute, "@ttr") {
		return true
	}
	i := strings.LastIndex(attribute, "_typeattr_")
	return i >= 0 && strings.Trim(attribute[i+len("_typeattr_"):], "0123456789") == ""
}
