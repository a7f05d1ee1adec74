package refpolicy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// text writes a rule as the language has it.
func (x *Index) text(r Rule) string {
	s := fmt.Sprintf("%s %s %s", r.Kind, x.Set(r.Sources).Text, x.Set(r.Targets).Text)
	if r.Classes != 0 {
		s += fmt.Sprintf(":%s %s", x.Set(r.Classes).Text, x.Set(r.Perms).Text)
	}
	if x.Conds[r.Cond] != "" {
		s += " if " + x.Conds[r.Cond]
	}
	if r.Optional {
		s += " optional"
	}
	return s
}

// plainSet writes sets the same way whatever blanks and braces they are written with.
func plainRule(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n{}", r) }), " ")
}

// whole returns the rules of a definition out of its whole expansion, all calls in it
// expanded.
func whole(t testing.TB, h *Headers, x *Index, def int) []string {
	t.Helper()
	out, _, err := h.Expand(h.Defs[def].Name, h.call(def, false))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	s := newSets()
	other := &Index{sets: s, Conds: []string{""}}
	p := parser{text: out, sets: &other.sets, attribute: func([]byte) {},
		rule: func(r Rule, cond string) {
			r.Cond = int32(len(other.Conds))
			other.Conds = append(other.Conds, cond)
			list = append(list, plainRule(other.text(r)))
		}}
	p.run()
	return list
}

// TestIndexPeer: the rules that are put together from what interfaces have of their own
// are those of their whole expansions, which TestPeer holds against m4, in their order.
func TestIndexPeer(t *testing.T) {
	h := openHeaders(t)
	x, err := h.Index()
	if err != nil || len(x.Failed) > 0 {
		t.Fatal(err, x.Failed)
	}
	wrong, rules, kinds := 0, 0, map[Kind]int{}
	for def := range h.Defs {
		var own []string
		for _, r := range x.Rules(def) {
			own = append(own, plainRule(x.text(r)))
			kinds[r.Kind]++
		}
		rules += len(own)
		if want := whole(t, h, x, def); !slices.Equal(own, want) {
			if wrong++; wrong < 4 {
				t.Errorf("%s:\n%.900s\nwant\n%.900s", h.call(def, false), strings.Join(own, "\n"),
					strings.Join(want, "\n"))
			}
		}
	}
	t.Logf("%d definitions, %d rules %v, %d differ", len(h.Defs), rules, kinds, wrong)
	if rules < 50000 || wrong > 0 {
		t.Errorf("%d rules, %d differ", rules, wrong)
	}
}
