package complaint

import "strings"

// behindRefusal reads a file that stands behind the words of the refusal.
//
//	Permission denied: '/srv/x'             (Python)
//	permission denied, open '/srv/x'        (Node.js)
//	Permission denied @ rb_sysopen - /srv/x (Ruby)
func behindRefusal(m, small string, end int) *fileRefusal {
	const near = 48
	if list := paths(m[:refusalAt(small)], false); len(list) > 0 && list[len(list)-1].quoted &&
		strings.HasPrefix(m[end:], ": ") && m[list[len(list)-1].to:refusalAt(small)] == ": " {
		return nil // the file stands before, and behind it is the program of which Apache tells
	}
	end += len(small[end:]) - len(strings.TrimPrefix(small[end:], " (os error 13)"))
	if operation := lastCall(small[end:]); operation != "" {
		return &fileRefusal{operation: operation, sure: true}
	}
	m = plainName(m, end)
	small = asciiLower(m)
	named := strings.HasPrefix(m[end:], ": '") || strings.HasPrefix(m[end:], ": u'")
	list := paths(m[end:], named || strings.HasPrefix(m[end:], ", "))
	if len(list) == 0 || list[0].from > near {
		return nil
	}
	f := &fileRefusal{path: list[0].path}
	made := f.path // by symlink and link of Node.js and Ruby, which write the file that is made last
	if len(list) > 1 {
		made = list[1].path
	}
	lead := strings.Trim(small[end:end+list[0].from], " :,-()[]13\"'")
	if lead = strings.TrimPrefix(lead, "calling "); lead == "u" { // OpenSSL; Python 2
		lead = ""
	}
	if lead == "at" && (len(paths(m[:refusalAt(small)], false)) > 0 || isScript(f.path)) {
		return nil // the place in the source of a program: PHP's exceptions
	}
	switch word := longestWord(fileOperations[:], lead); {
	case word.word != "" && strings.Trim(lead[len(word.word):], " ('\"") == "":
		f.operation = word.operation
	case strings.HasPrefix(lead, "@ "):
		f.operation = rubyCall(lead)
	case lead != "" && !hasWord("for at on path file accessing", lead):
		return nil
	}
	if f.operation == "link" {
		f.path = made
	}
	before := lastWord(small[:refusalAt(small)])
	if f.operation == "" {
		f.operation = before.operation
	}
	f.operation = opened(f.operation, small)
	f.sure = (named || isPath(f.path)) && !socketLike(f.path) && !mentionsUnix(m) &&
		(before.to == 0 || before.operation != "")
	return f
}

// isScript reports whether a path is that of a script, which languages name as the place of an error.
func isScript(name string) bool {
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "php", "py", "rb", "pl", "pm", "js":
		return true
	}
	return false
}

// lastCall returns the operation of a call behind the words of the refusal that Node.js writes without a file: that of
// a file that is open.
//
//	EACCES: permission denied, read
func lastCall(behind string) string {
	call, ok := strings.CutPrefix(behind, ", ")
	word := longestWord(fileOperations[:], call)
	if ok && word.word != "" && word.word == strings.TrimRight(call, " ") {
		return word.operation
	}
	return ""
}

// plainName writes a file behind the words of the refusal, which end at a place, as Python does one of text: b'/srv/x'
// is a name of bytes, and PosixPath('/srv/x') one of pathlib.
func plainName(m string, end int) string {
	for _, lead := range [...]string{": b'", ": PosixPath('"} {
		if rest, ok := strings.CutPrefix(m[end:], lead); ok {
			return m[:end] + ": '" + rest
		}
	}
	return m
}

// rubyCall returns the operation of Ruby's name of a function: @ rb_sysopen, @ dir_s_mkdir.
func rubyCall(lead string) string {
	for _, c := range [...][2]string{{"sysopen", "open"}, {"mkdir", "mkdir"}, {"dir_initialize", "list"},
		{"rename", "rename"}, {"rmdir", "rmdir"}, {"chdir", "chdir"}, {"symlink", "link"}, {"stat", "stat"},
		{"unlink", "unlink"}} {
		if strings.Contains(lead, c[0]) {
			return c[1]
		}
	}
	return ""
}

// fromFastCGI returns the message that nginx passes on from a FastCGI server, which another program wrote.
//
//	FastCGI sent in stderr: "PHP message: PHP Warning:  mkdir(): Permission denied in ..." while reading ...
func fromFastCGI(m string) (inside string, ok bool) {
	_, rest, ok := strings.Cut(m, `FastCGI sent in stderr: "`)
	if !ok {
		return "", false
	}
	if end := strings.LastIndex(rest, `" while `); end >= 0 {
		rest = rest[:end]
	}
	return rest, true
}

// outputOf returns what a program wrote that another one started, whose name stands before it, and passed on.
//
//	status=bounced (Command died with status 89: "/usr/bin/x". Command output: x: Fatal: open(/srv/y) failed: ... )
func outputOf(m string) (inside, program string, ok bool) {
	_, rest, ok := strings.Cut(m, "Command output: ")
	if !ok {
		return "", "", false
	}
	name, _, named := strings.Cut(rest, ": ")
	if i := strings.IndexByte(name, '['); i > 0 {
		name = name[:i]
	}
	if name = name[strings.LastIndexByte(name, '/')+1:]; !named || !isName(name) || asciiLower(name) != name {
		name = ""
	}
	return rest, name, refused(rest)
}
