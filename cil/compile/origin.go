package compile

// An originBuilder remembers which statements each rule comes from: the rules
// are numbered in the order in which the policy has them.
type originBuilder struct {
	starts []uint32
	stmts  []stmtID
}

func (o *originBuilder) begin(n int) {
	o.starts = make([]uint32, 0, n+1)
	o.stmts = make([]stmtID, 0, n)
}

// rule begins the next rule.
func (o *originBuilder) rule() { o.starts = append(o.starts, uint32(len(o.stmts))) }

func (o *originBuilder) add(s stmtID) { o.stmts = append(o.stmts, s) }

// Origins says where the rules of a compiled policy come from.
type Origins struct{ e *emitter }

// of returns the statements of rule n.
func (o *originBuilder) of(n int) []stmtID {
	end := len(o.stmts)
	if n+1 < len(o.starts) {
		end = int(o.starts[n+1])
	}
	return o.stmts[o.starts[n]:end]
}
