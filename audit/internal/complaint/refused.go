package complaint

import (
	"bytes"
	"strings"
)

// Interesting reports whether a line can have a complaint. It is asked of every line of a log, and does not allocate.
func Interesting(line []byte) bool {
	return bytes.Contains(line, []byte("ermission denied")) || bytes.Contains(line, []byte("policy den")) ||
		bytes.Contains(line, []byte("policy prevents")) || bytes.Contains(line, []byte("EACCES")) ||
		bytes.Contains(line, []byte("eacces")) ||
		errno13(line) >= 0 || bytes.Contains(line, []byte(" open HTTP ")) || foreignRefusal(line)
}

// errno13 returns where a line has the number of EACCES as programs write it, -1 if it has not: (13), [13], errno 13,
// error 13, errno=13, -13.
func errno13(line []byte) int {
	for from := 0; ; {
		i := bytes.Index(line[from:], []byte("13"))
		if i < 0 {
			return -1
		}
		at := from + i
		from = at + 2
		if at == 0 || from < len(line) && (line[from] >= '0' && line[from] <= '9' || line[from] == '.') {
			continue
		}
		end := byte(' ')
		if from < len(line) {
			end = line[from]
		}
		switch before := line[at-1]; {
		case before == '(' && end == ')', before == '(' && end == ':', before == '[' && end == ']', before == '(' &&
			end == ' ':
			return at - 1
		case before == ' ' || before == '=' || before == '-' || before == ':' || before == '#':
			word := bytes.TrimRight(line[max(0, at-12):at], " =-:#\"'")
			if bytes.HasSuffix(word, []byte("rrno")) || bytes.HasSuffix(word, []byte("rror")) ||
				bytes.HasSuffix(word, []byte("denied")) {
				return at
			}
		}
	}
}

// refusalAt returns where a message in small letters says that something was refused; its length if it does not.
func refusalAt(small string) int {
	for _, s := range [...]string{"permission denied", "permissiondenied", "eacces"} {
		if i := strings.Index(small, s); i >= 0 {
			return i
		}
	}
	if i := errno13([]byte(small)); i >= 0 {
		return i
	}
	return len(small)
}

// refused reports whether a message has EACCES in one of its spellings.
func refused(m string) bool {
	return strings.Contains(m, "ermission denied") || strings.Contains(m, "EACCES") ||
		strings.Contains(m, "eacces") || strings.Contains(m, "PermissionDenied") ||
		errno13([]byte(m)) >= 0
}

// otherRefusal reports whether a refusal is none of the network's: of a login, or of a file.
func otherRefusal(m string) bool {
	for _, s := range [...]string{
		"Permission denied (publickey", "Permission denied (password", "Permission denied (keyboard",
		"Permission denied (gssapi",
		"Permission denied, please try again", "open() \"", "openat(", "mkdir(", "mkdir() \"", "stat() ", "access(",
		"execve(", "fopen(", "unlink(", "unlink() \"",
		"rename() \"", "chmod(", "chown(", "cannot open directory", "cannot access", "PAM", "exec format",
		"(filesystem path '", "couldn't open", "could not open file",
	} {
		if strings.Contains(m, s) {
			return true
		}
	}
	// Python, Go and others name the file behind the words.
	for _, s := range [...]string{"Permission denied: '", "Permission denied: \"", "Permission denied: '/"} {
		if _, name, ok := strings.Cut(m, s); ok && !strings.Contains(name, "sock") {
			return true
		}
	}
	return false
}
