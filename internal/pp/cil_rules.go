package pp

import (
	"fmt"
	"slices"
	"strconv"
)

// ruleWord returns the keyword of a kind of rule.
func ruleWord(kind uint32) string {
	switch kind {
	case RuleAllow:
		return "allow"
	case RuleAuditAllow:
		return "auditallow"
	case RuleAuditDeny:
		return "auditdeny"
	case RuleDontAudit:
		return "dontaudit"
	case RuleNeverallow:
		return "neverallow"
	case RuleTransition:
		return "typetransition"
	case RuleMember:
		return "typemember"
	case RuleChange:
		return "typechange"
	case RuleAllowX:
		return "allowx"
	case RuleAuditAllowX:
		return "auditallowx"
	case RuleDontAuditX:
		return "dontauditx"
	case RuleNeverallowX:
		return "neverallowx"
	}
	return ""
}

// rules writes each rule once for every pair of its types.
func (w *writer) rules(rules []Rule, types *attributes, depth int) {
	for i := range rules {
		r := &rules[i]
		marked := r.Kind&(RuleNeverallow|RuleNeverallowX) != 0 && r.File != ""
		if marked {
			w.put(";;* lmx ", strconv.Itoa(r.Line), " ", r.File, "\n\n")
		}
		sources := w.typeNames(types, &r.Sources)
		var targets []string
		if r.Flags&RuleNotSelf == 0 {
			targets = w.typeNames(types, &r.Targets)
		} else if !r.Targets.Types.IsEmpty() || !r.Targets.Not.IsEmpty() {
			w.failf("a neverallow rule for all but self has other targets too")
		}
		for _, s := range sources {
			for _, t := range targets {
				if w.rule(r, s, t, depth); w.full() {
					return
				}
			}
			switch {
			case r.Flags&RuleSelf != 0:
				w.rule(r, s, "self", depth)
			case r.Flags&RuleNotSelf != 0:
				w.rule(r, s, "notself", depth)
			}
		}
		if marked {
			w.put(";;* lme\n\n")
		}
	}
}

func (w *writer) rule(r *Rule, source, target string, depth int) {
	for _, c := range r.Classes {
		w.indent(depth)
		w.put("(", ruleWord(r.Kind), " ", source, " ", target, " ")
		switch class := w.names[Classes][c.Class-1]; {
		case r.Xperms != nil:
			kind := "ioctl"
			if r.Xperms.Kind == XpermsNetlink {
				kind = "nlmsg"
			}
			w.put("(", kind, " ", class, " (")
			w.xperms(r.Xperms)
			w.put(")))\n")
		case r.Kind&ruleAV != 0:
			w.put("(", class, " (", w.permText(c.Class, c.Data), ")))\n")
		default:
			w.put(class, " ", w.names[Types][c.Data-1], ")\n")
		}
	}
}

// xperms writes runs of bits as ranges.
func (w *writer) xperms(x *Xperms) {
	first := true
	for low := 0; low < 256; low++ {
		if !x.Has(low) {
			continue
		}
		high := low
		for high < 255 && x.Has(high+1) {
			high++
		}
		if !first {
			w.put(" ")
		}
		from, to := int(x.Driver)<<8|low, int(x.Driver)<<8|high
		if x.Kind == XpermsDriver {
			from, to = low<<8, high<<8|0xff
		}
		if from == to {
			w.out = fmt.Appendf(w.out, "%#x", from)
		} else {
			w.out = fmt.Appendf(w.out, "(range %#x %#x)", from, to)
		}
		first, low = false, high
	}
}

// conditionWord returns the keyword of an operator with two operands.
func conditionWord(op uint32) string {
	switch op {
	case CondOr:
		return "or"
	case CondAnd:
		return "and"
	case CondXor:
		return "xor"
	case CondEq:
		return "eq"
	case CondNeq:
		return "neq"
	}
	return ""
}

func (w *writer) conditionals(all []Conditional, types *attributes, depth int) {
	for i := range all {
		c := &all[i]
		tunable := c.Flags&CondTunable != 0
		if w.release >= Release311 {
			if len(c.True)+len(c.False) == 0 {
				continue
			}
			tunable = w.tunable(c.Expr)
		}
		word := "(booleanif "
		if tunable {
			word = "(tunableif "
		}
		w.line(depth, word, w.condition(c.Expr))
		if len(c.True) > 0 {
			w.line(depth+1, "(true")
			w.rules(c.True, types, depth+2)
			w.line(depth+1, ")")
		}
		if len(c.False) > 0 {
			w.line(depth+1, "(false")
			w.rules(c.False, types, depth+2)
			w.line(depth+1, ")")
		}
		if w.line(depth, ")"); w.full() {
			return
		}
	}
}

