package reach

import "slices"

// An Interval is the ports from Low to High, both included.
type Interval struct {
	Low  uint16 `json:"low"`
	High uint16 `json:"high"`
}

// Len returns the number of ports in the interval.
func (i Interval) Len() int { return int(i.High) - int(i.Low) + 1 }

// Ports is a set of ports: intervals in ascending order that neither overlap
// nor touch. The zero Ports is empty.
type Ports []Interval

// Len returns the number of ports in the set.
func (p Ports) Len() int {
	n := 0
	for _, i := range p {
		n += i.Len()
	}
	return n
}

// Contains reports whether port is in the set.
func (p Ports) Contains(port uint16) bool {
	i, found := slices.BinarySearchFunc(p, port, func(i Interval, port uint16) int { return int(i.Low) - int(port) })
	return found || i > 0 && p[i-1].High >= port
}

// Union returns the ports that are in either set.
func (p Ports) Union(q Ports) Ports {
	all := slices.Concat(p, q)
	slices.SortFunc(all, func(a, b Interval) int { return int(a.Low) - int(b.Low) })
	var out Ports
	for _, i := range all {
		out = out.add(i)
	}
	return out
}

// add appends an interval that begins at or after the last one.
func (p Ports) add(i Interval) Ports {
	if n := len(p); n > 0 && int(i.Low) <= int(p[n-1].High)+1 {
		p[n-1].High = max(p[n-1].High, i.High)
		return p
	}
	return append(p, i)
}

// Minus returns the ports of p that are not in q.
func (p Ports) Minus(q Ports) Ports {
	var out Ports
	for _, i := range p {
		low := int(i.Low)
		for _, cut := range q {
			if int(cut.High) < low || cut.Low > i.High {
				continue
			}
			if int(cut.Low) > low {
				out = append(out, Interval{uint16(low), cut.Low - 1})
			}
			low = int(cut.High) + 1
		}
		if low <= int(i.High) {
			out = append(out, Interval{uint16(low), i.High})
		}
	}
	return out
}

// Intersect returns the ports that are in both sets.
func (p Ports) Intersect(q Ports) Ports { return p.Minus(p.Minus(q)) }
