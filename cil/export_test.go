package cil

import (
	"slices"

	"github.com/google/go-cmp/cmp"
)

// Blocks makes a reader keep blocks of so many bytes.
func Blocks(r *Reader, n int) { r.blockSize = n }

// Diff says in what two files differ, but for the blocks; "" for nothing.
func Diff(f, g *File) string {
	switch {
	case !slices.Equal(f.words, g.words):
		return "nodes: " + cmp.Diff(f.words, g.words)
	case !slices.Equal(f.gaps, g.gaps):
		return "gaps: " + cmp.Diff(f.gaps, g.gaps)
	case !slices.Equal(f.wide, g.wide), !slices.Equal(f.starts, g.starts), !slices.Equal(f.lines, g.lines):
		return "places"
	case !slices.Equal(f.marks, g.marks):
		return "line marks"
	}
	return ""
}
