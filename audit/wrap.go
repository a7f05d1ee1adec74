package audit

import (
	"bytes"
	"strings"

	"github.com/senet-selinux/senet/audit/internal/head"
)

// A partial is an AVC record that ended before its class, because mail, forums and terminals wrap lines. It waits
// for the next lines, at most maxWrapped.
type partial struct {
	active bool
	rec    record
	node   []byte
	body   []byte
	lines  int
	blank  bool // the last line ended in a blank
	quoted bool // a message of a program without its closing quote
	// loose says that the record has no id, and that other records of its event may follow in the journal. header
	// is its header.
	loose  bool
	header head.Head
}

// Bounds of a wrapped record.
const (
	maxWrapped     = 12
	maxWrappedText = 16 << 10
)

// wrapState reports which parts of an AVC a text has.
func wrapState(body []byte) (hasClass, whole bool) {
	i := bytes.Index(body, []byte("tclass="))
	if i < 0 {
		return false, false
	}
	rest := body[i+len("tclass="):]
	end := bytes.IndexAny(rest, " \t'\x1d")
	if end < 0 {
		// The class itself may have been cut, and permissive= may follow.
		return len(rest) > 0, false
	}
	return true, true
}

// startPartial keeps a record until the next line, if more of it may come.
func (r *Reader) startPartial(rec *record) bool {
	if rec.typ == typeSELinuxErr {
		if errorWhole(rec.body) {
			return false
		}
		r.keepPartial(rec)
		return true
	}
	hasClass, whole := wrapState(rec.body)
	if openQuote(rec) {
		// The journal breaks the line within msg='...'.
		hasClass, whole = true, false
	}
	if whole {
		return false
	}
	// A message without permissions is not an access vector (a notice, AppArmor). If the record is empty, its
	// message is on the next line.
	if !hasClass && !bytes.Contains(rec.body, []byte("avc:")) && len(trimEnd(rec.body)) > 0 {
		return false
	}
	r.keepPartial(rec)
	return true
}

func (r *Reader) keepPartial(rec *record) {
	p := &r.part
	*p = partial{active: true, rec: *rec, node: append(p.node[:0], rec.node...),
		body: append(p.body[:0], rec.body...), lines: 1}
	p.blank, p.quoted = endsBlank(rec.body), openQuote(rec)
	p.rec.node, p.rec.body = p.node, nil
}

// wrapped reports whether records of a type are put together where they were wrapped.
func (t recordType) wrapped() bool { return t == typeAVC || t == typeUserAVC || t == typeSELinuxErr }

// openQuote reports whether the message of a USER_AVC lacks its closing quote.
func openQuote(rec *record) bool {
	_, message, ok := bytes.Cut(rec.body, []byte("msg='"))
	return ok && rec.typ == typeUserAVC && bytes.IndexByte(message, '\'') < 0
}

func endsBlank(b []byte) bool { return len(b) > 0 && isBlank(b[len(b)-1]) }

// flushPartial takes the waiting record as it is.
func (r *Reader) flushPartial() {
	if !r.part.active {
		return
	}
	r.part.active = false
	rec := r.part.rec
	rec.body = r.part.body
	if rec.untyped && len(trimEnd(rec.body)) == 0 {
		r.stats.Other++
		return
	}
	if r.part.loose {
		r.holdLoose(rec, r.part.header)
		return
	}
	r.settled(rec)
}

// continuePartial joins a line to the waiting record. If the line is not its continuation, it takes the record as
// it is and returns false.
func (r *Reader) continuePartial(line []byte) bool {
	p := &r.part
	seg := trimQuote(line)
	if !p.accepts(seg) || len(p.body)+len(seg) > maxWrappedText {
		r.flushPartial()
		return false
	}
	if p.rec.typ == typeSELinuxErr {
		p.blank = true
	}
	if p.blank || len(seg) < len(line) && line[0] == ' ' || p.blankBefore(seg) {
		p.body = append(p.body, ' ')
	}
	p.body = append(p.body, bytes.TrimRight(seg, " \t\r")...)
	p.blank = endsBlank(seg)
	p.lines++
	_, whole := wrapState(p.body)
	if p.rec.typ == typeSELinuxErr {
		whole = errorWhole(p.body)
	}
	if whole || p.quoted && bytes.HasPrefix(seg, []byte("exe=")) || p.lines >= maxWrapped {
		r.flushPartial()
	}
	return true
}

