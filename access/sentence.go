package access

import (
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// Sentence says why the constraint denies a permission, what: which change it needs, and the
// present state. For a true constraint it is "".
func (r *ConstraintReason) Sentence(what string) string {
	switch {
	case r.Holds:
		return ""
	case r.Needs == nil:
		return what + " is refused by a constraint of " + plural(len(r.Constraint.Expr), "element") +
			", which is too long to describe"
	}
	return what + " needs " + r.needWords(r.Needs, 0) + "; " + joinWords(r.facts(), "and")
}

// needWords describes a need in words that follow "needs"; depth is the number of needs around it.
func (r *ConstraintReason) needWords(n *Need, depth int) string {
	if n.Compare != nil {
		return r.compareWords(n.Compare.node, n.Want)
	}
	var parts []string
	var sets []nameChoice
	for _, arg := range n.Args {
		if c, ok := r.choice(arg); ok && !n.All {
			// Alternatives for one part of a context become one list.
			if i := slices.IndexFunc(sets, c.joins); i >= 0 {
				sets[i].names.list = append(sets[i].names.list, c.names.list...)
				continue
			}
			c.at = len(parts)
			sets = append(sets, c)
		}
		parts = append(parts, r.needWords(arg, depth+1))
	}
	for _, c := range sets {
		parts[c.at] = c.words()
	}
	word := "or"
	if n.All {
		word = "and"
	}
	switch {
	case len(parts) == 1:
		return parts[0]
	case depth >= 2:
		return "(" + strings.Join(parts, " "+word+" ") + ")"
	case n.All && len(parts) == 2:
		return "both " + parts[0] + " and " + parts[1]
	case n.All:
		return "all of " + strings.Join(parts, " and ")
	case depth == 1:
		return "either " + strings.Join(parts, " or ")
	}
	return strings.Join(parts, ", or ")
}

// A nameChoice is a need: a part of a context must be one of some names.
type nameChoice struct {
	attr  uint32
	names names
	at    int
}

// choice returns the values that a need accepts for a part of a context; ok is false if the need is
// of another kind.
func (r *ConstraintReason) choice(n *Need) (c nameChoice, ok bool) {
	if n.Compare == nil || n.Compare.node.Kind != policydb.ConstraintNames ||
		(n.Compare.node.Op == policydb.OpEq) != n.Want {
		return c, false
	}
	c = nameChoice{attr: n.Compare.node.Attr, names: namesOf(r.p, n.Compare.node)}
	return c, c.names.plain() && len(c.names.list) > 0
}

func (c nameChoice) joins(other nameChoice) bool {
	return c.attr == other.attr && c.names.attributes == other.names.attributes
}

func (c nameChoice) words() string {
	return "the " + whose(c.attr) + " " + partWord(c.attr) + " to be " + c.names.words()
}

// compareWords describes the needed result of a comparison, as in "the source's high level to
// dominate the target's high level (h1 dom h2)".
func (r *ConstraintReason) compareWords(node *policydb.ConstraintNode, want bool) string {
	text := comparisonText(r.p, node)
	if !want {
		text = "not " + text
	}
	op, not := node.Op, "" // the needed op, with an optional "not" before it
	if !want {
		switch op {
		case policydb.OpEq:
			op = policydb.OpNeq
		case policydb.OpNeq:
			op = policydb.OpEq
		default:
			not = "not "
		}
	}
	if node.Kind == policydb.ConstraintNames {
		n := namesOf(r.p, node)
		who, part := whose(node.Attr), partWord(node.Attr)
		if op == policydb.OpNeq {
			not = "not "
		}
		return "the " + who + " " + part + " " + not + "to be " + n.words()
	}
	switch node.Attr {
	case policydb.AttrUser, policydb.AttrRole, policydb.AttrType:
		part := partWord(node.Attr)
		switch op {
		case policydb.OpEq:
			return "source and target to have the same " + part + " (" + text + ")"
		case policydb.OpNeq:
			return "source and target to have different " + part + "s (" + text + ")"
		}
		return "the source's " + part + " " + not + orderPhrase(op) + " the target's " + part + " (" + text + ")"
	}
	a, b := levelPhrases(node.Attr)
	return a + " " + not + orderPhrase(op) + " " + b + " (" + text + ")"
}

func whose(attr uint32) string {
	if attr&policydb.AttrTarget != 0 {
		return "target"
	}
	return "source"
}

func partWord(attr uint32) string {
	switch {
	case attr&policydb.AttrUser != 0:
		return "user"
	case attr&policydb.AttrRole != 0:
		return "role"
	}
	return "type"
}

func orderPhrase(op uint32) string {
	switch op {
	case policydb.OpEq:
		return "to equal"
	case policydb.OpNeq:
		return "to differ from"
	case policydb.OpDom:
		return "to dominate"
	case policydb.OpDomBy:
		return "to be dominated by"
	}
	return "to be incomparable with"
}

func levelPhrases(attr uint32) (a, b string) {
	low, high := " low level", " high level"
	source, target := "the source's", "the target's"
	switch attr {
	case policydb.AttrL1L2:
		return source + low, target + low
	case policydb.AttrL1H2:
		return source + low, target + high
	case policydb.AttrH1L2:
		return source + high, target + low
	case policydb.AttrH1H2:
		return source + high, target + high
	case policydb.AttrL1H1:
		return source + low, "its" + high
	}
	return target + low, "its" + high
}

// facts describes the present state instead of the needed one, each fact once.
func (r *ConstraintReason) facts() []string {
	var list []string
	add := func(fact string) {
		if !slices.Contains(list, fact) {
			list = append(list, fact)
		}
	}
	named := make(map[string]int) // by part: the number of comparisons with names
	r.Needs.each(func(n *Need) {
		if n.Compare.node.Kind == policydb.ConstraintNames {
			named[whose(n.Compare.node.Attr)+partWord(n.Compare.node.Attr)]++
		}
	})
	r.Needs.each(func(n *Need) {
		node := n.Compare.node
		if node.Kind == policydb.ConstraintNames && named[whose(node.Attr)+partWord(node.Attr)] > 1 {
			add("the " + whose(node.Attr) + " " + partWord(node.Attr) + " is " + r.partName(node))
			return
		}
		add(r.fact(node))
	})
	return list
}

// each calls f for every comparison.
func (n *Need) each(f func(*Need)) {
	if n.Compare != nil {
		f(n)
	}
	for _, arg := range n.Args {
		arg.each(f)
	}
}

// partName returns the name in the contexts that a node compares with a set.
func (r *ConstraintReason) partName(node *policydb.ConstraintNode) string {
	v, _ := namedPart(node, &r.source, &r.target, nil)
	switch partWord(node.Attr) {
	case "user":
		return r.p.UserName(policy.UserID(v))
	case "role":
		return r.p.RoleName(policy.RoleID(v))
	}
	return r.p.TypeName(policy.TypeID(v))
}

// fact describes the present relation of the two sides of a comparison.
func (r *ConstraintReason) fact(node *policydb.ConstraintNode) string {
	value, _ := evaluateNode(r.p, node, &r.source, &r.target, nil)
	if node.Kind == policydb.ConstraintNames {
		n := namesOf(r.p, node)
		is := " is "
		if value != (node.Op == policydb.OpEq) {
			is = " is not "
		}
		return r.partName(node) + is + n.words()
	}
	var a, b string
	switch node.Attr {
	case policydb.AttrUser:
		a, b = r.p.UserName(policy.UserID(r.source.User)), r.p.UserName(policy.UserID(r.target.User))
	case policydb.AttrRole:
		a, b = r.p.RoleName(policy.RoleID(r.source.Role)), r.p.RoleName(policy.RoleID(r.target.Role))
	case policydb.AttrType:
		a, b = r.p.TypeName(policy.TypeID(r.source.Type)), r.p.TypeName(policy.TypeID(r.target.Type))
	default:
		l, m := levels(node.Attr, &r.source, &r.target)
		a, b = r.p.FormatLevel(*l), r.p.FormatLevel(*m)
	}
	if node.Op == policydb.OpEq || node.Op == policydb.OpNeq {
		if value == (node.Op == policydb.OpEq) {
			return "both are " + a
		}
		return a + " is not " + b
	}
	if value {
		return a + " " + stands(node.Op) + " " + b
	}
	return a + " " + standsNot(node.Op) + " " + b
}

func stands(op uint32) string {
	switch op {
	case policydb.OpDom:
		return "dominates"
	case policydb.OpDomBy:
		return "is dominated by"
	}
	return "is incomparable with"
}

func standsNot(op uint32) string {
	switch op {
	case policydb.OpDom:
		return "does not dominate"
	case policydb.OpDomBy:
		return "is not dominated by"
	}
	return "is comparable with"
}

// joinWords writes "a", "a and b" or "a, b and c".
func joinWords(list []string, last string) string {
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " " + last + " " + list[n-1]
	}
	return strings.Join(list, "")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
