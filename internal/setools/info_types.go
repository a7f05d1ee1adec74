package setools

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

// typeOrder is the order of all types by their names.
type typeOrder struct {
	names []string
	rank  []uint32 // by type id: the place among the sorted names, from 1
	found []uint32 // the ranks of the types in the last set
	texts []string // the names of the types in the last set
}

// typesByName returns the order of all types. The first call computes it.
func (in *inspector) typesByName() *typeOrder {
	if in.order == nil {
		in.order = &typeOrder{rank: make([]uint32, in.p.MaxType()+1), texts: []string{}}
		for i, t := range byName(in.p.Types(), in.p.TypeName) {
			in.order.names = append(in.order.names, t.name)
			in.order.rank[t.id] = uint32(i + 1)
		}
	}
	return in.order
}

// sorted returns the names of the types of a set in order. The list is valid until the next call.
func (o *typeOrder) sorted(set policy.Set[policy.TypeID]) []string {
	o.found, o.texts = o.found[:0], o.texts[:0]
	for t := range set.All() {
		if int(t) < len(o.rank) && o.rank[t] != 0 {
			o.found = append(o.found, o.rank[t])
		}
	}
	slices.Sort(o.found)
	for _, rank := range o.found {
		o.texts = append(o.texts, o.names[rank-1])
	}
	return o.texts
}

func (in *inspector) aliasesOf(id policy.TypeID) []string {
	if in.aliases == nil {
		in.aliases = typeAliases(in.p.DB())
	}
	return in.aliases[uint32(id)]
}

// appendAttributes appends the attributes of a type by ascending value, as SETools 4.4.1
// prints them.
func (in *inspector) appendAttributes(list []policy.TypeID, id policy.TypeID) []policy.TypeID {
	all := in.p.DB().TypeAttrMap
	if int(id) > len(all) {
		return list
	}
	for bit := range all[id-1].All() {
		if a := policy.TypeID(bit + 1); a != id {
			list = append(list, a)
		}
	}
	return list
}

func (in *inspector) types(value string) (block, error) {
	b := in.typeBlock("Types", query.TypeQuery{Name: query.Match{Text: value}})
	b.value, b.names = value, namesOf(in.p.Types(), in.p.TypeName)
	b.fill = func(d *InfoDocument) { d.Types = in.typesJSON(query.TypeQuery{Name: query.Match{Text: value}}) }
	return b, nil
}

func (in *inspector) permissives(value string) (block, error) {
	// SETools does not look for aliases here.
	q := query.TypeQuery{Name: query.Match{Text: value}, OwnName: true, Permissive: query.True}
	b := in.typeBlock("Permissive Types", q)
	b.fill = func(d *InfoDocument) { d.Permissive = in.typesJSON(q) }
	b.value, b.names = value, namesOf(query.Types(in.p, query.TypeQuery{Permissive: query.True}), in.p.TypeName)
	return b, nil
}

func (in *inspector) typeBlock(title string, q query.TypeQuery) block {
	return block{title: title, text: func(l *listing) {
		list := byName(query.Types(in.p, q), in.p.TypeName)
		l.expect(len(list))
		var attributes []policy.TypeID
		for _, t := range list {
			if !in.args.Expand {
				l.line(t.name)
				continue
			}
			l.buf = append(append(l.buf, "type "...), t.name...)
			if aliases := in.aliasesOf(t.id); len(aliases) > 0 {
				l.buf = appendSet(append(l.buf, " alias "...), aliases)
			}
			attributes = in.appendAttributes(attributes[:0], t.id)
			for _, a := range attributes {
				l.buf = append(append(l.buf, ", "...), in.p.TypeName(a)...)
			}
			l.line(";")
		}
	}}
}

func (in *inspector) typesJSON(q query.TypeQuery) []InfoType {
	out := []InfoType{}
	for _, t := range byName(query.Types(in.p, q), in.p.TypeName) {
		out = append(out, InfoType{
			Name: t.name, Permissive: in.p.IsPermissive(t.id),
			Aliases:    slices.Sorted(slices.Values(in.aliasesOf(t.id))),
			Attributes: slices.Sorted(namesOf(slices.Values(in.appendAttributes(nil, t.id)), in.p.TypeName)),
		})
	}
	return out
}

func (in *inspector) attributes(value string) (block, error) {
	list := func() []named[policy.TypeID] {
		return byName(query.Attributes(in.p, query.AttributeQuery{Name: query.Match{Text: value}}), in.p.TypeName)
	}
	return block{
		title: "Type Attributes",
		text: func(l *listing) {
			all := list()
			l.expect(len(all))
			for _, a := range all {
				if !in.args.Expand {
					l.line(a.name)
					continue
				}
				names := in.typesByName().sorted(in.p.Members(a.id))
				if len(names) == 0 {
					names = []string{"<empty attribute>"}
				}
				l.buf = append(append(l.buf, "attribute "...), a.name...)
				l.buf = appendJoined(append(l.buf, ";\n\t"...), names, "\n\t")
				l.end()
			}
		},
		fill: func(d *InfoDocument) {
			d.Attributes = []InfoAttribute{}
			for _, a := range list() {
				d.Attributes = append(d.Attributes, InfoAttribute{Name: a.name,
					Types: slices.Clone(in.typesByName().sorted(in.p.Members(a.id)))})
			}
		},
		value: value, names: namesOf(in.p.AllAttributes(), in.p.TypeName),
	}, nil
}

func (in *inspector) typebounds(value string) (block, error) {
	bounds := query.Bounds(in.p, query.BoundQuery{Child: query.Match{Text: value}})
	return block{
		title: "Typebounds",
		text: func(l *listing) {
			for b := range bounds {
				l.line("typebounds ", in.p.TypeName(b.Parent), " ", in.p.TypeName(b.Child), ";")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.Typebounds = []InfoBound{}
			for b := range bounds {
				d.Typebounds = append(d.Typebounds, InfoBound{Parent: in.p.TypeName(b.Parent),
					Child: in.p.TypeName(b.Child)})
			}
			sortJSON(d.Typebounds, func(b *InfoBound) string { return b.Parent + " " + b.Child })
		},
		value: value,
		names: namesOf(query.Bounds(in.p, query.BoundQuery{}),
			func(b query.Bound) string { return in.p.TypeName(b.Child) }),
	}, nil
}
