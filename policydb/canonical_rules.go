package policydb

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"unsafe"
)

// avtabMaxBits is MAX_AVTAB_HASH_BITS.
const avtabMaxBits = 20

// avtabMask returns the hash mask of libsepol's table for n rules (avtab_alloc).
// A version before 20 is written from a copy of the largest size.
func avtabMask(version uint32, n int) uint32 {
	shift := bits.Len32(uint32(n))
	if shift > 2 {
		shift -= 2
	}
	if version < versionAVTab {
		shift = avtabMaxBits
	}
	return 1<<min(shift, avtabMaxBits) - 1
}

// hash mirrors avtab_hash, which is MurmurHash3 of the key's three numbers.
func (k AVKey) hash() uint32 {
	h := uint32(0)
	for _, v := range [...]uint32{uint32(k.Class()), uint32(k.Target()), uint32(k.Source())} {
		v *= 0xcc9e2d51
		v = bits.RotateLeft32(v, 15) * 0x1b873593
		h = bits.RotateLeft32(h^v, 13)*5 + 0xe6546b64
	}
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// An avOrder is a rule in the course of ordering.
type avOrder struct {
	off uint32
	key AVKey
}

// inLibsepolOrder mirrors avtab_read, which inserts each rule into its bucket
// after those with a key that is not greater, and avtab_write. Among rules of
// one key, an insertion stops in front of the first of the same kind.
func (t AVTab) inLibsepolOrder(version uint32, reverse bool) AVTab {
	mask := avtabMask(version, t.rules)
	order := t.byBucket(mask)
	const sameKey = 1<<48 - 1
	out := newBuffer(len(t.data))
	for len(order) > 0 {
		n := 1
		for n < len(order) && order[n].key&sameKey == order[0].key&sameKey {
			n++
		}
		run := order[:n]
		if n > 1 && version < versionAVTab {
			run = oldRecords(run)
		} else if n > 1 && reverse {
			run = insertionOrder(run)
		}
		for i, e := range run {
			out = append(out, t.data[e.off:e.off+e.key.Size()]...)
			if version < versionAVTab {
				rec := out[len(out)-avRecordSize:]
				kind := e.key.Kind()
				if i > 0 && sameRecord(kind, run[i-1].key.Kind()) && kind&avKinds != run[i-1].key.Kind()&avKinds {
					kind |= avJoined
				}
				binary.LittleEndian.PutUint16(rec[6:], uint16(kind))
			}
		}
		order = order[n:]
	}
	// Nobody writes to out again.
	return AVTab{data: unsafe.String(unsafe.SliceData(out), len(out)), rules: t.rules}
}

// byBucket returns the rules by bucket, then key, then the order they have.
func (t AVTab) byBucket(mask uint32) []avOrder {
	start := make([]uint32, mask+2)
	for off := uint32(0); off < t.Size(); off += t.Key(off).Size() {
		start[t.Key(off).hash()&mask+1]++
	}
	for i := 1; i < len(start); i++ {
		start[i] += start[i-1]
	}
	order := newTable[avOrder](t.rules)
	next := slices.Clone(start)
	for off := uint32(0); off < t.Size(); off += t.Key(off).Size() {
		key := t.Key(off)
		bucket := key.hash() & mask
		order[next[bucket]] = avOrder{off, key}
		next[bucket]++
	}
	for i := range mask + 1 {
		if start[i+1]-start[i] < 2 {
			continue
		}
		slices.SortStableFunc(order[start[i]:start[i+1]], func(a, b avOrder) int {
			return cmp.Compare(a.key.sortable(), b.key.sortable())
		})
	}
	return order
}

// sortable returns source, target and class as a number that orders as libsepol
// compares them.
func (k AVKey) sortable() uint64 {
	return uint64(k.Source())<<32 | uint64(k.Target())<<16 | uint64(k.Class())
}

// insertionOrder returns rules of one key as inserting them one by one leaves
// them.
func insertionOrder(run []avOrder) []avOrder {
	chain := make([]avOrder, 0, len(run))
	for _, e := range run {
		at := slices.IndexFunc(chain, func(c avOrder) bool { return c.key.Kind()&e.key.Kind()&avKinds != 0 })
		if at < 0 {
			at = len(chain)
		}
		chain = slices.Insert(chain, at, e)
	}
	return chain
}

// sameRecord reports whether two rules of one key share a record of the old
// layout.
func sameRecord(a, b AVKind) bool { return (a&AVAccess != 0) == (b&AVAccess != 0) }

// oldRecords orders rules of one key as avtab_write merges them into records of
// the old layout: the group of the first rule first, each in oldSpecOrder.
func oldRecords(run []avOrder) []avOrder {
	out := slices.Clone(run)
	accessFirst := run[0].key.Kind()&AVAccess != 0
	rank := func(e avOrder) int {
		kind := e.key.Kind()
		r := slices.IndexFunc(oldSpecOrder[:], func(k AVKind) bool { return kind&k != 0 })
		if (kind&AVAccess != 0) != accessFirst {
			r += len(oldSpecOrder)
		}
		return r
	}
	slices.SortStableFunc(out, func(a, b avOrder) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

// reversed returns the rules in the opposite order. For tables of the old
// layout in which no record has several rules: those of conditionals.
func (t AVTab) reversed() AVTab {
	out := make([]byte, 0, len(t.data))
	for off := len(t.data) - avRecordSize; off >= 0; off -= avRecordSize {
		out = append(out, t.data[off:off+avRecordSize]...)
	}
	return AVTab{data: string(out), rules: t.rules}
}
