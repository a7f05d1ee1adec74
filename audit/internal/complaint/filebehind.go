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
	named := strings.HasPrefix(m[end:], ": '") || strings.HasPrefix(m[end:], ": u'")
	list := paths(m[end:], named || strings.HasPrefix(m[end:], ", "))
	if len(list) == 0 || list[0].from > near {
		return nil
	}
	f := &fileRefusal{path: list[0].path}
	lead := strings.Trim(small[end:end+list[0].from], " :,-()[]13\"'")
	if lead = strings.TrimPrefix(lead, "calling "); lead == "u" { // OpenSSL; Python 2
		lead = ""
	}
	switch word := longestWord(fileOperations[:], lead); {
	case word.word != "" && strings.Trim(lead[len(word.word):], " ('\"") == "":
		f.operation = word.operation
	case strings.HasPrefix(lead, "@ "):
		f.operation = rubyCall(lead)
	case lead != "" && !hasWord("for at on path file accessing", lead):
		return nil
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
