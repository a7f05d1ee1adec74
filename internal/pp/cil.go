package pp

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MaxText bounds the text that a package may become: a rule becomes one line for each pair of its
// types, so that a small file can become a very long text.
const MaxText = 1 << 30

var errTooLong = errors.New("the text has more than 1 GiB")

// A CIL is the text of a package.
type CIL struct {
	Text []byte
	// Warnings name the parts of the package that CIL cannot express.
	Warnings []string
}

// CIL returns the package as hll/pp of a release of libsepol writes it. The package must come from
// [Decode], or have contents that Decode would accept.
func (p *Package) CIL(r Release) (*CIL, error) { return p.cil(r, MaxText) }

func (p *Package) cil(r Release, limit int) (*CIL, error) {
	w, err := newWriter(p.Module, r, limit, false)
	if err != nil {
		return nil, err
	}
	w.module()
	w.logins(p.Seusers)
	if len(p.Netfilter) > 0 {
		w.warnf("CIL has no netfilter contexts: they are dropped")
	}
	w.userPrefixes(p.UserExtra)
	w.fileContexts(p.FileContexts)
	return w.result()
}

// CIL returns a compiled module as checkmodule -C writes it: with line marks around the neverallow
// rules with a known place in a source, and with details that no file stores.
func (m *Module) CIL() (*CIL, error) {
	w, err := newWriter(m, Release34, MaxText, true)
	if err != nil {
		return nil, err
	}
	w.module()
	return w.result()
}

// A writer writes the text, in the order of libsepol/src/module_to_cil.c.
type writer struct {
	*index
	release   Release
	name      string
	out       []byte
	limit     int
	warnings  []string
	err       error
	generated int
	stack     []*Decl
	perms     [][]string // by the value of a class minus 1: its permissions by bit
	roleList  []*Role    // the last one of the table first
	aliases   map[uint32][]string
}

func newWriter(m *Module, r Release, limit int, memory bool) (*writer, error) {
	x, err := newIndex(m, r.hash(), memory)
	if err != nil {
		return nil, err
	}
	w := &writer{index: x, release: r, limit: limit, perms: make([][]string, len(x.names[Classes]))}
	w.name = strings.Map(func(r rune) rune {
		if r < 0x80 && (r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9') {
			return r
		}
		return '_'
	}, m.Name)
	if m.Base {
		w.name = "base"
	}
	return w, nil
}

func (w *writer) result() (*CIL, error) {
	if w.err != nil {
		return nil, &Error{"conversion", -1, w.err}
	}
	return &CIL{w.out, w.warnings}, nil
}

