package access

import (
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// programs are the constraints of all classes in a form that is fast to evaluate: comparisons with
// jumps. "and", "or" and "not" cost nothing, and comparisons that can no longer change the result
// are skipped. Each class is compiled at its first use.
type programs struct {
	classes []classPrograms // by ClassID
	steps   []step
	sets    []uint64 // the bitmaps of the sets of names
	known   map[policydb.Bitmap]nameSet
}

type classPrograms struct {
	compiled bool
	list     []program
}

// A program is one constraint.
type program struct {
	perms policy.AccessVector
	// expr is used instead of steps if the expression has no program: it is longer than maxSteps,
	// or has elements at which the kernel stops.
	expr  []policydb.ConstraintNode
	start int32
}

// A step is one comparison with its two successors.
type step struct {
	kind    stepKind
	which   uint8 // stepNames: the part of the contexts; stepLevels: the pair of levels
	op      uint8 // for stepRoles and stepLevels
	attr    uint16
	set     nameSet
	yes, no int16 // relative to the program's start, or the constants below
}

type stepKind uint8

const (
	stepNames stepKind = iota
	stepSameUser
	stepSameRole
	stepSameType
	stepRoles
	stepLevels
)

const (
	holds int16 = -1 - iota
	fails
)

// A nameSet is a bitmap in programs.sets.
type nameSet struct{ start, words uint32 }

const maxSteps = 256

func newPrograms(p *policy.Policy) programs {
	return programs{classes: make([]classPrograms, p.MaxClass()+1), known: make(map[policydb.Bitmap]nameSet)}
}

// constrain removes the permissions that a constraint of the class refuses.
func (g *programs) constrain(p *policy.Policy, source, target *policy.Context, class policy.ClassID,
	allowed policy.AccessVector) policy.AccessVector {
	if uint(class) >= uint(len(g.classes)) {
		return allowed
	}
	c := &g.classes[class]
	if !c.compiled {
		g.compile(p, class)
	}
	if len(c.list) == 0 {
		return allowed
	}
	m := machine{
		parts:  [6]uint32{source.User, source.Role, source.Type, target.User, target.Role, target.Type},
		source: source, target: target,
	}
	for i := range c.list {
		prog := &c.list[i]
		if prog.perms&allowed == 0 {
			continue
		}
		if prog.expr != nil {
			if !evaluate(p, prog.expr, source, target) {
				allowed &^= prog.perms
			}
		} else if !g.run(p, prog, &m) {
			allowed &^= prog.perms
		}
	}
	return allowed
}

// A machine has two contexts and the comparisons of their levels so far.
type machine struct {
	parts          [6]uint32 // user, role, type of the source, then of the target
	source, target *policy.Context
	relations      [6]levelRelation
}

func (g *programs) run(p *policy.Policy, prog *program, m *machine) bool {
	steps := g.steps[prog.start:]
	at := int16(0)
	for at >= 0 {
		s := &steps[at]
		var yes bool
		switch s.kind {
		case stepNames:
			v := m.parts[s.which] - 1
			yes = v/64 < s.set.words && g.sets[s.set.start+v/64]>>(v%64)&1 != 0
		case stepLevels:
			r := m.relations[s.which]
			if r == 0 {
				a, b := levels(uint32(s.attr), m.source, m.target)
				r = compareLevels(a, b)
				m.relations[s.which] = r
			}
			yes, _ = r.holds(uint32(s.op))
		case stepSameUser:
			yes = m.parts[0] == m.parts[3]
		case stepSameRole:
			yes = m.parts[1] == m.parts[4]
		case stepSameType:
			yes = m.parts[2] == m.parts[5]
		case stepRoles:
			var ok bool
			if yes, ok = compareRoles(p, uint32(s.op), m.parts[1], m.parts[4]); !ok {
				return false
			}
		}
		if yes {
			at = s.yes
		} else {
			at = s.no
		}
	}
	return at == holds
}

func (g *programs) compile(p *policy.Policy, class policy.ClassID) {
	c := &g.classes[class]
	c.compiled = true
	info := p.ClassInfo(class)
	if info == nil {
		return
	}
	c.list = make([]program, len(info.Constraints))
	for i := range info.Constraints {
		constraint := &info.Constraints[i]
		prog := program{perms: policy.AccessVector(constraint.Perms), start: int32(len(g.steps))}
		if t, ok := newTree(constraint.Expr); ok {
			g.emit(t, int(prog.start), holds, fails)
		} else {
			prog.expr = constraint.Expr
		}
		c.list[i] = prog
	}
}

// emit appends the steps of a tree with the successors yes and no. A tree takes as many steps as it
// has comparisons.
func (g *programs) emit(t *tree, start int, yes, no int16) {
	switch t.op {
	case treeNot:
		g.emit(t.args[0], start, no, yes)
		return
	case treeAnd, treeOr:
		for i, arg := range t.args {
			if i == len(t.args)-1 {
				g.emit(arg, start, yes, no)
				return
			}
			next := int16(len(g.steps) - start + arg.leaves)
			if t.op == treeAnd {
				g.emit(arg, start, next, no)
			} else {
				g.emit(arg, start, yes, next)
			}
		}
		return
	}
	g.steps = append(g.steps, g.step(t.node, yes, no))
}

// step translates a comparison that newTree found to be valid.
func (g *programs) step(node *policydb.ConstraintNode, yes, no int16) step {
	s := step{yes: yes, no: no, op: uint8(node.Op), attr: uint16(node.Attr)}
	negate := func() {
		if node.Op == policydb.OpNeq {
			s.yes, s.no = s.no, s.yes
		}
	}
	if node.Kind == policydb.ConstraintNames {
		s.kind, s.set = stepNames, g.set(node.Names)
		switch {
		case node.Attr&policydb.AttrUser != 0:
			s.which = 0
		case node.Attr&policydb.AttrRole != 0:
			s.which = 1
		default:
			s.which = 2
		}
		if node.Attr&policydb.AttrTarget != 0 {
			s.which += 3
		}
		negate()
		return s
	}
	switch node.Attr {
	case policydb.AttrUser:
		s.kind = stepSameUser
		negate()
	case policydb.AttrType:
		s.kind = stepSameType
		negate()
	case policydb.AttrRole:
		s.kind = stepSameRole
		if node.Op != policydb.OpEq && node.Op != policydb.OpNeq {
			s.kind = stepRoles
		}
		negate()
	default:
		s.kind = stepLevels
		for attr := node.Attr; attr > policydb.AttrL1L2; attr >>= 1 {
			s.which++
		}
	}
	return s
}

// set returns the bitmap of a set of names; equal sets share one.
func (g *programs) set(b policydb.Bitmap) nameSet {
	if s, ok := g.known[b]; ok {
		return s
	}
	s := nameSet{start: uint32(len(g.sets))}
	for start, word := range b.Words() {
		for s.words <= start/64 {
			g.sets = append(g.sets, 0)
			s.words++
		}
		g.sets[s.start+start/64] = word
	}
	g.known[b] = s
	return s
}
