package pp

import "strings"

// lines yields the lines of a section as hll/pp does: it skips blank lines and comments, and a NUL
// byte ends the section.
func lines(text []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		s, _, _ := strings.Cut(string(text), "\x00")
		for {
			if s = strings.TrimLeft(s, blanks); s == "" {
				return
			}
			line, rest, _ := strings.Cut(s, "\n")
			if s = rest; line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}

// blanks are the bytes of isspace.
const blanks = " \t\n\v\f\r"

// tokens mirrors tokenize of libsepol/src/util.c: the last of n tokens is the rest of the line. If
// the delimiter is a blank, a run of any blanks is one delimiter. The last token keeps a delimiter
// at the end of the line.
func tokens(line string, delim byte, n int) []string {
	var all []string
	for len(all) < n-1 && line != "" {
		i := strings.IndexByte(line, delim)
		if delim == ' ' {
			i = strings.IndexAny(line, blanks)
		}
		switch {
		case i < 0:
			all, line = append(all, line), ""
		case i == len(line)-1:
			all, line = append(all, line), ""
		default:
			all, line = append(all, line[:i]), line[i+1:]
		}
		if delim == ' ' {
			line = strings.TrimLeft(line, blanks)
		}
	}
	if line != "" {
		all = append(all, line)
	}
	return all
}

// levelText writes a level such as "s0:c0.c3,c5".
func (w *writer) levelText(level string) {
	all := tokens(level, ':', 2)
	if len(all) == 0 {
		w.warnf("invalid level %q", level)
		return
	}
	w.put("(", all[0])
	if len(all) == 2 {
		w.put("(")
		for _, cat := range strings.Split(all[1], ",") {
			if low, high, ok := strings.Cut(cat, "."); ok {
				w.put("(range ", low, " ", high, ") ")
			} else if cat != "" {
				w.put(cat, " ")
			}
		}
		w.put(")")
	}
	w.put(")")
}

func (w *writer) rangeText(text string) {
	low, high, ok := strings.Cut(text, "-")
	if !ok {
		high = low
	}
	w.levelText(low)
	w.put(" ")
	w.levelText(high)
}

func (w *writer) logins(text []byte) {
	for line := range lines(text) {
		all := tokens(line, ':', 3)
		if len(all) < 2 {
			w.failf("invalid line of seusers: %q", line)
			return
		}
		if all[0] == "__default__" {
			w.put("(selinuxuserdefault ", all[1], " (")
		} else {
			w.put("(selinuxuser ", all[0], " ", all[1], " (")
		}
		if len(all) == 2 {
			w.put("systemlow systemlow")
		} else {
			w.rangeText(all[2])
		}
		w.put("))\n")
	}
}

func (w *writer) userPrefixes(text []byte) {
	for line := range lines(text) {
		all := tokens(line, ' ', 4)
		if len(all) != 4 || all[0] != "user" || all[2] != "prefix" || !strings.HasSuffix(all[3], ";") {
			w.failf("invalid line of user_extra: %q", line)
			return
		}
		w.line(0, "(userprefix ", all[1], " ", strings.TrimSuffix(all[3], ";"), ")")
	}
}

// fileKind returns the keyword for the second field of a line of file contexts.
func fileKind(mark string) string {
	switch mark {
	case "--":
		return "file"
	case "-d":
		return "dir"
	case "-c":
		return "char"
	case "-b":
		return "block"
	case "-s":
		return "socket"
	case "-p":
		return "pipe"
	case "-l":
		return "symlink"
	}
	return ""
}

func (w *writer) fileContexts(text []byte) {
	for line := range lines(text) {
		all := tokens(line, ' ', 3)
		kind := "any"
		if len(all) == 3 {
			kind = fileKind(all[1])
		}
		if len(all) < 2 || kind == "" {
			w.failf("invalid line of file_contexts: %q", line)
			return
		}
		w.put("(filecon \"", all[0], "\" ", kind, " ")
		if label := all[len(all)-1]; label == "<<none>>" {
			w.put("()")
		} else {
			w.labelText(label)
		}
		if w.put(")\n"); w.full() {
			return
		}
	}
}

// labelText writes a context. It skips an incomplete one, as hll/pp does; then the line does not
// compile.
func (w *writer) labelText(text string) {
	all := tokens(text, ':', 4)
	if len(all) < 3 {
		w.warnf("invalid context %q", text)
		return
	}
	w.put("(", all[0], " ", all[1], " ", all[2], " (")
	if len(all) == 3 {
		w.put("systemlow systemlow")
	} else {
		w.rangeText(all[3])
	}
	w.put("))")
}
