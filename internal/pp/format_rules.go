package pp

import (
	"errors"
	"slices"
)

func (c *codec) block(b *Block) { list(c, &b.Decls, 100, (*codec).decl) }

func (c *codec) decl(d *Decl) {
	c.u32(&d.ID)
	c.u32(&d.Enabled)
	c.section = "conditionals"
	list(c, &d.Conditionals, 16, (*codec).conditional)
	c.section = "rules"
	list(c, &d.Rules, 64, (*codec).rule)
	c.section = "role transitions"
	transitions := &d.RoleTransitions
	if !c.reading && !c.at(versionRoleClasses) {
		transitions = withoutClasses(d.RoleTransitions)
	}
	list(c, transitions, 48, func(c *codec, r *RoleTransition) {
		c.roleSet(&r.Roles)
		c.typeSet(&r.Types)
		if c.at(versionRoleClasses) {
			c.set(&r.Classes)
		}
		c.u32(&r.New)
	})
	c.section = "role allow rules"
	list(c, &d.RoleAllows, 32, func(c *codec, r *RoleAllow) {
		c.roleSet(&r.From)
		c.roleSet(&r.To)
	})
	if !c.reading && !c.at(versionRoleAttribute) && slices.ContainsFunc(d.Tables.Roles.Items, func(r Role) bool {
		return r.Flavor == RoleAttribute
	}) {
		c.failf("version %d does not support attributes of roles", c.version)
	}
	if c.at(versionFilenames) {
		c.section = "transitions by name"
		list(c, &d.Filenames, 64, (*codec).filename)
	}
	if c.at(versionRanges) {
		c.section = "range transitions"
		list(c, &d.Ranges, 80, func(c *codec, r *RangeTransition) {
			c.typeSet(&r.Sources)
			c.typeSet(&r.Targets)
			c.set(&r.Classes)
			c.semanticRange(&r.Range)
		})
	}
	c.section = "scopes of a block"
	c.scopeIndex(&d.Required)
	c.scopeIndex(&d.Declared)
	c.tables(&d.Tables)
}

// withoutClasses returns the role transitions that a version without classes can store: those that
// came from such a file. checkmodule writes none of the others, not even those of processes.
func withoutClasses(all []RoleTransition) *[]RoleTransition {
	some := slices.DeleteFunc(slices.Clone(all), func(r RoleTransition) bool { return !r.Classes.IsEmpty() })
	return &some
}

func (c *codec) scopeIndex(s *ScopeIndex) {
	for i := range s.Symbols {
		c.set(&s.Symbols[i])
	}
	list(c, &s.Perms, 12, (*codec).set)
}

var errSelf = errors.New("a type transition has self as its target, which versions before 21 do not support")

func (c *codec) rule(r *Rule) {
	if !c.reading && !c.at(versionSelf) && r.Kind&ruleTypes != 0 && r.Flags&RuleSelf != 0 {
		c.fail(errSelf)
	}
	c.u32(&r.Kind)
	c.u32(&r.Flags)
	c.typeSet(&r.Sources)
	c.typeSet(&r.Targets)
	list(c, &r.Classes, 8, func(c *codec, d *ClassData) {
		c.u32(&d.Class)
		c.u32(&d.Data)
	})
	if r.Kind&ruleXperms == 0 {
		return
	}
	if !c.at(versionXperms) {
		c.failf("version %d does not support extended permissions", c.version)
	}
	if c.reading && c.err == nil {
		r.Xperms = &Xperms{}
	}
	if r.Xperms == nil {
		c.failf("a rule of extended permissions has no permissions")
		return
	}
	c.u8(&r.Xperms.Kind)
	c.u8(&r.Xperms.Driver)
	for i := range r.Xperms.Perms {
		c.u32(&r.Xperms.Perms[i])
	}
}

func (c *codec) conditional(k *Conditional) {
	c.u32(&k.State)
	list(c, &k.Expr, 8, func(c *codec, t *CondTerm) {
		c.u32(&t.Kind)
		c.u32(&t.Bool)
	})
	list(c, &k.True, 64, (*codec).rule)
	list(c, &k.False, 64, (*codec).rule)
	if c.at(versionTunables) {
		c.u32(&k.Flags)
	}
}

func (c *codec) filename(f *FilenameTransition) {
	c.name(&f.Name)
	c.typeSet(&f.Sources)
	c.typeSet(&f.Targets)
	c.u32(&f.Class)
	c.u32(&f.New)
	if c.at(versionSelf) {
		c.u32(&f.Flags)
	} else if f.Flags&RuleSelf != 0 {
		c.fail(errSelf)
	}
}

func (c *codec) scope(s *Scope) {
	c.name(&s.Name)
	n := uint32(len(s.Decls))
	c.u32(&s.Kind)
	c.u32(&n)
	if c.reading && c.err == nil && n == 0 {
		c.failf("%s is declared nowhere", s.Name)
	}
	items(c, &s.Decls, n, 4, (*codec).u32)
}
