package policydb

import (
	"cmp"
	"slices"
	"strings"
)

// A filenameRecord is one record of a table of filename transitions.
type filenameRecord struct {
	target, class uint32
	name          string
	source        uint32 // versions before 33
	result        uint32 // versions before 33
	raw           string
}

func (t FilenameTransTab) recordList() []filenameRecord {
	list := make([]filenameRecord, 0, t.records)
	c := cursor{s: t.data}
	for range t.records {
		start := c.off
		r := filenameRecord{name: c.bytes(int(c.u32()))}
		if t.grouped {
			r.target, r.class = c.u32(), c.u32()
			for range c.u32() {
				c.off += bitmapMinSize + int(le32(c.s, c.off+8))*bitmapNodeSize + 4
			}
		} else {
			r.source, r.target, r.class, r.result = c.u32(), c.u32(), c.u32(), c.u32()
		}
		r.raw = c.s[start:c.off]
		list = append(list, r)
	}
	return list
}

// hash mirrors filenametr_hash and partial_name_hash on a 64-bit machine.
func (r *filenameRecord) hash() uint32 {
	h := uint64(r.target ^ r.class)
	for i := range len(r.name) {
		c := uint64(r.name[i])
		h = (h + c<<4 + c>>4) * 11
	}
	return uint32(h)
}

func (r *filenameRecord) compareKey(o *filenameRecord) int {
	return cmp.Or(cmp.Compare(r.target, o.target), cmp.Compare(r.class, o.class), strings.Compare(r.name, o.name))
}

// inLibsepolOrder mirrors filename_trans_read and filename_trans_write.
func (t FilenameTransTab) inLibsepolOrder() FilenameTransTab {
	if t.records == 0 {
		return t
	}
	if t.grouped {
		return t.join(byBucket(t.recordList(), bucketsFilename, (*filenameRecord).hash, (*filenameRecord).compareKey))
	}
	// libsepol gathers the records of one key and writes them out again: by
	// result in the order in which each first appeared, then by source. Of two
	// that differ in the result alone it keeps the first.
	keys := make(map[filenameKey]*filenameGroup)
	var groups []*filenameGroup
	for _, r := range t.recordList() {
		k := filenameKey{r.target, r.class, r.name}
		g := keys[k]
		if g == nil {
			g = &filenameGroup{first: r}
			keys[k] = g
			groups = append(groups, g)
		}
		g.add(r)
	}
	sorted := byBucket(groups, bucketsFilename,
		func(g **filenameGroup) uint32 { return (*g).first.hash() },
		func(a, b **filenameGroup) int { return (*a).first.compareKey(&(*b).first) })
	out := make([]filenameRecord, 0, t.records)
	for _, g := range sorted {
		out = append(out, g.sorted()...)
	}
	return t.join(out)
}

type filenameKey struct {
	target, class uint32
	name          string
}

// A filenameGroup is the records of one key.
type filenameGroup struct {
	first   filenameRecord
	records []filenameRecord
}

func (g *filenameGroup) add(r filenameRecord) { g.records = append(g.records, r) }

func (g *filenameGroup) sorted() []filenameRecord {
	if len(g.records) == 1 {
		return g.records
	}
	sources := make(map[uint32]bool, len(g.records))
	results := make(map[uint32]int) // in which place each result first appeared
	kept := g.records[:0]
	for _, r := range g.records {
		if sources[r.source] {
			continue
		}
		sources[r.source] = true
		if _, ok := results[r.result]; !ok {
			results[r.result] = len(results)
		}
		kept = append(kept, r)
	}
	slices.SortStableFunc(kept, func(a, b filenameRecord) int {
		return cmp.Or(cmp.Compare(results[a.result], results[b.result]), cmp.Compare(a.source, b.source))
	})
	return kept
}

func (t FilenameTransTab) join(list []filenameRecord) FilenameTransTab {
	var data strings.Builder
	data.Grow(len(t.data))
	for i := range list {
		data.WriteString(list[i].raw)
	}
	out := FilenameTransTab{data: data.String(), records: len(list), rules: t.rules, grouped: t.grouped}
	if !t.grouped {
		out.rules = len(list)
	}
	return out
}
