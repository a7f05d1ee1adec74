package reach_test

import (
	"math/rand/v2"
	"testing"

	"github.com/senet-selinux/senet/reach"
)

// A bitmap is a set of ports in the plainest form.
type bitmap [65536]bool

func bitmapOf(ports reach.Ports) *bitmap {
	b := new(bitmap)
	for _, in := range ports {
		for port := int(in.Low); port <= int(in.High); port++ {
			b[port] = true
		}
	}
	return b
}

// checkForm checks what the documentation of Ports promises: ascending, not
// touching.
func checkForm(t *testing.T, name string, ports reach.Ports) {
	t.Helper()
	for i, in := range ports {
		if in.Low > in.High || i > 0 && int(in.Low) <= int(ports[i-1].High)+1 {
			t.Fatalf("%s: interval %d of %v", name, i, ports)
		}
	}
}

func randomPorts(rng *rand.Rand) reach.Ports {
	var ports reach.Ports
	for range rng.IntN(12) {
		low := rng.IntN(65536)
		if rng.IntN(3) == 0 {
			low = []int{0, 1, 65534, 65535, 1023, 1024}[rng.IntN(6)]
		}
		high := low
		if rng.IntN(2) == 0 {
			high += rng.IntN(min(65536-low, 1<<rng.IntN(17)))
		}
		ports = ports.Union(reach.Ports{{Low: uint16(low), High: uint16(high)}})
	}
	return ports
}

// TestPortsAlgebra holds the operations on sets against bitmaps.
func TestPortsAlgebra(t *testing.T) {
	for seed := range 300 {
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		p, q := randomPorts(rng), randomPorts(rng)
		a, b := bitmapOf(p), bitmapOf(q)
		ops := []struct {
			name string
			got  reach.Ports
			want func(port int) bool
		}{
			{"p", p, func(port int) bool { return a[port] }},
			{"union", p.Union(q), func(port int) bool { return a[port] || b[port] }},
			{"minus", p.Minus(q), func(port int) bool { return a[port] && !b[port] }},
			{"intersect", p.Intersect(q), func(port int) bool { return a[port] && b[port] }},
		}
		for _, op := range ops {
			checkForm(t, op.name, op.got)
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

// TestPortsEnds are the ends of the range of ports.
func TestPortsEnds(t *testing.T) {
	all := reach.Ports{{Low: 0, High: 65535}}
	if all.Len() != 65536 || !all.Contains(0) || !all.Contains(65535) {
		t.Errorf("all: %d", all.Len())
	}
	for _, cut := range []reach.Ports{{{Low: 0, High: 0}}, {{Low: 65535, High: 65535}}, {{Low: 0, High: 65535}}, nil} {
		rest := all.Minus(cut)
		checkForm(t, "rest", rest)
		if rest.Len() != 65536-cut.Len() {
			t.Errorf("all without %v: %v", cut, rest)
		}
		back := rest.Union(cut)
		if len(back) != 1 || back[0] != all[0] {
			t.Errorf("all without %v and with it again: %v", cut, back)
		}
	}
	var none reach.Ports
	if none.Len() != 0 || none.Contains(0) || none.Union(none) != nil || none.Minus(all) != nil || none.Intersect(all) != nil {
		t.Error("the empty set")
	}
}
