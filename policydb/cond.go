package policydb

// A Cond is a conditional: an expression over booleans and the rules that hold
// when it is true and when it is false.
type Cond struct {
	// State is the value of the expression when the policy was written, which
	// readers recompute.
	State uint32
	Expr  []CondNode // postfix
	True  AVTab
	False AVTab
}

// A CondNode is one element of a conditional's expression.
type CondNode struct {
	Op   CondOp
	Bool uint32 // the boolean's value when Op is CondBool, else unused
}

// A CondOp is the kind of an element of a conditional's expression.
type CondOp uint32

// The operators, in the numbers of the file (COND_*).
const (
	CondBool CondOp = 1 + iota
	CondNot
	CondOr
	CondAnd
	CondXor
	CondEq
	CondNeq
)

// conditionals mirrors cond_read_list.
func (d *decoder) conditionals() []Cond {
	d.enter("conditionals")
	list := make([]Cond, d.count(16))
	for i := range list {
		d.record = i
		c := &list[i]
		c.State = d.u32()
		c.Expr = d.condExpr()
		d.record = i
		c.True = d.avtab(true)
		if d.err == nil {
			d.record = i
			c.False = d.avtab(true)
		}
		if d.err != nil {
			d.err.Record = i
			return nil
		}
	}
	return list
}

func (d *decoder) condExpr() []CondNode {
	n := d.count(8)
	if d.err != nil {
		return nil
	}
	expr := d.condNodes.take(n)
	for i := range expr {
		node := &expr[i]
		node.Op = CondOp(d.u32())
		node.Bool = d.u32()
		switch {
		case d.err != nil:
		case node.Op < CondBool || node.Op > CondNeq:
			d.failf("conditional operator %d does not exist", node.Op)
		case node.Bool > d.p.Bools.NPrim || node.Op == CondBool && node.Bool == 0:
			d.failf("boolean %d is not in 1..%d", node.Bool, d.p.Bools.NPrim)
		}
	}
	return expr
}

func (e *encoder) conditionals() {
	e.count(len(e.p.Conditionals))
	for i := range e.p.Conditionals {
		c := &e.p.Conditionals[i]
		e.u32(c.State)
		e.count(len(c.Expr))
		for _, node := range c.Expr {
			e.u32(uint32(node.Op))
			e.u32(node.Bool)
		}
		e.avtab(c.True)
		e.avtab(c.False)
	}
}
