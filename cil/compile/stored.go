package compile

import (
	"encoding/binary"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/senet-selinux/senet/cil"
)

// A Loader makes modules of sources, or of what was stored of them. It is for one
// goroutine.
type Loader struct {
	reader *cil.Reader
	former *former
}

// Parse makes a module of a source. again, which may be nil, returns it anew; see
// [cil.Reader.Parse], as for the error.
func (l *Loader) Parse(name string, source []byte, again func() (string, error)) (*Module, error) {
	file, err := l.reader.Parse(name, source, again)
	if err != nil {
		return nil, err
	}
	m := &Module{file: file}
	m.forms = []*form{l.former.form(m)}
	return m, nil
}

// Restore makes a module of what [Module.AppendStored] wrote of it for the options of
// the loader. The error wraps [cil.ErrStored]: it is of another dialect, or damaged.
// What another build of this package wrote must not be restored, as the statements
// that a text has may be others; the caller sees to that.
func (l *Loader) Restore(name string, stored []byte, again func() (string, error)) (*Module, error) {
	want := appendDialect(nil, l.former.dialect)
	if len(stored) < len(want) || string(stored[:len(want)]) != string(want) {
		return nil, cil.ErrStored
	}
	file, rest, err := l.reader.Restore(name, stored[len(want):], again)
	if err != nil {
		return nil, err
	}
	f := restoreForm(file, l.former.dialect, rest)
	if f == nil {
		return nil, cil.ErrStored
	}
	return &Module{file: file, forms: []*form{f}}, nil
}

// AppendStored appends a form of the module for builds with the options to b, which
// [Loader.Restore] reads in a fraction of the time that parsing takes. ok is false for
// a module with mistakes, whose messages need its text.
func (m *Module) AppendStored(b []byte, opts Options) (out []byte, ok bool) {
	f := m.form(opts.dialect())
	if len(f.diags.list) > 0 || f.diags.more > 0 {
		return b, false
	}
	b = m.file.AppendStored(appendDialect(b, f.dialect))
	b = binary.AppendUvarint(b, uint64(len(f.stmts)))
	node, scope := uint32(0), uint32(0)
	for i := range f.stmts {
		s := &f.stmts[i]
		b = binary.AppendUvarint(b, uint64(s.node-node))
		b = append(b, byte(s.where>>formScopeBits))
		b = binary.AppendVarint(b, int64(s.where&maxFormScopes)-int64(scope))
		node, scope = s.node, s.where&maxFormScopes
	}
	return b, true
}

func appendDialect(b []byte, d dialect) []byte {
	for _, is := range []bool{d.preserveTunables, d.qualifiedNames, d.condXPerms} {
		if is {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	}
	return append(b, byte(d.libsepol), byte(numStatements))
}

// restoreForm reads the statements of a file, nil where they are none.
func restoreForm(file *cil.File, d dialect, stored []byte) *form {
	n, size := binary.Uvarint(stored)
	if size <= 0 || n > uint64(len(stored)) {
		return nil
	}
	stored = stored[size:]
	f := &form{dialect: d, stmts: make([]formStmt, n), scopes: 2}
	node, scope := uint64(0), int64(0)
	for i := range f.stmts {
		step, size := binary.Uvarint(stored)
		if size <= 0 || len(stored) <= size {
			return nil
		}
		kind := stored[size]
		stored = stored[size+1:]
		turn, size := binary.Varint(stored)
		if size <= 0 || step > uint64(file.Len()) {
			return nil
		}
		stored = stored[size:]
		node, scope = node+step, scope+turn
		if node >= uint64(file.Len()) || scope < int64(rootScope) || scope >= int64(f.scopes) ||
			!begins(file, uint32(node), symID(kind), d) {
			return nil
		}
		f.stmts[i] = formStmt{uint32(node), uint32(kind)<<formScopeBits | uint32(scope)}
		f.counts[kind]++
		if isScope(symID(kind)) {
			if f.scopes++; f.scopes > maxFormScopes {
				return nil
			}
		}
	}
	if len(stored) > 0 {
		return nil
	}
	return f
}

// begins reports whether a node is a list that begins with the keyword of a statement.
func begins(file *cil.File, node uint32, kind symID, d dialect) bool {
	if kind == wNone || kind >= numStatements || !file.IsList(node) || file.End(node) == node+1 || file.IsList(node+1) {
		return false
	}
	head := symID(file.Sym(node + 1))
	switch {
	case d.preserveTunables && head == wTunable:
		head = wBoolean
	case d.preserveTunables && head == wTunableIf:
		head = wBooleanIf
	}
	return head == kind
}

// Load makes n modules by a function that is given a loader: on all processors, in the
// order of their numbers, and prepared for compilations with the options. The error
// joins those of read.
func Load(n int, opts Options, read func(l *Loader, i int) (*Module, error)) ([]*Module, error) {
	modules := make([]*Module, n)
	errs := make([]error, n)
	table := newTable()
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			l := &Loader{cil.NewReader(table), newFormer(opts.dialect())}
			for {
				i := int(next.Add(1) - 1)
				if i >= n {
					return
				}
				modules[i], errs[i] = read(l, i)
			}
		}()
	}
	workers.Wait()
	return modules, errors.Join(errs...)
}
