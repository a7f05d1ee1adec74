package compile

import (
	"slices"
	"sort"
)

// A region is a piece of the tree that is replaced: of the live statements as they were,
// those from lo to hi go, and of the new ones those from newLo to newHi come.
type region struct{ lo, hi, newLo, newHi int }

// A splicer replaces pieces of lists that are in the order of the tree.
type splicer struct {
	ranks, newRanks []uint32 // by statement: which of the live ones it is
	first           stmtID
	regions         []region
}

// rank returns which of the live statements a statement is.
func (s *splicer) rank(id stmtID) int {
	if id >= s.first {
		return int(s.newRanks[id-s.first])
	}
	return int(s.ranks[id])
}

// ranks numbers live statements, and those that are not in the list with none.
func ranksOf(live []stmtID, from stmtID, n int) []uint32 {
	ranks := make([]uint32, n)
	for i := range ranks {
		ranks[i] = noRank
	}
	for i, s := range live {
		ranks[s-from] = uint32(i)
	}
	return ranks
}

const noRank = 1<<32 - 1

// start returns where among live statements the roots from i on begin, if they stand in
// front of end.
func start(ranks []uint32, from stmtID, roots []stmtID, i, end int) int {
	for ; i < len(roots); i++ {
		if r := ranks[roots[i]-from]; r != noRank {
			return int(r)
		}
	}
	return end
}

// splice puts what the new statements resolve to in the place of the old, and the edits
// in that of the parts.
func (m *mender) splice() {
	c, n := m.compiler, &m.lists
	s := &splicer{
		ranks: ranksOf(m.base.live, 0, int(m.first)), first: m.first,
		newRanks: ranksOf(m.live, m.first, len(c.stmts)-int(m.first)),
	}
	m.regions(s)
	self := func(s *stmtID) stmtID { return *s }
	c.live = replaced(s, c.live, m.live, self)
	c.rules = replaced(s, c.rules, n.rules, func(r *avRule) stmtID { return r.stmt })
	c.sets = replaced(s, c.sets, n.sets, func(r *attributeSet) stmtID { return r.stmt })
	c.xrules = replaced(s, c.xrules, n.xrules, func(r *avxRule) stmtID { return r.stmt })
	c.typeRules = replaced(s, c.typeRules, n.typeRules, func(r *typeRule) stmtID { return r.stmt })
	c.rangeRules = replaced(s, c.rangeRules, n.rangeRules, func(r *rangeRule) stmtID { return r.stmt })
	c.roleRules = replaced(s, c.roleRules, n.roleRules, func(r *roleRule) stmtID { return r.stmt })
	pairOf := func(p *pair) stmtID { return p.stmt }
	c.roleAllows = replaced(s, c.roleAllows, n.roleAllows, pairOf)
	c.roleTypes = replaced(s, c.roleTypes, n.roleTypes, pairOf)
	c.userRoles = replaced(s, c.userRoles, n.userRoles, pairOf)
	c.permissive = replaced(s, c.permissive, n.permissive, pairOf)
	c.labels = replaced(s, c.labels, n.labels, func(l *label) stmtID { return l.stmt })
	c.boolIfs = replaced(s, c.boolIfs, n.boolIfs, func(b *boolIf) stmtID { return b.stmt })
	userOf := func(u *seUser) stmtID { return u.stmt }
	c.seUsers = replaced(s, c.seUsers, n.seUsers, userOf)
	c.prefixes = replaced(s, c.prefixes, n.prefixes, userOf)

	gone := make([]goneOptional, 0, len(c.gone)+len(m.lost))
	for _, g := range c.gone {
		if !m.gone.has(uint32(c.rootOf(c.scopes[g.scope].stmt))) {
			gone = append(gone, g)
		}
	}
	c.gone = append(gone, m.lost...)
}

// regions finds the pieces that are replaced, and makes the parts of the new policy.
func (m *mender) regions(s *splicer) {
	c := m.compiler
	homeOf := func(at int) int {
		if at == len(m.parts) {
			return len(m.base.live)
		}
		return int(s.ranks[m.parts[at].home])
	}
	parts := make([]part, 0, len(c.parts)+len(m.edits))
	at := 0
	list := m.ordered()
	for i, e := range list {
		upTo := e.at
		if e.old >= 0 {
			upTo = e.old
		}
		for ; at < upTo; at++ {
			parts = append(parts, c.parts[at])
		}
		newHi := len(m.live)
		for _, later := range list[i+1:] {
			if later.module != nil {
				newHi = s.rank(later.home)
				break
			}
		}
		if e.old >= 0 {
			at++
		}
		switch {
		case e.module == nil:
			s.regions = append(s.regions, region{homeOf(e.old), homeOf(e.old + 1), newHi, newHi})
			continue
		case e.old < 0:
			s.regions = append(s.regions, region{homeOf(e.at), homeOf(e.at), s.rank(e.home), newHi})
		case !slices.ContainsFunc(e.items, func(it item) bool { return !it.fresh }):
			s.regions = append(s.regions, region{homeOf(e.old), homeOf(e.old + 1), s.rank(e.home), newHi})
		default:
			m.pieces(s, e, homeOf(e.old+1), newHi)
			p := c.parts[e.old]
			p.module, p.roots = e.module, m.rootsOf(e)
			parts = append(parts, p)
			continue
		}
		parts = append(parts, c.partOf(e.module, e.form, e.unit, e.home))
	}
	c.parts = append(parts, c.parts[at:]...)
}

