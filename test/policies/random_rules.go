package policies

import (
	"fmt"
	"slices"
	"strings"
)

// source returns the source of a rule: never one that has a bounded type in it, because the
// compiler refuses rights that the parent does not have.
func (g *randomGen) source() string {
	switch g.n(6) {
	case 0, 1:
		return pick(g.rng, g.attrs)
	case 2:
		return "{ " + pick(g.rng, g.types) + " " + pick(g.rng, g.attrs) + " }"
	case 3:
		return "{ " + pick(g.rng, g.attrs[1:]) + " -" + pick(g.rng, g.types) + " }"
	default:
		return pick(g.rng, g.types)
	}
}

func (g *randomGen) target() string {
	switch g.n(8) {
	case 0:
		return "self"
	case 1:
		return "{ self " + pick(g.rng, g.types) + " }"
	case 2:
		return pick(g.rng, g.everyType())
	default:
		return g.source()
	}
}

// perms returns a random permission set of the class.
func (g *randomGen) perms(class string) string {
	all := g.classes.allPerms(class)
	switch g.n(10) {
	case 0:
		return "*"
	case 1:
		return "~" + set(some(g.rng, all, 1+g.n(min(3, len(all)))))
	default:
		return set(some(g.rng, all, 1+g.n(min(4, len(all)))))
	}
}

// accessRule writes an access vector rule or, where they exist and outside of
// conditionals, an extended permission rule.
func (g *randomGen) accessRule(source func() string) {
	kind := pick(g.rng, []string{"allow", "allow", "allow", "allow", "auditallow", "dontaudit"})
	class := pick(g.rng, g.out.Classes)
	g.line(kind, " ", source(), " ", g.target(), ":", class, " ", g.perms(class), ";")
	if g.version >= 30 && g.chance(15) {
		g.line(kind, "xperm ", source(), " ", g.target(), ":file ioctl ", g.ioctls(), ";")
	}
}