// tunable reports whether a condition has a tunable.
func (w *writer) tunable(expr []CondTerm) bool {
	return slices.ContainsFunc(expr, func(t CondTerm) bool {
		return t.Kind == CondBool && w.m.Tables.Bools.Items[w.items[Bools][t.Bool-1]].Flags != 0
	})
}

func (w *writer) condition(expr []CondTerm) string {
	var stack []string
	for _, t := range expr {
		n := len(stack)
		switch t.Kind {
		case CondBool:
			stack = append(stack, "("+w.names[Bools][t.Bool-1]+")")
		case CondNot:
			stack[n-1] = "(not " + stack[n-1] + ")"
		default:
			stack = append(stack[:n-2], "("+conditionWord(t.Kind)+" "+stack[n-2]+" "+stack[n-1]+")")
		}
	}
	if len(stack) != 1 {
		w.failf("a condition is not complete")
		return ""
	}
	return stack[0]
}

func (w *writer) roleTransitions(all []RoleTransition, roles, types *attributes, depth int) {
	for i := range all {
		r := &all[i]
		classes := r.Classes
		if w.m.Version < versionRoleClasses && classes.IsEmpty() {
			classes = SetOf(w.process() - 1)
		}
		names := w.roleNames(roles, &r.Roles)
		targets := w.typeNames(types, &r.Types)
		for _, role := range names {
			for _, t := range targets {
				for bit := range classes.All() {
					w.line(depth, "(roletransition ", role, " ", t, " ", w.names[Classes][bit], " ",
						w.names[Roles][r.New-1], ")")
				}
				if w.full() {
					return
				}
			}
		}
	}
}

func (w *writer) roleAllows(all []RoleAllow, roles *attributes, depth int) {
	for i := range all {
		from := w.roleNames(roles, &all[i].From)
		to := w.roleNames(roles, &all[i].To)
		for _, a := range from {
			for _, b := range to {
				if w.line(depth, "(roleallow ", a, " ", b, ")"); w.full() {
					return
				}
			}
		}
	}
}

func (w *writer) filenames(all []FilenameTransition, types *attributes, depth int) {
	for i := range all {
		f := &all[i]
		sources := w.typeNames(types, &f.Sources)
		targets := w.typeNames(types, &f.Targets)
		for _, s := range sources {
			tail := []string{" ", w.names[Classes][f.Class-1], " \"", f.Name, "\" ", w.names[Types][f.New-1], ")"}
			for _, t := range targets {
				w.line(depth, append([]string{"(typetransition ", s, " ", t}, tail...)...)
				if w.full() {
					return
				}
			}
			if f.Flags&RuleSelf != 0 {
				w.line(depth, append([]string{"(typetransition ", s, " self"}, tail...)...)
			}
		}
	}
}

// ranges writes range transitions; a policy without levels has none.
func (w *writer) ranges(all []RangeTransition, types *attributes, depth int) {
	if !w.m.MLS {
		return
	}
	for i := range all {
		r := &all[i]
		sources := w.typeNames(types, &r.Sources)
		targets := w.typeNames(types, &r.Targets)
		for _, s := range sources {
			for _, t := range targets {
				for bit := range r.Classes.All() {
					w.indent(depth)
					w.put("(rangetransition ", s, " ", t, " ", w.names[Classes][bit], " (")
					err := w.semanticLevel(r.Range.Low.Sens, r.Range.Low.Categories)
					w.put(" ")
					if err == nil {
						err = w.semanticLevel(r.Range.High.Sens, r.Range.High.Categories)
					}
					if err != nil {
						w.failf("a range transition: %w", err)
					}
					w.put("))\n")
				}
				if w.full() {
					return
				}
			}
		}
	}
}

// oldRanges writes the range transitions of a base module of version 5.
func (w *writer) oldRanges(types *attributes, depth int) {
	var all []RangeTransition
	for _, r := range w.m.OldRanges {
		all = append(all, RangeTransition{
			Sources: TypeSet{Types: SetOf(r.Source - 1)}, Targets: TypeSet{Types: SetOf(r.Target - 1)},
			Classes: SetOf(w.process() - 1), Range: SemanticRange{r.Range.Low.semantic(), r.Range.High.semantic()},
		})
	}
	w.ranges(all, types, depth)
}
