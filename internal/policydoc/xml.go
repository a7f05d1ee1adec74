package policydoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An xmlScanner reads the elements and the text of an XML document from the beginning to the end,
// and keeps only a part of it in memory. It is for policy.xml: it knows the five entities that XML
// has by itself and UTF-8 and ISO-8859-1, and skips everything that is not an element, without
// looking into a DOCTYPE. encoding/xml would cost each start of the program ten page faults.
type xmlScanner struct {
	in    io.Reader
	buf   []byte // what is read; all before pos is scanned
	pos   int
	gone  int // bytes before buf
	ended bool
	err   error

	event      xmlEvent
	path       []byte // names of the open elements, with slashes between them
	attributes []byte // of an element that begins, as they are written, until the next call
	raw        []byte // a text as it is written, until the next call
	entities   bool   // raw may have entities

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
	for x.err == nil {
		rest := x.atLeast(len("<![CDATA["))
		switch {
		case len(rest) == 0:
			if len(x.path) > 0 || !x.rooted {
				x.fail("the document ends too early")
			}
			return false
		case bytes.HasPrefix(rest, []byte("<!--")):
			x.skip("<!--", "-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			x.raw, x.entities, x.event = x.skip("<![CDATA[", "]]>"), false, xmlText
			return x.inside()
		case bytes.HasPrefix(rest, []byte("<?")):
			if what := x.skip("<?", "?>"); bytes.HasPrefix(what, []byte("xml ")) {
				x.latin1 = bytes.Contains(bytes.ToUpper(what), []byte("ISO-8859-1"))
			}
		case bytes.HasPrefix(rest, []byte("<!")):
			x.tag("<!")
		case bytes.HasPrefix(rest, []byte("</")):
			return x.end(bytes.TrimRight(x.tag("</"), xmlBlank))
		case rest[0] == '<':
			return x.start(x.tag("<"))
		default:
			n := x.find(0, []byte("<"))
			if n < 0 {
				n = len(x.buf) - x.pos
			}
			x.raw, x.entities, x.event = x.buf[x.pos:x.pos+n], true, xmlText
			x.pos += n
			if len(x.path) > 0 || len(bytes.Trim(x.raw, xmlBlank)) > 0 {
				return x.inside()
			}
		}
	}
	return false
}

// xmlWindow is how many bytes are read at least at once.
const xmlWindow = 16 << 10

// more reads more of the document behind what is not yet scanned, which moves to the beginning of
// the buffer. It returns false at the end.
func (x *xmlScanner) more() bool {
	for !x.ended {
		kept := copy(x.buf, x.buf[x.pos:])
		x.gone += x.pos
		x.buf, x.pos = x.buf[:kept], 0
		if cap(x.buf) < 2*kept || cap(x.buf) == 0 {
			x.buf = append(make([]byte, 0, max(xmlWindow, 2*cap(x.buf))), x.buf...)
		}
		n, err := x.in.Read(x.buf[kept:cap(x.buf)])
		x.buf = x.buf[:kept+n]
		if err != nil {
			x.ended = true
			if !errors.Is(err, io.EOF) {
				x.fail("%v", err)
			}
		}
		if n > 0 {
			return true
		}
	}
	return false
}

// atLeast returns what is not yet scanned: n bytes, or less at the end of the document.
func (x *xmlScanner) atLeast(n int) []byte {
	for len(x.buf)-x.pos < n {
		if !x.more() {
			break
		}
	}
	return x.buf[x.pos:]
}

// find returns where a mark is, counted from pos, at from or behind it; -1 if there is none.
func (x *xmlScanner) find(from int, mark []byte) int {
	for {
		rest := x.buf[x.pos:]
		if i := bytes.Index(rest[min(from, len(rest)):], mark); i >= 0 {
			return from + i
		}
		from = max(from, len(rest)-len(mark)+1)
		if !x.more() {
			return -1
		}
	}
}

const xmlBlank = " \t\r\n"

func (x *xmlScanner) fail(format string, args ...any) {
	if x.err == nil {
		x.err = fmt.Errorf("offset %d: "+format, append([]any{x.gone + x.pos}, args...)...)
	}
}

// inside returns whether the text that was read may stand where it does.
func (x *xmlScanner) inside() bool {
	if len(x.path) == 0 {
		x.fail("text outside of the elements")
	}
	return x.err == nil
}

func (x *xmlScanner) start(tag []byte) bool {
	tag, x.closing = bytes.CutSuffix(tag, []byte("/"))
	name := tag
	if i := bytes.IndexAny(tag, xmlBlank); i >= 0 {
		name = tag[:i]
	}
	x.attributes = tag[len(name):]
	switch {
	case x.err != nil:
	case len(name) == 0 || bytes.ContainsAny(name, "/<&'\""):
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

func (x *xmlScanner) end(name []byte) bool {
	if last := x.path[bytes.LastIndexByte(x.path, '/')+1:]; len(last) == 0 || !bytes.Equal(name, last) {
		x.fail("</%s> ends no element", name)
	}
	x.event, x.closed = xmlEnd, true
	return x.err == nil
}

// skip steps over text from its opening to its closing mark, and returns the text between.
func (x *xmlScanner) skip(begin, end string) []byte {
	n := x.find(len(begin), []byte(end))
	if n < 0 {
		x.fail("%s without %s", begin, end)
		return nil
	}
	what := x.buf[x.pos+len(begin) : x.pos+n]
	x.pos += n + len(end)
	return what
}

// tag is skip for what ends with > outside of quotes and brackets.
func (x *xmlScanner) tag(begin string) []byte {
	quote, depth := byte(0), 0
	for i := len(begin); x.pos+i < len(x.buf) || x.more(); i++ {
		switch c := x.buf[x.pos+i]; {
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
			what := x.buf[x.pos+len(begin) : x.pos+i]
			x.pos += i + 1
			return what
		}
	}
	x.fail("%s without >", begin)
	return nil
}

// attribute returns an attribute of the element that begins, "" if it has none of the name.
func (x *xmlScanner) attribute(name string) string {
	rest := x.attributes
	for {
		key, after, found := bytes.Cut(rest, []byte("="))
		after = bytes.TrimLeft(after, xmlBlank)
		if !found || len(after) == 0 || after[0] != '"' && after[0] != '\'' {
			return ""
		}
		value, next, found := bytes.Cut(after[1:], after[:1])
		if !found {
			return ""
		}
		if string(bytes.Trim(key, xmlBlank)) == name {
			return x.decode(value, true)
		}
		rest = next
	}
}

// text returns the text of an event.
func (x *xmlScanner) text() string { return x.decode(x.raw, x.entities) }

// decode returns text in UTF-8 and with line ends as XML has them, and, where it has
// entities, without these.
func (x *xmlScanner) decode(raw []byte, entities bool) string {
	if x.latin1 && bytes.ContainsFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) {
		runes := make([]rune, len(raw))
		for i, c := range raw {
			runes[i] = rune(c)
		}
		raw = []byte(string(runes))
	}
	if !utf8.Valid(raw) {
		x.fail("not UTF-8")
	}
	text := string(raw)
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
