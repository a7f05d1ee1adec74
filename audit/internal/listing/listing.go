// Package listing reads the labels of files as people paste them beside a log: the lines of ls -Z, stat, restorecon and
// matchpathcon. The command line before a listing tells the directory of the names in it.
//
// Start with [Scanner]: it takes the lines in their order.
package listing

import (
	"path"
	"strings"
)

// A File is a file with its label, as a line has it.
type File struct {
	// Path is the whole path, "" where neither the line nor the command before it tells the directory. Name is the last
	// part.
	Path, Name string
	// Kind is the letter of ls for the kind of file (-, d, l, c, b, s, p), 0 where the line does not tell it.
	Kind byte
	// Context is the label that the file had, "" if the line has only Wanted.
	Context string
	// Wanted is the label that the program found in file_contexts, "" for a listing. Changed says that it gave the file
	// that label.
	Wanted  string
	Changed bool
	// Kept says that restorecon left the label, as one that administrators set by hand.
	Kept bool
	Line int64
}

// Bounds of what is remembered and read.
const (
	maxPast     = 8        // lines before a listing
	maxPastText = 256      // bytes of such a line
	maxAway     = 10       // lines between a command and its listing
	maxText     = 4 << 10  // bytes of a line of a listing
	maxColumns  = 64       // files in one line
	maxPath     = 4096 - 1 // as the kernel bounds a path
	maxContext  = 4 << 10
)

// A Scanner reads the lines of a text. The zero value is ready.
type Scanner struct {
	past  [maxPast]pastLine
	next  int
	last  int64 // the last line of a listing
	place place
}

type pastLine struct {
	number int64
	text   [maxPastText]byte
	length int
}

// Past remembers a line that is none of a listing: it may be the command of one. It does not allocate. A line with the
// date of a log is no command.
func (s *Scanner) Past(number int64, line []byte) {
	if len(line) > maxPastText || dated(line) {
		return
	}
	p := &s.past[s.next]
	s.next = (s.next + 1) % maxPast
	p.number, p.length = number, copy(p.text[:], line)
}

// dated reports whether a line begins with the date of a syslog: Nov 22 10:02:33, or 2026-11-22T10:02:33.
func dated(line []byte) bool {
	return len(line) > 20 && (line[3] == ' ' && line[6] == ' ' && line[9] == ':' && line[12] == ':' ||
		line[4] == '-' && line[7] == '-' && line[13] == ':' && line[16] == ':')
}

// before yields the remembered lines, the latest first, with their numbers.
func (s *Scanner) before(yield func(int64, string) bool) {
	for i := range maxPast {
		p := &s.past[(s.next+2*maxPast-1-i)%maxPast]
		if p.number == 0 || !yield(p.number, string(p.text[:p.length])) {
			return
		}
	}
}

// Read returns the files of a line, nil if it is none of a listing.
func (s *Scanner) Read(number int64, line string) []File {
	if len(line) > maxText {
		return nil
	}
	line = strings.Trim(line, "` \t\r")
	files := s.read(number, line)
	for i := range files {
		f := &files[i]
		f.Line = number
		if len(f.Path) > maxPath {
			f.Path = ""
		}
	}
	if files != nil {
		s.last = number
	}
	return files
}

func (s *Scanner) read(number int64, line string) []File {
	if f, ok := relabelled(line); ok {
		if f.Changed && !strings.Contains(line, "Relabeled ") && s.dryRun(number) {
			f.Changed = false
		}
		return []File{f}
	}
	if f, ok := s.status(number, line); ok {
		return []File{f}
	}
	if f, name, ok := long(line); ok {
		s.locate(number)
		f.Path, f.Name = s.place.path(name), base(name)
		return []File{f}
	}
	list := short(line)
	if len(list) == 0 {
		return nil
	}
	s.locate(number)
	files := make([]File, 0, len(list))
	for _, l := range list {
		if !s.place.known && !strings.HasPrefix(l.name, "/") && (len(list) > 1 || strings.ContainsAny(l.name, " \t")) {
			return nil // words of a sentence
		}
		files = append(files, File{Path: s.place.path(l.name), Name: base(l.name), Context: l.context})
	}
	return files
}

// base returns the last part of a name as a listing has it.
func base(name string) string {
	if name == "." || name == ".." {
		return name
	}
	return path.Base(name)
}

// isContext reports whether a word is the context of a file: user:object_r:type, with or without a level.
func isContext(word string) bool {
	user, rest, ok := strings.Cut(word, ":")
	if !ok || user == "" || len(word) > maxContext || !isName(user) {
		return false
	}
	rest, ok = strings.CutPrefix(rest, "object_r:")
	if !ok {
		return false
	}
	typ, level, _ := strings.Cut(rest, ":")
	for i := range len(level) {
		if c := level[i]; !isNameByte(c) && c != ':' && c != ',' {
			return false
		}
	}
	return typ != "" && isName(typ)
}

func isName(s string) bool {
	for i := range len(s) {
		if !isNameByte(s[i]) {
			return false
		}
	}
	return true
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_' || c == '-' || c == '.'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
