package setools

import (
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

// named is a symbol with its name, for sorting.
type named[ID any] struct {
	name string
	id   ID
	at   uint32 // its place before sorting, which is kept where names are equal
	key  uint64 // the first bytes of the name, the first of them highest
}

// byName sorts symbols by name.
func byName[ID any](ids iter.Seq[ID], name func(ID) string) []named[ID] {
	n := 0
	for range ids {
		n++
	}
	list := make([]named[ID], 0, n)
	for id := range ids {
		s := name(id)
		list = append(list, named[ID]{s, id, uint32(len(list)), firstBytes(s)})
	}
	// Sorting takes half of the time of listing thousands of types, and most names differ in the first bytes.
	slices.SortFunc(list, func(a, b named[ID]) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.at, b.at))
	})
	return list
}

// firstBytes returns the first eight bytes of a name as a number. The numbers have the order of the names. Zero
// bytes fill a shorter name.
func firstBytes(s string) uint64 {
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}

// namesOf yields the names of symbols.
func namesOf[ID any](ids iter.Seq[ID], name func(ID) string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range ids {
			if !yield(name(id)) {
				return
			}
		}
	}
}

func (in *inspector) bools(value string) (block, error) {
	if in.args.Policy == "" {
		value = substituteBool(value)
	}
	list := func() []named[policy.BoolID] {
		return byName(query.Bools(in.p, query.BoolQuery{Name: query.Match{Text: value}}), in.p.BoolName)
	}
	return block{
		title: "Booleans",
		text: func(l *listing) {
			for _, b := range list() {
				switch {
				case !in.args.Expand:
					l.line(b.name)
				case in.p.DefaultBool(b.id):
					l.line("bool ", b.name, " true;")
				default:
					l.line("bool ", b.name, " false;")
				}
			}
		},
		fill: func(d *InfoDocument) {
			d.Bools = []InfoBool{}
			for _, b := range list() {
				d.Bools = append(d.Bools, InfoBool{Name: b.name, Default: in.p.DefaultBool(b.id)})
			}
		},
		value: value, names: namesOf(in.p.Bools(), in.p.BoolName),
	}, nil
}

func (in *inspector) categories(value string) (block, error) {
	aliases := func(id policy.CatID) []string {
		names := slices.Collect(in.p.CategoryAliases(id))
		sortAsSymbols(names, len(in.p.DB().Categories.Items), mlsTableSize)
		return names
	}
	ids := query.Categories(in.p, query.CategoryQuery{Name: query.Match{Text: value}})
	return block{
		title: "Categories",
		text: func(l *listing) {
			for id := range ids {
				in.aliased(l, "category ", in.p.CategoryName(id), aliases(id))
			}
		},
		fill: func(d *InfoDocument) {
			d.Categories = []InfoSymbol{}
			for id := range ids {
				d.Categories = append(d.Categories, InfoSymbol{Name: in.p.CategoryName(id), Aliases: aliases(id)})
			}
		},
		value: value, names: namesOf(in.p.Categories(), in.p.CategoryName),
	}, nil
}

func (in *inspector) sensitivities(value string) (block, error) {
	aliases := func(id policy.SensID) []string {
		names := slices.Collect(in.p.SensitivityAliases(id))
		sortAsSymbols(names, len(in.p.DB().Sensitivities.Items), mlsTableSize)
		return names
	}
	ids := query.Sensitivities(in.p, query.SensitivityQuery{Name: query.Match{Text: value}})
	return block{
		title: "Sensitivities",
		text: func(l *listing) {
			for id := range ids {
				in.aliased(l, "sensitivity ", in.p.SensitivityName(id), aliases(id))
			}
		},
		fill: func(d *InfoDocument) {
			d.Sensitivities = []InfoSymbol{}
			for id := range ids {
				d.Sensitivities = append(d.Sensitivities,
					InfoSymbol{Name: in.p.SensitivityName(id), Aliases: aliases(id)})
			}
		},
		value: value, names: namesOf(in.p.Sensitivities(), in.p.SensitivityName),
	}, nil
}

// aliased appends the item of a symbol that may have aliases.
func (in *inspector) aliased(l *listing, keyword, name string, aliases []string) {
	if !in.args.Expand {
		l.line(name)
		return
	}
	l.buf = append(append(l.buf, keyword...), name...)
	if len(aliases) > 0 {
		l.buf = appendSet(append(l.buf, " alias "...), aliases)
	}
	l.line(";")
}

func (in *inspector) polcaps(value string) (block, error) {
	list := func() []named[policy.PolicyCap] {
		return byName(query.PolicyCaps(in.p, query.PolicyCapQuery{Name: query.Match{Text: value}}),
			policy.PolicyCap.String)
	}
	return block{
		title: "Polcap",
		text: func(l *listing) {
			for _, c := range list() {
				if in.args.Expand {
					l.line("policycap ", c.name, ";")
				} else {
					l.line(c.name)
				}
			}
		},
		fill: func(d *InfoDocument) {
			d.PolicyCaps = []string{}
			for _, c := range list() {
				d.PolicyCaps = append(d.PolicyCaps, c.name)
			}
		},
		value: value, names: namesOf(in.p.PolicyCaps(), policy.PolicyCap.String),
	}, nil
}
