package contextfile

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// treeVersion is SELINUX_COMPILED_FCONTEXT_TREE_LAYOUT: the compiled form of libselinux 3.8 and newer.
const treeVersion = 6

// maxStems is SPEC_NODE_MAX_DEPTH: the depth of the tree.
const maxStems = 3

// A node holds the lines of a file of contexts whose paths begin with the same directories.
type node struct {
	stem     string
	plain    []*spec // paths without meta characters, sorted
	regex    []*spec // in the order of the file
	children []*node // sorted by stem
}

// encodeTree returns the compiled form of a file of contexts: what sefcontext_compile -r of
// libselinux 3.8 and newer writes, a form without compiled expressions. It mirrors insert_spec and
// sort_spec_node of libselinux/src/label_file.h and label_file.c, and write_binary_file of
// utils/sefcontext_compile.c. The error wraps [ErrContexts].
func (l *library) encodeTree(f File) ([]byte, error) {
	specs, _, err := parseSpecs(f)
	if err != nil {
		return nil, err
	}
	root := &node{}
	for i := range specs {
		s := &specs[i]
		if max(len(s.pattern), len(s.context)) >= math.MaxUint16 {
			return nil, fmt.Errorf("%w: %s: line %d is too long", ErrContexts, f.Name, s.line)
		}
		root.insert(s)
	}
	root.sort(l.kinds)
	w := &treeWriter{contexts: map[string]uint32{}}
	w.number(binaryMagic)
	w.number(treeVersion)
	for _, text := range []string{l.pcre, l.arch} {
		w.number(uint32(len(text)))
		w.out = append(w.out, text...)
	}
	w.out = binary.BigEndian.AppendUint64(w.out, uint64(len(specs)))
	list := w.collect(root, nil)
	w.number(uint32(len(list)))
	for _, context := range list {
		w.out = binary.BigEndian.AppendUint16(w.out, uint16(len(context)))
		w.out = append(w.out, context...)
	}
	w.node(root)
	return w.out, nil
}

// insert adds a line to the node of its directories.
func (n *node) insert(s *spec) {
	literal, rest := simplify(s.pattern)
	s.meta, s.prefix = rest != "", uint32(len(literal))
	if s.meta {
		n = n.descend(s.pattern, simplified)
		n.regex = append(n.regex, s)
		return
	}
	s.literal = literal
	if literal[0] == '/' {
		n = n.descend(literal, func(stem string) (string, bool) { return stem, true })
	}
	n.plain = append(n.plain, s)
}

// descend returns the node of the first directories of a path, and makes those that are missing.
// It stops at the first directory for which name is false.
func (n *node) descend(text string, name func(string) (string, bool)) *node {
	for depth := 0; depth < maxStems; {
		end := strings.IndexByte(text[1:], '/')
		if end < 0 {
			break
		}
		stem := text[1 : end+1]
		if stem == "" { // two slashes
			text = text[1:]
			continue
		}
		plain, ok := name(stem)
		if !ok {
			break
		}
		i := slices.IndexFunc(n.children, func(c *node) bool { return c.stem == plain })
		if i < 0 {
			i = len(n.children)
			n.children = append(n.children, &node{stem: plain})
		}
		n, text, depth = n.children[i], text[end+1:], depth+1
	}
	return n
}

// simplify returns the beginning of a pattern up to its first meta character, without
// backslashes, and the rest. It mirrors regex_has_meta_chars.
func simplify(pattern string) (plain, rest string) {
	const meta = ".^$?*+|[({])}"
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case strings.IndexByte(meta, c) >= 0:
			return b.String(), pattern[i:]
		case c == '\\':
			if i+1 == len(pattern) || strings.IndexByte(meta+"-_,", pattern[i+1]) < 0 {
				return b.String(), pattern[i:]
			}
			i++
			c = pattern[i]
		}
		b.WriteByte(c)
	}
	return b.String(), ""
}

// simplified returns a pattern without backslashes; ok is false if it has meta characters.
func simplified(pattern string) (plain string, ok bool) {
	plain, rest := simplify(pattern)
	return plain, rest == ""
}

// sort sorts a node as the search expects it. kinds says that among equal paths those for any kind
// of file come last, as in libselinux 3.8.
func (n *node) sort(kinds bool) {
	slices.SortStableFunc(n.plain, func(a, b *spec) int {
		if c := strings.Compare(a.literal, b.literal); c != 0 || !kinds {
			return c
		}
		return int(fileKind(b.mode)) - int(fileKind(a.mode))
	})
	slices.SortFunc(n.children, func(a, b *node) int { return strings.Compare(a.stem, b.stem) })
	for _, c := range n.children {
		c.sort(kinds)
	}
}

// fileKind returns the number LABEL_FILE_KIND_* of a file type of mode_t, 0 for any.
func fileKind(mode uint32) byte {
	switch mode {
	case 0o040000:
		return 1
	case 0o020000:
		return 2
	case 0o060000:
		return 3
	case 0o140000:
		return 4
	case 0o010000:
		return 5
	case 0o120000:
		return 6
	case 0o100000:
		return 7
	}
	return 0
}

// A treeWriter writes the form. Numbers are in network order.
type treeWriter struct {
	out      []byte
	contexts map[string]uint32 // their numbers in the table, from 1
}

func (w *treeWriter) number(n uint32) { w.out = binary.BigEndian.AppendUint32(w.out, n) }

// text writes a length, which counts the NUL, and a text with a NUL.
func (w *treeWriter) text(s string) {
	w.out = binary.BigEndian.AppendUint16(w.out, uint16(len(s)+1))
	w.out = append(append(w.out, s...), 0)
}

// collect numbers the contexts in the order in which the tree has them, and appends them to list.
func (w *treeWriter) collect(n *node, list []string) []string {
	for _, specs := range [][]*spec{n.plain, n.regex} {
		for _, s := range specs {
			if w.contexts[s.context] == 0 {
				list = append(list, s.context)
				w.contexts[s.context] = uint32(len(list))
			}
		}
	}
	for _, c := range n.children {
		list = w.collect(c, list)
	}
	return list
}

func (w *treeWriter) node(n *node) {
	w.text(n.stem)
	w.number(uint32(len(n.plain)))
	for _, s := range n.plain {
		w.number(w.contexts[s.context])
		w.text(s.pattern)
		w.text(s.literal)
		w.out = append(w.out, fileKind(s.mode))
	}
	w.number(uint32(len(n.regex)))
	for _, s := range n.regex {
		w.number(w.contexts[s.context])
		w.number(s.line)
		w.text(s.pattern)
		w.out = binary.BigEndian.AppendUint16(w.out, uint16(s.prefix))
		w.out = append(w.out, fileKind(s.mode))
		w.number(0) // the length of the compiled expression
	}
	w.number(uint32(len(n.children)))
	for _, c := range n.children {
		w.node(c)
	}
}
