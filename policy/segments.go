package policy

import "slices"

// A PortSegment is a run of ports that one label holds for.
type PortSegment struct {
	Low, High uint16
	Label     Label
}

// PortSegments returns the labels of all ports of a protocol, 0 to 65535, as
// runs in ascending order without gaps: the portcons after the first-match rule
// has decided who wins where they overlap. Neighbours differ in the record that
// labels them.
func (p *Policy) PortSegments(protocol uint8) []PortSegment {
	starts := []int{0}
	for _, c := range p.Ports() {
		if c.Protocol == uint32(protocol) && c.Low <= c.High {
			starts = append(starts, int(c.Low))
			if c.High < 65535 {
				starts = append(starts, int(c.High)+1)
			}
		}
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	var segments []PortSegment
	for i, low := range starts {
		high := 65535
		if i+1 < len(starts) {
			high = starts[i+1] - 1
		}
		label := p.PortLabel(protocol, uint16(low))
		if n := len(segments); n > 0 && segments[n-1].Label.Record == label.Record {
			segments[n-1].High = uint16(high)
			continue
		}
		segments = append(segments, PortSegment{uint16(low), uint16(high), label})
	}
	return segments
}
