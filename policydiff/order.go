package policydiff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// An ordered statement is one of a list of which the kernel uses the first match.
type ordered struct {
	key      string
	label    string
	overlaps func(*ordered) bool
	name     string
	node     query.NodeCon
	pkey     *policydb.IBPKeyCon
}

// mostOrdered bounds the statements that are compared with one another. In a longer list, every
// statement with another position counts.
const mostOrdered = 4096

// reordered returns the statements of both policies that precede another statement in one policy
// and follow it in the other, if something matches both and their labels differ; and sensitivities,
// whose order is that of dominance. Ports are not included: Report.Labels has the effect of their
// order.
func reordered(before, after *policy.Policy, part Part) []StatementChange {
	was, is := orderedOf(before, part), orderedOf(after, part)
	place := make(map[string]int, len(was))
	for i := range was {
		place[was[i].key] = i
	}
	is = slices.DeleteFunc(is, func(o ordered) bool { _, known := place[o.key]; return !known })
	var list []StatementChange
	highest := 0
	for i := range is {
		b := &is[i]
		at := place[b.key]
		for k := 0; k < i && at < highest; k++ {
			a := &is[k]
			if place[a.key] > at && a.label != b.label && (i > mostOrdered || a.overlaps(b)) {
				first, second := "before ", "behind "
				if part == Sensitivities {
					first, second = "below ", "above "
				}
				list = append(list, StatementChange{
					Key:    b.key,
					Before: &Statement{Text: b.key, Values: []string{first + a.key}},
					After:  &Statement{Text: b.key, Values: []string{second + a.key}},
				})
				break
			}
		}
		highest = max(highest, at)
	}
	return list
}

// orderedOf returns the statements of a part whose order may matter, only the first with each key.
func orderedOf(p *policy.Policy, part Part) []ordered {
	var list []ordered
	known := make(map[string]bool)
	put := func(o ordered) {
		if !known[o.key] {
			known[o.key] = true
			list = append(list, o)
		}
	}
	switch part {
	case Sensitivities:
		for id := range p.Sensitivities() {
			name := p.SensitivityName(id)
			put(ordered{key: name, label: name, overlaps: func(*ordered) bool { return true }})
		}
	case Nodes:
		for x := range query.Nodes(p, query.NodeQuery{}) {
			o := ordered{key: fmt.Sprintf("nodecon %s %s", x.Addr, x.Mask), label: p.FormatContext(x.Context), node: x}
			o.overlaps = func(other *ordered) bool { return nodesOverlap(&x, &other.node) }
			put(o)
		}
	case IBPKeys:
		for x := range query.IBPKeys(p, query.IBPKeyQuery{}) {
			key := fmt.Sprintf("ibpkeycon %s %#x-%#x", query.SubnetAddr(x), x.Low, x.High)
			o := ordered{key: key, label: p.FormatContext(x.Context), pkey: x}
			o.overlaps = func(other *ordered) bool {
				y := other.pkey
				return x.SubnetPrefix == y.SubnetPrefix && x.Low <= y.High && y.Low <= x.High
			}
			put(o)
		}
	case Netifs:
		if !p.HasPolicyCap(policy.CapNetifWildcard) {
			break // names match only if they are equal
		}
		for _, x := range query.Netifs(p, query.NetifQuery{}) {
			o := ordered{key: "netifcon " + x.Name, name: x.Name}
			o.label = p.FormatContext(x.If) + p.FormatContext(x.Packet)
			o.overlaps = func(other *ordered) bool { return patternsOverlap(x.Name, other.name) }
			put(o)
		}
	}
	return list
}

// patternsOverlap reports whether a name may match both patterns, judged by the text before their
// stars.
func patternsOverlap(a, b string) bool {
	x, _, star := strings.Cut(a, "*")
	y, _, other := strings.Cut(b, "*")
	n := min(len(x), len(y))
	return (star || len(y) == n) && (other || len(x) == n) && x[:n] == y[:n]
}

// nodesOverlap reports whether an address may match both statements: they agree in the bits of both
// masks.
func nodesOverlap(a, b *query.NodeCon) bool {
	if a.Addr.Is4() != b.Addr.Is4() {
		return false
	}
	x, y, m, n := a.Addr.AsSlice(), b.Addr.AsSlice(), a.Mask.AsSlice(), b.Mask.AsSlice()
	for i := range x {
		if (x[i]^y[i])&m[i]&n[i] != 0 {
			return false
		}
	}
	return true
}
