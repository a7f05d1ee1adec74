package complaint

import "strings"

// A fileRefusal is what a message tells of a refused operation on a file.
type fileRefusal struct {
	operation, path string
	// sure says that the message is of the file alone: no form of the network's looks so.
	sure bool
}

// file reads a refusal of a file in the shapes that programs share: the word or the call of an operation, the file in
// quotes, in brackets or bare, and the words of the refusal, in any order.
//
//	open() "/srv/www/index.html" failed (13: Permission denied)       (nginx)
//	PermissionError: [Errno 13] Permission denied: '/srv/app/x.log'   (Python)
//	open /srv/x: permission denied                                    (Go)
//	EACCES: permission denied, open '/srv/x'                          (Node.js)
//	cp: cannot create regular file '/srv/x': Permission denied
//	Can't create/write to file '/data/x' (Errcode: 13 - Permission denied)
//
// With sure it reads only what can be nothing else; without it also an operation without a file, and a file without an
// operation.
func (s *Symptom) file(m string, sure bool) bool {
	f := fileIn(m)
	if f == nil || sure && !f.sure {
		return false
	}
	s.Protocol, s.Operation = "file", f.operation
	if removesLabel(m) {
		s.Operation = "unlabel"
	}
	if len(f.path) <= maxPath {
		s.Path = f.path
	}
	return true
}

// removesLabel reports whether a message is of the removal of a file's label, an extended attribute.
//
//	rsync: rsync_xal_set: lremovexattr("/srv/x","security.selinux") failed: Permission denied (13)
//	xattr.LRemove /srv/x security.selinux: permission denied                 (Go)
func removesLabel(m string) bool {
	return strings.Contains(m, "security.selinux") && strings.Contains(asciiLower(m), "remove")
}

// writtenBy sets the program that alone writes of files so, where the head of the line, program, has none.
func (s *Symptom) writtenBy(m, program string) *Symptom {
	if program != "" {
		return s
	}
	if name := fileProgramOf(m); name != "" {
		s.Program = name
	} else if name, _, ok := programPath(m); ok {
		s.Program = name
	}
	return s
}

// programPath takes off the path that a program writes of itself: /bin/sh: 1: /srv/x: Permission denied.
func programPath(m string) (name, rest string, ok bool) {
	path, rest, ok := strings.Cut(m, ": ")
	if !ok || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " '\"") || !strings.Contains(path, "bin/") {
		return "", "", false
	}
	name = path[strings.LastIndexByte(path, '/')+1:]
	return name, rest, isName(name) && refusalAt(asciiLower(rest)) > 0
}

// maxPath bounds the path of a file, as PATH_MAX does.
const maxPath = 4096

// fileIn finds the file and the operation; nil if the message has neither.
func fileIn(m string) *fileRefusal {
	if f := keyedFile(m); f != nil {
		return f
	}
	if _, rest, ok := programPath(m); ok {
		m = rest
	}
	m = ofTheFile(m)
	small := asciiLower(m)
	at, end := refusalWords(small)
	switch {
	case strings.Contains(m, "= -1 EACCES"), at == end && !errorNumber(small[:at]):
		return nil
	case strings.Contains(small, "in a file operation"): // InnoDB names the file in another line
		return &fileRefusal{sure: true}
	}
	if f := apacheFile(m, small); f != nil {
		return f
	}
	if f := toolFile(m, small); f != nil {
		return f
	}
	if f := behindRefusal(m, small, end); f != nil {
		return f
	}
	body, smallBody := m[:at], small[:at]
	if i := strings.Index(small, "(13)permission denied: "); i >= 0 { // Apache: the rest of the message is behind it
		from := i + len("(13)permission denied: ")
		body, smallBody = m[from:], small[from:]
	}
	return beforeRefusal(body, smallBody, small)
}

// ofTheFile leaves out what names other files than the refused one: a script and its line, the client's request.
func ofTheFile(m string) string {
	for _, end := range [...]string{", client: ", ", referer: ", " when connecting to ["} {
		m, _, _ = strings.Cut(m, end)
	}
	for _, lead := range [...]string{" in /", " at /", " at ./"} {
		if i := strings.LastIndex(m, lead); i > 0 && scriptLine(m[i+4:]) {
			m = m[:i]
		}
	}
	return m
}

// scriptLine reports whether a text ends as the place in a script does: x.php on line 3, x.pl line 3, x.php:3.
func scriptLine(s string) bool {
	_, line, ok := strings.Cut(s, " line ")
	if !ok {
		_, line, ok = strings.Cut(s, ":")
	}
	return ok && digits(line) > 0
}

// refusalWords returns where the words of the refusal stand, in small letters, and where they end.
func refusalWords(small string) (at, end int) {
	if i := strings.Index(small, "access to the path "); i >= 0 { // .NET: Access to the path '/srv/x' is denied.
		if n := strings.Index(small[i:], " is denied"); n >= 0 {
			return i + n, i + n + len(" is denied")
		}
	}
	at = refusalAt(small)
	if at > 0 && notWritable([]byte(small)) == at {
		return at, at + len("is not writ")
	}
	end = at
	for _, w := range [...]string{"permission denied", "eacces: permission denied", "eacces", "permissiondenied",
		"permissiondenied: permission denied", "accessdeniedexception"} {
		if strings.HasPrefix(small[at:], w) && at+len(w) > end {
			end = at + len(w)
		}
	}
	return at, end
}

// keyedFile reads the fields that Node.js gives an error: syscall: 'open', path: '/srv/x'; and as JSON.
func keyedFile(m string) *fileRefusal {
	call := valueOf(m, "syscall")
	if call == "" {
		return nil
	}
	word := longestWord(fileOperations[:], call)
	path := valueOf(m, "path")
	if word.word == "" || path == "" {
		return nil
	}
	return &fileRefusal{word.operation, path, true}
}

// errorNumber reports whether what stands before a number says that it is one of an error: another (13) is any number.
func errorNumber(before string) bool {
	before = strings.TrimRight(before, " =-:#\"'[(")
	return strings.HasSuffix(before, "errno") || strings.HasSuffix(before, "error") ||
		strings.HasSuffix(before, "errcode") || strings.HasSuffix(before, "error number")
}

// apacheFile reads the messages of httpd in which other paths stand before the file's.
func apacheFile(m, small string) *fileRefusal {
	if _, rest, ok := strings.Cut(m, "(filesystem path '"); ok { // before it is the path of the URL
		path, _, _ := strings.Cut(rest, "'")
		operation := "open"
		if strings.Contains(small, "search permissions are missing") {
			operation = "search"
		}
		return &fileRefusal{operation, path, true}
	}
	if before, _, ok := strings.Cut(m, " pcfg_openfile: "); ok { // AH00529: /srv/www/.htaccess pcfg_openfile: ...
		if list := paths(before, false); len(list) > 0 {
			return &fileRefusal{"read", list[len(list)-1].path, true}
		}
	}
	return nil
}