// accepts reports whether a line is the rest of the record.
func (p *partial) accepts(seg []byte) bool {
	if len(seg) == 0 || ruleAt(seg) >= 0 {
		return false
	}
	if p.rec.typ == typeSELinuxErr {
		key, _, ok := bytes.Cut(seg, []byte("="))
		return ok && indexOfWord(errorKeys, string(key)) >= 0
	}
	headless := len(trimEnd(p.body)) == 0
	for _, other := range [...]string{"audit(", "type=", "time->", "audit[", "node=", "avc:"} {
		if bytes.Contains(seg, []byte(other)) {
			return headless && other == "avc:" && (seg[0] == 'a' || bytes.HasPrefix(seg, []byte("pid=")))
		}
	}
	if headless {
		return p.rec.typ == typeUserAVC && bytes.HasPrefix(seg, []byte("pid="))
	}
	hasClass, whole := wrapState(p.body)
	if p.quoted && (whole || bytes.Contains(p.body, []byte("received "))) {
		return bytes.HasPrefix(seg, []byte("exe="))
	}
	if hasClass {
		// After the class only certain words may follow: permissive=, exe=, or the rest of the class.
		if bytes.HasPrefix(seg, []byte("permissive=")) || p.rec.typ == typeUserAVC &&
			bytes.HasPrefix(seg, []byte("exe=")) {
			return true
		}
		n := 0
		for n < len(seg) && (seg[n] >= 'a' && seg[n] <= 'z' || seg[n] == '_' || seg[n] >= '0' && seg[n] <= '9') {
			n++
		}
		rest := bytes.TrimLeft(seg[n:], " ")
		return n > 0 && len(rest) < len(seg)-n && (bytes.HasPrefix(rest, []byte("permissive=")) ||
			p.rec.typ == typeUserAVC && bytes.HasPrefix(rest, []byte("exe=")))
	}
	if bytes.HasPrefix(seg, []byte("--")) || seg[0] == '{' && len(seg) > 1 && seg[1] == '"' {
		return false
	}
	return bytes.IndexByte(seg, '=') >= 0 || bytes.IndexByte(seg, '}') >= 0 || len(seg) <= 40 &&
		bytes.IndexByte(seg, ' ') < 0
}

// avcKeys are the keys with which a line may begin that was wrapped at a blank.
const avcKeys = "pid comm exe path name dev ino laddr lport faddr fport saddr src daddr dest netif capability kmod " +
	"ioctlcmd " +
	"nl-msgtype scontext tcontext tclass permissive srawcon trawcon ssid tsid opid ocomm key msgtype interface " +
	"member " +
	"error_name spid tpid auid uid gid cmdline function sauid hostname addr terminal ipc_key anonclass"

// commonPermissions are permissions that are often logged together.
const commonPermissions = "read write open getattr setattr append create unlink ioctl lock map execute search " +
	"add_name " +
	"remove_name rename link connect bind listen accept getopt setopt shutdown recv send recvfrom sendto name_bind " +
	"name_connect node_bind connectto nlmsg_read nlmsg_write use"

// blankBefore reports whether a line was wrapped at a blank, at the end of a word and not in the middle of one.
func (p *partial) blankBefore(seg []byte) bool {
	if seg[0] == '{' || seg[0] == '}' || bytes.HasPrefix(seg, []byte("for ")) ||
		bytes.HasPrefix(seg, []byte("denied")) || bytes.HasPrefix(seg, []byte("granted")) {
		return true
	}
	n := 0
	for n < len(seg) && isKeyByte(seg[n]) {
		n++
	}
	if n > 0 && n < len(seg) && seg[n] == '=' {
		return indexOfWord(avcKeys, string(seg[:n])) >= 0
	}
	// Within the braces: is the last word a whole permission?
	body := string(p.body)
	if open := strings.LastIndexByte(body, '{'); open >= 0 && strings.IndexByte(body[open:], '}') < 0 {
		last := body[strings.LastIndexByte(body, ' ')+1:]
		return last == "{" || indexOfWord(commonPermissions, last) >= 0
	}
	return bytes.HasSuffix(p.body, []byte("}")) || bytes.HasSuffix(p.body, []byte("for"))
}
