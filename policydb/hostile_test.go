package policydb_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
)

// acceptedOrRefused: Decode either says what is wrong and where, or gives a
// policy that encodes to the same bytes and that Canonical can order. Validate
// says where it finds something, too.
func acceptedOrRefused(t testing.TB, image []byte) (accepted bool) {
	t.Helper()
	db, err := policydb.Decode(image)
	if err != nil {
		if de, ok := err.(*policydb.DecodeError); !ok || de.Section == "" || de.Offset < 0 || de.Offset > len(image) {
			t.Errorf("input of %d bytes: %#v", len(image), err)
		}
		return false
	}
	if !bytes.Equal(db.Encode(), image) {
		t.Errorf("input of %d bytes: Encode differs", len(image))
	}
	if err := db.Validate(); err != nil {
		if ie, ok := err.(*policydb.InvalidError); !ok || ie.Section == "" {
			t.Errorf("input of %d bytes: %#v", len(image), err)
		}
	}
	return true
}

// TestTruncatedReal: a policy cut short is refused: Debian's at every 4999th byte, in a long run at every
// 997th.
func TestTruncatedReal(t *testing.T) {
	for _, p := range realPolicies(t) {
		step := testenv.Rounds(24989, 4999)
		switch {
		case testing.Short():
			step = 99991
		case p.name == "debian-default":
			step = testenv.Rounds(4999, 997)
		}
		for n := 0; n < len(p.image); n += step {
			if acceptedOrRefused(t, p.image[:n]) {
				t.Errorf("%s cut at %d: accepted", p.name, n)
			}
		}
	}
}

// TestFlippedReal: bytes of a real policy replaced at random.
func TestFlippedReal(t *testing.T) {
	rounds := testenv.Rounds(100, 300)
	if testing.Short() {
		rounds = 10
	}
	for _, p := range realPolicies(t) {
		accepted := flip(t, p, rounds)
		t.Logf("%s: %d of %d accepted", p.name, accepted, rounds)
	}
}

func TestFlippedSmall(t *testing.T) {
	for _, p := range smallPolicies(t) {
		rounds := testenv.Rounds(300, 1000)
		accepted := flip(t, p, rounds)
		t.Logf("%s: %d of %d accepted", p.name, accepted, rounds)
	}
}

func flip(t *testing.T, p testPolicy, rounds int) (accepted int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(len(p.image)), 997))
	mutant := bytes.Clone(p.image)
	for range rounds {
		touched := make([]int, 1+rng.IntN(4))
		for i := range touched {
			touched[i] = rng.IntN(len(mutant))
			mutant[touched[i]] = byte(rng.Uint32())
		}
		if acceptedOrRefused(t, mutant) {
			accepted++
		}
		for _, at := range touched {
			mutant[at] = p.image[at]
		}
	}
	return accepted
}

// TestHugeCounts: no number of the file is believed. Each 32-bit word of each
// hand-written policy in turn is made as large as can be. Four large numbers take turns from word
// to word; a long run tries each of them everywhere.
func TestHugeCounts(t *testing.T) {
	for _, h := range handForms() {
		if h.mls != (h.version%2 == 1) && h.version >= 19 {
			continue
		}
		image := h.build()
		for turn, huge := range []uint32{0xffffffff, 0x80000000, 0x00ffffff, 1 << 16} {
			for at := 0; at+4 <= len(image); at++ {
				if at/4%4 != turn && !testenv.Long() {
					continue
				}
				mutant := bytes.Clone(image)
				copy(mutant[at:], u32(huge))
				db, err := policydb.Decode(mutant)
				if err != nil {
					checkDecodeError(t, err, len(mutant))
					continue
				}
				sameBytes(t, fmt.Sprintf("version %d, %#x at %#x", h.version, huge, at), db.Encode(), mutant)
			}
		}
	}
}
