package fcontext

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// A Table has the labels for the files of a system: file_contexts and its companions under
// /etc/selinux/TYPE/contexts/files. Several goroutines may use it.
//
// Lookups mirror libselinux's selabel_lookup (label_file.c): the path is rewritten by the
// substitutions, then the last matching entry wins; entries without a metacharacter come after all
// others.
type Table struct {
	entries []entry // in the order of precedence, lowest first
	subs    []substitution
	dist    []substitution
	// customizable are the types that administrators set by hand.
	customizable map[string]bool
}

// An entry is one line: a pattern of whole paths, a kind of file, a context.
type entry struct {
	pattern string
	prefix  string // the common prefix of all matching paths
	exact   bool   // the pattern has no metacharacter
	kind    byte   // '-' regular, 'd', 'c', 'b', 'p', 'l', 's'; 0 for every kind
	context string
	file    string
	line    int
	// compiled is the pattern after its first use.
	compiled *compiled
}

// A compiled is a pattern that is compiled at its first use.
type compiled struct {
	once sync.Once
	re   *regexp.Regexp
	err  error
}

// A substitution labels the paths below from like those below to.
type substitution struct{ from, to string }

// None is the context of files without a label of their own.
const None = "<<none>>"

// ErrNone is wrapped if a system has no file_contexts.
var ErrNone = errors.New("the system has no file_contexts")

// ErrNoLabel is wrapped if no entry has a label for a file.
var ErrNoLabel = errors.New("file_contexts gives the file no label")

const (
	maxFileContexts = 32 << 20
	maxEntries      = 1 << 20
)

// A Reader reads the files of a system: package host has one. The error of a missing file wraps
// [fs.ErrNotExist].
type Reader interface {
	ReadFile(name string, limit int64) ([]byte, error)
}

// Load reads the file contexts of the policy type selinuxType of a system.
func Load(root Reader, selinuxType string) (*Table, error) {
	contexts := "/etc/selinux/" + selinuxType + "/contexts/"
	dir := contexts + "files/"
	fc := &Table{}
	for i, name := range []string{"file_contexts", "file_contexts.homedirs", "file_contexts.local"} {
		b, err := root.ReadFile(dir+name, maxFileContexts)
		if errors.Is(err, fs.ErrNotExist) && i > 0 {
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: no file %s", ErrNone, dir+name)
		}
		if err == nil {
			err = fc.add(b, dir+name)
		}
		if err != nil {
			return nil, err
		}
	}
	fc.sort()
	for name, to := range map[string]*[]substitution{"file_contexts.subs": &fc.subs,
		"file_contexts.subs_dist": &fc.dist} {
		b, err := root.ReadFile(dir+name, maxFileContexts)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		*to = parseSubs(b)
	}
	b, err := root.ReadFile(contexts+"customizable_types", maxFileContexts)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	fc.customizable = make(map[string]bool)
	for _, name := range strings.Fields(string(b)) {
		fc.customizable[name] = true
	}
	return fc, nil
}

// Parse reads the text of a file_contexts file without companions; file is its name for messages.
func Parse(b []byte, file string) (*Table, error) {
	fc := &Table{}
	if err := fc.add(b, file); err != nil {
		return nil, err
	}
	fc.sort()
	return fc, nil
}

// add appends the entries of one file.
func (fc *Table) add(b []byte, file string) error {
	line := 0
	for text := range bytes.Lines(b) {
		line++
		words := strings.Fields(string(text))
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		e := entry{pattern: words[0], file: file, line: line, compiled: &compiled{}}
		switch len(words) {
		case 2:
			e.context = words[1]
		case 3:
			kind := words[1]
			if len(kind) != 2 || kind[0] != '-' || !strings.ContainsRune("-dcbpls", rune(kind[1])) {
				return fmt.Errorf("%s:%d: %.20q is not a kind of file", file, line, kind)
			}
			e.kind, e.context = kind[1], words[2]
		default:
			return fmt.Errorf("%s:%d: %d words, not a pattern, perhaps a kind of file, and a context", file, line,
				len(words))
		}
		if len(fc.entries) == maxEntries {
			return fmt.Errorf("%s: more than %d entries", file, maxEntries)
		}
		e.prefix, e.exact = literalPrefix(e.pattern)
		fc.entries = append(fc.entries, e)
	}
	return nil
}

// An Entry is a line of file_contexts: the pattern of whole paths, the kind of file as in ls -l
// ('-', 'd', 'l' ...; 0 for every kind) and the context, which may be [None].
type Entry struct {
	Pattern string
	Kind    byte
	Context string
}

// Entries yields the entries, those that win last.
func (fc *Table) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for i := range fc.entries {
			if e := &fc.entries[i]; !yield(Entry{e.pattern, e.kind, e.context}) {
				return
			}
		}
	}
}

// sort moves the entries without a metacharacter after the others.
func (fc *Table) sort() {
	slices.SortStableFunc(fc.entries, func(a, b entry) int {
		switch {
		case a.exact == b.exact:
			return 0
		case a.exact:
			return 1
		}
		return -1
	})
}

const metacharacters = ".^$?*+|[({"

