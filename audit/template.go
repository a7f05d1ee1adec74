package audit

import (
	"bytes"
	"hash/maphash"
	"strings"
)

// A template is the message of an AVC without the fields that change from one denial to the next. These are the
// process id, and after the name of the command the port, or the object and its inode.
//
//	avc:  denied  { name_connect } for  pid=812 comm="haproxy" dest=5601 scontext=...
//	part 0                                 |  1               |    2
//	avc:  denied  { read } for  pid=812 comm="nginx" name="a.html" dev="vda1" ino=7 scontext=...
//	part 0                         |  1                   |      2               | 3
//	avc:  denied  { read } for  pid=812 comm="nginx" path="socket:[81]" dev="sockfs" ino=81 scontext=...
//	part 0                         |  1                           |  2                 |  3
type template struct {
	hash  uint64
	parts [4][]byte
	slots slot
	// plain says that such a message can be counted by its mark. Otherwise the general code reads it.
	plain bool
	mark  mark // without the port and object for which there are slots
}

// A slot names the fields that a template leaves out besides the process id.
type slot uint8

const (
	portSlot slot = 1 << iota
	objectSlot
	numberSlot // the number of an inherited socket or pipe
	inodeSlot
)

// A changing has the values of the fields that a template leaves out.
type changing struct {
	port uint16
	// objectAt is the offset of the object's name in the message.
	objectAt, objectLen int
}

// templates is a hash table of templates.
type templates struct {
	seed  maphash.Seed
	list  []template
	slots []int32 // number + 1, 0 for none
}

// maxTemplates bounds how many templates are remembered, and maxTemplate the length of one.
const (
	maxTemplates = 8192
	maxTemplate  = 2048
)

func newTemplates() templates {
	return templates{seed: maphash.MakeSeed(), slots: make([]int32, 4*maxTemplates)}
}

// split splits the message of an AVC. It returns false if the process id is not where the kernel puts it, or if a
// number is not written as the kernel writes it.
func (t *template) split(body []byte) (c changing, ok bool) {
	end := bytes.IndexByte(body, '}')
	const before = "} for  pid="
	if end < 0 || len(body)-end < len(before)+2 || string(body[end:end+len(before)]) != before {
		return c, false
	}
	at := end + len(before)
	n := digits(body[at:])
	if n == 0 || n > 10 || body[at] == '0' && n > 1 || at+n == len(body) || body[at+n] != ' ' {
		return c, false
	}
	if n == 10 {
		if _, ok := pid(string(body[at : at+n])); !ok {
			return c, false
		}
	}
	t.parts, t.slots = [4][]byte{body[:at]}, 0
	rest, part := body[at+n:], 1
	behind := behindCommand(rest)
	if port, from, to := findPort(rest, behind); to > 0 {
		c.port, t.slots = port, portSlot
		t.parts[1], t.parts[2] = rest[:from], rest[to:]
		return c, true
	}
	if from, to, numbered := findObject(rest, behind); to > 0 {
		end := to
		if numbered {
			t.slots = numberSlot
			end += len("]")
		} else {
			t.slots = objectSlot
			c.objectAt, c.objectLen = len(body)-len(rest)+from, to-from
		}
		t.parts[part], rest, part = rest[:from], rest[to:], part+1
		behind = end - to + len(`"`)
	}
	if from, to := findInode(rest, behind); to > 0 {
		t.slots |= inodeSlot
		t.parts[part], rest, part = rest[:from], rest[to:], part+1
	}
	t.parts[part] = rest
	return c, true
}

// tail is the last part of the template.
func (t *template) tail() []byte {
	for i := len(t.parts) - 1; ; i-- {
		if i == 0 || t.parts[i] != nil {
			return t.parts[i]
		}
	}
}

// behindCommand returns the offset after ` comm="haproxy"` at the front of b. It returns 0 if b does not begin with
// it, or if the value is not written as the kernel writes it: a value in apostrophes or braces may contain blanks.
func behindCommand(b []byte) int {
	const comm = ` comm=`
	if len(b) <= len(comm) || string(b[:len(comm)]) != comm {
		return 0
	}
	switch from := len(comm); b[from] {
	case '"':
		n := bytes.IndexByte(b[from+1:], '"')
		if n < 0 {
			return 0
		}
		return from + 1 + n + 1
	case '\'', '{':
		return 0
	default:
		for to := from; to < len(b); to++ {
			if isBlank(b[to]) {
				return to // every slot begins with ' ', and with no other blank
			}
		}
		return 0
	}
}

// findInode finds the number in ` dev="vda1" ino=812 scontext=` at the given place. No signature has this number.
func findInode(b []byte, at int) (from, to int) {
	const dev, ino, context = ` dev="`, ` ino=`, ` scontext=`
	if len(b)-at < len(dev) || string(b[at:at+len(dev)]) != dev {
		return 0, 0
	}
	at += len(dev)
	end := bytes.IndexByte(b[at:], '"')
	from = at + end + 1 + len(ino)
	if end < 1 || len(b) < from || string(b[from-len(ino):from]) != ino {
		return 0, 0
	}
	to = from + digits(b[from:])
	if to == from || to-from > 18 || len(b)-to < len(context) || string(b[to:to+len(context)]) != context {
		return 0, 0
	}
	return from, to
}

