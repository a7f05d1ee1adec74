package complaint

import "strings"

// A filePlace is where a message names a file.
type filePlace struct {
	path     string
	from, to int // with its quotes
	quoted   bool
}

// quotes are the pairs that programs put around the names of files.
var quotes = [...][2]string{{"'", "'"}, {`"`, `"`}, {"`", "'"}, {"`", "`"}, {"\u2018", "\u2019"}, {"\u201c", "\u201d"},
	{`\"`, `\"`}, {"\u00ab", "\u00bb"}, {"\u201e", "\u201c"}}

// pathAt reads the path of a file at a place of a text: in quotes, or up to a blank or what ends it. Where relative is
// set, a name in quotes counts that is not a whole path.
func pathAt(m string, at int, relative bool) (p filePlace, ok bool) {
	for _, q := range quotes {
		rest, is := strings.CutPrefix(m[at:], q[0])
		if !is {
			continue
		}
		name, _, closed := strings.Cut(rest, q[1])
		if closed && (isPath(name) || relative && isFileName(name) && !inJSON(m, at)) {
			return filePlace{name, at, at + len(q[0]) + len(name) + len(q[1]), true}, true
		}
	}
	if !isPath(m[at:]) {
		return p, false
	}
	end := strings.IndexAny(m[at:], " \t,;)]>\"'`|}\\")
	if end < 0 {
		end = len(m) - at
	}
	name := strings.TrimRight(m[at:at+end], ".:")
	if strings.HasPrefix(m[at+end:], ">") { // an arrow
		name = strings.TrimSuffix(name, "-")
	}
	if i := strings.Index(name, "\u2019"); i >= 0 {
		name = name[:i]
	}
	return filePlace{name, at, at + len(name), false}, isPath(name)
}

// inJSON reports whether a quote at a place of a text begins a key or a value of JSON.
func inJSON(m string, at int) bool {
	before := strings.TrimRight(m[:at], " ")
	return m[at] == '"' && before != "" && strings.IndexByte("{,[:", before[len(before)-1]) >= 0
}

// isPath reports whether s begins as a path does, and as no address and no comment does.
func isPath(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "."), ".")
	return len(s) > 1 && s[0] == '/' && s[1] > ' ' && strings.IndexByte("/*,;:)]>\"'`\\", s[1]) < 0 || s == "/"
}

// maxName bounds a name that is no path, as NAME_MAX does.
const maxName = 255

func isFileName(s string) bool {
	return s != "" && len(s) <= maxName && !strings.ContainsAny(s, "\"'`\n") && !strings.HasPrefix(s, " ")
}

// paths returns the places of a text that name a file; with relative those in quotes that are no paths.
func paths(m string, relative bool) (list []filePlace) {
	const most = 32
	for at := 0; at < len(m) && len(list) < most; {
		if !startsPath(m, at) {
			at++
			continue
		}
		p, ok := pathAt(m, at, relative)
		if !ok {
			at++
			continue
		}
		if at = p.to; !endpointLike(p.path) {
			list = append(list, p)
		}
	}
	return list
}

// endpointLike reports whether what begins like a path is an endpoint: bash's /dev/tcp/HOST/PORT, Java's /10.0.0.7:81.
func endpointLike(path string) bool {
	_, n := numericEndpoint(strings.TrimPrefix(path, "/"))
	return n > 0 || strings.HasPrefix(path, "/dev/tcp/") || strings.HasPrefix(path, "/dev/udp/")
}

// startsPath reports whether a path may begin at a place: with its quote, or behind a blank or a bracket.
func startsPath(m string, at int) bool {
	if at > 1 && m[at-1] == 'u' && m[at-2] == ' ' && (m[at] == '\'' || m[at] == '"') { // Python 2: u'/srv/x'
		return true
	}
	if at > 1 && m[at-1] == ':' && m[at] == '/' && digits(m[at-2:at-1]) == 1 { // MongoDB: FUNCTION:812:/data/x
		return true
	}
	return at == 0 || strings.IndexByte(" \t([{<=@|\"'`", m[at-1]) >= 0
}

// socketLike reports whether the name of a file is one of a UNIX socket.
func socketLike(path string) bool {
	return !strings.HasSuffix(path, ".lock") && (strings.Contains(path, "sock") ||
		strings.Contains(path, "/.s.PGSQL.") || path == "/dev/log")
}

// between reports whether nothing stands between a file and the words of the refusal but signs, numbers and words for
// an error.
func between(s string) bool {
	s = asciiLower(s)
	for s != "" {
		i := strings.IndexFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' })
		if i < 0 {
			return len(s) < 24
		}
		s = s[i:]
		n := 0
		for n < len(s) && isLetter(s[n]) {
			n++
		}
		if !hasWord("error err errno errcode os code failed is forbidden does not exist or permissionerror "+
			"oserror ioerror", s[:n]) {
			return false
		}
		s = s[n:]
	}
	return true
}
