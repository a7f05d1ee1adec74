package policydiff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
	"github.com/senet-selinux/senet/portset"
)

// TestCauses: a new rule, a rule that is gone, an attribute with a member more, and a
// conditional rule that counts because the one outside is gone.
func TestCauses(t *testing.T) {
	base := string(exampleSource(t)) + `
(typeattribute readers)
(typeattributeset readers (haproxy_t squid_t))
(allow readers etc_t (process (signal)))
(booleanif haproxy_connect_any (true (allow named_t etc_t (process (sigkill)))))
`
	before := built(t, []byte(base+
		"(allow ping_t etc_t (process (fork)))\n(allow named_t etc_t (process (sigkill)))\n"))
	after := built(t, []byte(base+
		"(allow mysqld_t etc_t (process (fork)))\n(typeattributeset readers (mysqld_t))\n"))
	var got []string
	for _, c := range policydiff.New(before, after).Causes(policy.AccessRules | policy.TypeRules) {
		p, r := c.Policy, c.Rule
		got = append(got, fmt.Sprintf("%c %s %s %s %q %d %v %q %q", c.Sign, p.TypeName(r.Source), p.TypeName(r.Target),
			p.ClassName(r.Class), c.Perms, c.Cells, c.Known, c.Sources, c.Targets))
	}
	slices.Sort(got)
	want := []string{
		`+ mysqld_t etc_t process ["fork"] 1 false [] []`,
		`+ named_t etc_t process ["sigkill"] 1 true [] []`,
		`+ readers etc_t process ["signal"] 1 true ["mysqld_t"] []`,
		`- named_t etc_t process ["sigkill"] 1 false [] []`,
		`- ping_t etc_t process ["fork"] 1 false [] []`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestCausesOfAliases: a name that was an alias, and is a type now, is new: neither did the
// attribute have it, nor the rule name it.
func TestCausesOfAliases(t *testing.T) {
	base := string(exampleSource(t)) + `
(typeattribute readers)
(typeattributeset readers (haproxy_t))
(allow readers etc_t (process (signal)))
(allow mysqld_t squid_t (process (sigkill)))
`
	before := built(t, []byte(base+"(typealias old_t)\n(typealiasactual old_t haproxy_t)\n"+
		"(typealias late_t)\n(typealiasactual late_t squid_t)\n"))
	after := built(t, []byte(base+"(type old_t)\n(roletype object_r old_t)\n(typeattributeset readers (old_t))\n"+
		"(type late_t)\n(roletype object_r late_t)\n(allow mysqld_t late_t (process (sigkill)))\n"))
	var got []string
	for _, c := range policydiff.New(before, after).Causes(policy.AccessRules) {
		p, r := c.Policy, c.Rule
		got = append(got, fmt.Sprintf("%c %s %s %d %v %q", c.Sign, p.TypeName(r.Source), p.TypeName(r.Target),
			c.Cells, c.Known, c.Sources))
	}
	slices.Sort(got)
	want := []string{`+ mysqld_t late_t 1 false []`, `+ readers etc_t 1 true ["old_t"]`}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestCausesCover: of random edits, the causes give each cell all that it gains, and took
// from each all that it loses.
func TestCausesCover(t *testing.T) {
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 20))
	db := example(t)
	before := policy.New(db)
	cells := 0
	for range testenv.Rounds(25, 400) {
		edited := db.Clone()
		for range 1 + rng.IntN(3) {
			portEdits(rng, edited)
		}
		c := policydiff.New(before, policy.New(edited))
		causes := c.Causes(policy.AccessRules)
		for r := range c.Rules(policy.AccessRules) {
			cells++
			for sign, perms := range map[policydiff.Sign][]string{
				policydiff.Added: r.Gained(), policydiff.Removed: r.Lost(),
			} {
				perms = slices.Clone(perms)
				for i := range causes {
					if x := &causes[i]; x.Sign == sign && concerns(x, &r) {
						perms = slices.DeleteFunc(perms, func(p string) bool { return slices.Contains(x.Perms, p) })
					}
				}
				if len(perms) > 0 {
					t.Fatalf("%c %s: no cause", sign, line(&r))
				}
			}
		}
	}
	if cells == 0 {
		t.Error("no cell differs")
	}
}

// concerns reports whether the rule of a cause holds for a cell.
func concerns(x *policydiff.Cause, r *policydiff.RuleChange) bool {
	p := x.Policy
	source, _ := p.Type(r.Source)
	target, _ := p.Type(r.Target)
	cond := ""
	if x.Rule.Cond != 0 {
		cond = p.CondText(x.Rule.Cond)
	}
	return p.Members(x.Rule.Source).Has(source) && p.Members(x.Rule.Target).Has(target) && x.Rule.Kind == r.Kind &&
		p.ClassName(x.Rule.Class) == r.Class && cond == r.Cond && (cond == "" || x.Rule.Branch == r.Branch)
}

// TestEntered: a way into a domain that has what the source has not is told, with what it
// is; into one that has no more it is not.
func TestEntered(t *testing.T) {
	base := string(exampleSource(t)) + "(allow squid_t self (process (setcurrent)))\n"
	for _, c := range []struct{ rule, want string }{
		{"(allow haproxy_t squid_t (process (transition)))", "haproxy_t squid_t false [domain]"},
		{"(allow haproxy_t squid_t (process (dyntransition)))", "haproxy_t squid_t true [domain]"},
		{"(allow squid_t haproxy_t (process (transition)))", ""},
		{"(allow haproxy_t squid_t (process (signal)))", ""},
	} {
		var got []string
		for _, e := range report(t, built(t, []byte(base)), built(t, []byte(base+c.rule+"\n"))).Entered {
			got = append(got, fmt.Sprintf("%s %s %v %v", e.Source, e.Domain, e.Dynamic, e.Powers))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
	}
}

// TestMachines: one policy on two machines. With a local port range that begins earlier,
// a domain that may bind at all gains the ports that no rule gives it.
func TestMachines(t *testing.T) {
	p := policy.New(example(t))
	was, is := host.Standard(), host.Standard()
	is.LocalPorts.Low, is.UnprivilegedPortStart = 30000, 80
	r, err := policydiff.New(p, p).ReportOn(t.Context(), was, &is)
	if err != nil {
		t.Fatal(err)
	}
	gained, lost := portset.Set(nil), 0
	for _, e := range r.Ports {
		if e.Operation != "bind" {
			t.Errorf("%s: %+v", e.Operation, e.Change)
		}
		for _, d := range e.Gain {
			gained = gained.Union(d.Ports)
		}
		lost += len(e.Lose)
	}
	if in := gained.Minus(portset.Set{{Low: 30000, High: 32767}, {Low: 80, High: 1023}}); len(in) > 0 || lost > 0 {
		t.Errorf("gained %v, %d lose", gained, lost)
	}
	if !slices.Contains(gained, portset.Range{Low: 30000, High: 32767}) || r.Empty() {
		t.Errorf("gained %v", gained)
	}
	same, err := policydiff.New(p, p).ReportOn(t.Context(), was, &was)
	if err != nil || !same.Empty() {
		t.Errorf("a machine differs from itself: %+v, %v", same, err)
	}
}
