package te

import (
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/pp"
)

// Options choose how a source is compiled. The zero value makes a module without levels in the
// newest version.
type Options struct {
	// File is the name of the source, for messages and line marks.
	File string
	// Contexts is the name of the file contexts' file, for messages.
	Contexts string
	// MLS is checkmodule's option -M: the module is for a policy with levels.
	MLS bool
	// Version is the version of the module policy, 0 for the newest.
	Version uint32
	// Strict turns warnings into errors.
	Strict bool
}

// A Result is a module, and the warnings about its source.
type Result struct {
	Module   *pp.Module
	Warnings []*compile.Diagnostic
}

// maxErrors bounds the diagnostics that are kept.
const maxErrors = 200

// Compile compiles a source. The error is a [*compile.Errors] with all mistakes that it can find.
func Compile(text string, o Options) (*Result, error) {
	b := newBuilder(text, o)
	src, syntax := parse(text, o.File, b.bad)
	if syntax != nil {
		b.bad(syntax.pos, "%s", syntax.msg)
		return nil, b.errs
	}
	b.m.Name, b.m.ModuleVersion = src.name.text, src.version.text
	b.walk(src.body, src.end)
	if len(b.errs.List) == 0 {
		b.begin(2)
		b.walk(src.body, src.end)
	}
	if len(b.errs.List) == 0 {
		b.bounds(src.name)
	}
	if len(b.errs.List) > 0 {
		return nil, b.errs
	}
	b.finish()
	return &Result{Module: b.m, Warnings: b.warnings}, nil
}

// A builder makes a module from statements, in two passes as checkmodule does.
type builder struct {
	o        Options
	lines    []string
	m        *pp.Module
	pass     int
	errs     *compile.Errors
	warnings []*compile.Diagnostic

	classes table[pp.Class]
	roles   table[pp.Role]
	types   table[pp.Type]
	users   table[pp.User]
	bools   table[pp.Bool]
	levels  table[pp.Level]
	cats    table[pp.Category]
	scopes  [pp.NumTables]table[pp.Scope]
	buckets [pp.NumTables]uint32 // the sizes of libsepol's tables of the module

	// blocks are the blocks that this pass has begun, the global one first; open is the innermost
	// open one.
	blocks []*block
	next   int // the next block, in the second pass
	ids    uint32
	open   *frame

	typeValues  []*pp.Type // by value minus 1
	transitions map[[3]uint32]bool
	filenames   map[filenameKey]bool
}

// A table finds symbols by name and keeps their order.
type table[T any] struct {
	byName map[string]*T
	names  []string
}

// known is a table for callers that do not need the symbols.
type known interface{ count() int }

func (t *table[T]) count() int { return len(t.names) }

func (t *table[T]) find(name string) *T { return t.byName[name] }

func (t *table[T]) add(name string, v *T) {
	if t.byName == nil {
		t.byName = map[string]*T{}
	}
	t.byName[name] = v
	t.names = append(t.names, name)
}

// A block is the global one or an optional, with its branches.
type block struct{ decls []*decl }

// A decl is one branch of a block. Outside of the global block it has its own tables, for what it
// adds to symbols.
type decl struct {
	pp.Decl
	types table[pp.Type]
	roles table[pp.Role]
	users table[pp.User]
	conds []*condition
}

// A frame is an open block.
type frame struct {
	decl     *decl
	parent   *frame
	inElse   bool
	required bool // it requires something
}

func newBuilder(text string, o Options) *builder {
	if o.Version == 0 {
		o.Version = pp.SourceVersion
	}
	b := &builder{o: o, lines: strings.Split(text, "\n"), errs: &compile.Errors{}, transitions: map[[3]uint32]bool{},
		filenames: map[filenameKey]bool{}}
	b.m = &pp.Module{Version: o.Version, MLS: o.MLS}
	// libsepol first makes the role of objects, declared in the global block.
	b.m.Tables.Roles.Values = 1
	b.roles.add(pp.ObjectR, &pp.Role{Name: pp.ObjectR, Value: 1})
	b.scopes[pp.Roles].add(pp.ObjectR, &pp.Scope{Name: pp.ObjectR, Kind: pp.ScopeDeclared, Decls: []uint32{1}})
	global := &decl{}
	global.ID = 1
	b.blocks = []*block{{decls: []*decl{global}}}
	b.begin(1)
	return b
}

