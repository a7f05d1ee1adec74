package audit

import "bytes"

// A block is the consecutive lines of one event as auditd writes them, in the buffer of the lineReader.
type block struct {
	open  openEvent
	mark  mark
	avc   bool
	size  int // in bytes
	lines int64
	ended bool // PROCTITLE or EOE ended the event
}

// foldBlock counts the event at the front of the buffer, if it is of the usual kind in auditd's logs: at most one
// AVC, which the Folder recognises, and its other records. For any other event it returns false and changes
// nothing. The slower general code then reads the event, with the same result.
func (r *Reader) foldBlock() bool {
	l := &r.lines
	b := &r.block
	if r.part.active || pasted(r.stats.Lines) || !r.readBlock(l.buf[l.start:l.end]) {
		return false
	}
	id := b.open.id
	if b.avc && r.seen.before(id, b.open.text[b.open.records[0].start:b.open.records[0].end], formOf(FormatAuditLog)) {
		return false // the general code counts it
	}
	// The first line closes old events, so the line number at which a denial is counted matters.
	r.stats.Lines++
	r.heads.Learn(id.time())
	r.closeOld(id)
	l.start += b.size
	r.stats.Lines += b.lines - 1
	r.stats.Bytes += int64(b.size)
	b.open.line = r.stats.Lines - b.lines + 1
	b.open.marked, b.open.mark = b.avc, b.mark
	switch {
	case !b.ended:
		o := r.newOpen(&record{id: id, format: FormatAuditLog, line: b.open.line})
		o.text, b.open.text = b.open.text, o.text
		o.records, b.open.records = b.open.records, o.records
		o.notable, o.marked, o.mark = b.avc, b.avc, b.mark
		for i := range o.records {
			o.records[i].line += b.open.line
		}
		r.begin(o)
	case b.avc:
		for i := range b.open.records {
			b.open.records[i].line += b.open.line
		}
		r.foldEvent(&b.open)
	}
	return true
}

// readBlock reads the lines of one event from the front of buf into r.block. It returns false if the end of the
// event is not in buf, or if a line is not plain.
func (r *Reader) readBlock(buf []byte) bool {
	b := &r.block
	b.open.text, b.open.records = b.open.text[:0], b.open.records[:0]
	b.avc, b.size, b.lines, b.ended = false, 0, 0, false
	var stamp []byte
	for !b.ended {
		rest := buf[b.size:]
		typ, at := plainType(rest)
		if typ == typeOther {
			return b.lines > 0 && endsBlock(rest, stamp)
		}
		if b.lines > 0 && !bytes.HasPrefix(rest[at:], stamp) {
			return len(rest)-at > len(stamp)
		}
		end := bytes.IndexByte(rest, '\n')
		if end < 0 || end > r.options.MaxLine || rest[end-1] == '\r' {
			return false
		}
		line := rest[:end]
		if b.lines == 0 {
			if typ == typeEOE {
				return false
			}
			n, ok := b.stamp(line[at+len(msgAudit):])
			if !ok || r.openAt(b.open.id) >= 0 {
				return false // also the rest of a block that was not plain, before it is read again
			}
			stamp = line[at : at+len(msgAudit)+n]
		}
		body := line[at+len(stamp):]
		for len(body) > 0 && (body[0] == ' ' || body[0] == ':') {
			body = body[1:]
		}
		if typ == typeAVC {
			var ok bool
			if b.lines > 0 {
				return false
			}
			if b.mark, ok = r.folder.recognise(body, r.early(b.open.id.time())); !ok {
				return false
			}
			b.avc = true
		} else if second(body) {
			return false
		}
		if typ != typeEOE && !b.add(typ, body) {
			return false
		}
		b.size += end + 1
		b.lines++
		b.ended = typ == typeEOE || typ == typeProctitle && len(b.open.records) > 1
	}
	return true
}

// add keeps the text of a record.
func (b *block) add(typ recordType, body []byte) bool {
	o := &b.open
	if len(o.records) == maxRecords || len(o.text)+len(body) > maxHeldText {
		return false
	}
	start := len(o.text)
	o.text = append(o.text, body...)
	o.records = append(o.records, held{typ: typ, format: FormatAuditLog, start: start, end: len(o.text), line: b.lines})
	return true
}

// stamp reads the time and serial number as auditd writes them. It returns their length with the bracket that
// follows.
func (b *block) stamp(s []byte) (int, bool) {
	const seconds = len("1364481363.243:")
	if len(s) < seconds+2 || s[0] == '0' || s[10] != '.' || s[14] != ':' {
		return 0, false
	}
	end := seconds + digits(s[seconds:min(len(s), seconds+20)])
	if end == len(s) || s[end] != ')' {
		return 0, false
	}
	id, ok := parseStamp(s[:end])
	b.open.id, b.open.format = id, FormatAuditLog
	return end + 1, ok
}

// plainType returns the type of the record at the start of a line, and the offset of its msg=audit(. It returns
// typeOther for types that only the general code reads.
func plainType(line []byte) (recordType, int) {
	if len(line) < 32 || string(line[:5]) != "type=" {
		return typeOther, 0
	}
	typ, name := typeOther, 0
	switch line[5] {
	case 'A':
		typ, name = typeAVC, len("AVC ")
		if string(line[5:9]) != "AVC " {
			return typeOther, 0
		}
	case 'S':
		switch {
		case string(line[5:13]) == "SYSCALL ":
			typ, name = typeSyscall, len("SYSCALL ")
		case string(line[5:14]) == "SOCKADDR ":
			typ, name = typeSockaddr, len("SOCKADDR ")
		}
	case 'P':
		switch {
		case string(line[5:15]) == "PROCTITLE ":
			typ, name = typeProctitle, len("PROCTITLE ")
		case string(line[5:10]) == "PATH ":
			typ, name = typePath, len("PATH ")
		}
	case 'C':
		if string(line[5:9]) == "CWD " {
			typ, name = typeCWD, len("CWD ")
		}
	case 'E':
		switch {
		case string(line[5:12]) == "EXECVE ":
			typ, name = typeExecve, len("EXECVE ")
		case string(line[5:9]) == "EOE ":
			typ, name = typeEOE, len("EOE ")
		}
	}
	if name == 0 || string(line[5+name:5+name+len("msg=audit(")]) != "msg=audit(" {
		return typeOther, 0
	}
	return typ, 5 + name
}

// endsBlock reports whether a line of another event follows a block. That line must be in the buffer as far as is
// needed to tell.
func endsBlock(rest, stamp []byte) bool {
	const longest = len("type=USER_MAC_CONFIG_CHANGE ")
	if len(rest) < longest+len(stamp) || string(rest[:5]) != "type=" {
		return false
	}
	blank := bytes.IndexByte(rest[:longest], ' ')
	return blank > 0 && bytes.HasPrefix(rest[blank+1:], msgAudit) && !bytes.HasPrefix(rest[blank+1:], stamp)
}

// second reports whether another record was pasted after the first.
func second(body []byte) bool {
	for from := 0; ; {
		i := bytes.IndexByte(body[from:], '(')
		if i < 0 {
			return false
		}
		from += i + 1
		if bytes.HasSuffix(body[:from], msgAudit) {
			return true
		}
	}
}
