package compile

import (
	"bytes"
	"cmp"
	"strings"
)

// sortLabels sorts the labels of each kind and handles those that are given
// twice. It mirrors __cil_post_process_context_rules.
func (p *post) sortLabels() {
	p.sorted = make(map[symID][]label)
	for _, l := range p.labels {
		if l.kind == wFilecon {
			l.sortKey = fileKey(l.path)
		}
		p.sorted[l.kind] = append(p.sorted[l.kind], l)
	}
	for kind := wFilecon; kind <= wFSUse; kind++ {
		if list := p.sorted[kind]; len(list) > 1 {
			p.mergeSort(list, make([]label, len(list)))
			p.sorted[kind] = p.unique(list)
		}
	}
}

// sortBeside sorts the labels on another processor. What it returns waits for that, and
// takes over what came of it.
func (p *post) sortBeside() (join func()) {
	if p.opts.MultipleDecls {
		return p.sortLabels // it compares what is evaluated in between
	}
	if m := p.memo; m.labels(p.labels) {
		p.sorted, p.conflicts, p.fileText = m.sorted, m.conflicts, m.fileText
		return func() {}
	}
	own := *p.compiler
	q := &post{compiler: &own}
	done := make(chan struct{})
	go func() {
		defer close(done)
		q.sortLabels()
	}()
	return func() {
		<-done
		p.sorted, p.conflicts, p.diags = q.sorted, q.conflicts, own.diags
	}
}

// conflictNotes lists the places of labels that are passed over.
func (p *post) conflictNotes() []Note {
	var list []Note
	for _, s := range p.conflicts {
		list = append(list, p.noteAt(s, words[p.stmts[s].kind]+" labels what another statement labels"))
	}
	return list
}

// unique drops labels that are given twice. With multiple declarations the last of several with
// equal contexts counts, otherwise the first.
func (p *post) unique(list []label) []label {
	i, conflicts := 0, 0
	for j := 1; j < len(list); j++ {
		if p.compare(&list[i], &list[j]) != 0 {
			i++
			conflicts = 0
		} else if !p.opts.MultipleDecls || !p.sameContexts(&list[i], &list[j]) {
			conflicts++
			if p.opts.fatalConflicts() {
				d := p.failStmt(list[j].stmt, "%s labels what another statement labels", words[list[j].kind])
				d.Notes = append([]Note{p.noteAt(list[i].stmt, "the other statement")}, d.Notes...)
				d.Notes = append(d.Notes, Note{Msg: "libsepol 3.4 takes the first, newer releases refuse both"})
			} else {
				p.conflicts = append(p.conflicts, list[j].stmt)
			}
		}
		if i != j && conflicts == 0 {
			list[i] = list[j]
		}
	}
	return list[:i+1]
}

// mergeSort sorts as glibc's qsort does. That matters, because some of
// libsepol's comparisons overflow and contradict themselves.
func (p *post) mergeSort(list, tmp []label) {
	if len(list) < 2 {
		return
	}
	half := len(list) / 2
	p.mergeSort(list[:half], tmp)
	p.mergeSort(list[half:], tmp)
	a, b := list[:half], list[half:]
	n := 0
	for len(a) > 0 && len(b) > 0 {
		if p.compare(&a[0], &b[0]) <= 0 {
			tmp[n], a = a[0], a[1:]
		} else {
			tmp[n], b = b[0], b[1:]
		}
		n++
	}
	n += copy(tmp[n:], a)
	copy(list, tmp[:n])
}

