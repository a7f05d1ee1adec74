package access

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// comparisonText writes a comparison in the policy's language.
func comparisonText(p *policy.Policy, node *policydb.ConstraintNode) string {
	if node.Kind == policydb.ConstraintNames {
		n := namesOf(p, node)
		return partLetter(node.Attr) + side(node.Attr) + " " + equalitySign(node.Op) + " " + n.policyText()
	}
	switch node.Attr {
	case policydb.AttrUser, policydb.AttrRole, policydb.AttrType:
		l := partLetter(node.Attr)
		return l + "1 " + equalitySign(node.Op) + " " + l + "2"
	}
	a, b, _ := policydb.LevelNames(node.Attr)
	return a + " " + orderWord(node.Op) + " " + b
}

func partLetter(attr uint32) string {
	switch {
	case attr&policydb.AttrUser != 0:
		return "u"
	case attr&policydb.AttrRole != 0:
		return "r"
	}
	return "t"
}

func side(attr uint32) string {
	if attr&policydb.AttrTarget != 0 {
		return "2"
	}
	return "1"
}

// equalitySign returns the sign of an op between users, roles or types.
func equalitySign(op uint32) string {
	switch op {
	case policydb.OpEq:
		return "=="
	case policydb.OpNeq:
		return "!="
	}
	return orderWord(op)
}

// orderWord returns the word of an op between levels.
func orderWord(op uint32) string {
	switch op {
	case policydb.OpEq:
		return "eq"
	case policydb.OpNeq:
		return "neq"
	case policydb.OpDom:
		return "dom"
	case policydb.OpDomBy:
		return "domby"
	}
	return "incomp"
}

// names is a set of names in a constraint.
type names struct {
	list       []string // users, roles, types or attributes
	without    []string // excluded types and attributes
	star       bool     // all types
	complement bool
	attributes bool // all of list are attributes
}

// namesOf returns the set of names in a comparison, with types as the policy's author
// wrote them if the policy has that.
func namesOf(p *policy.Policy, node *policydb.ConstraintNode) names {
	n := names{}
	switch {
	case node.Attr&policydb.AttrUser != 0:
		for bit := range node.Names.All() {
			n.list = append(n.list, p.UserName(policy.UserID(bit+1)))
		}
	case node.Attr&policydb.AttrRole != 0:
		for bit := range node.Names.All() {
			n.list = append(n.list, p.RoleName(policy.RoleID(bit+1)))
		}
	default:
		written := node.TypeNames
		set := written.Types
		if set.IsEmpty() && written.Negset.IsEmpty() && written.Flags == 0 {
			set = node.Names
		}
		n.attributes = true
		for bit := range set.All() {
			id := policy.TypeID(bit + 1)
			n.list = append(n.list, p.TypeName(id))
			n.attributes = n.attributes && p.IsAttribute(id)
		}
		for bit := range written.Negset.All() {
			n.without = append(n.without, p.TypeName(policy.TypeID(bit+1)))
		}
		n.star, n.complement = written.Flags&1 != 0, written.Flags&2 != 0
	}
	slices.Sort(n.list)
	slices.Sort(n.without)
	return n
}

func (n *names) plain() bool { return !n.star && !n.complement && len(n.without) == 0 }

func (n *names) policyText() string {
	if n.plain() && len(n.list) == 1 {
		return n.list[0]
	}
	text := "{"
	if n.complement {
		text = "~{"
	}
	if n.star {
		text += " *"
	}
	for _, name := range n.list {
		text += " " + name
	}
	for _, name := range n.without {
		text += " -" + name
	}
	return text + " }"
}

// maxNames bounds the names of a set that a sentence lists.
const maxNames = 6

// words returns the set as words that follow "to be".
func (n *names) words() string {
	switch {
	case !n.plain():
		return "in " + n.policyText()
	case len(n.list) == 0:
		return "in the empty set"
	case len(n.list) == 1 && n.attributes:
		return "in " + n.list[0]
	case len(n.list) == 1:
		return n.list[0]
	case len(n.list) > maxNames:
		return "in a set of " + strings.Join(n.list[:maxNames], ", ") + " and " + plural(len(n.list)-maxNames, "other")
	case n.attributes:
		return "in " + joinWords(n.list, "or")
	}
	return joinWords(n.list, "or")
}
