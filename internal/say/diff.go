package say

import (
	"strings"

	"github.com/senet-selinux/senet/internal/words"
)

// LineDiff writes the removed and added lines with their numbers, in pieces between lines
// that both texts share.
func LineDiff(name, before, after string) words.Lines {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	if !strings.HasSuffix(before, "\n") {
		a[len(a)-1] += "\n"
	}
	var out strings.Builder
	out.WriteString("--- " + words.Safe(name) + "\n+++ " + words.Safe(name) + "\n")
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
			continue
		}
		n, m := nextCommon(a[i:], b[j:])
		out.WriteString(words.Sprintf("@@ -%d,%d +%d,%d @@\n", i+1, n, j+1, m))
		for _, line := range a[i : i+n] {
			out.WriteString("-" + line)
		}
		for _, line := range b[j : j+m] {
			out.WriteString("+" + line)
		}
		i, j = i+n, j+m
	}
	return words.Escape(out.String())
}

// nextCommon returns how many lines of each text come before the nearest common line; all of
// them if there is none near.
func nextCommon(a, b []string) (n, m int) {
	const near = 200
	for sum := 1; sum < near; sum++ {
		for n := max(0, sum-len(b)+1); n <= sum && n < len(a); n++ {
			if m := sum - n; a[n] == b[m] && a[n] != "\n" {
				return n, m
			}
		}
	}
	return len(a), len(b)
}
