package policydiff_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

// TestCategoryOrder: where the categories have another order, one set of them has another text, and one text may be
// another set.
func TestCategoryOrder(t *testing.T) {
	usual := exampleSource(t)
	swapped := bytes.Replace(usual, []byte("c0 c1 c2 c3 c4 "), []byte("c0 c1 c4 c3 c2 "), 1)
	if bytes.Equal(usual, swapped) {
		t.Fatal("the example has no such order")
	}
	with := func(text []byte, categories string) []byte {
		context := fmt.Sprintf("(system_u object_r http_port_t ((s0 (%s)) (s0 (%s))))", categories, categories)
		node := bytes.ReplaceAll([]byte(context), []byte("http_port_t"), []byte("node_t"))
		return fmt.Appendf(slices.Clone(text), "(portcon tcp 7 %s)\n(nodecon (203.0.113.7) (255.255.255.255) %s)\n",
			context, node)
	}
	for _, c := range []struct {
		name, before, after string // sets of categories: in the usual order, in the other
		was, is             string // levels that the report prints; "" for no difference
	}{
		{"one set", "c1 c3", "c1 c3", "", ""},
		{"one set, a range", "range c1 c3", "c1 c2 c3", "", ""},
		{"one text", "range c1 c3", "range c1 c3", "s0:c1,c2,c3", "s0:c1,c3,c4"},
		{"neither", "c1 c3", "c3", "s0:c1,c3", "s0:c3"},
	} {
		before, after := built(t, with(usual, c.before)), built(t, with(swapped, c.after))
		r := report(t, before, after)
		if c.was == "" {
			if !r.Empty() {
				t.Errorf("%s: %+v", c.name, r)
			}
			continue
		}
		const label, node = "system_u:object_r:http_port_t:", "system_u:object_r:node_t:"
		if len(r.Labels) != 1 || r.Labels[0].Before != label+c.was || r.Labels[0].After != label+c.is {
			t.Errorf("%s: labels %+v", c.name, r.Labels)
		}
		changes := policydiff.Changes(before, after, policydiff.Nodes)
		if len(changes) != 1 {
			t.Fatalf("%s: %+v", c.name, changes)
		}
		lost, gained := changes[0].Values()
		if !slices.Equal(lost, []string{node + c.was}) || !slices.Equal(gained, []string{node + c.is}) {
			t.Errorf("%s: lost %q, gained %q", c.name, lost, gained)
		}
	}
}

// TestSwappedValues: of two values that change places each is lost and gained.
func TestSwappedValues(t *testing.T) {
	c := policydiff.StatementChange{
		Key:    "netifcon lo",
		Before: &policydiff.Statement{Values: []string{"a", "b"}},
		After:  &policydiff.Statement{Values: []string{"b", "a"}},
	}
	lost, gained := c.Values()
	if !slices.Equal(lost, []string{"a", "b"}) || !slices.Equal(gained, []string{"b", "a"}) {
		t.Errorf("lost %q, gained %q", lost, gained)
	}
}

// TestSensitivityOrder: the order of sensitivities decides which level dominates another.
func TestSensitivityOrder(t *testing.T) {
	text := exampleSource(t)
	const one = "(sensitivity s0)"
	text = bytes.Replace(text, []byte(one), []byte(one+"(sensitivity s1)(sensitivity s2)"), 1)
	const order = "(sensitivityorder (s0))"
	with := func(list string) *policy.Policy {
		return built(t, bytes.Replace(text, []byte(order), []byte("(sensitivityorder ("+list+"))"), 1))
	}
	usual := with("s0 s1 s2")
	for list, want := range map[string]int{"s0 s1 s2": 0, "s0 s2 s1": 1, "s1 s0 s2": 1, "s2 s1 s0": 2} {
		other := with(list)
		if got := len(policydiff.Changes(usual, other, policydiff.Sensitivities)); got != want {
			t.Errorf("%s: %d differences, want %d", list, got, want)
		}
		if r := report(t, usual, other); r.Empty() != (want == 0) {
			t.Errorf("%s: the report is empty: %v", list, r.Empty())
		}
	}
	c := policydiff.Changes(usual, with("s0 s2 s1"), policydiff.Sensitivities)[0]
	lost, gained := c.Values()
	if c.Key != "s1" || !slices.Equal(lost, []string{"below s2"}) || !slices.Equal(gained, []string{"above s2"}) {
		t.Errorf("%s: lost %q, gained %q", c.Key, lost, gained)
	}
}
