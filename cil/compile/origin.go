package compile

import (
	"fmt"

	"github.com/senet-selinux/senet/cil"
)

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

// Origins says which statements the rules of a compiled policy come from.
type Origins struct{ e *emitter }

// An Origin is one statement.
type Origin struct {
	// File names the source, Pos the place in it.
	File string
	Pos  cil.Pos
	// Text is the statement as it is written, on one line.
	Text string
	// Source is the place in the source that the CIL was generated from, as line
	// marks say: "file:line"; "" without marks.
	Source string
	// Path are the containers and calls that the statement stands in, innermost
	// first: "optional NAME", "block NAME", "macro NAME", "call NAME".
	Path []string
}

// Rule returns the statements of the unconditional rule n: the rules are counted
// from 0 in the order of the policy's AVTab.
func (o *Origins) Rule(n int) []Origin {
	var list []Origin
	seen := make(map[stmtID]bool)
	for _, s := range o.e.origins.of(n) {
		if !seen[s] {
			seen[s] = true
			list = append(list, o.e.origin(s))
		}
	}
	return list
}

// Cond returns the statement of rule n of a branch of conditional i of the
// policy. A conditional that several statements share has the rules of all.
func (o *Origins) Cond(i int, branch bool, n int) Origin {
	which := 1
	if branch {
		which = 0
	}
	return o.e.origin(o.e.condOrigins[i][which][n])
}

func (e *emitter) origin(s stmtID) Origin {
	st := &e.stmts[s]
	f, i := e.units[st.unit].placed(st.node)
	out := Origin{File: f.Name, Pos: f.Pos(i), Text: f.String(i)}
	if path, line, ok := f.Source(i); ok {
		out.Source = fmt.Sprintf("%s:%d", path, line)
	}
	for at := st.scope; at > rootScope; at = e.scopes[at].parent {
		switch sc := &e.scopes[at]; sc.kind {
		case wCall:
			out.Path = append(out.Path, "call "+e.headText(at))
		case wBlock, wMacro, wOptional:
			out.Path = append(out.Path, words[sc.kind]+" "+e.names[e.data[sc.datum].name])
		}
	}
	return out
}

// of returns the statements of rule n.
func (o *originBuilder) of(n int) []stmtID {
	end := len(o.stmts)
	if n+1 < len(o.starts) {
		end = int(o.starts[n+1])
	}
	return o.stmts[o.starts[n]:end]
}
