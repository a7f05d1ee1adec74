package compile

import (
	"fmt"
	"slices"
	"sync"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policydb"
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

// Origins leads from the rules of a compiled policy to their statements.
type Origins struct {
	e     *emitter
	once  sync.Once
	rules map[stmtID]int32 // of statements about access, once they are asked for
}

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
func (o *Origins) Rule(n int) []Origin { return o.e.originsOf(o.e.origins.of(n)) }

// RuleOf returns the statements of the unconditional rule n that say something of the
// permissions, an access vector of the rule's class: of a rule that has none, all.
func (o *Origins) RuleOf(n int, perms uint32) []Origin {
	e := o.e
	return e.originsOf(slices.DeleteFunc(slices.Clone(e.origins.of(n)), func(s stmtID) bool {
		r, ok := o.accessRule(s)
		if !ok {
			return false
		}
		overlaps := false
		e.expandPerms(r.cp, func(class datumID, mask uint32) {
			if e.val[class] == uint32(e.table[n].key.Class()) && mask&perms != 0 {
				overlaps = true
			}
		})
		return !overlaps
	}))
}

// accessRule returns the resolved form of a statement about access.
func (o *Origins) accessRule(s stmtID) (*avRule, bool) {
	o.once.Do(func() {
		o.rules = make(map[stmtID]int32, len(o.e.rules))
		for i := range o.e.rules {
			o.rules[o.e.rules[i].stmt] = int32(i)
		}
	})
	i, ok := o.rules[s]
	if !ok {
		return nil, false
	}
	return &o.e.rules[i], true
}

// CondRule returns the statements of rule n of a branch of conditional i of the policy:
// more than one where a type or extended permissions are given twice. A conditional that
// several statements share has the rules of all.
func (o *Origins) CondRule(i int, branch bool, n int) []Origin {
	which, tab := 1, o.e.pol.Conditionals[i].False
	if branch {
		which, tab = 0, o.e.pol.Conditionals[i].True
	}
	first := o.e.condOrigins[i][which][n]
	list := []stmtID{first}
	for _, r := range tab.All() {
		if n == 0 {
			key := policydb.NewAVKey(r.Source, r.Target, r.Class, r.Kind&^policydb.AVEnabled)
			list = append(list, o.e.condAlso[condOrigin{first, key}]...)
			break
		}
		n--
	}
	return o.e.originsOf(list)
}

// NamedTransition returns the statements of a transition that depends on the name of the
// new object: source, target and class are numbers of the policy.
func (o *Origins) NamedTransition(source, target, class uint32, name string) []Origin {
	e := o.e
	has := func(id datumID, v uint32) bool { return slices.Contains(e.members(id), uint16(v)) }
	var list []stmtID
	for i := range e.typeRules {
		r := &e.typeRules[i]
		if r.fileName == 0 || e.names[e.data[r.fileName].name] != name || !has(r.src, source) ||
			r.tgt != 0 && !has(r.tgt, target) || r.tgt == 0 && source != target {
			continue
		}
		if slices.ContainsFunc(e.expandClass(r.class), func(id datumID) bool { return e.val[id] == class }) {
			list = append(list, r.stmt)
		}
	}
	return e.originsOf(list)
}

// originsOf returns statements, each once.
func (e *emitter) originsOf(stmts []stmtID) []Origin {
	var list []Origin
	seen := make(map[stmtID]bool, len(stmts))
	for _, s := range stmts {
		if !seen[s] {
			seen[s] = true
			list = append(list, e.origin(s))
		}
	}
	return list
}

// Cond returns the first statement of rule n of a branch of conditional i of the
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
