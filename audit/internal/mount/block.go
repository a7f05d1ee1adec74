package mount

import "strings"

// A block is the list below volumes: in a compose file.
type block struct {
	open   bool
	indent int // of the key
	last   int // the place of the mount of an item of several lines, plus one; 0 for none
	item   Mount
}

// item reads a line of a compose file.
func (s *Scanner) item(line string) {
	text := strings.TrimSpace(line)
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	b := &s.block
	if text == "volumes:" || text == "volume:" {
		*b = block{open: true, indent: indent}
		s.owner++
		return
	}
	if !b.open || text == "" || text[0] == '#' {
		return
	}
	value, isItem := strings.CutPrefix(text, "- ")
	if indent < b.indent || indent == b.indent && !isItem {
		b.open = false
		return
	}
	if isItem {
		b.item, b.last = Mount{Form: Long, Owner: s.owner}, 0
	}
	value, _, _ = strings.Cut(strings.TrimSpace(value), " #")
	key, val, pair := strings.Cut(value, ": ")
	if !pair {
		if isItem {
			s.short(value, Compose)
		}
		return
	}
	val = strings.Trim(val, "\"'")
	switch key {
	case "source":
		b.item.Host = val
	case "target":
		b.item.Container = val
	case "read_only":
		if val == "true" {
			s.longOption("ro")
		}
	case "selinux":
		s.longOption(val)
	}
	if before := len(s.list); b.last == 0 && b.item.Host != "" && b.item.Container != "" {
		if s.add(b.item); len(s.list) > before {
			b.last = len(s.list)
		}
	}
}

// longOption adds an option to the item of several lines.
func (s *Scanner) longOption(option string) {
	m := &s.block.item
	if s.block.last > 0 {
		m = &s.list[s.block.last-1]
	}
	m.Options = strings.Trim(m.Options+","+option, ",")
}
