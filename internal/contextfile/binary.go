package contextfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// The numbers of the compiled form, from libselinux's label_file.h.
const (
	binaryMagic   = 0xf97cff8a
	binaryVersion = 5 // SELINUX_COMPILED_FCONTEXT_REGEX_ARCH: of libselinux 2.7 to 3.7
)

// metaCharacters are the bytes that make a pattern a regular expression for libselinux.
const metaCharacters = ".^$?*+|[({"

// modeOf returns the file type of mode_t that a word of a file of contexts names.
func modeOf(word string) (mode uint32, ok bool) {
	switch word {
	case "-b":
		return 0o060000, true
	case "-c":
		return 0o020000, true
	case "-d":
		return 0o040000, true
	case "-p":
		return 0o010000, true
	case "-l":
		return 0o120000, true
	case "-s":
		return 0o140000, true
	case "--":
		return 0o100000, true
	}
	return 0, false
}

// A spec is a line of a file of contexts, as libselinux keeps it.
type spec struct {
	pattern, context string
	mode             uint32
	stem             int32  // the number of its first directory, -1 for none
	meta             bool   // the pattern is not a plain path
	prefix           uint32 // the length of the pattern before its first meta character
	line             uint32 // its number, from 1
	literal          string // of the tree form: the path of a pattern without meta characters
}

// form checks a file of contexts, and returns its compiled form, nil if the library is not known.
func (l *library) form(f File) ([]byte, error) {
	if l == nil {
		return nil, CheckExpressions(f.Data, "")
	}
	if err := CheckExpressions(f.Data, l.pcre); err != nil {
		return nil, err
	}
	return l.encode(f)
}

// encode returns the compiled form of a file of contexts that the library reads. The error wraps
// [ErrContexts].
func (l *library) encode(f File) ([]byte, error) {
	if l.tree {
		return l.encodeTree(f)
	}
	return l.encodeList(f)
}

// encodeList returns the compiled form of a file of contexts: what sefcontext_compile -r of
// libselinux 2.7 to 3.7 writes, a form without compiled expressions, which libselinux
// compiles as it needs them. It mirrors process_line, sort_specs and write_binary_file of
// libselinux.
func (l *library) encodeList(f File) ([]byte, error) {
	specs, stems, err := parseSpecs(f)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(f.Data)+64*len(specs))
	number := func(n uint32) { out = l.order.AppendUint32(out, n) }
	number(binaryMagic)
	number(binaryVersion)
	for _, s := range []string{l.pcre, l.arch} {
		number(uint32(len(s)))
		out = append(out, s...)
	}
	number(uint32(len(stems)))
	for _, s := range stems {
		number(uint32(len(s)))
		out = append(append(out, s...), 0)
	}
	number(uint32(len(specs)))
	// Plain paths come last: libselinux looks from the end.
	for _, plain := range []bool{false, true} {
		for i := range specs {
			s := &specs[i]
			if s.meta == plain {
				continue
			}
			for _, text := range []string{s.context, s.pattern} {
				number(uint32(len(text) + 1))
				out = append(append(out, text...), 0)
			}
			number(s.mode)
			number(uint32(s.stem))
			meta := uint32(0)
			if s.meta {
				meta = 1
			}
			number(meta)
			number(s.prefix)
			number(0) // the length of the compiled expression
		}
	}
	return out, nil
}

// parseSpecs reads the lines of a file of contexts, and their stems in the order in which
// they occur.
func parseSpecs(f File) (specs []spec, stems []string, err error) {
	fail := func(line int, what string) error {
		return fmt.Errorf("%w: %s: line %d %s", ErrContexts, f.Name, line, what)
	}
	known := make(map[string]int32)
	line := 0
	for text := range bytes.Lines(f.Data) {
		line++
		if bytes.IndexByte(text, 0) >= 0 {
			return nil, nil, fail(line, "has a NUL")
		}
		fields := strings.FieldsFunc(string(text), blank)
		if len(fields) == 0 || fields[0][0] == '#' {
			continue
		}
		if len(fields) == 1 {
			return nil, nil, fail(line, "is missing fields")
		}
		for _, word := range fields[:min(3, len(fields))] {
			if strings.ContainsFunc(word, func(c rune) bool { return c > 127 }) {
				return nil, nil, fail(line, "error due to: Non-ASCII characters found")
			}
		}
		s := spec{pattern: fields[0], context: fields[1], stem: -1, line: uint32(line)}
		if len(fields) > 2 {
			mode, ok := modeOf(fields[1])
			if !ok {
				return nil, nil, fail(line, "has invalid file type "+fields[1])
			}
			s.mode, s.context = mode, fields[2]
		}
		if stem := stemOf(s.pattern); stem != "" {
			id, ok := known[stem]
			if !ok {
				id = int32(len(stems))
				known[stem] = id
				stems = append(stems, stem)
			}
			s.stem = id
		}
		prefix := plainLength(s.pattern)
		s.meta, s.prefix = prefix < len(s.pattern), uint32(prefix)
		specs = append(specs, s)
	}
	return specs, stems, nil
}

// blank reports whether isspace(3) does in the C locale.
func blank(c rune) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// stemOf returns the first directory of a pattern, "" if it has none or if it has a meta character.
// It mirrors get_stem_from_spec.
func stemOf(pattern string) string {
	end := strings.IndexByte(pattern[1:], '/') + 1
	if end == 0 || strings.ContainsAny(pattern[:end], metaCharacters) {
		return ""
	}
	return pattern[:end]
}

// plainLength returns the length of a pattern before its first meta character that has no
// backslash before it. It mirrors spec_hasMetaChars.
func plainLength(pattern string) int {
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '\\':
			i++
		case strings.IndexByte(metaCharacters, pattern[i]) >= 0:
			return i
		}
	}
	return len(pattern)
}

// A library has the properties of a system's libselinux and libpcre2 that the compiled form depends
// on.
type library struct {
	pcre  string // the version of PCRE: "10.42 2022-12-11"
	arch  string // "8-8-el": the sizes of pointers and of size_t, and the order of bytes
	order binary.AppendByteOrder
	// tree says that it has the form of 3.8 and newer, kinds how that is sorted.
	tree, kinds bool
}

// reads reports whether the library reads all of what another one's sefcontext_compile writes. nil
// is a library that is not known.
func (l *library) reads(other *library) bool {
	return other == nil || l.pcre == other.pcre && l.arch == other.arch && l.tree == other.tree
}
