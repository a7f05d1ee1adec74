package pp

import "github.com/senet-selinux/senet/policydb"

import "fmt"

// check mirrors validate_policydb: every number refers to something that exists.
func (m *Module) check() error {
	x, err := newIndex(m, policydb.HashShift, false)
	if err != nil {
		return err
	}
	k := &checker{index: x}
	k.module()
	if k.err != nil {
		return &Error{"check", -1, k.err}
	}
	return nil
}

type checker struct {
	*index
	decls uint32
	err   error
}

func (k *checker) failf(format string, args ...any) {
	if k.err == nil {
		k.err = fmt.Errorf(format, args...)
	}
}

func (k *checker) value(table int, value uint32) {
	if !k.has(table, value) {
		k.failf("no %s has the value %d", tableNames[table], value)
	}
}

func (k *checker) bounds(table int, value uint32) {
	if value != 0 {
		k.value(table, value)
	}
}

func (k *checker) set(table int, s Set) {
	for _, w := range s.words {
		if uint64(w.start) >= uint64(len(k.names[table])) {
			k.value(table, w.start+1)
			return
		}
	}
	for bit := range s.All() {
		if k.value(table, bit+1); k.err != nil {
			return
		}
	}
}

func (k *checker) typeSet(t *TypeSet) {
	k.set(Types, t.Types)
	k.set(Types, t.Not)
	if t.Flags > SetComplement {
		k.failf("a set of types has the flags %#x", t.Flags)
	}
}

func (k *checker) roleSet(r *RoleSet) {
	k.set(Roles, r.Roles)
	if r.Flags > SetComplement {
		k.failf("a set of roles has the flags %#x", r.Flags)
	}
}

func (k *checker) module() {
	m := k.m
	if len(m.Blocks) == 0 {
		k.failf("there is no block")
		return
	}
	if m.HandleUnknown == configHandle {
		k.failf("the treatment of unknown classes is %d", m.HandleUnknown)
	}
	k.tables()
	k.blocks()
	for table, all := range m.Scopes {
		for i := range all {
			if table != Roles || all[i].Name != ObjectR { // libsepol ignores its contents
				k.scope(&all[i])
			}
		}
	}
	for table, all := range m.Contexts {
		for i := range all {
			k.context(table, &all[i])
		}
	}
	k.fileSystems()
	for i := range m.OldRanges {
		r := &m.OldRanges[i]
		k.value(Types, r.Source)
		k.value(Types, r.Target)
		k.value(Classes, k.process())
		k.mlsRange(&r.Range)
	}
}

// process returns the value of the class process, which old range transitions are for.
func (x *index) process() uint32 {
	if i := x.tables[Classes].find("process"); i >= 0 {
		return x.m.Tables.Classes.Items[i].Value
	}
	return 0
}

func (k *checker) scope(s *Scope) {
	if s.Kind != ScopeRequired && s.Kind != ScopeDeclared {
		k.failf("%s is neither required nor declared", s.Name)
	}
	for _, id := range s.Decls {
		if id == 0 || id > k.decls {
			k.failf("%s belongs to block %d of %d", s.Name, id, k.decls)
		}
	}
}

func (k *checker) mlsLevel(l *MLSLevel) {
	k.value(Levels, l.Sens)
	k.set(Categories, l.Categories)
}

func (k *checker) mlsRange(r *Range) {
	k.mlsLevel(&r.Low)
	k.mlsLevel(&r.High)
}

func (k *checker) semanticLevel(l *SemanticLevel) {
	if l.Sens == 0 {
		return // the level of a required user
	}
	k.value(Levels, l.Sens)
	for _, r := range l.Categories {
		k.value(Categories, r.Low)
		k.value(Categories, r.High)
	}
}

func (k *checker) label(l *Label) {
	k.value(Users, l.User)
	k.value(Roles, l.Role)
	k.value(Types, l.Type)
	if k.m.MLS {
		k.mlsRange(&l.Range)
	}
}

func (k *checker) context(table int, x *Context) {
	k.label(&x.Labels[0])
	switch table {
	case ContextsFS, ContextsNetif:
		k.label(&x.Labels[1])
	case ContextsFSUse:
		if b := x.Numbers[0]; b == 0 || b > 3 {
			k.failf("fs_use of %s is %d", x.Name, b)
		}
	}
}

func (k *checker) fileSystems() {
	for _, f := range k.m.FileSystems {
		for i := range f.Paths {
			k.label(&f.Paths[i].Label)
			k.bounds(Classes, f.Paths[i].Class)
		}
	}
}
