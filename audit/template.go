package audit

import (
	"bytes"
	"hash/maphash"
	"strings"
)

// A template is the message of an AVC without the numbers that change from one
// denial to the next: the process id, and the port where it stands right before
// scontext=, which is where name_bind and name_connect have it.
//
//	avc:  denied  { name_connect } for  pid=812 comm="haproxy" dest=5601 scontext=...
//	head                                    |  mid                 |    tail
type template struct {
	hash            uint64
	head, mid, tail []byte
	slot            slot
	// plain says that such a message can be counted by its mark; else it takes the
	// long way.
	plain bool
	mark  mark // without the port where there is a slot
}

// A slot is the number that a template leaves out besides the process id.
type slot uint8

const (
	noSlot slot = iota
	portSlot
	inodeSlot
)

// templates is a hash table of them.
type templates struct {
	seed  maphash.Seed
	list  []template
	slots []int32 // number + 1, 0 for none
}

// maxTemplates bounds how many are remembered, and maxTemplate the length of
// one.
const (
	maxTemplates = 8192
	maxTemplate  = 2048
)

func newTemplates() templates {
	return templates{seed: maphash.MakeSeed(), slots: fresh[int32](4 * maxTemplates)}
}

// split cuts the message of an AVC. It is false where the process id is not
// where the kernel puts it, or a number is not written as the kernel does.
func (t *template) split(body []byte) (port uint16, ok bool) {
	end := bytes.IndexByte(body, '}')
	const before = "} for  pid="
	if end < 0 || len(body)-end < len(before)+2 || string(body[end:end+len(before)]) != before {
		return 0, false
	}
	at := end + len(before)
	n := digits(body[at:])
	if n == 0 || n > 10 || body[at] == '0' && n > 1 || at+n == len(body) || body[at+n] != ' ' {
		return 0, false
	}
	if n == 10 {
		if _, ok := pid(string(body[at : at+n])); !ok {
			return 0, false
		}
	}
	t.head, t.mid, t.tail, t.slot = body[:at], nil, body[at+n:], noSlot
	port, from, to := findPort(t.tail)
	if to > 0 {
		t.slot = portSlot
	} else if from, to = findInode(t.tail); to > 0 {
		t.slot = inodeSlot
	}
	if to > 0 {
		t.mid, t.tail = t.tail[:from], t.tail[to:]
	}
	return port, true
}

// findInode finds the number in ` dev="vda1" ino=812 scontext=`, which no
// signature has.
func findInode(b []byte) (from, to int) {
	const ino, context = `" ino=`, ` scontext=`
	i := bytes.Index(b, []byte(ino))
	if i < 1 || b[i-1] == '=' {
		return 0, 0
	}
	from = i + len(ino)
	to = from + digits(b[from:])
	if to == from || to-from > 18 || !bytes.HasPrefix(b[to:], []byte(context)) {
		return 0, 0
	}
	return from, to
}

// findPort finds the port in ` comm="haproxy" dest=5601 scontext=`.
func findPort(b []byte) (port uint16, from, to int) {
	const comm, context = ` comm=`, ` scontext=`
	if len(b) < len(comm)+1 || string(b[:len(comm)]) != comm {
		return 0, 0, 0
	}
	at := len(comm)
	if b[at] == '"' {
		end := bytes.IndexByte(b[at+1:], '"')
		if end < 0 {
			return 0, 0, 0
		}
		at += end + 2
	} else if at = bytes.IndexByte(b[at:], ' ') + at; at < len(comm) {
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
	h := maphash.Bytes(s.seed, t.tail)
	h = h*0x9e3779b97f4a7c15 ^ maphash.Bytes(s.seed, t.head)
	if t.slot != noSlot {
		h = h*0x9e3779b97f4a7c15 ^ maphash.Bytes(s.seed, t.mid)
	}
	return h
}

func (t *template) equal(o *template) bool {
	return t.hash == o.hash && t.slot == o.slot && string(t.tail) == string(o.tail) && string(t.head) == string(o.head) && string(t.mid) == string(o.mid)
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

// recognise finds out what a denial counts for from the message of its AVC
// record, as it stands in a log of auditd. It is false for what has to be read
// with all care.
func (f *Folder) recognise(body []byte) (mark, bool) {
	var t template
	port, ok := t.split(body)
	if !ok || len(body) > maxTemplate {
		return mark{}, false
	}
	s := &f.templates
	t.hash = s.hashOf(&t)
	known, at := s.find(&t)
	if known == nil {
		f.learn(&t, body)
		known = &t
		if len(s.list) < maxTemplates && t.mark.kind != noKind {
			text := bytes.Clone(body)
			t.split(text)
			t.mark.template = int32(len(s.list)) + 1
			s.list = append(s.list, t)
			s.slots[at] = t.mark.template
		}
	}
	m := known.mark
	if known.slot == portSlot {
		m.port = port
	}
	return m, known.plain
}

// learn parses the message.
func (f *Folder) learn(t *template, body []byte) {
	if _, whole := wrapState(body); !whole || bytes.Contains(body, msgAudit) || unclean(body) {
		return
	}
	a, ok := parseAVC(strings.TrimRight(string(body), " \t\r\n"), raw)
	if !ok || a.Comm == "" {
		return // cut, or the name is in the SYSCALL record
	}
	if t.slot == portSlot && (a.LPort|a.FPort != 0 || (a.Src == 0) == (a.Dest == 0) || bytes.Contains(t.tail, []byte("dest=")) || bytes.Contains(t.tail, []byte("src="))) {
		return // not the only port
	}
	t.mark = f.mark(&a, a.Comm)
	t.plain = t.mark.kind != noKind
}
