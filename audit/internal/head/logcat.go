package head

import "strings"

// logcat reads the text of Android's logcat after the time, in its present and older formats:
//
//	1234  1234 W auditd  : type=1400 audit(0.0:7): ...
//	1234-1234/? W/auditd: type=1400 audit(0.0:7): ...
//	W/auditd( 1234): type=1400 audit(0.0:7): ...
func (h *Head) logcat(s string) (rest string, ok bool) {
	if after, ok := h.logcatTag(s); ok {
		return after, true
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if digits == 0 || digits == len(s) {
		return s, false
	}
	pid, _ := number(s[:digits])
	rest = s[digits:]
	switch rest[0] {
	case '-': // thread/package
		word, after, ok := strings.Cut(rest[1:], " ")
		if !ok || !strings.Contains(word, "/") {
			return s, false
		}
		rest = after
	case ' ':
		rest = strings.TrimLeft(rest, " ")
		word, after, ok := strings.Cut(rest, " ")
		if _, thread := number(word); !ok || !thread {
			return s, false
		}
		rest = strings.TrimLeft(after, " ")
		if len(rest) < 3 || !isPriority(rest[0]) || rest[1] != ' ' {
			return s, false
		}
		tag, message, ok := strings.Cut(rest[2:], ": ")
		if !ok || len(tag) > 64 {
			return s, false
		}
		h.Prog, h.PID = strings.TrimSpace(tag), pid
		return message, true
	}
	if rest, ok = h.logcatTag(rest); !ok {
		return s, false
	}
	h.PID = pid
	return rest, true
}

// logcatTag reads W/auditd: or W/auditd( 1234):.
func (h *Head) logcatTag(s string) (rest string, ok bool) {
	if len(s) < 3 || !isPriority(s[0]) || s[1] != '/' {
		return s, false
	}
	tag, rest, ok := strings.Cut(s[2:], ": ")
	if !ok || len(tag) > 64 {
		return s, false
	}
	if name, inside, ok := strings.Cut(tag, "("); ok {
		tag = name
		h.PID, _ = number(strings.TrimSpace(strings.TrimSuffix(inside, ")")))
	}
	h.Prog = strings.TrimSpace(tag)
	return rest, true
}

func isPriority(c byte) bool { return strings.IndexByte("VDIWEFS", c) >= 0 }