// pieces finds the pieces of a part that are replaced where others stay.
func (m *mender) pieces(s *splicer, e *edit, oldEnd, newEnd int) {
	roots := m.parts[e.old].roots
	now := make([]stmtID, len(e.items)) // those that come
	for i, it := range e.items {
		now[i] = it.stmt
	}
	newStart := func(i int) int {
		for ; i < len(now); i++ {
			if now[i] != 0 && s.newRanks[now[i]-m.first] != noRank {
				return s.rank(now[i])
			}
		}
		return newEnd
	}
	old, from := 0, 0 // what is not dealt with yet
	piece := func(k, i int) {
		if k > old || i > from {
			s.regions = append(s.regions, region{
				start(s.ranks, 0, roots, old, oldEnd), start(s.ranks, 0, roots, k, oldEnd), newStart(from), newStart(i),
			})
		}
	}
	for i, it := range e.items {
		if !it.fresh {
			piece(it.kept, i)
			old, from = it.kept+1, i+1
		}
	}
	piece(len(roots), len(e.items))
}

// rootsOf returns the roots that a module has after an edit.
func (m *mender) rootsOf(e *edit) []stmtID {
	list := make([]stmtID, len(e.items))
	for i, it := range e.items {
		list[i] = it.stmt
		if !it.fresh {
			list[i] = m.parts[e.old].roots[it.kept]
		}
	}
	return list
}

// replaced returns a list with its pieces replaced.
func replaced[T any](s *splicer, list, now []T, stmtOf func(*T) stmtID) []T {
	place := func(list []T, rank int) int {
		return sort.Search(len(list), func(i int) bool { return s.rank(stmtOf(&list[i])) >= rank })
	}
	var out []T
	done := 0
	for _, r := range s.regions {
		from, to := place(list, r.lo), place(list, r.hi)
		newFrom, newTo := place(now, r.newLo), place(now, r.newHi)
		if from == to && newFrom == newTo {
			continue
		}
		if out == nil {
			out = make([]T, 0, len(list)+len(now))
		}
		out = append(append(out, list[done:from]...), now[newFrom:newTo]...)
		done = to
	}
	if out == nil {
		return list
	}
	return append(out, list[done:]...)
}

// values returns what is resolved without the lists: of what they refer to.
func (r *resolved) values() resolved {
	return resolved{
		exprs: r.exprs, mapLists: r.mapLists, permxs: r.permxs, cats: r.cats, levels: r.levels, ranges: r.ranges,
		contexts: r.contexts, attrs: r.attrs, permSets: r.permSets, setSeen: r.setSeen, users: r.users, roles: r.roles,
		senses: r.senses, sidCtx: r.sidCtx, keptPermxs: r.keptPermxs, keptCats: r.keptCats, keptLevels: r.keptLevels,
		keptRanges: r.keptRanges, keptContexts: r.keptContexts, orders: r.orders, order: r.order,
	}
}

// clearFrom forgets the values that are declared since a resolution, which a round has
// perhaps set.
func (r *resolved) clearFrom(o *resolved) {
	clear(r.permxs[len(o.permxs):])
	clear(r.cats[len(o.cats):])
	clear(r.levels[len(o.levels):])
	for i := len(o.ranges); i < len(r.ranges); i++ {
		r.ranges[i] = rangeVal{named: r.ranges[i].named}
	}
	for i := len(o.contexts); i < len(r.contexts); i++ {
		r.contexts[i] = contextVal{named: r.contexts[i].named}
	}
}

// take takes the values over from what lists were resolved with.
func (r *resolved) take(o *resolved) {
	r.exprs, r.mapLists, r.permxs, r.cats, r.levels, r.ranges = o.exprs, o.mapLists, o.permxs, o.cats, o.levels,
		o.ranges
	r.contexts, r.attrs, r.permSets, r.setSeen = o.contexts, o.attrs, o.permSets, o.setSeen
	r.users, r.roles, r.senses = o.users, o.roles, o.senses
}
