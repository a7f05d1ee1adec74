package bzip2

import (
	"cmp"
	"slices"
)

// sortRotations returns the starts of the rotations of block in their order, equal
// ones in the order of their starts.
//
// It is the doubling of Larsson and Sadakane (2007): rotations that agree in their
// first h bytes form a group, named by its last index. The group of the rotation h
// bytes further on sorts by 2h bytes. Groups of one are skipped.
func sortRotations(block []byte) []int32 {
	n := len(block)
	order := make([]int32, n)
	group := make([]int32, n)
	var end [257]int
	for _, b := range block {
		end[int(b)+1]++
	}
	for i := 1; i < len(end); i++ {
		end[i] += end[i-1]
	}
	for i, b := range block {
		group[i] = int32(end[int(b)+1] - 1)
	}
	next := end
	for i, b := range block {
		order[next[b]] = int32(i)
		next[b]++
	}
	// done[i] is the number of indices from i on that are sorted, 0 if i begins a group.
	done := make([]int32, n)
	for h := 1; h < n; h *= 2 {
		key := func(start int32) int32 {
			if at := int(start) + h; at < n {
				return group[at]
			} else {
				return group[at-n]
			}
		}
		sorted := 0 // indices before i that are sorted, in a row
		whole := true
		for i := 0; i < n; {
			if done[i] > 0 {
				sorted += int(done[i])
				i += int(done[i])
				continue
			}
			last := int(group[order[i]])
			if last == i {
				sorted++
				i++
				continue
			}
			if sorted > 0 {
				done[i-sorted] = int32(sorted)
				sorted = 0
			}
			whole = false
			splitGroup(order[i:last+1], int32(i), group, key)
			i = last + 1
		}
		if sorted > 0 {
			done[n-sorted] = int32(sorted)
		}
		if whole {
			break
		}
	}
	return order
}

// splitGroup sorts the rotations of a group, whose first index is at, and names the
// smaller groups that they fall into.
func splitGroup(starts []int32, at int32, group []int32, key func(int32) int32) {
	type keyed struct{ key, start int32 }
	list := make([]keyed, len(starts))
	for i, s := range starts {
		list[i] = keyed{key(s), s}
	}
	slices.SortFunc(list, func(a, b keyed) int {
		if c := cmp.Compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Compare(a.start, b.start)
	})
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j].key == list[i].key {
			j++
		}
		for k := i; k < j; k++ {
			starts[k] = list[k].start
			group[list[k].start] = at + int32(j) - 1
		}
		i = j
	}
}
