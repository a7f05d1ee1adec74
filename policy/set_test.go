package policy_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policy"
)

// TestSet: every operation against a map of the same ids.
func TestSet(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 33))
	for range 300 {
		const limit = 200
		room := policy.TypeID(rng.IntN(limit))
		s, want := policy.NewSet(room), make(map[policy.TypeID]bool)
		roomOther := policy.TypeID(rng.IntN(limit))
		other, wantOther := policy.NewSet(roomOther), make(map[policy.TypeID]bool)
		capacity := func(room policy.TypeID) policy.TypeID { return room/64*64 + 63 }
		fill := func(s policy.Set[policy.TypeID], want map[policy.TypeID]bool, room policy.TypeID) {
			for range rng.IntN(60) {
				id := policy.TypeID(rng.IntN(limit + 100))
				if rng.IntN(3) == 0 {
					s.Remove(id)
					delete(want, id)
					continue
				}
				s.Add(id)
				if id <= capacity(room) {
					want[id] = true
				}
			}
		}
		fill(s, want, room)
		fill(other, wantOther, roomOther)
		if s.Len() != len(want) || s.IsEmpty() != (len(want) == 0) || s.Has(1<<31) {
			t.Fatalf("length %d, want %d", s.Len(), len(want))
		}
		if all := slices.Collect(s.All()); !slices.IsSorted(all) || len(all) != len(want) {
			t.Fatalf("%v, want %v", all, want)
		}
		contains, intersects := true, false
		for id := range wantOther {
			contains = contains && want[id]
			intersects = intersects || want[id]
		}
		if s.Contains(other) != contains || s.Intersects(other) != intersects ||
			s.Equal(other) != (contains && other.Contains(s)) {
			t.Fatalf("contains %t, want %t; intersects %t, want %t", s.Contains(other), contains, s.Intersects(other),
				intersects)
		}
		union := s.Clone()
		union.AddAll(other)
		for id := policy.TypeID(0); id < limit+100; id++ {
			if s.Has(id) != want[id] || union.Has(id) != (want[id] || wantOther[id] && id <= capacity(room)) {
				t.Fatalf("id %d", id)
			}
		}
	}
	var zero policy.Set[policy.TypeID]
	zero.Add(1)
	zero.Remove(1)
	if zero.Has(1) || zero.Len() != 0 || !zero.IsEmpty() || !zero.Equal(policy.NewSet(policy.TypeID(9))) {
		t.Error("the zero set")
	}
	for range zero.All() {
		t.Error("the zero set")
	}
}
