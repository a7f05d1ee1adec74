package audit

import (
	"bytes"
	"time"
)

// A shortcut is what FoldInto knows of a text that it has parsed before.
type shortcut struct {
	group *Group // nil: it belongs to none, because the Folder is full
	avc   *AVC
}

// maxShortcuts bounds the texts that FoldInto remembers, and maxShortcutText
// the length of one.
const (
	maxShortcuts    = 8192
	maxShortcutText = 2048
)

// FoldInto reads to the end and counts every event in f: what ranging over
// [Reader.Events] and calling [Folder.Add] does, with the same result, but a
// denial whose text came before, except for time, serial number and process
// id, is counted without being parsed. A log in which the same is refused over
// and over is read several times as fast.
func (r *Reader) FoldInto(f *Folder) error {
	r.folder, r.shortcuts = f, map[string]shortcut{}
	defer func() { r.folder, r.shortcuts = nil, nil }()
	for e, err := range r.Events() {
		if err != nil {
			return err
		}
		f.Add(e)
	}
	return nil
}

// foldEvent counts an event that is complete.
func (r *Reader) foldEvent(o *openEvent) {
	key, ok := r.shortcutKey(o)
	if ok {
		if s, known := r.shortcuts[string(key)]; known {
			r.stats.Events++
			r.countAVC(s.avc)
			if s.group == nil {
				r.folder.others++
				return
			}
			s.group.Count++
			s.group.First, s.group.Last = span(s.group.First, s.group.Last, o.when())
			return
		}
	}
	e := r.build(o)
	if !e.notable() {
		return
	}
	// In the order in which they would have been yielded.
	for _, earlier := range r.ready {
		r.folder.Add(earlier)
	}
	r.ready = r.ready[:0]
	r.stats.Events++
	r.folder.Add(e)
	if ok && len(e.AVCs) == 1 && len(e.Changes) == 0 && len(r.shortcuts) < maxShortcuts {
		a := &e.AVCs[0]
		r.shortcuts[string(key)] = shortcut{group: r.folder.groups[SignatureOf(e, a)], avc: a}
	}
}

// when is the time of the event: its own, or that of the line's header.
func (o *openEvent) when() time.Time {
	if t := o.id.time(); !t.IsZero() {
		return possible(t)
	}
	return possible(o.time)
}

// possible returns the time, or none for one that no log can have: a log can
// say any year, JSON can not.
func possible(t time.Time) time.Time {
	if y := t.Year(); y < 1970 || y > 9999 {
		return time.Time{}
	}
	return t
}

// shortcutKey writes all that the signature of the event is made of: the
// message of its only AVC without the process id, and of its system call what
// begins with comm=. It is false for every event that is not plainly one AVC
// of the kernel and what belongs to it.
func (r *Reader) shortcutKey(o *openEvent) ([]byte, bool) {
	key := r.key[:0]
	avcs, syscalls := 0, 0
	for _, h := range o.records {
		body := o.text[h.start:h.end]
		switch {
		case h.style != raw:
			return nil, false
		case h.typ == typeAVC:
			avcs++
			key = appendWithoutPID(key, body)
		case h.typ == typeSyscall:
			syscalls++
			from := bytes.Index(body, []byte(" comm="))
			if from < 0 || bytes.IndexByte(body[:from], '"') >= 0 || bytes.IndexByte(body[:from], '\'') >= 0 || bytes.IndexByte(body[:from], '{') >= 0 ||
				bytes.Contains(body[:from], []byte("exe=")) || bytes.HasPrefix(body, []byte("comm=")) {
				return nil, false
			}
			// An AVC and a system call cannot be taken for each other.
			key = append(key, '\n')
			key = append(key, body[from:]...)
			key = append(key, '\n')
		case h.typ.notable():
			return nil, false
		}
	}
	r.key = key
	return key, avcs == 1 && syscalls <= 1 && len(key) <= maxShortcutText
}

// appendWithoutPID appends the message of an AVC without the number in
// "} for  pid=812 ", which is where the kernel puts it.
func appendWithoutPID(key, body []byte) []byte {
	end := bytes.IndexByte(body, '}')
	if end < 0 {
		return append(key, body...)
	}
	const before = "} for  pid="
	rest := body[end:]
	if !bytes.HasPrefix(rest, []byte(before)) {
		return append(key, body...)
	}
	digits := len(before)
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	if digits == len(rest) || rest[digits] != ' ' {
		return append(key, body...)
	}
	key = append(key, body[:end+len(before)]...)
	return append(key, rest[digits:]...)
}
