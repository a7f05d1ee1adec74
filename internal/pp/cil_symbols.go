package pp

import (
	"cmp"
	"slices"
)

// sortedPerms returns the permissions in the order of their values, those of equal
// value in libsepol's order.
func (w *writer) sortedPerms(t *Table[Perm]) []Perm {
	names := make([]string, len(t.Items))
	for i := range t.Items {
		names[i] = t.Items[i].Name
	}
	sorted := make([]Perm, 0, len(names))
	for _, i := range PermOrder(names, w.release.hash()) {
		sorted = append(sorted, t.Items[i])
	}
	slices.SortStableFunc(sorted, func(a, b Perm) int { return cmp.Compare(a.Value, b.Value) })
	return sorted
}

func (w *writer) common(c *Common) {
	w.put("(common ", c.Name, " (")
	for _, p := range w.sortedPerms(&c.Perms) {
		w.put(p.Name, " ")
	}
	w.put("))\n")
}

func (w *writer) typeAliases(d *Decl, depth int) {
	all := w.aliases[d.ID]
	for i := len(all) - 1; i >= 0; i-- {
		t := &w.m.Tables.Types.Items[w.tables[Types].find(all[i])]
		if !w.has(Types, t.actual()) {
			w.failf("alias %s names no type", t.Name)
			return
		}
		w.line(depth, "(typealias ", t.Name, ")")
		w.line(depth, "(typealiasactual ", t.Name, " ", w.names[Types][t.actual()-1], ")")
	}
}

// declared writes the symbols that a block declares, in the order of their values.
func (w *writer) declared(d *Decl, optional bool, depth int) {
	for table := Classes; table < NumTables; table++ {
		set := d.Declared.Symbols[table]
		for bit := range set.All() {
			name := w.names[table][bit]
			s := w.scope(table, name)
			if s == nil {
				w.failf("%s %s is declared nowhere", tableNames[table], name)
				return
			}
			w.symbol(table, name, &w.m.Tables, int(w.items[table][bit]), s.Kind == ScopeDeclared, optional, depth)
		}
		switch {
		case set.IsEmpty():
		case table == Classes:
			w.order("classorder", table, set, depth)
		case table == Levels:
			w.order("sensitivityorder", table, set, depth)
		case table == Categories:
			w.order("categoryorder", table, set, depth)
		}
	}
}

func (w *writer) order(word string, table int, set Set, depth int) {
	w.indent(depth)
	w.put("(", word, " (")
	w.putSet(table, set)
	w.put("))\n")
}

// required writes the symbols that only the block itself requires: every optional also lists those
// that the global block requires.
func (w *writer) required(d *Decl, optional bool, depth int) {
	for table := Classes; table < NumTables; table++ {
		for bit := range d.Required.Symbols[table].All() {
			name := w.names[table][bit]
			s := w.scope(table, name)
			if s == nil {
				w.failf("%s %s is required nowhere", tableNames[table], name)
				return
			}
			if slices.Contains(s.Decls, d.ID) {
				w.symbol(table, name, &w.m.Tables, int(w.items[table][bit]), false, optional, depth)
			}
		}
	}
}

// added writes what a block adds to symbols, in the order of its own tables.
func (w *writer) added(d *Decl, optional bool, depth int) {
	t := &d.Tables
	add(w, Classes, t, t.Classes.Items, func(c *Class) string { return c.Name }, optional, depth)
	add(w, Roles, t, t.Roles.Items, func(r *Role) string { return r.Name }, optional, depth)
	add(w, Types, t, t.Types.Items, func(t *Type) string { return t.Name }, optional, depth)
	add(w, Users, t, t.Users.Items, func(u *User) string { return u.Name }, optional, depth)
	add(w, Levels, t, t.Levels.Items, func(l *Level) string { return l.Name }, optional, depth)
}

func add[T any](w *writer, table int, t *Tables, items []T, name func(*T) string, optional bool, depth int) {
	names := make([]string, len(items))
	for i := range items {
		names[i] = name(&items[i])
	}
	for _, i := range BlockOrder(names, table, w.release.hash()) {
		if table == Roles && names[i] == ObjectR && !w.memory {
			continue // libsepol skips it
		}
		w.symbol(table, names[i], t, int(i), false, optional, depth)
	}
}

// symbol writes the properties of symbol number i.
func (w *writer) symbol(table int, name string, t *Tables, i int, declared, optional bool, depth int) {
	if w.full() {
		return
	}
	switch table {
	case Classes:
		if declared {
			w.class(&t.Classes.Items[i], depth)
		}
	case Roles:
		if r := w.roles; t == &w.m.Tables {
			w.role(&r[i], declared, depth)
		} else {
			w.role(&t.Roles.Items[i], declared, depth)
		}
	case Types:
		w.typ(&t.Types.Items[i], declared, depth)
	case Users:
		w.user(&t.Users.Items[i], declared, optional, depth)
	case Bools:
		w.boolean(&t.Bools.Items[i], declared, depth)
	case Levels:
		w.sensitivity(&t.Levels.Items[i], declared, depth)
	case Categories:
		w.category(name, &t.Categories.Items[i], declared, depth)
	}
}

