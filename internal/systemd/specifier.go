package systemd

import (
	"bufio"
	"fmt"
	"path"
	"strings"
)

// A SpecifierError names a specifier whose value is in no file of the system.
type SpecifierError struct{ Specifier string }

func (e *SpecifierError) Error() string { return "specifier " + e.Specifier + " is not known here" }

// Expand replaces the specifiers of a text (systemd.unit(5)). The error is a
// *SpecifierError for values that only the running manager knows.
func (u *Unit) Expand(s string) (string, error) {
	if strings.IndexByte(s, '%') < 0 {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' || i+1 == len(s) {
			b.WriteByte(s[i]) // a single one at the end stays
			continue
		}
		i++
		value, ok := u.specifier(s[i])
		if !ok {
			return "", &SpecifierError{s[i-1 : i+1]}
		}
		b.WriteString(value)
	}
	return b.String(), nil
}

func (u *Unit) specifier(c byte) (string, bool) {
	suffix := path.Ext(u.Name)
	base := strings.TrimSuffix(u.Name, suffix)
	prefix, instance, _ := strings.Cut(base, "@")
	switch c {
	case '%':
		return "%", true
	case 'n':
		return u.Name, true
	case 'N':
		return base, true
	case 'p':
		return prefix, true
	case 'P':
		return unescape(prefix), true
	case 'i':
		return instance, true
	case 'I':
		return unescape(instance), true
	case 'j':
		return prefix[strings.LastIndexByte(prefix, '-')+1:], true
	case 'J':
		return unescape(prefix[strings.LastIndexByte(prefix, '-')+1:]), true
	case 'f':
		if instance == "" {
			instance = prefix
		}
		return "/" + strings.TrimPrefix(unescape(instance), "/"), true
	case 'y':
		return u.Files[0], true
	case 'Y':
		return path.Dir(u.Files[0]), true
	case 'H', 'l', 'm', 'o', 'w':
		return u.machine(c)
	}
	// The directories, the user and the shell of the system's manager.
	fixed := map[byte]string{'t': "/run", 'S': "/var/lib", 'C': "/var/cache", 'L': "/var/log", 'E': "/etc", 'T': "/tmp",
		'V': "/var/tmp", 'h': "/root", 'u': "root", 'U': "0", 'g': "root", 'G': "0", 's': "/bin/sh",
		'd': "/run/credentials/" + u.Name}
	value, ok := fixed[c]
	return value, ok
}

// machine returns the value of a specifier that files of the system tell.
func (u *Unit) machine(c byte) (string, bool) {
	file, key := "/etc/hostname", ""
	switch c {
	case 'm':
		file = "/etc/machine-id"
	case 'o':
		file, key = "/etc/os-release", "ID="
	case 'w':
		file, key = "/etc/os-release", "VERSION_ID="
	}
	b, err := u.tree.ReadFile(file, maxUnitFile)
	if err != nil {
		return "", false
	}
	for s := bufio.NewScanner(strings.NewReader(string(b))); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		value, ok := strings.CutPrefix(line, key)
		if !ok || line == "" || line[0] == '#' {
			continue
		}
		if c == 'l' {
			value, _, _ = strings.Cut(value, ".")
		}
		return strings.Trim(value, `"'`), true
	}
	return "", key != "" // os-release may lack a key, which is empty then
}

// unescape undoes systemd-escape: "-" stands for "/", \xNN for a byte.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		var c byte
		switch {
		case s[i] == '-':
			b.WriteByte('/')
		case s[i] == '\\' && len(s) > i+3 && s[i+1] == 'x' && scanHex(s[i+2:i+4], &c):
			b.WriteByte(c)
			i += 3
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func scanHex(s string, c *byte) bool {
	n, err := fmt.Sscanf(s, "%02x", c)
	return n == 1 && err == nil
}
