package compile

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// A condition is one conditional of the policy in the making.
type condition struct {
	expr  []policydb.CondNode
	bools []uint32 // the booleans in it, by value: at most condMaxBools
	count int      // how many booleans it has
	sum   uint32   // of bools
	truth uint32   // of few booleans: bit n is its value for the settings n
	// The rules of the branches that hold when it is true and when it is false.
	branch [2]branchRules
}

type branchRules struct {
	types  []policydb.AVRule // in the order of insertion
	access []condAccess
	from   [2][]stmtID // the statements of types and of access
}

// A condAccess is a rule of access in a branch, perhaps one of extended
// permissions.
type condAccess struct {
	policydb.AVRule
	x *policydb.XPerms
}

const (
	condMaxBools = 5  // COND_MAX_BOOLS
	condMaxDepth = 10 // COND_EXPR_MAXDEPTH
)

// emitConditionals writes conditionals, the one that was made last first. It
// mirrors cil_booleanif_to_policydb.
func (e *emitter) emitConditionals() {
	e.condTypes = make(map[policydb.AVKey]uint32)
	rules := e.byBranch()
	var list []*condition
	for n := range e.boolIfs {
		b := &e.boolIfs[n]
		c := &condition{}
		e.condExpr(c, b.expr.start, b.expr.end)
		if !e.validCond(b.stmt, c) {
			return
		}
		swapped := c.normalize()
		found := slices.IndexFunc(list, func(o *condition) bool { return c.equal(o) })
		if found >= 0 {
			c = list[found]
		} else {
			list = slices.Insert(list, 0, c)
		}
		first, second := wTrue, wFalse
		if swapped {
			first, second = wFalse, wTrue
		}
		e.branch(c, 0, rules[branchKey{b.stmt, first}])
		e.branch(c, 1, rules[branchKey{b.stmt, second}])
	}
	for _, c := range list {
		e.pol.Conditionals = append(e.pol.Conditionals, e.cond(c))
	}
}

type branchKey struct {
	stmt stmtID // the booleanif
	kind symID  // true or false
}

// A condRule is a rule in a booleanif: the index of an avRule, avxRule or
// typeRule.
type condRule struct {
	index int
	kind  condKind
	stmt  stmtID
}

type condKind uint8

const (
	condAV condKind = iota
	condX
	condType
)

// byBranch sorts the rules in booleanif by the branch that they are in.
func (e *emitter) byBranch() map[branchKey][]condRule {
	out := make(map[branchKey][]condRule)
	add := func(s stmtID, r condRule) {
		at := e.stmts[s].scope
		outer := e.scopes[at].boolif
		for e.scopes[at].parent != outer {
			at = e.scopes[at].parent
		}
		key := branchKey{e.scopes[outer].stmt, e.scopes[at].kind}
		r.stmt = s
		out[key] = append(out[key], r)
	}
	for _, i := range e.conditional {
		add(e.rules[i].stmt, condRule{index: i})
	}
	for i := range e.typeRules {
		if r := &e.typeRules[i]; e.inCondition(r.stmt) {
			add(r.stmt, condRule{index: i, kind: condType})
		}
	}
	for i := range e.xrules {
		if r := &e.xrules[i]; e.inCondition(r.stmt) {
			add(r.stmt, condRule{index: i, kind: condX})
		}
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b condRule) int { return e.rank(a.stmt) - e.rank(b.stmt) })
	}
	return out
}

// rank orders statements of one branch as the tree has them. Statements are
// numbered as they are declared, and a call's after all others, so where calls
// are involved the tree itself is asked.
func (e *emitter) rank(s stmtID) int {
	if e.ranks == nil {
		e.ranks = make([]uint32, len(e.stmts))
		for n, s := range e.live {
			e.ranks[s] = uint32(n)
		}
	}
	return int(e.ranks[s])
}

