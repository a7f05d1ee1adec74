package te

import (
	"fmt"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/pp"
)

// typeSet adds the types of a set. all says whether "*" and "~" are allowed.
func (b *builder) typeSet(to *pp.TypeSet, names nameSet, all bool) {
	minus := false
	for _, name := range names {
		switch name.text {
		case "*", "~":
			if !all {
				b.bad(name.pos,
					"%q is not allowed in this rule: only neverallow rules can name all types, or all but some",
					name.text)
			}
			to.Flags, minus = pp.SetStar, false
			if name.text == "~" {
				to.Flags = pp.SetComplement
			}
			continue
		case "-":
			minus = true
			continue
		}
		t := b.types.find(name.text)
		if !b.check(pp.Types, "type", name, t != nil) {
			continue
		}
		if minus {
			to.Not.Add(t.Value - 1)
		} else {
			to.Types.Add(t.Value - 1)
		}
		minus = false
	}
}

// targets adds the types of a set that may contain self.
func (b *builder) targets(to *pp.TypeSet, names nameSet, all bool) (self bool) {
	var rest nameSet
	for i, name := range names {
		if name.text != "self" {
			rest = append(rest, name)
			continue
		}
		if i > 0 && names[i-1].text == "-" {
			b.bad(name.pos, "self cannot be excluded from a set")
		}
		self = true
	}
	b.typeSet(to, rest, all)
	return self
}

// rule makes a rule and adds it to the open block.
func (b *builder) rule(s *ruleStmt) {
	d := b.open.decl
	switch {
	case s.file != "":
		b.filename(s)
	case s.kind&xpermRules != 0:
		d.Rules = append(d.Rules, b.xpermRules(s)...)
	default:
		d.Rules = append(d.Rules, b.plainRule(s))
	}
}

// plainRule makes a rule without extended permissions.
func (b *builder) plainRule(s *ruleStmt) pp.Rule {
	r := pp.Rule{Kind: s.kind, File: s.sourceFile, Line: s.sourceLine}
	all := s.kind == pp.RuleNeverallow
	b.typeSet(&r.Sources, s.sources, all)
	if b.targets(&r.Targets, s.targets, all) {
		r.Flags = pp.RuleSelf
	}
	classes := b.ruleClasses(s)
	if s.kind&typeRules != 0 {
		t := b.known(s.newType, pp.TypeType)
		for i := len(classes) - 1; i >= 0 && t != nil; i-- {
			r.Classes = append(r.Classes, pp.ClassData{Class: classes[i].Value, Data: t.Value})
		}
		return r
	}
	for _, c := range classes {
		r.Classes = append(r.Classes, pp.ClassData{Class: c.Value, Data: b.perms(s, c)})
	}
	return r
}

// ruleClasses returns the classes of a rule in the order of their values.
func (b *builder) ruleClasses(s *ruleStmt) []*pp.Class {
	var set pp.Set
	b.classSet(&set, s.classes, true, ident{})
	all := make([]*pp.Class, 0, set.Len())
	for bit := range set.All() {
		all = append(all, b.classes.find(b.classes.names[bit])) // their values have that order
	}
	return all
}

// perms returns the bits of a rule's permissions for one class.
func (b *builder) perms(s *ruleStmt, c *pp.Class) uint32 {
	bits := uint32(0)
	for _, name := range s.perms {
		switch name.text {
		case "*":
			bits = ^uint32(0)
			continue
		case "~":
			if s.kind == pp.RuleDontAudit {
				b.strange(name.pos, "a dontaudit rule with all permissions but some")
			}
			bits = ^bits
			continue
		}
		value := permValue(c, name.text)
		if value == 0 {
			b.noPerm(name, c)
			continue
		}
		bits |= 1 << (value - 1)
	}
	return bits
}

func (b *builder) noPerm(name ident, c *pp.Class) {
	d := b.diagnostic(name.pos, "permission %s of class %s is not required", name.text, c.Name)
	d.Kind = compile.Missing
	names := make([]string, len(c.Perms.Items))
	for i, p := range c.Perms.Items {
		names[i] = p.Name
	}
	msg := fmt.Sprintf("require it: require { class %s %s; }", c.Name, name.text)
	if close := nearest(name.text, names); len(close) > 0 {
		msg = fmt.Sprintf("did you mean %s?", list(close))
	}
	d.Notes = append(d.Notes, compile.Note{Msg: msg})
	b.report(d)
}

// expanded returns the types of a set, with the types that this module adds to its attributes.
func (b *builder) expanded(s *pp.TypeSet) pp.Set {
	var types pp.Set
	add := func(from pp.Set, put func(uint32)) {
		for bit := range from.All() {
			t := b.typeValues[bit]
			if t == nil || t.Flavor != pp.TypeAttribute {
				put(bit)
				continue
			}
			for member := range t.Types.All() {
				put(member)
			}
		}
	}
	add(s.Types, types.Add)
	add(s.Not, types.Remove)
	return types
}

func (b *builder) typeName(value uint32) string {
	if t := b.typeValues[value-1]; t != nil {
		return t.Name
	}
	return "?"
}

// A filenameKey identifies what only one transition with a file name may be for.
type filenameKey struct {
	source, target, class uint32
	name                  string
}

// filename adds a transition with a file name: a rule for each class.
func (b *builder) filename(s *ruleStmt) {
	var sources, targets pp.TypeSet
	b.typeSet(&sources, s.sources, false)
	self := b.targets(&targets, s.targets, false)
	classes := b.ruleClasses(s)
	t := b.types.find(s.newType.text)
	if !b.check(pp.Types, "type", s.newType, t != nil) {
		return
	}
	flags := uint32(0)
	if self {
		flags = pp.RuleSelf
	}
	from, to := b.expanded(&sources), b.expanded(&targets)
	d := b.open.decl
	for _, c := range classes {
		for source := range from.All() {
			for target := range to.All() {
				if !b.firstFilename(s, filenameKey{source, target, c.Value, s.file}) {
					return
				}
			}
			if self && !b.firstFilename(s, filenameKey{source, source, c.Value, s.file}) {
				return
			}
		}
		d.Filenames = append(d.Filenames, pp.FilenameTransition{Name: s.file, Class: c.Value, New: t.Value,
			Flags:   flags,
			Sources: pp.TypeSet{Types: sources.Types.Clone(), Not: sources.Not.Clone()},
			Targets: pp.TypeSet{Types: targets.Types.Clone(), Not: targets.Not.Clone()}})
	}
}

// firstFilename reports whether there is no earlier transition with the same key.
func (b *builder) firstFilename(s *ruleStmt, key filenameKey) bool {
	if b.filenames[key] {
		b.bad(s.pos, "there is already a transition for %s, %s and the name %q", b.typeName(key.source+1),
			b.typeName(key.target+1), key.name)
		return false
	}
	if len(b.filenames) >= maxTransitions {
		b.bad(s.pos, "the module has more than %d transitions with a file name", maxTransitions)
		return false
	}
	b.filenames[key] = true
	return true
}

// maxTransitions bounds the transitions that are compared with each other: a rule counts once for
// each pair of its types.
const maxTransitions = 4 << 20
