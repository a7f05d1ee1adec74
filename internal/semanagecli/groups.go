package semanagecli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// groups collects numbers by type and protocol, subnet or device.
type groups struct {
	index map[[2]string]int
	keys  [][2]string
	lists [][]string
}

func newGroups(n int) *groups { return &groups{index: make(map[[2]string]int, n)} }

func (g *groups) add(typ, second, number string) {
	key := [2]string{typ, second}
	i, ok := g.index[key]
	if !ok {
		i = len(g.keys)
		g.index[key] = i
		g.keys = append(g.keys, key)
		g.lists = append(g.lists, nil)
	}
	g.lists[i] = append(g.lists[i], number)
}

// print prints a line for each group, sorted. format is the format of the first two columns. Numbers stay in the
// order in which the kernel tries them.
func (g *groups) print(r *run, format string) {
	slices.SortFunc(g.keys, func(a, b [2]string) int {
		return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1]))
	})
	for _, key := range g.keys {
		fmt.Fprintf(&r.out, format, key[0], key[1])
		r.out.WriteString(strings.Join(g.lists[g.index[key]], ", "))
		r.out.WriteByte('\n')
	}
}
