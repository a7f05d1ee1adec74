package setools

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

// A ruleTable holds type enforcement rules in the order of their text.
//
// SETools writes all rules and sorts the lines. Here each part of a line gets a rank among the texts of that part,
// including the separator that follows. The ranks of a rule make up one number, so that the numbers have the order
// of the lines. The table keeps only that number; equal lines have equal numbers.
type ruleTable struct {
	p       *policy.Policy
	perms   *permNames
	tails   tails
	rows    [][]ruleRow // until sorted, in pieces so that nothing is copied when they grow
	sources ranking[policy.TypeID]
	targets ranking[policy.TypeID]
	ends    ranking[uint32] // tails
	conds   ranking[uint32] // 2*conditional, +1 for its true branch; 0 outside of conditionals

	layout keyLayout
	keys   []uint64
	// parts is used instead of keys where ranks do not fit into one number, or where the order of
	// the keys is not that of the lines.
	parts []ruleParts
}

// A ruleRow is a rule before ranks are known.
type ruleRow struct {
	tail, cond     uint32
	source, target uint16
	kind           uint8
}

// ruleKindNames are the keywords in alphabetical order; a row's kind is its index.
func ruleKindNames() [9]string {
	return [...]string{"allow", "allowxperm", "auditallow", "auditallowxperm", "dontaudit", "dontauditxperm",
		"type_change", "type_member", "type_transition"}
}

func ruleKindIndex(k policy.RuleKind) uint8 {
	switch k {
	case policy.Allow:
		return 0
	case policy.AllowXPerm:
		return 1
	case policy.AuditAllow:
		return 2
	case policy.AuditAllowXPerm:
		return 3
	case policy.DontAudit:
		return 4
	case policy.DontAuditXPerm:
		return 5
	case policy.TypeChange:
		return 6
	case policy.TypeMember:
		return 7
	}
	return 8
}

func newRuleTable(p *policy.Policy) *ruleTable {
	return &ruleTable{p: p, perms: newPermNames(p), tails: tails{p: p}}
}

func (t *ruleTable) add(r *query.TERule) {
	row := ruleRow{tail: t.tails.number(r), source: uint16(r.Source), target: uint16(r.Target),
		kind: ruleKindIndex(r.Kind)}
	if r.Cond != 0 {
		row.cond = 2 * uint32(r.Cond)
		if r.Branch {
			row.cond++
		}
	}
	last := len(t.rows) - 1
	if last < 0 || len(t.rows[last]) == cap(t.rows[last]) {
		last++
		t.rows = append(t.rows, make([]ruleRow, 0, rulesPerPiece>>max(0, 6-last)))
	}
	t.rows[last] = append(t.rows[last], row)
}

// rulesPerPiece makes pieces of 64 KB; the first ones are smaller.
const rulesPerPiece = 4096

// each yields the collected rows.
func (t *ruleTable) each(yield func(*ruleRow) bool) {
	for _, piece := range t.rows {
		for i := range piece {
			if !yield(&piece[i]) {
				return
			}
		}
	}
}

// count returns the number of collected rows.
func (t *ruleTable) count() (n int) {
	for _, piece := range t.rows {
		n += len(piece)
	}
	return n
}

// sort ends the collection.
func (t *ruleTable) sort() {
	odd := t.rank()
	n := t.count()
	t.layout = newKeyLayout(t.sources.n(), t.targets.n(), t.ends.n(), t.conds.n())
	if odd || t.layout.bits > 64 {
		t.sortParts(n, odd)
	} else {
		t.keys = make([]uint64, 0, n)
		for r := range t.each {
			t.keys = append(t.keys, t.layout.pack(t.partsOf(r)))
		}
		sortKeys(t.keys, t.layout.bits)
	}
	t.rows = nil
}

func (t *ruleTable) partsOf(r *ruleRow) ruleParts {
	return ruleParts{
		kind: uint32(r.kind), source: t.sources.rank[r.source], target: t.targets.rank[r.target],
		tail: t.ends.rank[r.tail], cond: t.conds.rank[r.cond],
	}
}

// sortParts sorts by comparison: of the ranks, or of the lines if the ranks do not decide.
func (t *ruleTable) sortParts(n int, odd bool) {
	t.parts = make([]ruleParts, 0, n)
	for r := range t.each {
		t.parts = append(t.parts, t.partsOf(r))
	}
	var a, b []byte
	slices.SortFunc(t.parts, func(x, y ruleParts) int {
		if odd {
			a, b = t.appendLine(a[:0], x), t.appendLine(b[:0], y)
			return bytes.Compare(a, b)
		}
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.source, y.source), cmp.Compare(x.target, y.target),
			cmp.Compare(x.tail, y.tail), cmp.Compare(x.cond, y.cond))
	})
}

// len returns the number of rules.
func (t *ruleTable) len() int { return len(t.keys) + len(t.parts) }

// at returns the rule at a position of the sorted table.
func (t *ruleTable) at(i int) ruleParts {
	if t.parts != nil {
		return t.parts[i]
	}
	return t.layout.unpack(t.keys[i])
}

// rank gives every part of the rows its rank. odd is true if some names make the order of ranks differ from that of
// lines. No compiler accepts such names, but a file may hold them.
func (t *ruleTable) rank() (odd bool) {
	t.sources = newRanking[policy.TypeID](int(t.p.MaxType()))
	t.targets = newRanking[policy.TypeID](int(t.p.MaxType()))
	t.conds = newRanking[uint32](2*len(t.p.DB().Conditionals) + 1)
	for r := range t.each {
		t.sources.use(policy.TypeID(r.source))
		t.targets.use(policy.TypeID(r.target))
		t.conds.use(r.cond)
	}
	odd = t.sources.sort(t.p.TypeName, ' ')
	odd = t.targets.sort(t.p.TypeName, ':') || odd
	t.conds.sortDistinct(t.suffix)
	t.rankTails()
	// If one tail begins with the whole of another tail, the conditional of the shorter one could change the order.
	return odd || t.conds.n() > 1 && t.ends.hasPrefixes()
}

// suffix is the end of the line of a rule in a conditional.
func (t *ruleTable) suffix(cond uint32) string {
	if cond == 0 {
		return ""
	}
	branch := "False"
	if cond&1 != 0 {
		branch = "True"
	}
	return " [ " + condText(t.p, policy.CondID(cond/2)) + " ]:" + branch
}

// rankTails writes all tails and ranks them. Equal texts have one rank.
func (t *ruleTable) rankTails() {
	all := t.tails.all
	t.ends = newRanking[uint32](len(all))
	end := make([]int, len(all)+1)
	text := make([]byte, 0, 64*len(all))
	for i := range all {
		text = t.appendTail(text, &all[i])
		end[i+1] = len(text)
		t.ends.use(uint32(i))
	}
	s := string(text)
	t.ends.sort(func(i uint32) string { return s[end[i]:end[i+1]] }, noSeparator)
}

func (t *ruleTable) appendTail(b []byte, v *tail) []byte {
	b = append(append(b, t.p.ClassName(v.class)...), ' ')
	switch {
	case v.xperms >= 0:
		b = appendXPerms(b, &t.tails.xperms[v.xperms])
	case v.dflt != 0:
		b = append(b, t.p.TypeName(v.dflt)...)
		if v.named {
			b = append(append(b, ' '), words.Safe(v.fileName)...)
		}
	default:
		b = t.perms.append(b, v.class, v.perms)
	}
	return append(b, ';')
}
