package audit

import (
	"bytes"

	"github.com/senet-selinux/senet/audit/internal/head"
)

// A kernelHeader is the prefix that syslog or the journal puts before a message of
// the kernel. It is taken from the last line that was parsed in full; the prefix of
// the next line usually differs only in its time.
//
//	Nov 22 10:02:33 web1 kernel: [ 4711.081500] audit: type=1400 audit(...): avc: ...
type kernelHeader struct {
	text  []byte // including the blank after "kernel:"
	clock int    // the offset of the time of day in text
	host  []byte
}

// longestHeader is the length of the longest header that is remembered.
const longestHeader = 256

// learn remembers the header of a line.
func (k *kernelHeader) learn(line []byte, h head.Head) {
	if h.Prog != "kernel" || h.Host == "" || h.End > longestHeader {
		return
	}
	end := bytes.Index(line[:h.End], []byte(" "+h.Host+" kernel: "))
	clock := clockAt(line[:max(0, end)])
	if end < 0 || clock < 0 {
		return
	}
	end += len(" " + h.Host + " kernel: ")
	k.text, k.clock, k.host = append(k.text[:0], line[:end]...), clock, append(k.host[:0], h.Host...)
}

// clockAt returns the offset of the first time of the form 10:02:33, or -1.
func clockAt(b []byte) int {
	for i := range max(0, len(b)-7) {
		if isClock(b[i : i+8]) {
			return i
		}
	}
	return -1
}

func isClock(b []byte) bool {
	two := func(i int, most byte) bool {
		return b[i] >= '0' && b[i] <= most && b[i+1] >= '0' && b[i+1] <= '9'
	}
	return two(0, '2') && (b[0] < '2' || b[1] < '4') && b[2] == ':' && two(3, '5') && b[5] == ':' && two(6, '5')
}

// matches reports whether a line begins with the header. The time of day and the fraction of the second may differ.
func (k *kernelHeader) matches(line []byte) bool {
	n, at := len(k.text), k.clock
	if n == 0 || len(line) < n || !bytes.Equal(line[:at], k.text[:at]) || !isClock(line[at:at+8]) {
		return false
	}
	at += 8
	if k.text[at] == '.' && line[at] == '.' {
		for at++; isDigit(k.text[at]) && isDigit(line[at]); at++ {
		}
	}
	return bytes.Equal(line[at:n], k.text[at:])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// skipUptime returns the length of "[ 4711.081500] ", 0 if it is not there.
func skipUptime(b []byte) int {
	if len(b) == 0 || b[0] != '[' {
		return 0
	}
	at := 1
	for at < len(b) && b[at] == ' ' {
		at++
	}
	whole := digits(b[at:])
	at += whole
	if whole == 0 || at == len(b) || b[at] != '.' {
		return 0
	}
	fraction := digits(b[at+1:])
	at += 1 + fraction
	if fraction == 0 || at > 40 || len(b)-at < 2 || b[at] != ']' || b[at+1] != ' ' {
		return 0
	}
	return at + 2
}

// kernelLine counts a denial as the kernel logs it, if the Folder recognises it. The line has the header of the
// last kernel message, or only the time since boot. For any other line it returns false and changes nothing. The
// slower general code then reads the line, with the same result.
func (r *Reader) kernelLine(line []byte) bool {
	if r.folder == nil {
		return false
	}
	var host []byte
	rest := line
	uptime := 0
	if r.kernel.matches(line) {
		host, rest = r.kernel.host, line[len(r.kernel.text):]
		uptime = skipUptime(rest)
	} else if uptime = skipUptime(line); uptime == 0 {
		return false
	}
	const start = "audit: type=1400 audit("
	rest = rest[uptime:]
	if len(rest) < len(start) || string(rest[:len(start)]) != start {
		return false
	}
	rest = rest[len(start):]
	end := bytes.IndexByte(rest[:min(len(rest), 80)], ')')
	if end < 0 {
		return false
	}
	id, ok := parseStamp(rest[:end])
	if !ok || id.millis < minMillis {
		return false
	}
	body := rest[end+1:]
	for len(body) > 0 && (body[0] == ' ' || body[0] == ':') {
		body = body[1:]
	}
	body = bytes.TrimRight(body, " ") // as stampedRecord does, because records in two formats are compared
	if bytes.Contains(body, []byte("audit(")) || bytes.Contains(body, []byte("#012")) {
		return false
	}
	m, ok := r.folder.recognise(body, r.early(id.time()))
	if !ok {
		return false
	}
	r.heads.Learn(id.time())
	id.node = nodeHash(host)
	r.holdOnce(record{typ: typeAVC, id: id, node: host, format: FormatKernel, body: body, line: r.stats.Lines,
		marked: true, mark: m})
	return true
}
