package compile

import (
	"fmt"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policydb"
)

// A Result is what a compilation gives.
type Result struct {
	Policy *policydb.Policy
	// FileContexts is the text of a file_contexts(5), SEUsers that of a
	// seusers(5) file.
	FileContexts, SEUsers []byte
	// UserPrefixes are the lines of libsemanage's users_extra: "user NAME prefix
	// PREFIX;", in the order of the statements.
	UserPrefixes []byte
	// Origins says which statements each rule comes from.
	Origins *Origins
}

// maxUnits bounds the number of sources.
const maxUnits = 1<<16 - 1

// Compile compiles sources, which are as if they stood one after the other in
// one. An error in them is an [*Errors].
func Compile(files []*cil.File, opts Options) (*Result, error) {
	if v := opts.version(); v < policydb.MinVersion || v > policydb.MaxVersion {
		return nil, fmt.Errorf("no binary policy has version %d", v)
	}
	if len(files) > maxUnits {
		return nil, fmt.Errorf("%d sources; at most %d are possible", len(files), maxUnits)
	}
	c := newCompiler(files, opts)
	for i := range c.units {
		c.declare(i)
	}
	if err := c.failed(); err != nil {
		return nil, err
	}
	if err := c.early(); err != nil {
		return nil, err
	}
	if err := c.resolveNames(); err != nil {
		return nil, err
	}
	p, err := c.evaluate()
	if err != nil {
		return nil, err
	}
	pol, e, err := p.emit()
	if err != nil {
		return nil, err
	}
	return &Result{
		Policy: pol, FileContexts: p.fileContexts(), SEUsers: p.seUsersText(),
		UserPrefixes: p.userPrefixes(),
		Origins:      &Origins{e: e},
	}, nil
}

// newCompiler numbers the texts of all sources.
func newCompiler(files []*cil.File, opts Options) *compiler {
	c := &compiler{opts: opts, index: make(map[string]symID, 1<<15)}
	c.names = append(c.names, words[:]...)
	c.legal = make([]uint8, len(words), 1<<15)
	for n, w := range words {
		c.index[w] = symID(n)
	}
	for _, f := range files {
		u := unit{file: f, sym: make([]symID, len(f.Symbols()))}
		for i, text := range f.Symbols() {
			id, ok := c.index[text]
			if !ok {
				id = symID(len(c.names))
				c.names = append(c.names, text)
				c.legal = append(c.legal, dotted(text))
				c.index[text] = id
			}
			u.sym[i] = id
		}
		c.units = append(c.units, u)
	}
	nodes := 0
	for _, f := range files {
		nodes += int(f.Len())
	}
	c.stmts = make([]stmt, 1, nodes/6+64) // most statements have more than six nodes
	c.scopes = make([]scope, 2, 1<<8)
	c.data = make([]datum, 1, 1<<10)
	c.tabs = make([]map[tabKey]datumID, 2)
	c.owner = []scopeID{0, rootScope}
	c.scopes[rootScope].tab = rootTab
	// Number 0 of every kind of value is none.
	c.cats, c.levels, c.ranges, c.contexts = make([]catList, 1), make([]levelVal, 1), make([]rangeVal, 1), make([]contextVal, 1)
	c.permxs = make([]permX, 1)
	return c
}

func dotted(text string) uint8 {
	for i := range len(text) {
		if text[i] == '.' {
			return nameDotted
		}
	}
	return 0
}
