package compile

import (
	"iter"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil"
)

// An edit is the change of a module: it comes, goes or has pieces that do.
type edit struct {
	old    int     // the part that it is, -1 if it comes
	at     int     // of one that comes: the part that it comes in front of
	module *Module // nil if it goes
	form   *form
	roots  []formRoot
	items  []item // the roots, in their order
	// The roots before and behind a changed text: how many there are, and the first
	// node of those behind in the old and in the new source.
	behind   [2]uint32
	replaced bool // the source is another
	noted    bool // the names of its containers are, when so many of its roots stayed
	stays    int
	unit     uint16 // what its fresh statements are read from
	home     stmtID // what holds them
}

// An item is a root of a module: one that stays, or one that is done anew.
type item struct {
	kept  int // the index of the root in the part, -1 if it is new
	fresh bool
	stmt  stmtID // once it is done
}

// A mender mends a policy.
type mender struct {
	*compiler // the policy in the making
	base      *compiler
	made      map[*Module]madeOf
	parts     []part
	edits     []*edit
	byPart    []*edit // the edit of each part, nil if it stays as it is
	names     nameSet // that mean something else
	searched  int     // how many of them others were searched for
	pulled    int

	gone bitset // the roots that go, by statement
	// old holds what they declared in the root that can be declared again.
	old    map[datumID]datum // as it was
	loose  map[datumID]bool  // aliases that are to be told anew what they stand for
	before int               // how many data there were
	fresh  []datumID         // what the statements that come declare in the root
	first  stmtID
	live   []stmtID
	todo   [numPass][]stmtID
	lists  resolved // what the new statements resolve to
	lost   []goneOptional
}

// A nameSet is a set of names, by their numbers.
type nameSet struct {
	bits []uint64
	n    int
}

// add adds a name and reports whether that is news.
func (s *nameSet) add(n uint32) bool {
	if s.has(n) {
		return false
	}
	if grow := int(n/64) + 1 - len(s.bits); grow > 0 {
		s.bits = append(s.bits, make([]uint64, grow)...)
	}
	s.bits[n/64] |= 1 << (n % 64)
	s.n++
	return true
}

func (s *nameSet) has(n uint32) bool { return int(n/64) < len(s.bits) && s.bits[n/64]>>(n%64)&1 != 0 }

// newMender plans how to turn a policy into that of other modules; nil if it is as
// little work to build it anew.
func newMender(base *compiler, modules []*Module, made map[*Module]madeOf) *mender {
	m := &mender{base: base, made: made, parts: base.parts, byPart: make([]*edit, len(base.parts))}
	old, now := m.parts, modules
	if len(old) != len(now) {
		start := 0
		for start < min(len(old), len(now)) && old[start].module == now[start] {
			start++
		}
		stop, end := len(old), len(now)
		for stop > start && end > start && old[stop-1].module == now[end-1] {
			stop, end = stop-1, end-1
		}
		for at := start; at < stop; at++ {
			m.edit(at, nil)
		}
		for at := start; at < end; at++ {
			m.edit(-1, now[at]).at = start
		}
		return m.checked()
	}
	for at := range old {
		if old[at].module != now[at] {
			m.edit(at, now[at])
		}
	}
	return m.checked()
}

// maxEdits is the most modules that may change; with more, all are built anew.
const maxEdits = 8

func (m *mender) checked() *mender {
	if len(m.edits) > maxEdits {
		return nil
	}
	for _, e := range m.edits {
		if e.module == nil {
			continue
		}
		if e.module.file.Table() != m.base.table || len(e.form.diags.list) > 0 {
			return nil
		}
	}
	return m
}

// edit begins to edit a part: to take it out, or to make another module of it, or to
// put one in.
func (m *mender) edit(old int, now *Module) *edit {
	e := &edit{old: old, module: now}
	m.edits = append(m.edits, e)
	if old >= 0 {
		m.byPart[old] = e
	}
	if now == nil {
		return e
	}
	e.form = now.form(m.base.opts.dialect())
	e.roots = e.form.roots()
	e.items = make([]item, len(e.roots)-1)
	for i := range e.items {
		e.items[i] = item{kept: -1, fresh: true}
	}
	if old < 0 {
		return e
	}
	p := &m.parts[old]
	e.replaced = p.module != now
	if p.whole || e.form.whole() {
		return e
	}
	if !e.replaced {
		for i := range e.items {
			e.items[i] = item{kept: i}
		}
		return e
	}
	m.compare(e, p)
	return e
}

