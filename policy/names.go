package policy

import (
	"iter"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/near"
)

// Nearest returns up to n names that are most similar to a name, the most similar first:
// for an error's "did you mean". It leaves out names that are too different.
func Nearest(name string, names iter.Seq[string], n int) []string {
	type candidate struct {
		name string
		far  int
	}
	limit := max(2, len(name)/2)
	var best []candidate
	for candidateName := range names {
		if d := near.Distance(name, candidateName, limit); d <= limit {
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
