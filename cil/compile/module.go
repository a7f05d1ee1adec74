package compile

import (
	"slices"
	"sort"
	"sync"

	"github.com/senet-selinux/senet/cil"
)

// A Module is one source that is parsed, and whose statements are checked and
// declared as far as that does not depend on other sources. It is immutable: any
// number of compilations may use it, at the same time too.
type Module struct {
	file *cil.File
	// words are the language's words among the symbols of the file's table, nil
	// where each has its own number there.
	words []symID

	mu    sync.Mutex
	forms []*form
	names []uint64 // the set of the numbers of its names; nil until it is asked for
}

// newTable returns a table of symbols that suits modules: those whose sources are
// parsed into one such table are compiled without translating names.
func newTable() *cil.Table { return cil.NewTable(words[:]...) }

// NewModule makes a module of a source.
func NewModule(file *cil.File) *Module {
	m := &Module{file: file}
	if t := file.Table(); !suits(t) {
		m.words = make([]symID, t.Len())
		own := newTable()
		for n, text := range t.Texts() {
			m.words[n] = numWords
			if w, ok := own.Lookup(text); ok {
				m.words[n] = symID(w)
			}
		}
	}
	return m
}

// suits reports whether a table is like those of newTable.
func suits(t *cil.Table) bool {
	if t.Len() < len(words) {
		return false
	}
	for n, w := range words {
		if t.Text(uint32(n)) != w {
			return false
		}
	}
	return true
}

// mentions reports whether the source has one of a set of names, by their numbers.
func (m *Module) mentions(names []uint64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.names == nil {
		m.names = make([]uint64, m.file.Table().Len()/64+1)
		for i := range m.file.Len() {
			if !m.file.IsList(i) {
				m.names[m.file.Sym(i)/64] |= 1 << (m.file.Sym(i) % 64)
			}
		}
	}
	for i := range min(len(names), len(m.names)) {
		if names[i]&m.names[i] != 0 {
			return true
		}
	}
	return false
}

// File returns the source.
func (m *Module) File() *cil.File { return m.file }

// form returns the statements of the module in a dialect.
func (m *Module) form(d dialect) *form {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.forms {
		if f.dialect == d {
			return f
		}
	}
	f := newFormer(d).form(m)
	m.forms = append(m.forms, f)
	return f
}

// ReadModules reads files as modules, on all processors, in the order of their
// names, and prepares them for compilations with the options. The error joins
// those of all files that cannot be read or parsed, as [*cil.SyntaxError] or
// [*io/fs.PathError].
func ReadModules(names []string, opts Options) ([]*Module, error) {
	return Load(len(names), opts, func(l *Loader, i int) (*Module, error) {
		file, err := l.reader.ReadFile(names[i])
		if err != nil {
			return nil, err
		}
		m := &Module{file: file}
		m.forms = []*form{l.former.form(m)}
		return m, nil
	})
}

// A dialect holds the options that decide which statements a source has.
type dialect struct {
	preserveTunables, qualifiedNames bool
	condXPerms                       bool // a booleanif may hold extended permissions
	libsepol                         Release
}

func (o *Options) dialect() dialect {
	return dialect{o.PreserveTunables, o.QualifiedNames, o.condXPerms(), o.Libsepol.known()}
}

// condXPerms reports whether the version that is asked for can say extended
// permissions in conditionals.
func (o *Options) condXPerms() bool {
	return o.since(8) && (o.Version == 0 || o.Version >= versionCondXPerms)
}

// options returns options of the dialect.
func (d *dialect) options() Options {
	o := Options{PreserveTunables: d.preserveTunables, QualifiedNames: d.qualifiedNames, Libsepol: d.libsepol}
	if !d.condXPerms {
		o.Version = DefaultVersion
	}
	return o
}

// A form is the statements of a module in the order of the text, which is that of
// the tree.
type form struct {
	dialect dialect
	stmts   []formStmt
	scopes  int // how many of them hold others, and 2
	counts  keywords
	diags   diagnostics

	findRoots sync.Once
	rootList  []formRoot
}

// A formStmt is a statement: its node, and in where its keyword and the scope that
// it is in. Scopes are numbered in the order of their statements; the first is
// rootScope.
type formStmt struct{ node, where uint32 }

// place returns the keyword of a statement, and its scope in a build that has the
// scopes of the form from base on.
func (s *formStmt) place(base scopeID) (symID, scopeID) {
	parent := scopeID(s.where & maxFormScopes)
	if parent != rootScope {
		parent += base
	}
	return symID(s.where >> formScopeBits), parent
}

const (
	formScopeBits = 24
	maxFormScopes = 1<<formScopeBits - 1
)

// keywords counts the statements of each keyword.
type keywords [numStatements]uint32

func (k *keywords) has(kw symID) bool { return k[kw] > 0 }

// of returns how many statements have one of the keywords.
func (k *keywords) of(list ...symID) int {
	n := uint32(0)
	for _, kw := range list {
		n += k[kw]
	}
	return int(n)
}

// A former makes forms, one after the other in the same memory.
type former struct {
	dialect dialect
	c       *compiler
}

