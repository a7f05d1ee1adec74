package access

import (
	"math/bits"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A levelRelation is the result of comparing two levels.
type levelRelation uint8

const (
	relationKnown levelRelation = 1 << iota // set in every result
	dominates                               // the first dominates the second
	dominatedBy                             // the second dominates the first
)

// compareLevels mirrors mls_level_dom in both directions; the other comparisons follow from these
// two.
func compareLevels(a, b *policy.Level) levelRelation {
	r := relationKnown
	if a.Sens >= b.Sens && containsAll(a.Cats, b.Cats) {
		r |= dominates
	}
	if b.Sens >= a.Sens && containsAll(b.Cats, a.Cats) {
		r |= dominatedBy
	}
	return r
}

// holds reports whether a comparison by op is true; ok is false for an op that is invalid for
// levels, at which the kernel stops (BUG).
func (r levelRelation) holds(op uint32) (value, ok bool) {
	both := dominates | dominatedBy
	switch op {
	case policydb.OpEq:
		return r&both == both, true
	case policydb.OpNeq:
		return r&both != both, true
	case policydb.OpDom:
		return r&dominates != 0, true
	case policydb.OpDomBy:
		return r&dominatedBy != 0, true
	case policydb.OpIncomp:
		return r&both == 0, true
	}
	return false, false
}

// directCategories is the number of categories that containsAll compares word by word. Policies
// have 256 or 1024.
const directCategories = 1024

// containsAll reports whether every bit of b is in a.
func containsAll(a, b policydb.Bitmap) bool {
	if b.IsEmpty() || a == b {
		return true
	}
	if a.IsEmpty() {
		return false
	}
	var words [directCategories / 64]uint64
	for start, word := range a.Words() {
		if start < directCategories {
			words[start/64] = word
		}
	}
	for start, word := range b.Words() {
		if start < directCategories {
			if word&^words[start/64] != 0 {
				return false
			}
			continue
		}
		for ; word != 0; word &= word - 1 {
			if !a.Has(start + uint32(bits.TrailingZeros64(word))) {
				return false
			}
		}
	}
	return true
}
