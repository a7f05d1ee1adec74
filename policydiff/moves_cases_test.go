package policydiff_test

import (
	"fmt"
	"strings"
	"testing"
)

// uses writes rules that let a domain use types of numbers from one to another.
func uses(domain string, from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "(allow %s f%d_t (process (signal sigkill)))\n", domain, i)
	}
	return b.String()
}

func declared(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		fmt.Fprintf(&b, "(type %s)\n(roletype object_r %s)\n(roletype system_r %s)\n(typeattributeset domain (%s))\n",
			n, n, n, n)
	}
	return b.String()
}

// TestMoves: an access is a permission on a target; 60 of old_t's are its own, 261 those of all
// domains. Types that are split, renamed and merged are said so, and those that only look alike
// are not.
func TestMoves(t *testing.T) {
	base := &strings.Builder{}
	base.Write(exampleSource(t))
	base.WriteString("\n(typeattribute few)\n(typeattributeset few (squid_t))\n(typeattribute nobody)\n")
	for i := range 30 {
		fmt.Fprintf(base, "(type f%d_t)\n(roletype object_r f%d_t)\n", i, i)
	}
	alias := func(old, name string) string {
		return fmt.Sprintf("(typealias %s)\n(typealiasactual %s %s)\n", old, old, name)
	}
	for i := range 12 { // what all domains may do
		fmt.Fprintf(base, "(allow domain f%d_t (process (getattr getsched)))\n", i)
	}
	old := declared("old_t") + uses("old_t", 0, 30)
	for _, c := range []struct{ name, before, after, want string }{
		{"split in two", old, declared("old_t", "a_t", "b_t") + uses("a_t", 0, 15) + uses("b_t", 15, 30),
			"old_t a_t 30/60 false, old_t b_t 30/60 false"},
		{"split in three", old, declared("old_t", "a_t", "b_t", "c_t") + uses("a_t", 0, 10) +
			uses("b_t", 10, 20) + uses("c_t", 20, 30),
			"old_t a_t 20/60 false, old_t b_t 20/60 false, old_t c_t 20/60 false"},
		{"part of it stays", old, declared("old_t", "a_t") + uses("old_t", 0, 10) + uses("a_t", 10, 30),
			"old_t a_t 40/40 false"},
		{"renamed with an alias", old, declared("new_t") + uses("new_t", 0, 30) + alias("old_t", "new_t"),
			"old_t new_t alias"},
		{"renamed", old, declared("new_t") + uses("new_t", 0, 30), "old_t new_t 321/321 true"},
		{"merged", old + declared("more_t") + uses("more_t", 0, 12),
			declared("new_t") + uses("new_t", 0, 30), "more_t new_t 285/287 true, old_t new_t 321/323 true"},
		{"renamed, and a tenth is lost", old, declared("new_t") + uses("new_t", 0, 27), "old_t new_t 315/321 true"},
		{"renamed, and half is lost", old, declared("new_t") + uses("new_t", 0, 15), ""},
		{"by an attribute of few", declared("old_t") + uses("few", 0, 30) + "(typeattributeset few (old_t))\n",
			declared("new_t") + uses("few", 0, 30) + "(typeattributeset few (new_t))\n", "old_t new_t 321/321 true"},
		{"what it loses by its attribute another gains", declared("old_t") + uses("few", 0, 30) +
			"(typeattributeset few (old_t))\n",
			declared("old_t", "new_t") + uses("few", 0, 30) + "(typeattributeset few (new_t))\n",
			"old_t new_t 60/60 false"},
		{"a new one is like one that stays", old, old + declared("new_t") + uses("new_t", 0, 30), ""},
		{"one is gone, another is new", declared("old_t") + uses("old_t", 0, 15),
			declared("new_t") + uses("new_t", 15, 30), ""},
		{"they share what all domains have", declared("old_t"), declared("new_t"), ""},
		{"and little beside it", declared("old_t") + uses("old_t", 0, 3), declared("new_t") + uses("new_t", 5, 8), ""},
		{"much on one target",
			declared("old_t") + "(allow old_t f0_t (process (all)))\n",
			declared("old_t", "new_t") + "(allow new_t f0_t (process (all)))\n", ""},
		{"two that are gone and two that are new", old + declared("more_t") + uses("more_t", 0, 9),
			declared("a_t", "b_t") + uses("a_t", 0, 9) + uses("b_t", 9, 30), "more_t a_t 279/281 true, " +
				"old_t b_t 303/323 true, old_t a_t 279/323 true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, after := built(t, []byte(base.String()+c.before)), built(t, []byte(base.String()+c.after))
			var got []string
			for _, m := range report(t, before, after).Moved {
				line := fmt.Sprintf("%s %s %d/%d %v", m.From, m.To, m.Taken, m.Lost, m.Gone)
				if m.Alias {
					line = m.From + " " + m.To + " alias"
				}
				got = append(got, line)
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%q, want %q", strings.Join(got, ", "), c.want)
			}
		})
	}
}
