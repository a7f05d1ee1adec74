package complaint

import "strings"

// beforeRefusal reads a file and an operation that stand before the words of the refusal. small is body in small
// letters, all the whole message.
func beforeRefusal(body, small, all string) *fileRefusal {
	word := lastWord(small)
	p, direct := chosenPath(body, word)
	if word.from >= p.to && word.operation != "" && !reason(body[p.to:word.from]) {
		if nearer := lastWord(small[:p.from]); nearer.operation != "" {
			word = nearer
		}
	}
	if !isPath(p.path) && (word.operation == "" || word.from > p.from) {
		p = filePlace{} // a word in quotes may be anything
	}
	f := &fileRefusal{operation: opened(word.operation, all)}
	if strings.Contains(small, "access to the path ") {
		f.operation = ""
	}
	if notWritable([]byte(all)) > 0 && isPath(p.path) {
		return &fileRefusal{"write", strings.TrimSuffix(p.path, "/"), true}
	}
	switch {
	case p.path == "" && f.operation == "":
		return nil
	case p.path == "":
		return f
	}
	f.path = wholePath(body, p, word, direct)
	unix := mentionsUnix(body)
	switch {
	case unix || !isPath(f.path):
	case word.operation != "" && (strings.HasPrefix(small[word.to:], "(): ") ||
		strings.HasPrefix(small[word.to:], "() \"")):
		f.sure = true // the call tells
	case socketLike(f.path):
	case word.operation != "":
		f.sure = true
	case word.to == 0:
		f.sure = direct
	}
	return f
}

// reason reports whether what stands between a file and a word begins another part of a message, which then says what
// was refused: X.so: failed to map segment.
func reason(between string) bool {
	return strings.HasPrefix(strings.TrimLeft(between, "'\"`"), ": ")
}

// chosenPath returns the file that a message is about: the one directly before the refusal, else the first behind the
// word of the operation, else the last.
func chosenPath(body string, word wordPlace) (p filePlace, direct bool) {
	list := paths(body, false)
	if len(list) == 0 {
		list = relativePaths(body)
	}
	if len(list) == 0 {
		return p, false
	}
	last := list[len(list)-1]
	direct = between(body[last.to:])
	if direct && word.operation != "rename" && word.operation != "link" && word.operation != "execute" {
		return last, true
	}
	for i, p := range list {
		if p.from >= word.to && word.to > 0 {
			if word.operation == "link" && i+1 < len(list) && !p.quoted && list[i+1].from == p.to+1 {
				return list[i+1], direct // Go: symlink OLD NEW
			}
			return p, direct && p == last
		}
	}
	return last, direct
}

// relativePaths returns the names that are no paths: in quotes, or behind the program's alone.
//
//	could not open file "base/1/16384": Permission denied
//	touch: x: Permission denied
func relativePaths(body string) []filePlace {
	if list := paths(body, true); len(list) > 0 {
		return list
	}
	name := strings.TrimSuffix(body, ": ")
	if name == body {
		return nil
	}
	i := strings.LastIndexByte(name, ' ') + 1
	last := name[i:]
	if i < 2 || name[i-2] != ':' && !strings.Contains(last, "/") || isPath(last) || !isFileName(last) ||
		strings.ContainsAny(last, "()[]{}<>:,;") ||
		lastWord(asciiLower(last)).to == len(last) {
		return nil
	}
	return []filePlace{{last, i, len(name), false}}
}

// wholePath returns a path with its blanks, as Go writes it without quotes between the call and the refusal, and with
// the directory that Redis writes behind it.
func wholePath(body string, p filePlace, word wordPlace, direct bool) string {
	if before, dir, ok := strings.Cut(body, " (in server root dir "); ok && strings.HasSuffix(p.path, serverDir(dir)) {
		if name := before[strings.LastIndexByte(before, ' ')+1:]; isFileName(name) {
			return serverDir(dir) + "/" + name
		}
	}
	behindWord := word.to > 0 && p.from == word.to+1
	if p.quoted || direct || !behindWord && p.from > 0 && !strings.HasSuffix(body[:p.from], ": ") ||
		word.operation == "rename" ||
		word.operation == "link" {
		return p.path
	}
	rest, ok := strings.CutSuffix(body[p.from:], ": ")
	if !ok {
		rest, ok = strings.CutSuffix(body[p.from:], " (") // Java
	}
	if !ok || strings.Contains(rest, ": ") || strings.ContainsAny(rest, "\"'()[]") ||
		strings.HasSuffix(rest, " failed") || strings.Contains(rest, " for ") || strings.Contains(rest, " is not ") {
		return p.path
	}
	return rest
}

// serverDir cuts a directory before the bracket behind it.
func serverDir(s string) string {
	dir, _, _ := strings.Cut(s, ")")
	return strings.TrimRight(dir, "/")
}
