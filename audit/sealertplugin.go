package audit

import (
	"bytes"
	"strings"
)

// suggestion reads a line of a plugin of setroubleshoot: the label of the process in the sentence of catchall, and the
// command that sets a boolean.
//
//	If you believe that x should be allowed execheap access on processes labeled unconfined_t by default.
//	setsebool -P selinuxuser_execheap 1
func (p *Report) suggestion(m []byte) bool {
	if rest, ok := bytes.CutPrefix(m, []byte("If you believe that ")); ok {
		_, typ, ok := bytes.Cut(rest, []byte(" on processes labeled "))
		if !ok {
			return true
		}
		name, _, _ := strings.Cut(string(typ[:min(len(typ), 128)]), " ")
		if name = strings.TrimRight(name, "."); p.TargetType == "" && isTypeName(name) {
			p.TargetType = name
		}
		if p.Class == "process" && p.SourceType == "" && p.OfItself() {
			p.SourceType = p.TargetType
		}
		return true
	}
	if rest, ok := bytes.CutPrefix(bytes.TrimLeft(m, "# \t$"), []byte("setsebool -P ")); ok && p.Boolean == "" {
		name, value, _ := strings.Cut(strings.TrimSpace(string(rest[:min(len(rest), 256)])), " ")
		if isSmallName(name) && (value == "1" || value == "0") {
			p.Boolean = name
			return true
		}
	}
	return false
}

// OfItself reports whether the kernel asks for all permissions of a report about a process on the process itself
// (security/selinux/hooks.c: file_map_prot_check, selinux_file_mprotect, selinux_setprocattr).
func (p *Report) OfItself() bool {
	for _, perm := range p.Permissions {
		switch perm {
		case "execmem", "execheap", "execstack", "setexec", "setfscreate", "setkeycreate", "setsockcreate",
			"setcurrent":
		default:
			return strings.HasPrefix(p.Class, "cap")
		}
	}
	return true
}

// wrappedAt is the length from which a context may go on in the next line: sealert wraps the second column at 50.
const wrappedAt = 45

// restOfContext reports whether a line is the rest of a context that sealert cut: one word of a context or its levels.
func restOfContext(cut string, m []byte) bool {
	m = bytes.TrimSpace(m)
	const longest = 128
	if len(cut) < wrappedAt && !goesOn(cut) || len(m) == 0 || len(m) > longest || strings.Contains(cut, " ") {
		return false
	}
	levels := true
	for _, c := range m {
		digit := c >= '0' && c <= '9'
		if !digit && c != ',' && c != '.' && c != ':' && c != '-' && c != 'c' && c != 's' {
			levels = false
		}
		if !digit && !(c >= 'a' && c <= 'z') && bytes.IndexByte([]byte("_:.,-"), c) < 0 {
			return false
		}
	}
	return levels || strings.Count(cut, ":") < 3 && bytes.IndexByte(m, ':') >= 0
}

// goesOn reports whether a context ends in a character that only its middle has: sealert wraps there as well, before
// a long word.
func goesOn(cut string) bool {
	return strings.Count(cut, ":") > 1 && strings.IndexByte("-:,.", cut[len(cut)-1]) >= 0
}
