// Package portset has sets of ports of one transport protocol: the ports of a record, those that a
// domain may use, those gained or lost by a change.
//
// A [Set] is a list of ranges in ascending order that neither overlap nor touch,
// so that equal sets are equal lists. The operations keep that form; a Set that is
// written down as a literal has to have it. Sets are values: no operation changes
// its operands.
//
// Start here: [Of].
package portset

import (
	"slices"
	"strconv"
)

// A Range is the ports from Low to High, both included.
type Range struct {
	Low  uint16
	High uint16
}

// Len returns the number of ports in the range.
func (r Range) Len() int { return int(r.High) - int(r.Low) + 1 }

// Contains reports whether the range has all ports of another.
func (r Range) Contains(other Range) bool { return r.Low <= other.Low && other.High <= r.High }

// Overlaps reports whether two ranges have a port in common.
func (r Range) Overlaps(other Range) bool { return r.Low <= other.High && other.Low <= r.High }

// String returns the range as semanage port takes it: "80", "8000-8010".
func (r Range) String() string {
	low := strconv.Itoa(int(r.Low))
	if r.Low == r.High {
		return low
	}
	return low + "-" + strconv.Itoa(int(r.High))
}

// A Set is a set of ports. The zero Set is empty.
type Set []Range

// Of returns the ports of ranges, which may be in any order and may overlap.
func Of(ranges ...Range) Set { return Set(nil).Union(ranges) }

// Len returns the number of ports in the set.
func (s Set) Len() int {
	n := 0
	for _, r := range s {
		n += r.Len()
	}
	return n
}

// Contains reports whether port is in the set.
func (s Set) Contains(port uint16) bool {
	i, found := slices.BinarySearchFunc(s, port, func(r Range, port uint16) int { return int(r.Low) - int(port) })
	return found || i > 0 && s[i-1].High >= port
}

// Union returns the ports that are in either set.
func (s Set) Union(t Set) Set {
	all := slices.Concat(s, t)
	slices.SortFunc(all, func(a, b Range) int { return int(a.Low) - int(b.Low) })
	var out Set
	for _, r := range all {
		out = out.Append(r)
	}
	return out
}

// Append adds a range that begins at or after the begin of the last one, in place
// as the built-in append does.
func (s Set) Append(r Range) Set {
	if n := len(s); n > 0 && int(r.Low) <= int(s[n-1].High)+1 {
		s[n-1].High = max(s[n-1].High, r.High)
		return s
	}
	return append(s, r)
}

// Minus returns the ports of s that are not in t.
func (s Set) Minus(t Set) Set {
	var out Set
	for _, r := range s {
		low := int(r.Low)
		for _, cut := range t {
			if int(cut.High) < low || cut.Low > r.High {
				continue
			}
			if int(cut.Low) > low {
				out = append(out, Range{uint16(low), cut.Low - 1})
			}
			low = int(cut.High) + 1
		}
		if low <= int(r.High) {
			out = append(out, Range{uint16(low), r.High})
		}
	}
	return out
}

// Intersect returns the ports that are in both sets.
func (s Set) Intersect(t Set) Set { return s.Minus(s.Minus(t)) }
