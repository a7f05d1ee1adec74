package pp

// blocks checks the contents of the blocks.
func (k *checker) blocks() {
	m := k.m
	for i := range m.Blocks {
		k.decls += uint32(len(m.Blocks[i].Decls))
	}
	seen := make([]bool, k.decls)
	for i := range m.Blocks {
		enabled := 0
		for j := range m.Blocks[i].Decls {
			d := &m.Blocks[i].Decls[j]
			if d.ID == 0 || d.ID > k.decls || seen[d.ID-1] {
				k.failf("a block has the number %d of %d", d.ID, k.decls)
				return
			}
			if seen[d.ID-1] = true; d.Enabled != 0 {
				enabled++
			}
			k.decl(d)
		}
		if enabled > 1 {
			k.failf("two branches of a block are enabled")
		}
	}
}

func (k *checker) decl(d *Decl) {
	for i := range d.Conditionals {
		c := &d.Conditionals[i]
		k.condition(c.Expr)
		k.rules(c.True, true)
		k.rules(c.False, true)
	}
	k.rules(d.Rules, false)
	for i := range d.RoleTransitions {
		r := &d.RoleTransitions[i]
		k.roleSet(&r.Roles)
		k.typeSet(&r.Types)
		k.set(Classes, r.Classes)
		k.value(Roles, r.New)
		if k.m.Version < versionRoleClasses && k.process() == 0 {
			k.failf("a role transition is for the class process, which does not exist")
		}
	}
	for i := range d.RoleAllows {
		k.roleSet(&d.RoleAllows[i].From)
		k.roleSet(&d.RoleAllows[i].To)
	}
	for i := range d.Filenames {
		f := &d.Filenames[i]
		k.typeSet(&f.Sources)
		k.typeSet(&f.Targets)
		k.value(Classes, f.Class)
		if k.value(Types, f.New); f.Flags > RuleSelf {
			k.failf("a transition by name has the flags %#x", f.Flags)
		}
	}
	for i := range d.Ranges {
		r := &d.Ranges[i]
		k.typeSet(&r.Sources)
		k.typeSet(&r.Targets)
		k.set(Classes, r.Classes)
		k.semanticLevel(&r.Range.Low)
		k.semanticLevel(&r.Range.High)
	}
	for _, s := range []*ScopeIndex{&d.Required, &d.Declared} {
		for table := Classes; table < NumTables; table++ {
			k.set(table, s.Symbols[table])
		}
		if len(s.Perms) > len(k.names[Classes]) {
			k.failf("a block has permissions of %d classes of %d", len(s.Perms), len(k.names[Classes]))
		}
	}
	k.local(&d.Tables)
}

// local checks what a block adds to symbols.
func (k *checker) local(t *Tables) {
	k.parts(t)
	for i := range t.Levels.Items {
		k.bounds(Levels, t.Levels.Items[i].Level.Sens)
		k.set(Categories, t.Levels.Items[i].Level.Categories)
	}
	for _, c := range t.Categories.Items {
		k.value(Categories, c.Value)
	}
}

func (k *checker) condition(expr []CondTerm) {
	depth := -1
	for _, t := range expr {
		if t.Kind != CondBool && t.Bool > k.m.Tables.Bools.Values {
			k.failf("an operator of a condition has the boolean %d of %d", t.Bool, k.m.Tables.Bools.Values)
		}
		switch t.Kind {
		case CondBool:
			k.value(Bools, t.Bool)
			if depth++; depth >= maxCondDepth {
				k.failf("a condition is nested too deeply")
			}
		case CondNot:
		case CondOr, CondAnd, CondXor, CondEq, CondNeq:
			depth--
		default:
			k.failf("a condition has a term of kind %d", t.Kind)
		}
		if depth < 0 {
			k.failf("a condition lacks an operand")
			return
		}
	}
	if depth != 0 {
		k.failf("a condition is not complete")
	}
}

func (k *checker) rules(rules []Rule, conditional bool) {
	for i := range rules {
		if k.rule(&rules[i], conditional); k.err != nil {
			return
		}
	}
}

func (k *checker) rule(r *Rule, conditional bool) {
	k.typeSet(&r.Sources)
	k.typeSet(&r.Targets)
	typeRule := r.Kind == RuleTransition || r.Kind == RuleMember || r.Kind == RuleChange
	for _, c := range r.Classes {
		if k.value(Classes, c.Class); typeRule {
			k.value(Types, c.Data)
		}
	}
	switch r.Kind {
	case RuleAllow, RuleAuditAllow, RuleAuditDeny, RuleDontAudit, RuleTransition, RuleMember, RuleChange:
	case RuleNeverallow, RuleAllowX, RuleAuditAllowX, RuleDontAuditX, RuleNeverallowX:
		never := r.Kind == RuleNeverallow || r.Kind == RuleNeverallowX
		if conditional && (never || k.m.Version < versionCondXperms) {
			k.failf("a rule of kind %#x is in a conditional", r.Kind)
		}
	default:
		k.failf("a rule has the kind %#x", r.Kind)
	}
	if x := r.Xperms; x != nil && (x.Kind == 0 || x.Kind > XpermsNetlink) {
		k.failf("extended permissions have the kind %d", x.Kind)
	}
	notSelf := r.Flags == RuleNotSelf && r.Kind&(RuleNeverallow|RuleNeverallowX) != 0
	if r.Flags > RuleSelf && !notSelf {
		k.failf("a rule has the flags %#x", r.Flags)
	}
}