// begin starts a pass.
func (b *builder) begin(pass int) {
	b.pass, b.next, b.ids = pass, 1, 1
	b.open = &frame{decl: b.blocks[0].decls[0]}
	if pass == 2 {
		b.index()
	}
}

// index finds types by their values after the first pass.
func (b *builder) index() {
	b.typeValues = make([]*pp.Type, b.m.Tables.Types.Values)
	for _, name := range b.types.names {
		if t := b.types.find(name); t.Primary != 0 {
			b.typeValues[t.Value-1] = t
		}
	}
}

// walk processes the statements of the module once.
func (b *builder) walk(body []stmt, end cil.Pos) {
	b.statements(body)
	b.endBlock(end)
}

func (b *builder) statements(body []stmt) {
	for _, s := range body {
		b.statement(s)
	}
}

// statement processes a statement in the present pass.
func (b *builder) statement(s stmt) {
	first := b.pass == 1
	switch s := s.(type) {
	case *requireStmt:
		b.require(s)
	case *optionalStmt:
		b.optional(s)
	case *typeStmt:
		b.typ(s)
	case *userStmt:
		if !first {
			b.user(s)
		}
	case *rangeStmt:
		b.rangeTransition(s)
	case *condStmt:
		b.conditional(s)
	case *attributeStmt, *typealiasStmt, *memberStmt, *boolStmt, *roleStmt:
		if first {
			b.declaration(s)
		}
	default:
		if !first {
			b.use(s)
		}
	}
}

// declaration is the first pass, which gives symbols their values.
func (b *builder) declaration(s stmt) {
	switch s := s.(type) {
	case *attributeStmt:
		if s.role {
			b.declareRole(s.name, pp.RoleAttribute)
		} else {
			b.declareType(s.name, pp.TypeAttribute)
		}
	case *typealiasStmt:
		if t := b.known(s.name, pp.TypeType); t != nil {
			b.aliases(t, s.aliases)
		}
	case *memberStmt:
		b.member(s)
	case *boolStmt:
		b.boolean(s)
	case *roleStmt:
		if r := b.declareRole(s.name, pp.RoleRole); r != nil {
			b.joinRole(r.Value, s.attrs)
		}
	}
}

// use is the second pass, which needs all symbols.
func (b *builder) use(s stmt) {
	switch s := s.(type) {
	case *expandStmt:
		b.expand(s)
	case *typeboundsStmt:
		for _, child := range s.children {
			b.bound(s.parent, child)
		}
	case *permissiveStmt:
		b.permissive(s)
	case *ruleStmt:
		b.rule(s)
	case *roleTypesStmt:
		b.roleTypes(s)
	case *roleTransitionStmt:
		b.roleTransition(s)
	case *roleAllowStmt:
		b.roleAllow(s)
	}
}

// optional processes a block, and the branch after else.
func (b *builder) optional(s *optionalStmt) {
	if b.pass == 1 {
		b.blocks = append(b.blocks, &block{decls: []*decl{{}}})
	}
	at := b.blocks[b.next]
	b.next++
	b.push(at, 0)
	b.statements(s.body)
	b.endBlock(s.end)
	if s.hasOther {
		if b.pass == 1 {
			at.decls = append(at.decls, &decl{})
		}
		parent := b.open.parent
		b.push(at, 1)
		b.open.parent, b.open.inElse = parent, true
		b.statements(s.other)
		b.endBlock(s.otherPos)
		b.open = parent
		return
	}
	b.open = b.open.parent
}

// push opens a branch of a block.
func (b *builder) push(at *block, branch int) {
	b.ids++
	at.decls[branch].ID = b.ids
	b.open = &frame{decl: at.decls[branch], parent: b.open}
}

// endBlock checks that a block requires something, and adds the requirements of the enclosing
// blocks.
func (b *builder) endBlock(pos cil.Pos) {
	f := b.open
	if b.pass == 1 {
		if !f.inElse && !f.required {
			b.bad(pos, "this block requires nothing: each block needs a require { ... } with at least one class, "+
				"type, role or boolean that is not its own")
		}
		return
	}
	to := &f.decl.Required
	for p := f.parent; p != nil; p = p.parent {
		from := &p.decl.Required
		for i := range to.Symbols {
			to.Symbols[i].Union(from.Symbols[i])
		}
		for len(to.Perms) < len(from.Perms) {
			to.Perms = append(to.Perms, pp.Set{})
		}
		for i := range from.Perms {
			to.Perms[i].Union(from.Perms[i])
		}
	}
}
