package policy

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// A PortSegment is a range of ports with one label.
type PortSegment struct {
	Low, High uint16
	Label     Label
}

// PortSegments returns the labels of all ports of a protocol, 0 to 65535, as ranges in
// ascending order without gaps: the result of the first-match rule for overlapping
// portcons. Neighbouring ranges have different records.
func (p *Policy) PortSegments(protocol uint8) []PortSegment {
	ports := p.Ports()
	starts := make([]int, 1, 2*len(ports)+1) // begins with port 0
	for _, c := range ports {
		if c.Protocol == uint32(protocol) && c.Low <= c.High {
			starts = append(starts, int(c.Low))
			if c.High < 65535 {
				starts = append(starts, int(c.High)+1)
			}
		}
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	winners := firstMatches(ports, protocol, starts)
	segments := make([]PortSegment, 0, len(starts))
	for i, low := range starts {
		high := 65535
		if i+1 < len(starts) {
			high = starts[i+1] - 1
		}
		if n := len(segments); n > 0 && segments[n-1].Label.Record == winners[i] {
			segments[n-1].High = uint16(high)
			continue
		}
		label := p.fallback(SIDPort)
		if winners[i] >= 0 {
			label = Label{Context: ports[winners[i]].Context, Record: winners[i]}
		}
		segments = append(segments, PortSegment{uint16(low), uint16(high), label})
	}
	return segments
}

// firstMatches returns, for the range of ports that begins at each of starts, the first
// portcon that contains it, -1 for none. Each range is assigned once: next skips the
// assigned ones.
func firstMatches(ports []policydb.PortCon, protocol uint8, starts []int) []int {
	winners := make([]int, len(starts))
	next := make([]int, len(starts)+1)
	for i := range next {
		next[i] = i
	}
	for i := range winners {
		winners[i] = -1
	}
	free := func(i int) int {
		for next[i] != i {
			next[i] = next[next[i]]
			i = next[i]
		}
		return i
	}
	for record, c := range ports {
		if c.Protocol != uint32(protocol) || c.Low > c.High {
			continue
		}
		first, _ := slices.BinarySearch(starts, int(c.Low))
		for i := free(first); i < len(starts) && starts[i] <= int(c.High); i = free(i) {
			winners[i] = record
			next[i] = i + 1
		}
	}
	return winners
}
