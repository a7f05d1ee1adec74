package remedy

import "github.com/senet-selinux/senet/portset"

// sums are sets of ports that are combined piece by piece, one for each domain. Many domains get
// the same pieces, and share the set: a sum is a number, 0 for no ports.
type sums struct {
	next map[piece]int // the result of adding a piece to a sum
	list []sum         // without the empty sum
}

type piece struct{ sum, cut int }

type sum struct {
	of    int // the sum to which the last piece was added
	last  portset.Set
	ports portset.Set // all ports, nil until needed
}

// with returns the sum plus the ports of a cut.
func (s *sums) with(of, cut int, ports portset.Set) int {
	if s.next == nil {
		s.next = make(map[piece]int)
	}
	key := piece{of, cut}
	next, ok := s.next[key]
	if !ok {
		s.list = append(s.list, sum{of: of, last: ports})
		next = len(s.list)
		s.next[key] = next
	}
	return next
}

// ports returns the ports of a sum, nil for none. The caller must not change them.
func (s *sums) ports(number int) portset.Set {
	if number == 0 {
		return nil
	}
	total := &s.list[number-1]
	if total.ports == nil {
		var all portset.Set
		for n := number; n != 0; n = s.list[n-1].of {
			all = append(all, s.list[n-1].last...)
		}
		total.ports = all.Union(nil)
	}
	return total.ports
}
