package diffreport_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/diffreport"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
)

// TestMarkdownGroups: domains that gain the same ports share a line, and those whose lists of ports only look alike,
// being shortened, do not. Of a rule that is dangerous the dangerous permissions are written.
func TestMarkdownGroups(t *testing.T) {
	odd := func(last uint16) (set portset.Set) {
		for port := uint16(1); port < 60; port += 2 {
			set = append(set, portset.Range{Low: port, High: port})
		}
		return append(set, portset.Range{Low: last, High: last})
	}
	one := portset.Set{{Low: 5601, High: 5601}}
	r := &policydiff.Report{
		Ports: []impact.Effect{{Change: reach.Change{
			Operation: network.Connect, Protocol: network.TCP,
			Gain: []reach.DomainPorts{
				{Domain: "a_t", Ports: one}, {Domain: "b_t", Ports: odd(100)}, {Domain: "c_t", Ports: one},
				{Domain: "d_t", Ports: odd(200)},
			},
			Lose: []reach.DomainPorts{{Domain: "e_t", Ports: one}},
		}}},
		Dangerous: []policydiff.Danger{{Domain: "a_t", Why: "ptrace", Rule: policydiff.RuleChange{
			Kind: policy.Allow, Source: "a_t", Target: "b_t", Class: "process",
			Before: []string{"signal"}, After: []string{"fork", "ptrace", "signal"},
		}}},
		Entered: []policydiff.Entry{{Source: "a_t", Domain: "b_t", Powers: []string{"ptrace"}}},
	}
	text := diffreport.Markdown("a", "b", r)
	for _, want := range []string{
		"- `2 domains gain connect tcp/5601: a_t, c_t`\n",
		"- `b_t gains connect tcp/1, 3, ", "- `d_t gains connect tcp/1, 3, ",
		"- `e_t loses connect tcp/5601`\n", "- `a_t may trace another domain: allow a_t b_t:process ptrace;`\n",
		"Domains gain ports: 4 · Domains lose ports: 1",
		"- `a_t can enter b_t by a program, which may trace another domain`\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
