package policy

import (
	"iter"
	"slices"
	"strings"
)

// Nearest returns up to n of the names that resemble a name most, the nearest
// first: for an error's "did you mean". Names that have nothing to do with it
// are left out.
func Nearest(name string, names iter.Seq[string], n int) []string {
	type candidate struct {
		name string
		far  int
	}
	limit := max(2, len(name)/2)
	var best []candidate
	for candidateName := range names {
		if d := distance(name, candidateName, limit); d <= limit {
			best = append(best, candidate{candidateName, d})
		}
	}
	slices.SortFunc(best, func(a, b candidate) int {
		if a.far != b.far {
			return a.far - b.far
		}
		return strings.Compare(a.name, b.name)
	})
	best = slices.CompactFunc(best, func(a, b candidate) bool { return a.name == b.name })
	var out []string
	for _, c := range best[:min(n, len(best))] {
		out = append(out, c.name)
	}
	return out
}

// distance is the number of insertions, deletions, replacements and swaps of
// neighbours that turn a into b, or limit+1 when it is beyond limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var before []int
	last := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
		if row == nil {
			row = make([]int, len(b)+1)
		}
	}
	return last[len(b)]
}
