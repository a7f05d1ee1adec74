package interfaces

import (
	"math/bits"
	"slices"

	"github.com/senet-selinux/senet/internal/refpolicy"
)

// A Cover is a set of calls that together grant the needs.
type Cover struct {
	Calls []Candidate
	// Left are the needs that no call grants, with those permissions.
	Left []Need
}

// Cover chooses calls for the needs of one domain. Together they grant all that any interface
// grants, at the least cost: if possible without dangers and without ports beyond the need, then
// with the fewest permissions beyond it. Needs are left if only an interface with missing names
// would grant them or, with a limit above 0, one with a danger or with more than limit ports or
// permissions beyond the need; with Nothing as the limit, one with anything beyond it. Access that
// the policy grants today is not a need.
func (f *Finder) Cover(needs []Need, limit int) (Cover, error) {
	return f.cover(needs, func(c *Candidate) bool {
		switch {
		case len(c.Missing) > 0:
			return false
		case limit == Nothing:
			return c.Beyond+c.BeyondPorts+c.Dangers+len(c.Off)+len(c.Through) == 0 && !f.says(c.Def)
		}
		return limit == 0 || c.Beyond <= limit && c.BeyondPorts <= limit && c.Dangers == 0
	})
}

// cover is Cover with the calls that offered allows.
func (f *Finder) cover(needs []Need, offered func(*Candidate) bool) (Cover, error) {
	if len(needs) == 0 {
		return Cover{}, nil
	}
	needs = slices.Clone(needs)
	f.ready(needs)
	for i := range needs {
		needs[i] = f.Refused(needs[i])
	}
	needs = slices.DeleteFunc(needs, func(n Need) bool { return len(n.Perms) == 0 })
	if len(needs) == 0 {
		return Cover{}, nil
	}
	all, err := f.candidates(needs)
	if err != nil {
		return Cover{}, err
	}
	all = slices.DeleteFunc(all, func(c Candidate) bool { return !offered(&c) })
	slices.SortStableFunc(all, func(a, b Candidate) int { return compare(a.Effect, b.Effect) })
	open := atoms(needs)
	granted := make([][]uint64, len(all))
	for i := range all {
		granted[i] = make([]uint64, len(open)/64+1)
		for _, g := range all[i].Grants {
			for _, perm := range g.Perms {
				if at := slices.Index(open, atom{g.Target, g.Class, perm}); at >= 0 {
					granted[i][at/64] |= 1 << (at % 64)
				}
			}
		}
	}
	s := &coverer{all: all, bits: granted}
	left := make([]uint64, len(open)/64+1)
	for i := range all {
		or(left, granted[i])
	}
	s.greedy(slices.Clone(left))
	s.best = s.without(s.best, left)
	if len(all) <= exactLimit {
		s.exact(0, nil, 0, left)
	}
	c := Cover{}
	got := make([]uint64, len(left))
	slices.Sort(s.best)
	for _, i := range s.best {
		f.describe(f.last, all[i].Effect)
		c.Calls = append(c.Calls, all[i])
		or(got, granted[i])
	}
	for i := range needs {
		n := needs[i]
		n.Perms = nil
		for _, perm := range needs[i].Perms {
			at := slices.Index(open, atom{n.Target, n.Class, perm})
			if got[at/64]>>(at%64)&1 == 0 {
				n.Perms = append(n.Perms, perm)
			}
		}
		if len(n.Perms) > 0 {
			c.Left = append(c.Left, n)
		}
	}
	return c, nil
}

// Nothing is the limit for calls that open nothing beyond the need.
const Nothing = -1

// says reports whether an interface has other rules than those that allow access, under a condition or not.
func (f *Finder) says(def int) bool {
	for r := range f.x.Rules(def).All() {
		if r.Kind != refpolicy.Allow || r.Cond != 0 {
			return true
		}
	}
	return false
}

// An atom is one needed permission.
type atom struct{ target, class, perm string }

func atoms(needs []Need) (list []atom) {
	for i := range needs {
		for _, perm := range needs[i].Perms {
			list = append(list, atom{needs[i].Target, needs[i].Class, perm})
		}
	}
	return list
}

func or(to, from []uint64) {
	for i := range to {
		to[i] |= from[i]
	}
}

// exactLimit is the largest number of candidates for which all combinations are tried.
const exactLimit = 20

type coverer struct {
	all  []Candidate // the cheapest first
	bits [][]uint64
	best []int
}

// cost returns the cost of a call as one number: a danger costs more than all ports, and ports more
// than permissions. Each call costs at least one, so that the shorter of two equal covers wins.
func (s *coverer) cost(i int) int {
	e := s.all[i].Effect
	return 1 + e.Beyond + 100*e.BeyondPorts + 100*65536*e.Dangers
}

func (s *coverer) total(list []int) (sum int) {
	for _, i := range list {
		sum += s.cost(i)
	}
	return sum
}

// greedy repeatedly takes the call with the least cost for what it adds, until nothing is left.
func (s *coverer) greedy(left []uint64) {
	for {
		at, cost, adds := -1, 0, 0
		for i := range s.all {
			n := common(s.bits[i], left)
			if n > 0 && (at < 0 || s.cost(i)*adds < cost*n) {
				at, cost, adds = i, s.cost(i), n
			}
		}
		if at < 0 {
			return
		}
		s.best = append(s.best, at)
		for i := range left {
			left[i] &^= s.bits[at][i]
		}
	}
}

// without removes calls that the others make unnecessary, the most expensive first.
func (s *coverer) without(list []int, all []uint64) []int {
	for _, i := range slices.Backward(slices.Sorted(slices.Values(list))) {
		got := make([]uint64, len(all))
		for _, j := range list {
			if j != i {
				or(got, s.bits[j])
			}
		}
		if covers(got, all) {
			list = slices.DeleteFunc(list, func(j int) bool { return j == i })
		}
	}
	return list
}

// exact tries all combinations that cost less than the best.
func (s *coverer) exact(from int, taken []int, cost int, left []uint64) {
	if common(left, left) == 0 {
		if cost < s.total(s.best) {
			s.best = slices.Clone(taken)
		}
		return
	}
	for i := from; i < len(s.all); i++ {
		if common(s.bits[i], left) == 0 || cost+s.cost(i) >= s.total(s.best) {
			continue
		}
		rest := slices.Clone(left)
		for k := range rest {
			rest[k] &^= s.bits[i][k]
		}
		s.exact(i+1, append(taken, i), cost+s.cost(i), rest)
	}
}

// common counts the bits that two sets share.
func common(a, b []uint64) (n int) {
	for i := range a {
		n += bits.OnesCount64(a[i] & b[i])
	}
	return n
}

func covers(got, all []uint64) bool {
	for i := range all {
		if all[i]&^got[i] != 0 {
			return false
		}
	}
	return true
}
