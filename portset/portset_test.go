package portset_test

import (
	"math/rand/v2"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv/portbits"
	"github.com/senet-selinux/senet/portset"
)

func randomPorts(rng *rand.Rand) portset.Set {
	var ports portset.Set
	for range rng.IntN(12) {
		low := rng.IntN(65536)
		if rng.IntN(3) == 0 {
			low = []int{0, 1, 65534, 65535, 1023, 1024}[rng.IntN(6)]
		}
		high := low
		if rng.IntN(2) == 0 {
			high += rng.IntN(min(65536-low, 1<<rng.IntN(17)))
		}
		ports = ports.Union(portset.Set{{Low: uint16(low), High: uint16(high)}})
	}
	return ports
}

// TestAlgebra holds the operations on sets against bitmaps.
func TestAlgebra(t *testing.T) {
	for seed := range 300 {
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		p, q := randomPorts(rng), randomPorts(rng)
		a, b := portbits.Of(p), portbits.Of(q)
		ops := []struct {
			name string
			got  portset.Set
			want func(port int) bool
		}{
			{"p", p, func(port int) bool { return a[port] }},
			{"union", p.Union(q), func(port int) bool { return a[port] || b[port] }},
			{"minus", p.Minus(q), func(port int) bool { return a[port] && !b[port] }},
			{"intersect", p.Intersect(q), func(port int) bool { return a[port] && b[port] }},
		}
		for _, op := range ops {
			portbits.CheckForm(t, op.name, op.got)
			n := 0
			for port := range 65536 {
				want := op.want(port)
				if op.got.Contains(uint16(port)) != want {
					t.Fatalf("seed %d: %s of %v and %v: port %d, want %v", seed, op.name, p, q, port, want)
				}
				if want {
					n++
				}
			}
			if op.got.Len() != n {
				t.Errorf("seed %d: %s has %d ports, Len says %d", seed, op.name, n, op.got.Len())
			}
		}
	}
}

// TestEnds are the ends of the range of ports.
func TestEnds(t *testing.T) {
	all := portset.Set{{Low: 0, High: 65535}}
	if all.Len() != 65536 || !all.Contains(0) || !all.Contains(65535) {
		t.Errorf("all: %d", all.Len())
	}
	for _, cut := range []portset.Set{{{Low: 0, High: 0}}, {{Low: 65535, High: 65535}}, {{Low: 0, High: 65535}}, nil} {
		rest := all.Minus(cut)
		portbits.CheckForm(t, "rest", rest)
		if rest.Len() != 65536-cut.Len() {
			t.Errorf("all without %v: %v", cut, rest)
		}
		back := rest.Union(cut)
		if len(back) != 1 || back[0] != all[0] {
			t.Errorf("all without %v and with it again: %v", cut, back)
		}
	}
	var none portset.Set
	if none.Len() != 0 || none.Contains(0) || none.Union(none) != nil || none.Minus(all) != nil ||
		none.Intersect(all) != nil {
		t.Error("the empty set")
	}
}

// TestRange: the methods of a single range.
func TestRange(t *testing.T) {
	r := portset.Range{Low: 80, High: 90}
	for _, c := range []struct {
		low, high          uint16
		contains, overlaps bool
		text               string
	}{
		{80, 90, true, true, "80-90"},
		{85, 85, true, true, "85"},
		{79, 80, false, true, "79-80"},
		{90, 91, false, true, "90-91"},
		{91, 65535, false, false, "91-65535"},
		{0, 79, false, false, "0-79"},
	} {
		other := portset.Range{Low: c.low, High: c.high}
		if r.Contains(other) != c.contains || r.Overlaps(other) != c.overlaps || other.String() != c.text {
			t.Errorf("%v and %v: %v %v", r, other, r.Contains(other), r.Overlaps(other))
		}
	}
	// In any order and overlapping.
	got := portset.Of(portset.Range{Low: 7, High: 9}, portset.Range{Low: 1, High: 2}, portset.Range{Low: 3, High: 3},
		portset.Range{Low: 8, High: 12})
	if len(got) != 2 || got[0] != (portset.Range{Low: 1, High: 3}) || got[1] != (portset.Range{Low: 7, High: 12}) {
		t.Errorf("%v", got)
	}
}
