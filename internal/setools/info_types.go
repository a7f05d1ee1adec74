package setools

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

// typesByName returns all types in the order of their names. It is built once.
func (in *inspector) typesByName() []named[policy.TypeID] {
	if in.sortedTypes == nil {
		in.sortedTypes = byName(in.p.Types(), in.p.TypeName)
	}
	return in.sortedTypes
}

// sortedNames returns the names of a set of types in order, by going through all types once: that
// is faster than sorting where
// sets are many and large.
func (in *inspector) sortedNames(set policy.Set[policy.TypeID]) []string {
	names := make([]string, 0, set.Len())
	for _, t := range in.typesByName() {
		if set.Has(t.id) {
			names = append(names, t.name)
		}
	}
	return names
}

func (in *inspector) aliasesOf(id policy.TypeID) []string {
	if in.aliases == nil {
		in.aliases = typeAliases(in.p.DB())
	}
	return in.aliases[uint32(id)]
}

// attributesOf yields the attributes of a type by ascending value, as SETools 4.4.1 prints them.
func (in *inspector) attributesOf(id policy.TypeID) func(yield func(policy.TypeID) bool) {
	return func(yield func(policy.TypeID) bool) {
		all := in.p.DB().TypeAttrMap
		if int(id) > len(all) {
			return
		}
		for bit := range all[id-1].All() {
			if a := policy.TypeID(bit + 1); a != id && !yield(a) {
				return
			}
		}
	}
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
		for _, t := range byName(query.Types(in.p, q), in.p.TypeName) {
			if !in.args.Expand {
				l.line(t.name)
				continue
			}
			l.buf = append(append(l.buf, "type "...), t.name...)
			if aliases := in.aliasesOf(t.id); len(aliases) > 0 {
				l.buf = appendSet(append(l.buf, " alias "...), aliases)
			}
			for a := range in.attributesOf(t.id) {
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
			Attributes: slices.Sorted(namesOf(in.attributesOf(t.id), in.p.TypeName)),
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
			for _, a := range list() {
				if !in.args.Expand {
					l.line(a.name)
					continue
				}
				names := in.sortedNames(in.p.Members(a.id))
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
					Types: in.sortedNames(in.p.Members(a.id))})
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