func newFormer(d dialect) *former {
	return &former{d, &compiler{
		opts:  d.options(),
		units: make([]unit, 1), stmts: make([]stmt, 1), scopes: make([]scope, 2), tabs: make([]map[tabKey]datumID, 2),
		owner: make([]scopeID, 2), data: make([]datum, 1),
	}}
}

// begin prepares to declare the statements of a module.
func (f *former) begin(m *Module) *compiler {
	c := f.c
	c.stmts, c.scopes, c.tabs, c.owner = c.stmts[:1], c.scopes[:2], c.tabs[:2], c.owner[:2]
	c.scopes[rootScope] = scope{tab: rootTab, names: rootScope}
	c.diags = diagnostics{}
	c.units[0] = unit{file: m.file, sym: m.words}
	return c
}

func (f *former) form(m *Module) *form {
	c := f.begin(m)
	c.declare(0)
	out := &form{dialect: f.dialect, stmts: make([]formStmt, len(c.stmts)-1), scopes: len(c.scopes), diags: c.diags}
	if out.scopes > maxFormScopes {
		c.failNode(&c.units[0], 0, "%d blocks, optionals and their like; %d are possible", out.scopes, maxFormScopes)
		return &form{dialect: f.dialect, diags: c.diags, scopes: 2}
	}
	for i := range out.stmts {
		st := &c.stmts[i+1]
		out.stmts[i] = formStmt{st.node, uint32(st.kind)<<formScopeBits | uint32(st.scope)}
		out.counts[st.kind]++
	}
	return out
}

// again is form for a module of which a part was in another, with that form: only the rest
// is looked at.
func (f *former) again(m *Module, old *form, kept cil.Kept) *form {
	if len(old.diags.list) > 0 || old.diags.more > 0 {
		return f.form(m)
	}
	// The statements of the old form in front and behind.
	at := func(node uint32) int {
		return sort.Search(len(old.stmts), func(i int) bool { return old.stmts[i].node >= node })
	}
	front, back := old.stmts[:at(kept.Front)], old.stmts[at(kept.OldBack):]
	c := f.begin(m)
	d := &declarer{compiler: c, u: &c.units[0]}
	if d.roots(kept.Front, kept.Back) {
		d.statements(rootScope, kept.Front, kept.Back)
	}
	scopes := scopesOf(front)
	gone := scopesOf(old.stmts[len(front) : len(old.stmts)-len(back)])
	out := &form{dialect: f.dialect, counts: old.counts, scopes: old.scopes - gone + len(c.scopes) - 2}
	if len(c.diags.list) > 0 || c.diags.more > 0 || out.scopes > maxFormScopes {
		return f.form(m) // which has the messages in their order
	}
	for i := len(front); i < len(old.stmts)-len(back); i++ {
		kw, _ := old.stmts[i].place(0)
		out.counts[kw]--
	}
	out.stmts = append(make([]formStmt, 0, len(front)+len(c.stmts)-1+len(back)), front...)
	for i := range c.stmts[1:] {
		st := &c.stmts[i+1]
		out.add(st.node, symID(st.kind), st.scope, scopes)
		out.counts[st.kind]++
	}
	moved := len(c.scopes) - 2 - gone
	for i := range back {
		kw, scope := back[i].place(0)
		out.add(back[i].node+kept.Back-kept.OldBack, kw, scope, moved)
	}
	return out
}

// add adds a statement, whose scope is so many further on.
func (f *form) add(node uint32, kw symID, scope scopeID, moved int) {
	if scope != rootScope {
		scope = scopeID(int(scope) + moved)
	}
	f.stmts = append(f.stmts, formStmt{node, uint32(kw)<<formScopeBits | uint32(scope)})
}

// scopesOf counts the statements that hold others.
func scopesOf(stmts []formStmt) int {
	n := 0
	for i := range stmts {
		if kw, _ := stmts[i].place(0); isScope(kw) {
			n++
		}
	}
	return n
}

// instantiate enters the statements of a module into a scope of its own in the root
// scope: what a tunableif holds goes to the end of the source that it stands in.
func (c *compiler) instantiate(n int, f *form) {
	home := c.scopeOf(c.newStmt(rootScope, wSourceInfo, uint16(n), 0))
	first := len(c.diags.list)
	for _, d := range f.diags.list {
		c.add(d)
	}
	c.diags.more += f.diags.more
	base := scopeID(len(c.scopes)) - 2
	for i := range f.stmts {
		st := &f.stmts[i]
		kw, parent := st.place(base)
		if parent == rootScope {
			parent = home
		}
		s := c.newStmt(parent, kw, uint16(n), st.node)
		dead := c.scopes[parent].dead
		if !dead && grammar[kw].what != isNothing {
			dead = !c.enter(s, parent, false)
		}
		if dead && isScope(kw) {
			c.scopes[c.stmts[s].x].dead = true // what it holds is not declared either
		}
	}
	if len(f.diags.list) > 0 {
		slices.SortStableFunc(c.diags.list[first:], func(a, b *Diagnostic) int {
			if a.Pos.Line != b.Pos.Line {
				return a.Pos.Line - b.Pos.Line
			}
			return a.Pos.Column - b.Pos.Column
		})
	}
}
