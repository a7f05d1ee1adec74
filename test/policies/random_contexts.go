package policies

import (
	"fmt"
	"slices"
	"strings"
)

// level is a sensitivity and categories, all by value.
type level struct {
	sens int
	cats []int // ascending
}

func (g *randomGen) mlsPart() {
	g.sens = g.named("s", "", 1+g.n(4))
	g.cats = g.named("c", "", g.n(9))
	for i, s := range g.sens {
		if i == 0 {
			g.line("sensitivity ", s, " alias lowest;")
			continue
		}
		g.line("sensitivity ", s, ";")
	}
	g.line("dominance { ", strings.Join(g.sens, " "), " }")
	for i, c := range g.cats {
		if i == 1 {
			g.line("category ", c, " alias second;")
			continue
		}
		g.line("category ", c, ";")
	}
	for i, s := range g.sens {
		text := "level " + s
		if cats := g.catsOf(i); cats > 0 {
			text += ":" + strings.Join(g.cats[:cats], ",")
		}
		g.line(text, ";")
	}
	for i := range 1 + g.n(5) {
		class := pick(g.rng, g.out.Classes)
		all := g.classes.allPerms(class)
		kind, perms := "mlsconstrain ", " "+set(some(g.rng, all, 1+g.n(len(all))))
		if i > 0 && g.chance(20) {
			kind, perms = "mlsvalidatetrans ", ""
		}
		g.line(kind, class, perms, " (", g.mlsExpr(2), ");")
	}
}

// catsOf returns how many categories the sensitivity may have: the lowest one
// of several has only half of them.
func (g *randomGen) catsOf(sens int) int {
	if sens == 0 && len(g.sens) > 1 {
		return len(g.cats) / 2
	}
	return len(g.cats)
}

func (g *randomGen) mlsExpr(depth int) string {
	if depth > 0 && g.chance(70) {
		if g.chance(25) {
			return "not (" + g.mlsExpr(depth-1) + ")"
		}
		return "(" + g.mlsExpr(depth-1) + ") " + pick(g.rng, []string{"and", "or"}) + " (" + g.mlsExpr(depth-1) + ")"
	}
	op := pick(g.rng, []string{"==", "!=", "dom", "domby", "incomp"})
	if g.chance(20) {
		return "t1 " + pick(g.rng, []string{"==", "!="}) + " " + pick(g.rng, slices.Concat(g.types, g.attrs))
	}
	return strings.Replace(pick(g.rng, []string{"l1 % l2", "l1 % h2", "h1 % l2", "h1 % h2", "l1 % h1", "l2 % h2"}),
		"%", op, 1)
}

// someLevel returns a level that the policy defines and that lies between low
// and high.
func (g *randomGen) someLevel(low, high level) level {
	l := level{sens: low.sens + g.n(high.sens-low.sens+1)}
	for _, c := range high.cats {
		if c < g.catsOf(l.sens) && (slices.Contains(low.cats, c) || g.chance(50)) {
			l.cats = append(l.cats, c)
		}
	}
	return l
}

func (g *randomGen) top() level {
	l := level{sens: len(g.sens) - 1}
	for c := range g.catsOf(l.sens) {
		l.cats = append(l.cats, c)
	}
	return l
}

// text writes a level, three or more categories in a row as a range.
func (g *randomGen) text(l level) string {
	var parts []string
	for i := 0; i < len(l.cats); {
		j := i
		for j+1 < len(l.cats) && l.cats[j+1] == l.cats[j]+1 {
			j++
		}
		if j-i >= 2 {
			parts = append(parts, g.cats[l.cats[i]]+"."+g.cats[l.cats[j]])
			i = j + 1
			continue
		}
		parts = append(parts, g.cats[l.cats[i]])
		i++
	}
	if len(parts) == 0 {
		return g.sens[l.sens]
	}
	return g.sens[l.sens] + ":" + strings.Join(parts, ",")
}

func (g *randomGen) userPart() {
	g.userRoles = make(map[string][]string)
	g.userHigh = make(map[string]level)
	for i, u := range g.users {
		roles := some(g.rng, g.roles, 1+g.n(len(g.roles)))
		g.userRoles[u] = roles
		text := "user " + u + " roles " + set(roles)
		if g.mls {
			high := g.top()
			if i > 0 {
				high = g.someLevel(level{}, high)
			}
			g.userHigh[u] = high
			text += " level " + g.text(g.someLevel(level{}, high)) + " range " + g.sens[0] + " - " + g.text(high)
		}
		g.line(text, ";")
	}
}

// context returns a random context that the policy calls valid.
func (g *randomGen) context() string {
	u := pick(g.rng, g.users)
	role, t, high := "object_r", pick(g.rng, g.everyType()), g.top()
	if g.chance(60) {
		role = pick(g.rng, g.userRoles[u])
		t = pick(g.rng, g.roleTypes[role])
		high = g.userHigh[u]
	}
	text := u + ":" + role + ":" + t
	if !g.mls {
		return text
	}
	upper := g.someLevel(level{}, high)
	lower := g.someLevel(level{}, upper)
	text += ":" + g.text(lower)
	if g.text(lower) != g.text(upper) {
		text += "-" + g.text(upper)
	}
	return text
}

// spaced writes a context the way policy.conf needs it: without spaces around
// the dash of a range, its lexer takes the two levels for one name.
func spaced(context string) string { return strings.Replace(context, "-", " - ", 1) }

func (g *randomGen) contextPart() {
	for _, sid := range g.classes.sids {
		g.line("sid ", sid, " ", spaced(g.context()))
	}
	g.line("fs_use_xattr ext4 ", spaced(g.context()), ";")
	g.line("genfscon proc / ", spaced(g.context()))
	g.portcons()
	for i := range g.n(3) {
		g.line(fmt.Sprintf("netifcon eth%d ", i), spaced(g.context()), " ", spaced(g.context()))
	}
	for _, net := range some(g.rng, []string{"10.0.0.0 255.0.0.0", "10.1.0.0 255.255.0.0", "127.0.0.1 255.255.255.255",
		"2001:db8:: ffff:ffff::", "::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}, g.n(6)) {
		g.line("nodecon ", net, " ", spaced(g.context()))
	}
	for range 40 {
		if c := g.context(); !slices.Contains(g.out.Contexts, c) {
			g.out.Contexts = append(g.out.Contexts, c)
		}
	}
}

// portcons writes stand-ins for random ports; Write puts in the real ones.
func (g *randomGen) portcons() {
	numbers := map[string]uint32{"tcp": 6, "udp": 17, "dccp": 33, "sctp": 132}
	for i := range g.n(14) {
		proto := pick(g.rng, []string{"tcp", "tcp", "tcp", "udp", "udp", "dccp", "sctp"})
		low := uint32(1 + g.n(40))
		high := low + uint32(g.n(3)*g.n(30))
		switch g.n(8) {
		case 0:
			low, high = 1, 65535
		case 1:
			low, high = 1024, 65535
		}
		p := Portcon{Protocol: numbers[proto], Low: low, High: high, Context: g.context()}
		g.out.Portcons = append(g.out.Portcons, p)
		g.line("portcon ", proto, fmt.Sprintf(" %d ", standInPort+i), spaced(p.Context))
	}
}