// compare finds the roots that read as before, at the beginning and at the end.
func (m *mender) compare(e *edit, p *part) {
	was := p.module.form(m.base.opts.dialect())
	old, f, g := was.roots(), p.module.file, e.module.file
	node := func(x *form, roots []formRoot, i int) uint32 { return x.stmts[roots[i].first].node }
	// Those that the parser took over need not be compared.
	var kept cil.Kept
	if made, ok := m.made[e.module]; ok && made.old == p.module {
		kept = made.kept
	}
	same := func(i, j int) bool { return cil.Same(f, node(was, old, i), g, node(e.form, e.roots, j)) }
	n := 0
	for n < min(len(old), len(e.roots))-1 && (node(was, old, n) < kept.Front || same(n, n)) {
		e.items[n] = item{kept: n}
		n++
	}
	i, j := len(old)-1, len(e.roots)-1
	e.behind = [2]uint32{f.Len(), g.Len()}
	for i > n && j > n && (kept.OldBack > 0 && node(was, old, i-1) >= kept.OldBack || same(i-1, j-1)) {
		i, j = i-1, j-1
		e.items[j] = item{kept: i}
		e.behind = [2]uint32{node(was, old, i), node(e.form, e.roots, j)}
	}
}

// close takes in what must be done anew together with what is: what names a block or
// macro that is, and the blocks that it inherits or adds to. It returns false if that
// is too much.
func (m *mender) close() bool {
	for again := true; again; {
		again = false
		for _, e := range m.edits {
			if m.containers(e) && m.pullTargets(e) {
				again = true
			}
		}
		if m.pullMentions() {
			again = true
		}
		if m.pulled > max(fewPulled, len(m.base.live)/maxPulled) {
			return false
		}
	}
	return true
}

// Of more than one in maxPulled statements it is no use to do them anew, if they are no
// few.
const (
	maxPulled = 16
	fewPulled = 64
)

// containers notes the names of the blocks and macros that come or go with an edit. It
// reports whether there may be more of them than when it was last called.
func (m *mender) containers(e *edit) bool {
	stays := 0
	for _, it := range e.items {
		if !it.fresh {
			stays++
		}
	}
	if e.noted && stays == e.stays {
		return false
	}
	e.noted, e.stays = true, stays
	if e.old >= 0 {
		roots := m.parts[e.old].roots
		for i, stays := range e.stay(len(roots)) {
			if kw := symID(m.base.stmts[roots[i]].kind); (kw == wBlock || kw == wMacro) && !stays {
				_, name := m.base.declaredName(roots[i])
				m.addContainer(uint32(name))
			}
		}
	}
	for i, it := range e.items {
		st := &e.form.stmts[e.roots[i].first]
		if kw, _ := st.place(0); it.fresh && (kw == wBlock || kw == wMacro) {
			f := e.module.file
			m.addContainer(f.Sym(f.Next(st.node + 1)))
		}
	}
	return true
}

// stay says of the n roots of the part which ones stay.
func (e *edit) stay(n int) []bool {
	list := make([]bool, n)
	for _, it := range e.items {
		if !it.fresh {
			list[it.kept] = true
		}
	}
	return list
}

// addContainer adds the name of a block or macro, and those with it among their parts.
func (m *mender) addContainer(name uint32) {
	if !m.names.add(name) {
		return
	}
	text := m.base.table.Text(name)
	for n, other := range m.dotted() {
		if slices.Contains(strings.Split(other, "."), text) {
			m.names.add(n)
		}
	}
}

