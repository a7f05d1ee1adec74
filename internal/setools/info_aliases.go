package setools

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// The initial sizes of libsepol's symbol tables (symtab_sizes of policydb.c).
const (
	typeTableSize = 512
	mlsTableSize  = 16
)

// typeAliases returns the aliases of all types by value, each list in the order in which SETools prints them.
func typeAliases(db *policydb.Policy) map[uint32][]string {
	aliases := make(map[uint32][]string)
	for i := range db.Types.Items {
		if t := &db.Types.Items[i]; t.IsAlias() {
			aliases[t.Value] = append(aliases[t.Value], t.Name)
		}
	}
	for _, names := range aliases {
		sortAsSymbols(names, len(db.Types.Items), typeTableSize)
	}
	return aliases
}

// sortAsSymbols orders names as they stand in libsepol's symbol table after it has read a policy: by the bucket of
// symhash, then by name. entries is the number of symbols in the table. initial is its size when empty; it doubles
// when it is full.
func sortAsSymbols(names []string, entries, initial int) {
	if len(names) < 2 {
		return
	}
	size := uint32(initial)
	for int64(size) < int64(entries) {
		size *= 2
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(symbolHash(a)&(size-1), symbolHash(b)&(size-1)), strings.Compare(a, b))
	})
}

// symbolHash mirrors symhash of libsepol, which takes bytes as signed numbers.
func symbolHash(name string) uint32 {
	h := uint32(0)
	for i := range len(name) {
		h = (h<<4 | h>>28) ^ uint32(int32(int8(name[i])))
	}
	return h
}
