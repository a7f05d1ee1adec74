package audit

import (
	"slices"
	"strings"
)

// olderReport reads the sentences of setroubleshoot before version 3, which have the permission in quotes and the types
// in brackets. What follows the target in brackets is its type.
func olderReport(p Report, sentence string) (Report, bool) {
	source, rest, ok := strings.Cut(sentence, ` "`)
	if !ok {
		return Report{}, false
	}
	p.Program = source
	if name, typ, ok := strings.Cut(source, " ("); ok {
		p.Program, p.SourceType = name, strings.TrimSuffix(typ, ")")
	}
	perms, target, ok := strings.Cut(rest, `"`)
	if !ok {
		return Report{}, false
	}
	p.Permissions = strings.Fields(perms)
	target = strings.TrimPrefix(strings.TrimPrefix(target, " access on "), " to ")
	target, typ, _ := strings.Cut(target, " (")
	if typ, _, ok = strings.Cut(typ, ")"); ok && isTypeName(typ) {
		p.TargetType = typ
	}
	target = strings.TrimRight(target, ". ")
	if n, ok := strings.CutPrefix(target, "port "); ok {
		p.Port, _ = port(n)
	} else if target != "<Unknown>" && target != "Unknown" {
		p.Path = target
	}
	return p, len(p.Permissions) > 0
}

// endOfQuote cuts a target at the end of the sentence, where people quote a report in a text of their own.
func endOfQuote(s string) string {
	if i := strings.IndexAny(s, "`\""); i >= 0 {
		s = s[:i]
	}
	s, _, _ = strings.Cut(s, ". ")
	return strings.TrimRight(s, ". ")
}

// isPlaceholder reports whether a word in capitals stands for a name: SOURCE, PROGRAM_PATH.
func isPlaceholder(s string) bool {
	return len(s) > 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == ""
}

// isTypeName reports whether a word in brackets is the name of a type.
func isTypeName(s string) bool { return isSmallName(s) && len(s) <= 128 }

// verbs are the words of old sentences for permissions.
var verbs = [...]struct{ word, permission string }{
	{"reading", "read"}, {"writing", "write"}, {"opening", "open"}, {"creating", "create"}, {"executing", "execute"},
	{"deleting", "unlink"}, {"removing", "unlink"}, {"connecting", "name_connect"}, {"binding", "name_bind"},
}

// permissionOf returns the permission for a word of a sentence, "" if it is no verb.
func permissionOf(word string) string {
	for _, v := range verbs {
		if v.word == word {
			return v.permission
		}
	}
	return ""
}

// isVerb reports whether a text begins with a verb.
func isVerb(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	return permissionOf(word) != ""
}

// verbalReport reads the sentences of setroubleshoot's first versions, which have neither permissions nor types, and
// name a service: the samba daemon reading users' home directories.
func verbalReport(p Report, sentence string) (Report, bool) {
	words := strings.Fields(strings.TrimRight(sentence, ". \t"))
	at := slices.IndexFunc(words, func(w string) bool { return permissionOf(w) != "" })
	const most = 8 // words before and behind the verb
	if at <= 0 || at > most {
		return Report{}, false
	}
	who := slices.DeleteFunc(slices.Clone(words[:at]), func(w string) bool {
		return w == "the" || w == "The" || w == "daemon" || w == "application" || w == "program" || w == "from"
	})
	if len(who) != 1 || noProgram(who[0]) {
		return Report{}, false
	}
	p.Program = strings.ToLower(who[0])
	switch p.Program {
	case "samba":
		p.Program = "smbd"
	case "http":
		p.Program = "httpd"
	case "ftp":
		p.Program = "ftpd"
	}
	for i, w := range words[at:] {
		switch perm := permissionOf(w); {
		case perm != "":
			p.Permissions = append(p.Permissions, perm)
		case w == "port" && at+i+1 < len(words):
			p.Port, _ = port(words[at+i+1])
		case len(w) > 1 && w[0] == '/':
			p.Path = w
		}
		if i > most {
			break
		}
	}
	if p.Port == 0 && !slices.ContainsFunc(p.Permissions,
		func(perm string) bool { return strings.HasPrefix(perm, "name_") }) {
		p.Class = "file"
	}
	return p, true
}

// noProgram reports whether a word of a sentence names no program: people write such sentences too.
func noProgram(word string) bool {
	switch strings.ToLower(word) {
	case "me", "us", "you", "it", "them", "this", "that", "users", "user", "root", "everyone", "anyone", "anything",
		"everything", "access", "services", "service", "processes", "process", "programs", "something", "someone":
		return true
	}
	return false
}

// object reads the Target Objects of the Additional Information: /srv/x [ file ].
func (p *Report) object(text string) {
	name, class, ok := strings.Cut(text, " [ ")
	class, closed := strings.CutSuffix(class, " ]")
	if !ok || !closed || !isSmallName(class) {
		return
	}
	if p.Class == "" {
		p.Class = class
	}
	if p.Path == "" && strings.HasPrefix(name, "/") {
		p.Path = name
	}
}

// fittingClass returns the class of a report that does not name it: that of files where the report has a path and files
// have the permissions, else the only class that has them.
func (p *Report) fittingClass(a *AVC) (class string, ok bool) {
	if len(a.Permissions) == 0 {
		return "", false
	}
	if strings.Contains(p.Path, "/") && a.classFits("file") {
		return "file", true
	}
	n := 0
	for c := range a.fitting("") {
		if strings.Contains(p.Path, "/") && c != "dir" {
			continue // the only other class with a path that has permissions of its own
		}
		class = c
		n++
	}
	return class, n == 1
}
