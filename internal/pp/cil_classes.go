package pp

import "strings"

func (w *writer) class(c *Class, depth int) {
	w.indent(depth)
	w.put("(class ", c.Name, " (")
	for _, p := range w.sortedPerms(&c.Perms) {
		w.put(p.Name, " ")
	}
	w.put("))\n")
	if c.Common != "" {
		w.line(depth, "(classcommon ", c.Name, " ", c.Common, ")")
	}
	of := []string{"", "source", "target"}
	if c.DefaultUser != 0 {
		w.line(depth, "(defaultuser ", c.Name, " ", of[c.DefaultUser], ")")
	}
	if c.DefaultRole != 0 {
		w.line(depth, "(defaultrole ", c.Name, " ", of[c.DefaultRole], ")")
	}
	if c.DefaultType != 0 {
		w.line(depth, "(defaulttype ", c.Name, " ", of[c.DefaultType], ")")
	}
	if c.DefaultRange != 0 {
		w.line(depth, "(defaultrange ", c.Name, " ", []string{"", "source low", "source high", "source low-high",
			"target low", "target high", "target low-high", "glblub"}[c.DefaultRange], ")")
	}
	mls := ""
	if w.m.MLS {
		mls = "mls"
	}
	if w.release >= Release311 {
		mls = ""
	}
	for i := range c.Constraints {
		k := &c.Constraints[i]
		mls = w.constraintWord(mls, k)
		w.line(depth, "(", mls, "constrain (", c.Name, " (", w.permText(c.Value, k.Perms), ")) ", w.constraint(k), ")")
	}
	if w.release >= Release311 {
		mls = ""
	}
	for i := range c.ValidateTrans {
		mls = w.constraintWord(mls, &c.ValidateTrans[i])
		w.line(depth, "(", mls, "validatetrans ", c.Name, " ", w.constraint(&c.ValidateTrans[i]), ")")
	}
}

// constraintWord returns the first part of a constraint's keyword. Since 3.11 it is the one for
// levels only if the constraint compares a level, or an earlier constraint of the class did.
func (w *writer) constraintWord(before string, k *Constraint) string {
	if w.release < Release311 {
		return before
	}
	for i := range k.Expr {
		if k.Expr[i].Kind == termAttr && k.Expr[i].Attr >= attrLevels {
			if !w.m.MLS {
				w.failf("a constraint compares levels in a policy without them")
			}
			return "mls"
		}
	}
	return before
}

// permText mirrors sepol_av_to_string, which writes a bit without a name with the name of the bit
// before it.
func (w *writer) permText(class, perms uint32) string {
	if w.perms[class-1] == nil {
		w.perms[class-1] = w.permNames(&w.m.Tables.Classes.Items[w.items[Classes][class-1]])
	}
	var b strings.Builder
	last := ""
	for i, name := range w.perms[class-1] {
		if perms>>i&1 == 0 {
			continue
		}
		if name != "" {
			last = name
		}
		if last != "" {
			b.WriteByte(' ')
			b.WriteString(last)
		}
	}
	if b.Len() >= 1024 {
		w.failf("the permissions of a rule for %s are too long", w.names[Classes][class-1])
	}
	if b.Len() == 0 && w.release >= Release37 {
		w.failf("a rule for %s has no permissions", w.names[Classes][class-1])
	}
	return strings.TrimPrefix(b.String(), " ")
}

// permNames returns the permissions of a class by bit, its own before those of the common.
func (w *writer) permNames(c *Class) []string {
	names := make([]string, c.Perms.Values)
	fill := func(t *Table[Perm]) {
		for _, p := range w.sortedPerms(t) {
			if p.Value <= uint32(len(names)) && names[p.Value-1] == "" {
				names[p.Value-1] = p.Name
			}
		}
	}
	fill(&c.Perms)
	if c.Common != "" {
		fill(&w.m.Tables.Commons.Items[w.tables[Commons].find(c.Common)].Perms)
	}
	return names
}

var (
	comparisons = []string{"", "eq", "neq", "dom", "domby", "incomp"}
	// allOperands are the first and the second word of each comparison.
	allOperands = []struct {
		attr  uint32
		words [2]string
	}{
		{attrUser, [2]string{"u1", "u2"}}, {attrUser | attrTarget, [2]string{"u2", ""}},
		{attrUser | attrXTarget, [2]string{"u3", ""}},
		{attrRole, [2]string{"r1", "r2"}}, {attrRole | attrTarget, [2]string{"r2", ""}},
		{attrRole | attrXTarget, [2]string{"r3", ""}},
		{attrType, [2]string{"t1", "t2"}}, {attrType | attrTarget, [2]string{"t2", ""}},
		{attrType | attrXTarget, [2]string{"t3", ""}},
		{32, [2]string{"l1", "l2"}}, {64, [2]string{"l1", "h2"}}, {128, [2]string{"h1", "l2"}},
		{256, [2]string{"h1", "h2"}}, {512, [2]string{"l1", "h1"}}, {1024, [2]string{"l2", "h2"}},
	}
)

// operands returns the words that a constraint compares, from the bits of its attribute.
func operands(attr uint32) [2]string {
	for _, o := range allOperands {
		if o.attr == attr {
			return o.words
		}
	}
	return [2]string{}
}

// constraint returns the expression in prefix order.
func (w *writer) constraint(k *Constraint) string {
	var stack []string
	for i := range k.Expr {
		t := &k.Expr[i]
		n := len(stack)
		switch t.Kind {
		case termNot:
			stack[n-1] = "(not " + stack[n-1] + ")"
		case termAnd, termOr:
			word := "(and "
			if t.Kind == termOr {
				word = "(or "
			}
			stack = append(stack[:n-2], word+stack[n-2]+" "+stack[n-1]+")")
		case termAttr:
			words := operands(t.Attr)
			stack = append(stack, "("+comparisons[t.Op]+" "+words[0]+" "+words[1]+")")
		case termNames:
			stack = append(stack, "("+comparisons[t.Op]+" "+operands(t.Attr)[0]+" "+w.termNames(t)+")")
		}
	}
	if len(stack) != 1 {
		w.failf("a constraint is not complete")
		return ""
	}
	return stack[0]
}

// termNames returns the names of a term: one, or a list.
func (w *writer) termNames(t *ConstraintTerm) string {
	var names []string
	switch t.Attr &^ (attrTarget | attrXTarget) {
	case attrUser:
		names = w.setNames(Users, t.Names)
	case attrRole:
		names = w.setNames(Roles, t.Names)
	case attrType:
		names = w.setNames(Types, t.Types.Types)
	}
	switch len(names) {
	case 0:
		return "NO_IDENTIFIER"
	case 1:
		return names[0]
	}
	return "(" + strings.Join(names, " ") + ")"
}
