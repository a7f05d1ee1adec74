package pp

import "strconv"

// attributes are made for the sets of one block. They are written in reverse order.
type attributes struct {
	kind string
	list []attribute
}

type attribute struct {
	name string
	set  TypeSet // for a set of roles, Not is empty
}

// find returns the name of the attribute for a set. It makes the attribute if there is none.
func (w *writer) find(a *attributes, set TypeSet) string {
	for i := range a.list {
		if o := &a.list[i].set; o.Flags == set.Flags && o.Not.Equal(set.Not) && o.Types.Equal(set.Types) {
			return a.list[i].name
		}
	}
	w.generated++
	name := w.name + "_" + a.kind + "attr_" + strconv.Itoa(w.generated)
	a.list = append(a.list, attribute{name, set})
	return name
}

// typeNames returns the names of a set of types, or the name of its attribute.
func (w *writer) typeNames(a *attributes, t *TypeSet) []string {
	if !t.plain() {
		return []string{w.find(a, *t)}
	}
	return w.setNames(Types, t.Types)
}

func (w *writer) roleNames(a *attributes, r *RoleSet) []string {
	if r.Flags != 0 {
		return []string{w.find(a, TypeSet{Types: r.Roles, Flags: r.Flags})}
	}
	return w.setNames(Roles, r.Roles)
}

// setNames returns the names of a set of symbols in the order of their values.
func (w *writer) setNames(table int, s Set) []string {
	if s.IsEmpty() {
		return nil
	}
	names := make([]string, 0, s.Len())
	for bit := range s.All() {
		names = append(names, w.names[table][bit])
	}
	return names
}

// putSet writes names, with a blank after each.
func (w *writer) putSet(table int, s Set) {
	for bit := range s.All() {
		w.put(w.names[table][bit], " ")
	}
}

// attributes writes the attributes of a block. It puts blanks where hll/pp puts them.
func (w *writer) attributes(a *attributes, depth int) {
	table := Types
	if a.kind == "role" {
		table = Roles
	}
	for i := len(a.list) - 1; i >= 0 && !w.full(); i-- {
		name, set := a.list[i].name, &a.list[i].set
		w.line(depth, "(", a.kind, "attribute ", name, ")")
		w.indent(depth)
		w.put("(", a.kind, "attributeset ", name, " ")
		both := !set.Types.IsEmpty() && !set.Not.IsEmpty()
		if set.Flags&SetStar != 0 {
			w.put("(all)")
		}
		if set.Flags&SetComplement != 0 {
			w.put("(not ")
		}
		if both {
			w.put("(and ")
		}
		if !set.Types.IsEmpty() {
			w.put("(")
			w.putSet(table, set.Types)
			w.put(") ")
		}
		if !set.Not.IsEmpty() {
			w.put("(not (")
			w.putSet(table, set.Not)
			w.put("))")
		}
		if both {
			w.put(")")
		}
		if set.Flags&SetComplement != 0 {
			w.put(")")
		}
		w.put(")\n")
	}
}

// inScope reports whether a symbol is declared or required in one of the first n open blocks.
func (w *writer) inScope(table int, name string, n int) bool {
	s := w.scope(table, name)
	if s == nil {
		return false
	}
	for i := range n {
		for _, id := range s.Decls {
			if id == w.stack[i].ID {
				return true
			}
		}
	}
	return false
}