// literalPrefix returns the common prefix of all paths that a pattern matches, and whether the
// pattern is only this text.
func literalPrefix(pattern string) (prefix string, exact bool) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		if c == '\\' && i+1 < len(pattern) && !isWord(pattern[i+1]) {
			i++
			b.WriteByte(pattern[i])
			continue
		}
		if c == '\\' || strings.IndexByte(metacharacters, c) >= 0 {
			prefix = b.String()
			if strings.IndexByte("?*{", c) >= 0 && prefix != "" {
				prefix = prefix[:len(prefix)-1] // the character before it is optional
			}
			if topLevelBar(pattern) {
				prefix = ""
			}
			return prefix, false
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// topLevelBar reports whether the pattern may have a | outside of all groups; in doubt it returns
// true.
func topLevelBar(pattern string) bool {
	depth := 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '[':
			return strings.IndexByte(pattern[i:], '|') >= 0 // a bracket expression may contain parentheses
		case '(':
			depth++
		case ')':
			depth--
		case '|':
			if depth <= 0 {
				return true
			}
		}
	}
	return false
}

// parseSubs reads a substitution file; the last line is tried first.
func parseSubs(b []byte) []substitution {
	var list []substitution
	for line := range bytes.Lines(b) {
		words := strings.Fields(string(line))
		if len(words) >= 2 && words[0][0] != '#' {
			list = append(list, substitution{words[0], words[1]})
		}
	}
	slices.Reverse(list)
	return list
}

// substitute rewrites a path by the first substitution for it or for a directory above it.
func substitute(path string, list []substitution) string {
	for _, s := range list {
		rest, ok := strings.CutPrefix(path, s.from)
		if !ok || rest != "" && rest[0] != '/' {
			continue
		}
		if s.to == "/" && rest != "" {
			return rest
		}
		return s.to + rest
	}
	return path
}

// A Match is the entry of file_contexts for a path.
type Match struct {
	// Path is the path that was looked up, after substitutions.
	Path string
	// Context is the label; "<<none>>" if the file has none.
	Context string
	Pattern string
	File    string
	Line    int
	// Unsupported are patterns of higher precedence that Go's regular expressions do not support,
	// and that could not be tried: one of them may give another label.
	Unsupported []string
}

// Lookup returns the label of a path. kind is the kind of file as in
// file_contexts ('-' for a regular file), or 0 for entries of every kind.
func (fc *Table) Lookup(path string, kind byte) (Match, error) {
	path = squeeze(path)
	path = substitute(substitute(path, fc.subs), fc.dist)
	m := Match{Path: path}
	for i := len(fc.entries) - 1; i >= 0; i-- {
		e := &fc.entries[i]
		if e.kind != 0 && kind != 0 && e.kind != kind || !strings.HasPrefix(path, e.prefix) {
			continue
		}
		ok, err := e.matches(path)
		if err != nil {
			m.Unsupported = append(m.Unsupported, fmt.Sprintf("%s:%d: %s: %v", e.file, e.line, e.pattern, err))
			continue
		}
		if ok {
			m.Context, m.Pattern, m.File, m.Line = e.context, e.pattern, e.file, e.line
			return m, nil
		}
	}
	return m, fmt.Errorf("%w: no pattern matches %s", ErrNoLabel, path)
}

// Customizable reports whether a type is one that administrators set by hand: restorecon changes
// such files only with -F.
func (fc *Table) Customizable(typeName string) bool { return fc.customizable[typeName] }

// Uses counts the entries with a type.
func (fc *Table) Uses(typ string) (n int) {
	for i := range fc.entries {
		if parts := strings.SplitN(fc.entries[i].context, ":", 4); len(parts) > 2 && parts[2] == typ {
			n++
		}
	}
	return n
}

// Trees yields the directories that have one label with all below them by an entry, each with the type: /etc/ssh and
// sshd_key_t for the pattern /etc/ssh(/.*)?. Patterns for several directories are left out.
func (fc *Table) Trees() iter.Seq2[string, string] {
	return func(yield func(dir, typ string) bool) {
		for i := range fc.entries {
			e := &fc.entries[i]
			text, ok := strings.CutSuffix(e.pattern, "(/.*)?")
			if parts := strings.SplitN(e.context, ":", 4); ok && e.kind == 0 && len(parts) > 2 {
				if dir, exact := literalPrefix(text); exact && !yield(dir, parts[2]) {
					return
				}
			}
		}
	}
}

// squeeze removes doubled slashes and the one at the end of a path.
func squeeze(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return path
}

// matches reports whether the whole path matches the entry's pattern.
func (e *entry) matches(path string) (bool, error) {
	if e.exact {
		return path == e.prefix, nil
	}
	c := e.compiled
	c.once.Do(func() { c.re, c.err = compile(e.pattern) })
	if c.err != nil {
		return false, c.err
	}
	return c.re.MatchString(path), nil
}

const (
	maxPattern = 4096    // bytes; the longest of Debian's policies has 73
	maxProgram = 1 << 14 // steps of a compiled pattern: repetitions multiply
)

// compile turns a pattern, which is PCRE, into a Go expression for whole paths. The anchors are
// added as in libselinux: a | outside of all groups separates them. A pattern that Go does not
// support, or that would be very slow, is an error.
func compile(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, fmt.Errorf("pattern of more than %d bytes", maxPattern)
	}
	// In libselinux's PCRE2 patterns a dot matches any character, including newline.
	anchored := "(?s)^" + pattern + "$"
	tree, err := syntax.Parse(anchored, syntax.Perl)
	var bad *syntax.Error
	if errors.As(err, &bad) {
		return nil, fmt.Errorf("%s: %.40s", bad.Code, bad.Expr)
	}
	if err != nil {
		return nil, err
	}
	if programSize(tree) > maxProgram {
		return nil, errors.New("pattern with too many repetitions")
	}
	return regexp.Compile(anchored)
}

// programSize estimates the steps that an expression compiles to.
func programSize(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)
	for _, sub := range re.Sub {
		n = min(n+programSize(sub), maxProgram+1)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return min(n, maxProgram+1)
}
