package compile

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policydb"
)

// A Result is the result of a compilation.
type Result struct {
	Policy *policydb.Policy
	// FileContexts is the text of a file_contexts(5), SEUsers that of a
	// seusers(5) file.
	FileContexts, SEUsers []byte
	// UserPrefixes are the lines of libsemanage's users_extra: "user NAME prefix
	// PREFIX;", in the order of the statements.
	UserPrefixes []byte
	// Conflicts are the places of labels that were passed over, because another
	// statement labels the same.
	Conflicts []Note
	// Origins leads from each rule to its statements.
	Origins *Origins
}

// maxUnits bounds the number of sources.
const maxUnits = 1<<16 - 1

// Compile compiles sources, which are as if they stood one after the other in
// one. An error in them is an [*Errors].
func Compile(files []*cil.File, opts Options) (*Result, error) {
	modules := make([]*Module, len(files))
	for i, f := range files {
		modules[i] = NewModule(f)
	}
	return Build(modules, opts)
}

// Build is [Compile] for modules.
func Build(modules []*Module, opts Options) (*Result, error) {
	c, err := resolve(modules, opts)
	if err != nil {
		return nil, err
	}
	return c.finish()
}

// resolve looks up all names of modules.
func resolve(modules []*Module, opts Options) (*compiler, error) {
	if v := opts.Version; v != 0 && v < policydb.MinVersion || v > opts.Libsepol.Version() {
		return nil, fmt.Errorf("no binary policy has version %d", v)
	}
	if len(modules) > maxUnits {
		return nil, fmt.Errorf("%d sources; at most %d are possible", len(modules), maxUnits)
	}
	c := newCompiler(modules, opts)
	if err := c.failed(); err != nil {
		return nil, err
	}
	if err := c.early(); err != nil {
		return nil, err
	}
	return c, c.resolveNames()
}

// finish makes a policy of the resolved statements.
func (c *compiler) finish() (*Result, error) {
	p, err := c.evaluate()
	if err != nil {
		return nil, err
	}
	contexts := make(chan []byte, 1)
	go func() {
		if p.fileText == nil {
			p.fileText = p.fileContexts()
		}
		contexts <- p.fileText
	}()
	pol, e, err := p.emit()
	if err != nil {
		return nil, err
	}
	fileContexts := <-contexts
	c.memo.remember(e)
	return &Result{
		Policy: pol, FileContexts: slices.Clone(fileContexts), SEUsers: p.seUsersText(), Conflicts: p.conflictNotes(),
		UserPrefixes: p.userPrefixes(),
		Origins:      &Origins{e: e},
	}, nil
}

// newCompiler declares all modules.
func newCompiler(modules []*Module, opts Options) *compiler {
	c := &compiler{opts: opts, memo: new(memo)}
	c.numberNames(modules)
	c.forms = make([]*form, len(modules))
	stmts, scopes := len(modules), len(modules)
	for i, m := range modules {
		f := m.form(opts.dialect())
		c.forms[i] = f
		stmts += len(f.stmts)
		scopes += f.scopes
		for kw, n := range f.counts {
			c.counts[kw] += n
		}
	}
	c.stmts = make([]stmt, 1, stmts+1)
	c.scopes = make([]scope, 2, scopes+2)
	declarations := 0
	for kw := range grammar {
		if grammar[kw].what != isNothing {
			declarations += int(c.counts[kw])
		}
	}
	c.data = make([]datum, 1, declarations+1)
	c.tabs = make([]map[tabKey]datumID, 2)
	c.owner = []scopeID{0, rootScope}
	c.scopes[rootScope].tab, c.scopes[rootScope].names = rootTab, rootScope
	// Number 0 of every kind of value is none.
	c.cats, c.levels, c.ranges, c.contexts = make([]catList, 1), make([]levelVal, 1), make([]rangeVal, 1),
		make([]contextVal, 1)
	c.permxs = make([]permX, 1)
	for i, f := range c.forms {
		c.instantiate(i, f)
	}
	return c
}

// numberNames gives all names numbers: those of a table that the modules share, or
// of one of the compilation's own.
func (c *compiler) numberNames(modules []*Module) {
	for _, m := range modules {
		if m.words == nil {
			c.table = m.file.Table()
			break
		}
	}
	if c.table == nil {
		c.table = newTable()
	}
	translated := make(map[*cil.Table][]symID)
	for _, m := range modules {
		t := m.file.Table()
		if t != c.table && translated[t] == nil {
			sym := make([]symID, t.Len())
			for n, text := range t.Texts()[:len(sym)] {
				sym[n] = symID(c.table.Number(text))
			}
			translated[t] = sym
		}
		c.units = append(c.units, unit{file: m.file, sym: translated[t]})
	}
	c.names = c.table.Texts()
	c.permNum, c.perms = make([]uint16, len(c.names)), 1
	c.legal = make([]uint8, len(c.names))
	for n, text := range c.names {
		c.legal[n] = dotted(text)
	}
}

// number returns the number of a name, if some module has it.
func (c *compiler) number(name string) (symID, bool) {
	n, ok := c.table.Lookup(name)
	return symID(n), ok && int(n) < len(c.names)
}

func dotted(text string) uint8 {
	for i := range len(text) {
		if text[i] == '.' {
			return nameDotted
		}
	}
	return 0
}