// role mirrors role_to_cil. The base module declares some roles, whatever other modules declare,
// and two roles are always declared.
func (w *writer) role(r *Role, declared bool, depth int) {
	if !declared {
		w.line(depth, "(roleattributeset cil_gen_require ", r.Name, ")")
	}
	set := &attributes{kind: "type"}
	switch r.Flavor {
	case RoleAttribute:
		if declared {
			w.line(depth, "(roleattribute ", r.Name, ")")
		}
		if !r.Roles.IsEmpty() {
			w.indent(depth)
			w.put("(roleattributeset ", r.Name, " (")
			w.putSet(Roles, r.Roles)
			w.put("))\n")
		}
	default:
		if declared && (w.release >= Release38 || !ofBase(r.Name) || w.m.Base && !always(r.Name)) {
			w.line(depth, "(role ", r.Name, ")")
		}
		if r.Dominates.Len() > 1 {
			w.warnf("CIL has no role dominance: it is dropped")
		}
	}
	for _, name := range w.typeNames(set, &r.Types) {
		if w.inScope(Types, name, len(w.stack)) {
			w.line(depth, "(roletype ", r.Name, " ", name, ")")
		}
	}
	if r.Flavor == RoleRole && r.Bounds > 0 {
		w.line(depth, "(rolebounds ", r.Name, " ", w.names[Roles][r.Bounds-1], ")")
	}
	w.attributes(set, depth)
}

func always(role string) bool { return role == "auditadm_r" || role == "secadm_r" }

func ofBase(role string) bool {
	switch role {
	case "user_r", "staff_r", "sysadm_r", "system_r", "unconfined_r":
		return true
	}
	return always(role)
}

// rolesOfType writes the roles of the enclosing blocks that have a type of this block.
func (w *writer) rolesOfType(name string, depth int) {
	if len(w.stack) < 2 {
		return
	}
	set := &attributes{kind: "type"}
	for _, r := range w.roleList {
		if !w.inScope(Roles, r.Name, len(w.stack)-1) {
			continue
		}
		if r.Types.plain() {
			i := w.tables[Types].find(name)
			if i < 0 {
				continue // a damaged package: the module lacks the type, so no role has it
			}
			if v := w.m.Tables.Types.Items[i].Value; !r.Types.Types.Has(v-1) || w.names[Types][v-1] != name {
				continue
			}
		} else if w.find(set, r.Types) != name {
			continue
		}
		w.line(depth, "(roletype ", r.Name, " ", name, ")")
	}
	w.attributes(set, depth)
}

func (w *writer) typ(t *Type, declared bool, depth int) {
	if !declared {
		w.line(depth, "(typeattributeset cil_gen_require ", t.Name, ")")
	}
	w.rolesOfType(t.Name, depth)
	switch t.Flavor {
	case TypeType:
		if declared {
			w.line(depth, "(type ", t.Name, ")")
			w.line(depth, "(roletype object_r ", t.Name, ")")
		}
		if t.Flags&TypePermissive != 0 {
			w.line(depth, "(typepermissive ", t.Name, ")")
		}
		if t.Flags&TypeNeveraudit != 0 && w.release >= Release39 {
			w.line(depth, "(typeneveraudit ", t.Name, ")")
		}
		if t.Bounds > 0 {
			w.line(depth, "(typebounds ", w.names[Types][t.Bounds-1], " ", t.Name, ")")
		}
	case TypeAttribute:
		if declared {
			w.line(depth, "(typeattribute ", t.Name, ")")
		}
		w.expand(t, depth)
		if !t.Types.IsEmpty() {
			w.indent(depth)
			w.put("(typeattributeset ", t.Name, " (")
			w.putSet(Types, t.Types)
			w.put("))\n")
		}
	}
}

func (w *writer) expand(t *Type, depth int) {
	switch {
	case t.Flags&TypeExpandTrue != 0:
		w.line(depth, "(expandtypeattribute (", t.Name, ") true)")
	case t.Flags&TypeExpandFalse != 0:
		w.line(depth, "(expandtypeattribute (", t.Name, ") false)")
	}
}

func (w *writer) boolean(b *Bool, declared bool, depth int) {
	if !declared {
		return
	}
	word, state := "boolean ", " false)"
	if b.Flags&BoolTunable != 0 {
		word = "tunable "
	}
	if b.State != 0 {
		state = " true)"
	}
	w.line(depth, "(", word, b.Name, state)
}
