package refpolicy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// ruleText writes a rule as the language has it.
func ruleText(r Rule, cond string, set func(SetID) *Set) string {
	s := fmt.Sprintf("%s %s %s", r.Kind, set(r.Sources).Text, set(r.Targets).Text)
	if r.Classes != 0 {
		s += fmt.Sprintf(":%s %s", set(r.Classes).Text, set(r.Perms).Text)
	}
	if cond != "" {
		s += " if " + cond
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
func whole(t testing.TB, h *Headers, def int) []string {
	t.Helper()
	out, _, err := h.Expand(h.Defs[def].Name, h.call(def, false))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	s := newSets()
	p := parser{text: out, sets: &s, attribute: func([]byte) {},
		rule: func(r Rule, cond string) {
			list = append(list, plainRule(ruleText(r, cond, func(id SetID) *Set { return &s.list[id] })))
		}}
	p.run()
	return list
}

// TestIndexPeer: the rules that are put together from what interfaces have of their own
// are those of their whole expansions, which TestPeer holds against m4, in their order.
func TestIndexPeer(t *testing.T) { compareIndex(t, openHeaders(t)) }

func compareIndex(t *testing.T, h *Headers) {
	t.Helper()
	x, err := h.Index()
	if err != nil || x.failures > 0 {
		t.Fatal(err, x.failures)
	}
	wrong, rules, kinds := 0, 0, map[Kind]int{}
	for def := range h.Defs {
		var own []string
		for r := range x.Rules(def).All() {
			own = append(own, plainRule(ruleText(r, x.Cond(r.Cond), x.Set)))
			kinds[r.Kind]++
		}
		rules += len(own)
		if want := whole(t, h, def); !slices.Equal(own, want) {
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