// findObject finds the name in ` name="index.html" dev=` and ` path="/run/x" ` at the given place. For
// path="socket:[81]" it finds the number. It does not accept bytes that have another meaning in some log format, or
// bytes that the kernel would have written in hexadecimal.
func findObject(b []byte, at int) (from, to int, numbered bool) {
	const size = len(` name="`)
	if at == 0 || len(b)-at < size || string(b[at:at+size]) != ` name="` && string(b[at:at+size]) != ` path="` {
		return 0, 0, false
	}
	from = at + size
	for to = from; to < len(b) && b[to] != '"'; to++ {
		switch c := b[to]; {
		case c <= ' ' || c > '~', c == '\\', c == '\'', c == '&', c == '#', c == '(', c == '=':
			return 0, 0, false
		}
	}
	if to == from || to+1 >= len(b) || b[to+1] != ' ' {
		return 0, 0, false
	}
	for _, kind := range [...]string{"socket:[", "pipe:["} {
		if name := b[from:to]; len(name) > len(kind) && string(name[:len(kind)]) == kind {
			n := digits(name[len(kind):])
			if n == 0 || n > 18 || len(name) != len(kind)+n+1 || name[len(name)-1] != ']' {
				return 0, 0, false
			}
			return from + len(kind), to - 1, true
		}
	}
	return from, to, false
}

// findPort finds the port in ` dest=5601 scontext=` at the given place.
func findPort(b []byte, at int) (port uint16, from, to int) {
	const context = ` scontext=`
	if at == 0 {
		return 0, 0, 0
	}
	switch rest := b[at:]; {
	case len(rest) > 6 && string(rest[:6]) == " dest=":
		at += 6
	case len(rest) > 5 && string(rest[:5]) == " src=":
		at += 5
	default:
		return 0, 0, 0
	}
	n := digits(b[at:])
	if n == 0 || n > 5 || b[at] == '0' || len(b)-at-n < len(context) || string(b[at+n:at+n+len(context)]) != context {
		return 0, 0, 0
	}
	value := 0
	for _, c := range b[at : at+n] {
		value = value*10 + int(c-'0')
	}
	if value > 0xffff {
		return 0, 0, 0
	}
	return uint16(value), at, at + n
}

func digits(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}

func (s *templates) hashOf(t *template) uint64 {
	h := uint64(t.slots)
	for _, part := range t.parts {
		if part == nil {
			break
		}
		h = h*0x9e3779b97f4a7c15 ^ maphash.Bytes(s.seed, part)
	}
	return h
}

func (t *template) equal(o *template) bool {
	if t.hash != o.hash || t.slots != o.slots {
		return false
	}
	for i := range t.parts {
		if string(t.parts[i]) != string(o.parts[i]) {
			return false
		}
	}
	return true
}

// find returns the template that is equal to t, or the slot where it belongs.
func (s *templates) find(t *template) (*template, uint32) {
	for at := uint32(t.hash) & uint32(len(s.slots)-1); ; at = (at + 1) & uint32(len(s.slots)-1) {
		n := s.slots[at]
		if n == 0 {
			return nil, at
		}
		if o := &s.list[n-1]; o.equal(t) {
			return o, at
		}
	}
}

// recognise finds the group of a denial by the message of its AVC record, as a log of auditd has it. It returns
// false for a message that must be parsed completely. It remembers nothing of early events, which are not counted.
func (f *Folder) recognise(body []byte, early bool) (mark, bool) {
	var t template
	c, ok := t.split(body)
	if !ok || len(body) > maxTemplate {
		return mark{}, false
	}
	s := &f.templates
	t.hash = s.hashOf(&t)
	known, at := s.find(&t)
	if known == nil && early {
		return mark{}, false
	}
	if known == nil {
		f.learn(&t, body, c)
		known = &t
		if len(s.list) == maxTemplates {
			*s = newTemplates() // too many templates; the frequent ones soon come back
			t.hash = s.hashOf(&t)
			_, at = s.find(&t)
		}
		text := bytes.Clone(body)
		t.split(text)
		s.list = append(s.list, t)
		s.slots[at] = int32(len(s.list))
	}
	m := known.mark
	switch {
	case known.slots&portSlot != 0:
		m.port = c.port
	case known.slots&objectSlot != 0:
		m.objectAt, m.objectLen = uint16(c.objectAt), uint16(c.objectLen)
	}
	return m, known.plain
}

// learn parses the message of a new template and sets its mark.
func (f *Folder) learn(t *template, body []byte, c changing) {
	if _, whole := wrapState(body); !whole || bytes.Contains(body, msgAudit) || unclean(body) ||
		len(unescape(body)) < len(body) {
		return
	}
	a, ok := parseAVC(strings.TrimRight(string(body), " \t\r\n"), raw, false)
	if !ok || a.Comm == "" {
		return // the message was cut, or the name is in the SYSCALL record
	}
	has := func(key string) bool { return bytes.Contains(t.tail(), []byte(key)) }
	if t.slots&portSlot != 0 && (a.Port() != c.port || a.LPort|a.FPort != 0 || (a.Src == 0) == (a.Dest == 0) ||
		has("dest=") || has("src=")) {
		return // there are several ports, or the denial is about another port
	}
	if t.slots&(objectSlot|numberSlot) != 0 && (a.Path+a.Name == "" || a.KMod != "" || has("path=") || has("name=")) {
		return // there are several objects
	}
	if name := objectName(&a); t.slots&objectSlot != 0 && name != string(body[c.objectAt:c.objectAt+c.objectLen]) ||
		t.slots&objectSlot == 0 && name != "" {
		return // the object has no slot
	}
	t.mark = f.mark(&a, a.Comm)
	t.plain = true
}
