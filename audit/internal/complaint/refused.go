package complaint

import (
	"bytes"
	"strings"
)

// Interesting reports whether a line can have a complaint. It is asked of every line of a log, and does not allocate.
func Interesting(line []byte) bool {
	return bytes.Contains(line, []byte("enied")) && denied(line) || bytes.Contains(line, []byte("policy den")) ||
		bytes.Contains(line, []byte("policy prevents")) || bytes.Contains(line, []byte("EACCES")) ||
		bytes.Contains(line, []byte("eacces")) ||
		errno13(line) >= 0 || bytes.Contains(line, []byte(" open HTTP ")) ||
		bytes.Contains(line, []byte(testFile)) || bytes.Contains(line, []byte("OOPS: cannot ")) ||
		foreignRefusal(line) || bytes.Contains(line, []byte(" not writ")) && notWritable(line) > 0
}

// denied reports whether a line with "enied" says so of what a program did.
func denied(line []byte) bool {
	return bytes.Contains(line, []byte("ermission denied")) || bytes.Contains(line, []byte("PermissionDenied")) ||
		bytes.Contains(line, []byte("ermission "+isDenied)) || bytes.Contains(line, []byte("ermission "+wasDenied)) ||
		bytes.Contains(line, []byte(": Access denied")) && bytes.Contains(line, []byte("Failed to ")) ||
		bytes.Contains(line, []byte(javaDenied)) || bytes.Contains(line, []byte(netDenied)) ||
		bytes.HasPrefix(line, []byte("denied")) && len(line) < 24 // the rest of a message that was wrapped
}

// isDenied and wasDenied are said in sentences instead of the words of EACCES.
const (
	isDenied  = "is denied"
	wasDenied = "was denied"
)

// testFile is what MySQL and MariaDB say, without the reason, of the file that they make in their data directory to see
// whether names there differ by case.
const testFile = "an't create test file "

// javaDenied and netDenied are what Java and .NET say of a file instead of the words of EACCES.
const (
	javaDenied = "AccessDeniedException"
	netDenied  = "Access to the path "
)

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
				bytes.HasSuffix(word, []byte("rrcode")) || bytes.HasSuffix(word, []byte("rror number")) ||
				bytes.HasSuffix(word, []byte("denied")) {
				return at
			}
		}
	}
}

// refusalAt returns where a message in small letters says that something was refused; its length if it does not.
func refusalAt(small string) int {
	for _, s := range [...]string{"permission denied", "permissiondenied", "accessdeniedexception", "eacces"} {
		if i := strings.Index(small, s); i >= 0 {
			return i
		}
	}
	if i := errno13([]byte(small)); i >= 0 {
		return i
	}
	if i := notWritable([]byte(small)); i > 0 {
		return i
	}
	return len(small)
}

// notWritable returns where a message says that a file or directory is not writable, whose path is directly before it,
// as PHP and applications in it find out by access(2): /srv/www/cache/ is not writable. It is 0 for other messages.
func notWritable(m []byte) int {
	for _, words := range [...]string{" is not writable", " is not writeable", " not writable by",
		" not writeable by"} {
		i := bytes.Index(m, []byte(words))
		if i <= 0 {
			continue
		}
		start := bytes.LastIndexByte(m[:i], ' ') + 1
		path := bytes.Trim(m[start:i], "'\"`()[]<>")
		if bytes.HasPrefix(path, []byte("/")) && bytes.Count(path, []byte("/")) > 1 {
			return i + 1
		}
	}
	return 0
}

// refused reports whether a message has EACCES in one of its spellings.
func refused(m string) bool {
	return strings.Contains(m, "ermission denied") || strings.Contains(m, "EACCES") ||
		strings.Contains(m, "eacces") || strings.Contains(m, "PermissionDenied") ||
		javaRefusal(m) || strings.Contains(m, netDenied) && strings.Contains(m, "is denied") ||
		errno13([]byte(m)) >= 0 || notWritable([]byte(m)) > 0
}

// javaRefusal reports whether a message is java.nio's of a file: others have an exception of that name.
func javaRefusal(m string) bool {
	_, rest, ok := strings.Cut(m, javaDenied)
	return ok && (strings.HasPrefix(rest, ": /") || strings.HasPrefix(rest, "[/"))
}

// loginRefusal reports whether a refusal is of a login, or of a right within a database: no operation that the kernel
// refused.
func loginRefusal(m string) bool {
	for _, s := range [...]string{
		"Permission denied (publickey", "Permission denied (password", "Permission denied (keyboard",
		"Permission denied (gssapi", "Permission denied (hostbased", "Permission denied (none",
		"Permission denied, please try again", "PAM", "exec format", "ermission denied for ", "ermission denied to ",
	} {
		if i := strings.Index(m, s); i >= 0 && !(s == "ermission denied for " && hasEndpoint(m[i+len(s):])) {
			return true
		}
	}
	return false
}

// hasEndpoint reports whether a text begins with an address, or with a file: unbound's can't bind socket: Permission
// denied for 0.0.0.0 port 5353.
func hasEndpoint(s string) bool {
	_, n := strictEndpoint(s, true)
	return n > 0 || strings.HasPrefix(strings.TrimLeft(s, "['\""), "/") || strings.HasPrefix(s, "[") ||
		strings.HasPrefix(s, "socket")
}