// condExpr writes an expression in postfix order. It mirrors
// __cil_cond_expr_to_sepol_expr_helper: a list without an operator is an or.
func (e *emitter) condExpr(c *condition, i, stop uint32) {
	op := wNone
	if e.exprs[i]&tokenKind == tokenOp {
		op = symID(e.exprs[i] & tokenValue)
		i++
	}
	for n := 0; i < stop; n++ {
		tok := e.exprs[i]
		if tok&tokenKind == tokenList {
			next := tok & tokenValue
			e.condExpr(c, i+1, next)
			i = next
		} else {
			c.expr = append(c.expr, policydb.CondNode{Op: policydb.CondBool, Bool: e.val[tok&tokenValue]})
			i++
		}
		if op == wNone && n > 0 {
			c.expr = append(c.expr, policydb.CondNode{Op: policydb.CondOr})
		}
	}
	switch op {
	case wNot:
		c.expr = append(c.expr, policydb.CondNode{Op: policydb.CondNot})
	case wOr:
		c.expr = append(c.expr, policydb.CondNode{Op: policydb.CondOr})
	case wAnd:
		c.expr = append(c.expr, policydb.CondNode{Op: policydb.CondAnd})
	case wXor:
		c.expr = append(c.expr, policydb.CondNode{Op: policydb.CondXor})
	case wEq:
		c.expr = append(c.expr, policydb.CondNode{Op: policydb.CondEq})
	case wNeq:
		c.expr = append(c.expr, policydb.CondNode{Op: policydb.CondNeq})
	}
}

func (e *emitter) validCond(s stmtID, c *condition) bool {
	depth := 0
	for _, n := range c.expr {
		switch n.Op {
		case policydb.CondBool:
			if depth++; depth > condMaxDepth {
				e.failStmt(s, "the condition is deeper than %d", condMaxDepth)
				return false
			}
		case policydb.CondNot:
		default:
			depth--
		}
	}
	return true
}

// normalize takes a not off the end of the expression and reports whether there
// was one: the branches swap then. It mirrors cond_normalize_expr.
func (c *condition) normalize() (swapped bool) {
	if last := len(c.expr) - 1; c.expr[last].Op == policydb.CondNot {
		c.expr = c.expr[:last]
		swapped = true
	}
	for _, n := range c.expr {
		if n.Op != policydb.CondBool || slices.Contains(c.bools, n.Bool) {
			continue
		}
		if c.count < condMaxBools {
			c.bools = append(c.bools, n.Bool)
			c.sum += n.Bool
		}
		c.count++
	}
	if c.count <= condMaxBools {
		for test := range uint32(1) << c.count {
			if evalCond(c.expr, func(b uint32) bool { return test>>slices.Index(c.bools, b)&1 != 0 }) {
				c.truth |= 1 << test
			}
		}
	}
	return swapped
}

// evalCond mirrors cond_evaluate_expr.
func evalCond(expr []policydb.CondNode, on func(b uint32) bool) bool {
	var stack [condMaxDepth + 1]bool
	n := 0
	for _, node := range expr {
		switch node.Op {
		case policydb.CondBool:
			stack[n] = on(node.Bool)
			n++
			continue
		case policydb.CondNot:
			stack[n-1] = !stack[n-1]
			continue
		}
		n--
		a, b := stack[n-1], stack[n]
		switch node.Op {
		case policydb.CondOr:
			a = a || b
		case policydb.CondAnd:
			a = a && b
		case policydb.CondXor, policydb.CondNeq:
			a = a != b
		case policydb.CondEq:
			a = a == b
		}
		stack[n-1] = a
	}
	return stack[0]
}

// equal mirrors cond_expr_equal.
func (c *condition) equal(o *condition) bool {
	if c.count != o.count || c.sum != o.sum {
		return false
	}
	if c.count > condMaxBools {
		return slices.Equal(c.expr, o.expr)
	}
	for _, b := range c.bools {
		if !slices.Contains(o.bools, b) {
			return false
		}
	}
	return c.truth == o.truth
}

// branch adds the rules of a branch: those of extended permissions come last.
func (e *emitter) branch(c *condition, which int, rules []condRule) {
	b := &c.branch[which]
	var xtable xTable
	for _, r := range rules {
		switch r.kind {
		case condType:
			e.condType(c, which, &e.typeRules[r.index])
		case condX:
			if x := &e.xrules[r.index]; x.kind != wDontAuditX || !e.opts.DisableDontAudit {
				e.addX(&xtable, x)
			}
		default:
			if av := &e.rules[r.index]; av.kind != wDontAudit || !e.opts.DisableDontAudit {
				e.condAccess(b, av)
			}
		}
	}
	xtable.records(func(key policydb.AVKey, x *xRecord) {
		e.also(x.stmts[0], key, x.stmts[1:]...)
		b.add(condAccess{avRuleOf(key, 0), &x.XPerms}, x.stmts[0])
	})
}