func (g *randomGen) ioctls() string {
	var parts []string
	for range 1 + g.n(4) {
		low := g.n(0x10000)
		switch g.n(3) {
		case 0:
			parts = append(parts, fmt.Sprintf("0x%x", low))
		case 1:
			parts = append(parts, fmt.Sprintf("0x%x-0x%x", low, min(0xffff, low+g.n(700))))
		case 2:
			parts = append(parts, fmt.Sprintf("0x%x-0x%x", low&0xff00, low|0xff))
		}
	}
	if g.chance(10) {
		return "~{ " + strings.Join(parts, " ") + " }"
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

// boundsRules gives each bounded type a part of what is given to its parent by the same rule, and
// has constraints deny some of it to the parent alone: only there do bounds decide.
func (g *randomGen) boundsRules() {
	for _, child := range g.everyType()[len(g.types):] {
		chain := []string{child}
		for p := g.children[child]; p != ""; p = g.children[p] {
			chain = append(chain, p)
		}
		for range 2 + g.n(6) {
			class := pick(g.rng, g.out.Classes)
			perms := some(g.rng, g.classes.allPerms(class), 1+g.n(4))
			target := pick(g.rng, g.types)
			for _, t := range chain {
				g.line("allow ", t, " ", target, ":", class, " ", set(perms), ";")
			}
			if g.chance(40) {
				g.denials = append(g.denials, "constrain "+class+" "+set(perms[:1])+" (t1 != "+g.children[child]+");")
			}
		}
	}
}

// typeRules writes n type rules without repeating a key, which the compiler
// would take for a conflict.
func (g *randomGen) typeRules(n int) {
	for range n {
		kind := pick(g.rng, []string{"type_transition", "type_transition", "type_change", "type_member"})
		s, t, class := pick(g.rng, g.types), pick(g.rng, g.types), pick(g.rng, g.out.Classes)
		key := kind + " " + s + " " + t + ":" + class
		if g.used[key] {
			continue
		}
		g.used[key] = true
		g.line(key, " ", pick(g.rng, g.types), ";")
	}
	if g.version < 25 {
		return
	}
	for range n {
		s, t, class := pick(g.rng, g.types), pick(g.rng, g.types), pick(g.rng, g.out.Classes)
		key := "type_transition " + s + " " + t + ":" + class + "%s \"" +
			pick(g.rng, []string{"a", "b.conf", "with space", "x-1", "[anon]"}) + "\""
		if g.used[key] {
			continue
		}
		g.used[key] = true
		g.line(strings.Replace(key, "%s", " "+pick(g.rng, g.types), 1), ";")
	}
}

func (g *randomGen) rangeTransitions(n int) {
	if !g.mls {
		return
	}
	for range n {
		key := "range_transition " + pick(g.rng, g.types) + " " + pick(g.rng, g.types) + ":" +
			pick(g.rng, []string{"process", "file"})
		if g.used[key] {
			continue
		}
		g.used[key] = true
		high := g.someLevel(level{}, g.top())
		g.line(key, " ", g.text(g.someLevel(level{}, high)), " - ", g.text(high), ";")
	}
}

func (g *randomGen) conditional() {
	g.line("if (", g.condExpr(3), ") {")
	g.conditionalRules()
	if g.chance(50) {
		g.line("} else {")
		g.conditionalRules()
	}
	g.line("}")
}

func (g *randomGen) conditionalRules() {
	for range 1 + g.n(5) {
		kind := pick(g.rng, []string{"allow", "allow", "auditallow", "dontaudit"})
		class := pick(g.rng, g.out.Classes)
		g.line(kind, " ", g.source(), " ", g.target(), ":", class, " ", g.perms(class), ";")
	}
	if g.chance(40) {
		g.typeRulesConditional()
	}
}

func (g *randomGen) typeRulesConditional() {
	key := "type_transition " + pick(g.rng, g.types) + " " + pick(g.rng, g.types) + ":" + pick(g.rng, g.out.Classes)
	if !g.used[key] {
		g.used[key] = true
		g.line(key, " ", pick(g.rng, g.types), ";")
	}
}

// condExpr returns a boolean expression of that depth at most.
func (g *randomGen) condExpr(depth int) string {
	if depth == 0 || g.chance(25) {
		return pick(g.rng, g.bools)
	}
	if g.chance(20) {
		return "!" + g.paren(g.condExpr(depth-1))
	}
	op := pick(g.rng, []string{"&&", "||", "^", "==", "!="})
	return g.paren(g.condExpr(depth-1)) + " " + op + " " + g.paren(g.condExpr(depth-1))
}

// paren puts an expression of several words in parentheses, mostly: without
// them precedence decides, which is a case too.
func (g *randomGen) paren(expr string) string {
	if strings.Contains(expr, " ") && g.chance(70) {
		return "(" + expr + ")"
	}
	return expr
}

// constraint writes a constrain or validatetrans statement.
func (g *randomGen) constraint() {
	class := pick(g.rng, g.out.Classes)
	if g.chance(20) {
		g.line("validatetrans ", class, " ", "("+g.constraintExpr(2, true)+");")
		return
	}
	all := g.classes.allPerms(class)
	g.line("constrain ", class, " ", set(some(g.rng, all, 1+g.n(len(all)))), " (", g.constraintExpr(2, false), ");")
}

func (g *randomGen) constraintExpr(depth int, three bool) string {
	if depth > 0 && g.chance(75) {
		if g.chance(25) {
			return "not (" + g.constraintExpr(depth-1, three) + ")"
		}
		return "(" + g.constraintExpr(depth-1, three) + ") " + pick(g.rng, []string{"and", "or"}) + " (" +
			g.constraintExpr(depth-1, three) + ")"
	}
	side := pick(g.rng, []string{"1", "2"})
	if three && g.chance(40) {
		side = "3"
	}
	eq := pick(g.rng, []string{"==", "!="})
	mlsOp := pick(g.rng, []string{"==", "!=", "dom", "domby", "incomp"})
	switch g.n(8) {
	case 0:
		return "u1 " + eq + " u2"
	case 1:
		return "r1 " + mlsOp + " r2"
	case 2:
		return "t1 " + eq + " t2"
	case 3:
		return "u" + side + " " + eq + " " + set(some(g.rng, g.users, 1+g.n(2)))
	case 4:
		return "r" + side + " " + eq + " " + set(some(g.rng, g.roles, 1+g.n(2)))
	default:
		names := some(g.rng, slices.Concat(g.everyType(), g.attrs), 1+g.n(3))
		return "t" + side + " " + eq + " " + set(names)
	}
}