// dotted yields the names that have dots, by their numbers.
func (m *mender) dotted() iter.Seq2[uint32, string] {
	return func(yield func(uint32, string) bool) {
		texts := m.base.table.Texts()
		for n, text := range texts {
			// Of those that the last build had it is known.
			if known := n < len(m.base.legal); known && m.base.legal[n]&nameDotted == 0 || !known && dotted(text) == 0 {
				continue
			}
			if !yield(uint32(n), text) {
				return
			}
		}
	}
}

// addName adds a name of another kind, and how it is written to mean that of the root.
func (m *mender) addName(name uint32) {
	if !m.names.add(name) {
		return
	}
	text := m.base.table.Text(name)
	for n, other := range m.dotted() {
		if strings.HasPrefix(other, ".") && strings.Trim(other, ".") == text {
			m.names.add(n)
		}
	}
}

// pullTargets takes in the blocks of other parts that the statements which come inherit,
// and those that they, or those which go, add to.
func (m *mender) pullTargets(e *edit) bool {
	news := false
	if e.old >= 0 {
		p := &m.parts[e.old]
		form := p.module.form(m.base.opts.dialect())
		roots := form.roots()
		for i, stays := range e.stay(len(roots) - 1) {
			if !stays && m.pullTarget(p.module.file, form.stmts[roots[i].first:roots[i+1].first]) {
				news = true
			}
		}
	}
	for i, it := range e.items {
		if it.fresh && m.pullTarget(e.module.file, e.form.stmts[e.roots[i].first:e.roots[i+1].first]) {
			news = true
		}
	}
	return news
}

func (m *mender) pullTarget(f *cil.File, stmts []formStmt) bool {
	news := false
	for _, st := range stmts {
		kw, _ := st.place(0)
		if kw != wBlockInherit && kw != wIn && kw != wBlockAbstract {
			continue
		}
		name := f.Next(st.node + 1)
		if second := f.Next(name); kw == wIn && second < f.End(st.node) && !f.IsList(second) {
			name = second
		}
		first, _, _ := strings.Cut(strings.TrimLeft(f.Text(name), "."), ".")
		if sym, ok := m.base.table.Lookup(first); ok && m.pullDatum(m.base.lookup(rootTab, tBlocks, symID(sym))) {
			news = true
		}
	}
	return news
}

// pullDatum takes in the root that declares a datum.
func (m *mender) pullDatum(id datumID) bool {
	if id == 0 || m.base.data[id].first == 0 {
		return false
	}
	root := m.base.rootOf(m.base.data[id].first)
	for at := range m.parts {
		if p := &m.parts[at]; slices.Contains(p.units, m.base.stmts[root].unit) {
			n := slices.Index(p.roots, root)
			return n >= 0 && m.pull(at, n)
		}
	}
	return false
}

// pull does a root of a part anew, and all of a part that is one piece. It reports
// whether that is news.
func (m *mender) pull(at, root int) bool {
	e := m.byPart[at]
	if e == nil {
		e = m.edit(at, m.parts[at].module)
		if m.parts[at].whole {
			m.pulled += len(e.items)
			return true
		}
	}
	for i := range e.items {
		if e.items[i].kept == root && !e.items[i].fresh {
			e.items[i].fresh = true
			m.pulled++
			return true
		}
	}
	return false
}

// pullMentions takes in the statements that have a name which means something else.
func (m *mender) pullMentions() bool {
	if m.names.n == m.searched {
		return false
	}
	m.searched = m.names.n
	news := false
	for at := range m.parts {
		p := &m.parts[at]
		if p.module.file.Table() == m.base.table && !p.module.mentions(m.names.bits) {
			continue
		}
		f, form := p.module.file, p.module.form(m.base.opts.dialect())
		roots := form.roots()
		for i := range len(roots) - 1 {
			if node := form.stmts[roots[i].first].node; m.mention(f, node) && m.pull(at, i) {
				news = true
			}
		}
	}
	return news
}

// mention reports whether a node of a source, or one that it holds, is such a name.
func (m *mender) mention(f *cil.File, node uint32) bool {
	for n := node; n < f.Next(node); n++ {
		if !f.IsList(n) && m.names.has(f.Sym(n)) {
			return true
		}
	}
	return false
}