func (w *writer) failf(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

func (w *writer) warnf(format string, args ...any) {
	w.warnings = append(w.warnings, fmt.Sprintf(format, args...))
}

// full reports whether the text has reached its limit.
func (w *writer) full() bool {
	if len(w.out) > w.limit && w.err == nil {
		w.err = errTooLong
	}
	return w.err != nil
}

func (w *writer) put(words ...string) {
	for _, s := range words {
		w.out = append(w.out, s...)
	}
}

func (w *writer) indent(depth int) {
	for range depth {
		w.out = append(w.out, "    "...)
	}
}

// line writes a line of words, indented for a depth.
func (w *writer) line(depth int, words ...string) {
	w.indent(depth)
	w.put(words...)
	w.out = append(w.out, '\n')
}

// module writes the whole module policy.
func (w *writer) module() {
	m := w.m
	if m.Base {
		if !m.MLS {
			w.line(0, "(sensitivity s0)")
			w.line(0, "(sensitivityorder (s0))")
			w.line(0, "(level systemlow (s0))")
		}
		w.line(0, "(role object_r)")
		if w.release < Release38 {
			w.line(0, "(role auditadm_r)")
			w.line(0, "(role secadm_r)")
		}
		w.line(0, "(typeattribute cil_gen_require)")
		w.line(0, "(roleattribute cil_gen_require)")
		w.line(0, "(handleunknown ", map[uint32]string{0: "deny", 2: "reject", 4: "allow"}[m.HandleUnknown], ")")
		w.line(0, "(mls ", strconv.FormatBool(m.MLS), ")")
	}
	w.gather()
	for bit := range m.Capabilities.All() {
		if bit >= uint32(len(capabilities)) {
			w.failf("policy capability %d is not known", bit)
			return
		}
		w.line(0, "(policycap ", capabilities[bit], ")")
	}
	for table := range m.Contexts {
		for i := range m.Contexts[table] {
			w.context(table, &m.Contexts[table][i])
		}
		if table == ContextsSID {
			w.initialSIDs(m.Contexts[table])
		}
	}
	if len(m.Contexts[ContextsFS]) > 0 {
		w.warnf("CIL has no fscon statements: they are dropped")
	}
	w.genfs()
	w.blocks()
}

// gather makes the lists that the other functions use repeatedly.
func (w *writer) gather() {
	order := w.tables[Roles].order
	for i := len(order) - 1; i >= 0; i-- {
		w.roleList = append(w.roleList, &w.roles[order[i]])
	}
	w.aliases = map[uint32][]string{}
	types := w.m.Tables.Types.Items
	for _, i := range w.tables[Types].order {
		if types[i].Primary == 1 {
			continue
		}
		s := w.scope(Types, types[i].Name)
		if s == nil {
			w.failf("alias %s is declared nowhere", types[i].Name)
			return
		}
		id := s.Decls[len(s.Decls)-1]
		w.aliases[id] = append(w.aliases[id], types[i].Name)
	}
}

// blocks writes the global block and the optionals. An optional is nested in the one before it if
// it requires everything that that one requires.
func (w *writer) blocks() {
	blocks := w.m.Blocks
	if len(blocks) == 0 || len(blocks[0].Decls) == 0 {
		w.failf("there is no global block")
		return
	}
	if len(blocks[0].Decls) > 1 {
		w.warnf("else is not allowed in the global block: it is dropped")
	}
	w.stack = append(w.stack, &blocks[0].Decls[0])
	for _, i := range w.tables[Commons].order {
		w.common(&w.m.Tables.Commons.Items[i])
	}
	w.decl(&blocks[0].Decls[0], false, 0)
	for i := range blocks[1:] {
		decls := blocks[i+1].Decls
		if len(decls) == 0 {
			continue
		}
		if len(decls) > 1 {
			w.warnf("CIL has no else for an optional: it is dropped")
		}
		for d := &decls[0]; len(w.stack) > 1 && !d.Required.contains(&w.stack[len(w.stack)-1].Required); {
			w.stack = w.stack[:len(w.stack)-1]
			w.line(len(w.stack)-1, ")")
		}
		w.line(len(w.stack)-1, "(optional ", w.name, "_optional_", strconv.Itoa(int(int32(decls[0].ID))))
		w.stack = append(w.stack, &decls[0])
		if w.decl(&decls[0], true, len(w.stack)-1); w.full() {
			return
		}
	}
	for depth := len(w.stack) - 2; depth >= 0; depth-- {
		w.line(depth, ")")
	}
}

// contains reports whether s has everything that o has.
func (s *ScopeIndex) contains(o *ScopeIndex) bool {
	for i := range s.Symbols {
		if !s.Symbols[i].Contains(o.Symbols[i]) {
			return false
		}
	}
	if len(s.Perms) < len(o.Perms) {
		return false
	}
	for i := range o.Perms {
		if !s.Perms[i].Contains(o.Perms[i]) {
			return false
		}
	}
	return true
}

// decl writes one block.
func (w *writer) decl(d *Decl, optional bool, depth int) {
	types, roles := &attributes{kind: "type"}, &attributes{kind: "role"}
	w.typeAliases(d, depth)
	w.declared(d, optional, depth)
	w.required(d, optional, depth)
	w.added(d, optional, depth)
	w.rules(d.Rules, types, depth)
	w.roleTransitions(d.RoleTransitions, roles, types, depth)
	w.roleAllows(d.RoleAllows, roles, depth)
	w.ranges(d.Ranges, types, depth)
	if d == &w.m.Blocks[0].Decls[0] {
		w.oldRanges(types, depth)
	}
	w.filenames(d.Filenames, types, depth)
	w.conditionals(d.Conditionals, types, depth)
	w.attributes(types, depth)
	w.attributes(roles, depth)
}
