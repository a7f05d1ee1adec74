package policy

import (
	"iter"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/near"
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
