package policydoc

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An xmlScanner reads the elements and the text of an XML document from the beginning to the end.
// It is for policy.xml: it knows the five entities that XML has by itself and UTF-8 and ISO-8859-1,
// and skips everything that is not an element, without looking into a DOCTYPE. encoding/xml would
// cost each start of the program ten page faults.
type xmlScanner struct {
	text string
	pos  int
	err  error

	event      xmlEvent
	path       []byte // names of the open elements, with slashes between them
	attributes string // of an element that begins, as they are written
	data       string // of a text

	latin1  bool
	closing bool // the element that begins ends at once
	closed  bool // the last element of path has ended
	rooted  bool // the element that holds all others has begun
}

type xmlEvent uint8

const (
	xmlStart xmlEvent = iota // path ends with the element
	xmlEnd                   // the same; the element is closed by the next call
	xmlText
)

const maxXMLPath = 4096 // bytes of path: policy.xml has 40

// next reads the next event, and returns false at the end of the document and at its
// first error, which is in err.
func (x *xmlScanner) next() bool {
	if x.closed {
		x.path, x.closed = x.path[:max(bytes.LastIndexByte(x.path, '/'), 0)], false
	}
	if x.closing {
		x.event, x.closing, x.closed = xmlEnd, false, true
		return true
	}
	for x.err == nil && x.pos < len(x.text) {
		rest := x.text[x.pos:]
		switch {
		case strings.HasPrefix(rest, "<!--"):
			x.skip("<!--", "-->")
		case strings.HasPrefix(rest, "<![CDATA["):
			x.data, x.event = x.decode(x.skip("<![CDATA[", "]]>"), false), xmlText
			return x.inside()
		case strings.HasPrefix(rest, "<?"):
			if what := x.skip("<?", "?>"); strings.HasPrefix(what, "xml ") {
				x.latin1 = strings.Contains(strings.ToUpper(what), "ISO-8859-1")
			}
		case strings.HasPrefix(rest, "<!"):
			x.tag("<!")
		case strings.HasPrefix(rest, "</"):
			return x.end(strings.TrimRight(x.tag("</"), xmlBlank))
		case rest[0] == '<':
			return x.start(x.tag("<"))
		default:
			n := strings.IndexByte(rest, '<')
			if n < 0 {
				n = len(rest)
			}
			x.pos += n
			x.data, x.event = x.decode(rest[:n], true), xmlText
			if len(x.path) > 0 || strings.Trim(x.data, xmlBlank) != "" {
				return x.inside()
			}
		}
	}
	if x.err == nil && (len(x.path) > 0 || !x.rooted) {
		x.fail("the document ends too early")
	}
	return false
}

const xmlBlank = " \t\r\n"

func (x *xmlScanner) fail(format string, args ...any) {
	if x.err == nil {
		x.err = fmt.Errorf("offset %d: "+format, append([]any{x.pos}, args...)...)
	}
}

// inside returns whether the text that was read may stand where it does.
func (x *xmlScanner) inside() bool {
	if len(x.path) == 0 {
		x.fail("text outside of the elements")
	}
	return x.err == nil
}

func (x *xmlScanner) start(tag string) bool {
	tag, x.closing = strings.CutSuffix(tag, "/")
	name := tag
	if i := strings.IndexAny(tag, xmlBlank); i >= 0 {
		name = tag[:i]
	}
	x.attributes = tag[len(name):]
	switch {
	case x.err != nil:
	case name == "" || strings.ContainsAny(name, "/<&'\""):
		x.fail("%q is no name of an element", name)
	case len(x.path) == 0 && x.rooted:
		x.fail("an element after the last")
	case len(x.path)+len(name) > maxXMLPath:
		x.fail("too many elements inside each other")
	default:
		if len(x.path) > 0 {
			x.path = append(x.path, '/')
		}
		x.path = append(x.path, name...)
		x.event, x.rooted = xmlStart, true
	}
	return x.err == nil
}

func (x *xmlScanner) end(name string) bool {
	if last := x.path[bytes.LastIndexByte(x.path, '/')+1:]; len(last) == 0 || name != string(last) {
		x.fail("</%s> ends no element", name)
	}
	x.event, x.closed = xmlEnd, true
	return x.err == nil
}

// skip steps over text from its opening to its closing mark, and returns the text between.
func (x *xmlScanner) skip(begin, end string) string {
	what, _, found := strings.Cut(x.text[x.pos+len(begin):], end)
	if !found {
		x.fail("%s without %s", begin, end)
	}
	x.pos += len(begin) + len(what) + len(end)
	return what
}

// tag is skip for what ends with > outside of quotes and brackets.
func (x *xmlScanner) tag(begin string) string {
	rest := x.text[x.pos+len(begin):]
	quote, depth := byte(0), 0
	for i := range len(rest) {
		switch c := rest[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			x.pos += len(begin) + i + 1
			return rest[:i]
		}
	}
	x.fail("%s without >", begin)
	return ""
}

// attribute returns an attribute of the element that begins, "" if it has none of the name.
func (x *xmlScanner) attribute(name string) string {
	rest := x.attributes
	for {
		key, after, found := strings.Cut(rest, "=")
		after = strings.TrimLeft(after, xmlBlank)
		if !found || after == "" || after[0] != '"' && after[0] != '\'' {
			return ""
		}
		value, next, found := strings.Cut(after[1:], after[:1])
		if !found {
			return ""
		}
		if strings.Trim(key, xmlBlank) == name {
			return x.decode(value, true)
		}
		rest = next
	}
}

// decode returns text in UTF-8 and with line ends as XML has them, and, where it has
// entities, without these.
func (x *xmlScanner) decode(text string, entities bool) string {
	switch {
	case x.latin1:
		runes := make([]rune, len(text))
		for i := range runes {
			runes[i] = rune(text[i])
		}
		text = string(runes)
	case !utf8.ValidString(text):
		x.fail("not UTF-8")
	}
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	if !entities || strings.IndexByte(text, '&') < 0 {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "&")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		entity, rest, found := strings.Cut(after, ";")
		r, known := xmlEntity(entity)
		if !found || !known {
			x.fail("&%.20s is no entity", entity)
			return ""
		}
		b.WriteRune(r)
		text = rest
	}
}

func xmlEntity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if hex, found := strings.CutPrefix(digits, "x"); found {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && digits != name && utf8.ValidRune(rune(n))
}