// compare mirrors cil_post_portcon_compare and its like.
func (p *post) compare(l, o *label) int {
	width := func() int {
		if p.opts.since(7) {
			return p.compareWidths(l, o)
		}
		return cmp.Compare(int32(l.hi-l.lo-(o.hi-o.lo)), 0)
	}
	switch l.kind {
	case wFilecon:
		return cmp.Or(cmp.Compare(l.sortKey[0], o.sortKey[0]), cmp.Compare(l.sortKey[1], o.sortKey[1]),
			cmp.Compare(l.sortKey[2], o.sortKey[2]), cmp.Compare(l.a, o.a), strings.Compare(l.path, o.path))
	case wFSUse:
		return cmp.Or(cmp.Compare(l.a, o.a), strings.Compare(l.text, o.text))
	case wGenFSCon:
		return cmp.Or(strings.Compare(l.text, o.text), strings.Compare(l.path, o.path))
	case wPortCon:
		return cmp.Or(width(), cmp.Compare(l.lo, o.lo), cmp.Compare(l.a, o.a))
	case wIBPKeyCon:
		return cmp.Or(strings.Compare(l.text, o.text), width(), cmp.Compare(l.lo, o.lo))
	case wIBEndPortCon:
		return cmp.Or(strings.Compare(l.text, o.text), cmp.Compare(l.lo, o.lo))
	case wNetifCon:
		if p.opts.since(9) {
			return compareNetifs(l.text, o.text)
		}
		return strings.Compare(l.text, o.text)
	case wNodeCon:
		if l.addr.Is4() != o.addr.Is4() {
			if l.addr.Is4() {
				return -1
			}
			return 1
		}
		return cmp.Or(-bytes.Compare(l.mask.AsSlice(), o.mask.AsSlice()),
			bytes.Compare(l.addr.AsSlice(), o.addr.AsSlice()))
	case wIOMemCon, wIOPortCon:
		return cmp.Or(width(), cmp.Compare(l.lo, o.lo))
	case wDeviceTreeCon:
		return strings.Compare(l.path, o.path)
	}
	return cmp.Compare(l.lo, o.lo)
}

// compareWidths compares how many numbers two ranges have less one, in the number
// of bits that libsepol has for them: an inverted range is a wide one.
func (p *post) compareWidths(l, o *label) int {
	if l.kind == wIOMemCon {
		return cmp.Compare(l.hi-l.lo, o.hi-o.lo)
	}
	return cmp.Compare(uint32(l.hi-l.lo), uint32(o.hi-o.lo))
}

// compareNetifs compares names of interfaces, which since libsepol 3.9 may be
// patterns: those without wildcards first, then those with more in front of the
// first wildcard, then those of which that is a ?. Found with secilc 3.11.
func compareNetifs(a, b string) int {
	stem := func(name string) int {
		if i := strings.IndexAny(name, "*?"); i >= 0 {
			return i
		}
		return 1 << 30
	}
	n, m := stem(a), stem(b)
	if n == m && n < len(a) && m < len(b) && a[n] != b[m] {
		return cmp.Compare(b[m], a[n])
	}
	return cmp.Or(cmp.Compare(m, n), strings.Compare(a, b))
}

// fileKey returns the key by which a path is sorted: plain paths after patterns, then how long
// it is before its first special character, then how long it is. It mirrors
// cil_post_fc_fill_data.
func fileKey(path string) [3]int {
	key := [3]int{1, 0, 0}
	for i := 0; i < len(path); i++ {
		plain := true
		switch path[i] {
		case '.', '^', '$', '?', '*', '+', '|', '[', '(', '{':
			key[0], plain = 0, false
		case '\\':
			i++
		}
		if plain && key[0] == 1 {
			key[1]++
		}
		key[2]++
	}
	return key
}

// sameContexts mirrors context_compare, which does not look at categories.
func (p *post) sameContexts(a, b *label) bool {
	if a.ctx == 0 || b.ctx == 0 {
		return a.ctx == b.ctx
	}
	return p.sameContext(a.ctx, b.ctx) && (a.ctx2 == 0 || p.sameContext(a.ctx2, b.ctx2))
}

func (p *post) sameContext(a, b uint32) bool {
	x, y := &p.contexts[a], &p.contexts[b]
	if x.user != y.user || x.role != y.role || x.typ != y.typ {
		return false
	}
	if x.levels == y.levels {
		return true
	}
	r, s := &p.ranges[x.levels], &p.ranges[y.levels]
	return p.sameLevel(r.low, s.low) && p.sameLevel(r.high, s.high)
}

func (p *post) sameLevel(a, b uint32) bool {
	x, y := &p.levels[a], &p.levels[b]
	return a == b || x.sens == y.sens && (x.cats == 0) == (y.cats == 0)
}
