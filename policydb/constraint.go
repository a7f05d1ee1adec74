package policydb

import (
	"errors"
	"strings"
)

// A Constraint is one constrain, mlsconstrain or validatetrans statement: an
// expression that must hold before Perms may be granted. The format does not
// tell a constrain from an mlsconstrain; seinfo calls it the latter when the
// expression compares levels.
type Constraint struct {
	Perms uint32 // an access vector
	Expr  []ConstraintNode
}

// A ConstraintNode is one element of a constraint's expression in postfix
// order.
type ConstraintNode struct {
	Kind ConstraintKind
	Attr uint32 // what is compared: the Attr constants; 0 for operators
	Op   uint32 // how: the Op constants; 0 for operators
	// Names is the set that an AttrUser, AttrRole or AttrType is compared with
	// when Kind is ConstraintNames: values - 1, attributes already expanded.
	Names Bitmap
	// TypeNames is the set as the author wrote it, v29+.
	TypeNames TypeSet
}

// A ConstraintKind is the kind of a node of a constraint.
type ConstraintKind uint32

// The kinds, in the numbers of the file (CEXPR_*).
const (
	ConstraintNot ConstraintKind = 1 + iota
	ConstraintAnd
	ConstraintOr
	ConstraintAttr  // compares an attribute of the source with the target's
	ConstraintNames // compares an attribute with a set of names
)

// The values of [ConstraintNode.Attr] (CEXPR_*). The first three are combined
// with AttrTarget or AttrXTarget when Kind is ConstraintNames.
const (
	AttrUser    = 1
	AttrRole    = 2
	AttrType    = 4
	AttrTarget  = 8    // of the target; else of the source
	AttrXTarget = 16   // of the third context of a validatetrans
	AttrL1L2    = 32   // low level of the source and of the target
	AttrL1H2    = 64   // low of the source, high of the target
	AttrH1L2    = 128  // high of the source, low of the target
	AttrH1H2    = 256  // high of both
	AttrL1H1    = 512  // both of the source
	AttrL2H2    = 1024 // both of the target
)

// The values of [ConstraintNode.Op] (CEXPR_*).
const (
	OpEq     = 1
	OpNeq    = 2
	OpDom    = 3
	OpDomBy  = 4
	OpIncomp = 5
)

// A TypeSet is a set of types as written in a constraint's source: types and
// attributes, less some, or all, or the complement.
type TypeSet struct {
	Types, Negset Bitmap // type values - 1
	Flags         uint32 // 1 all types (*), 2 the complement (~)
}

const constraintMaxDepth = 5

var (
	errConstraintStack = errors.New("constraint expression is not well formed, or deeper than 5")
	errConstraintKind  = errors.New("constraint expression has an element of no known kind")
	errXTarget         = errors.New("constraint names the third context of a validatetrans")
)

// constraints mirrors read_cons_helper.
func (d *decoder) constraints(n int, validateTrans bool) []Constraint {
	if d.err != nil || n == 0 {
		return nil
	}
	list := d.constraint.take(n)
	for i := range list {
		list[i].Perms = d.u32()
		list[i].Expr = d.sharedExpr(validateTrans)
		if d.err != nil {
			return nil
		}
	}
	return list
}

// expressions are the last expressions of constraints that were read, by their bytes. A
// statement about many classes stands in the file once for each: Debian's policy has 243
// expressions, and 18 different ones.
type expressions struct {
	seen [64]struct {
		bytes         string
		validateTrans bool
		nodes         []ConstraintNode
	}
	next int
}

// sharedExpr reads an expression with its count. Equal ones share their nodes.
func (d *decoder) sharedExpr(validateTrans bool) []ConstraintNode {
	start := d.off
	for i := range d.expressions.seen {
		// The beginning of an expression tells its length, so equal prefixes are equal expressions.
		if e := &d.expressions.seen[i]; e.bytes != "" && e.validateTrans == validateTrans &&
			strings.HasPrefix(d.s[start:], e.bytes) {
			d.off += len(e.bytes)
			return e.nodes
		}
	}
	nodes := d.constraintExpr(d.count(12), validateTrans)
	if d.err == nil {
		e := &d.expressions.seen[d.expressions.next%len(d.expressions.seen)]
		e.bytes, e.validateTrans, e.nodes = d.s[start:d.off], validateTrans, nodes
		d.expressions.next++
	}
	return nodes
}

func (d *decoder) constraintExpr(n int, validateTrans bool) []ConstraintNode {
	if d.err != nil {
		return nil
	}
	expr := d.nodes.take(n)
	depth := 0
	for i := range expr {
		node := &expr[i]
		node.Kind = ConstraintKind(d.u32())
		node.Attr = d.u32()
		node.Op = d.u32()
		need, change := 0, 1
		switch node.Kind {
		case ConstraintNot:
			need, change = 1, 0
		case ConstraintAnd, ConstraintOr:
			need, change = 2, -1
		case ConstraintAttr:
		case ConstraintNames:
			if node.Attr&AttrXTarget != 0 && !validateTrans {
				d.fail(errXTarget)
			}
			node.Names = d.bitmap()
			if d.p.Version >= versionConstraintName {
				node.TypeNames = TypeSet{Types: d.bitmap(), Negset: d.bitmap(), Flags: d.u32()}
			}
		default:
			d.fail(errConstraintKind)
		}
		if depth < need || depth+change > constraintMaxDepth {
			d.fail(errConstraintStack)
		}
		depth += change
		if d.err != nil {
			return nil
		}
	}
	if depth != 1 {
		d.fail(errConstraintStack)
	}
	return expr
}

func (e *encoder) constraints(list []Constraint) {
	for _, c := range list {
		e.u32(c.Perms)
		e.count(len(c.Expr))
		for i := range c.Expr {
			node := &c.Expr[i]
			e.u32(uint32(node.Kind))
			e.u32(node.Attr)
			e.u32(node.Op)
			if node.Kind != ConstraintNames {
				continue
			}
			e.bitmap(node.Names)
			if e.p.Version >= versionConstraintName {
				e.bitmap(node.TypeNames.Types)
				e.bitmap(node.TypeNames.Negset)
				e.u32(node.TypeNames.Flags)
			}
		}
	}
}

// LevelNames returns the names of the two levels that an attribute of a constraint
// compares, as l1 and h2. It is false for an attribute that compares none.
func LevelNames(attr uint32) (a, b string, ok bool) {
	switch attr {
	case AttrL1L2:
		return "l1", "l2", true
	case AttrL1H2:
		return "l1", "h2", true
	case AttrH1L2:
		return "h1", "l2", true
	case AttrH1H2:
		return "h1", "h2", true
	case AttrL1H1:
		return "l1", "h1", true
	case AttrL2H2:
		return "l2", "h2", true
	}
	return "", "", false
}