func (b *branchRules) add(r condAccess, from stmtID) {
	b.access = append(b.access, r)
	b.from[1] = append(b.from[1], from)
}

// condAccess adds a rule of access to a branch.
func (e *emitter) condAccess(b *branchRules, av *avRule) {
	kind := ruleKind(av.kind)
	e.eachPair(av.src, av.tgt, func(s, t uint16) {
		e.expandPerms(av.cp, func(class datumID, mask uint32) {
			if mask == 0 {
				return
			}
			if kind == policydb.AVAuditDeny {
				mask = ^mask
			}
			b.add(condAccess{AVRule: avRuleOf(policydb.NewAVKey(s, t, uint16(e.val[class]), kind), mask)}, av.stmt)
		})
	})
}

// also notes that a conditional rule which comes from a statement comes from others too.
func (e *emitter) also(first stmtID, key policydb.AVKey, others ...stmtID) {
	if len(others) == 0 {
		return
	}
	if e.condAlso == nil {
		e.condAlso = make(map[condOrigin][]stmtID)
	}
	o := condOrigin{first, key}
	e.condAlso[o] = append(e.condAlso[o], others...)
}

func avRuleOf(key policydb.AVKey, data uint32) policydb.AVRule {
	return policydb.AVRule{Source: key.Source(), Target: key.Target(), Class: key.Class(), Kind: key.Kind(), Data: data}
}

// condType adds a type rule to a branch. It mirrors __cil_insert_type_rule.
func (e *emitter) condType(c *condition, which int, r *typeRule) {
	if r.fileName != 0 && e.data[r.fileName].name != wStar {
		e.failStmt(r.stmt, "a typetransition with the name of a file is not possible in a booleanif")
		return
	}
	index := func(list []policydb.AVRule, key policydb.AVKey) int {
		return slices.IndexFunc(list, func(o policydb.AVRule) bool {
			return policydb.NewAVKey(o.Source, o.Target, o.Class, o.Kind) == key
		})
	}
	e.eachType(r, func(key policydb.AVKey, result uint32) {
		if old, ok := e.uncond[key]; ok {
			if old != result {
				e.conflict(r, key, old)
			}
			return
		}
		b := &c.branch[which]
		if old, ok := e.condTypes[key]; ok && index(c.branch[1-which].types, key) < 0 {
			if old != result {
				e.conflict(r, key, old)
				return
			}
			if n := index(b.types, key); n >= 0 {
				e.also(b.from[0][n], key, r.stmt)
				return
			}
		}
		e.condTypes[key] = result
		b.types = append(b.types, avRuleOf(key, result))
		b.from[0] = append(b.from[0], r.stmt)
	})
}

// cond writes a conditional with the current state of the booleans.
func (e *emitter) cond(c *condition) policydb.Cond {
	on := evalCond(c.expr, func(b uint32) bool { return e.pol.Bools.Items[b-1].State != 0 })
	out := policydb.Cond{Expr: c.expr}
	if on {
		out.State = 1
	}
	out.True = c.branch[0].table(on)
	out.False = c.branch[1].table(!on)
	e.condOrigins = append(e.condOrigins, [2][]stmtID{c.branch[0].origins(), c.branch[1].origins()})
	return out
}

// table writes the rules of a branch: libsepol prepends each, and then moves
// the type rules to the front, one after the other.
func (b *branchRules) table(on bool) policydb.AVTab {
	var t policydb.AVTabBuilder
	t.Grow(len(b.types) + len(b.access))
	enabled := policydb.AVKind(0)
	if on {
		enabled = policydb.AVEnabled
	}
	for _, r := range b.types {
		r.Kind |= enabled
		t.Add(r)
	}
	for _, r := range slices.Backward(b.access) {
		r.Kind |= enabled
		if r.x != nil {
			t.AddXPerms(r.AVRule, r.x)
		} else {
			t.Add(r.AVRule)
		}
	}
	return t.Table()
}

func (b *branchRules) origins() []stmtID {
	list := slices.Clone(b.from[0])
	for _, s := range slices.Backward(b.from[1]) {
		list = append(list, s)
	}
	return list
}
