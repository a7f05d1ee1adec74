package audit

import (
	"bytes"
	"strings"

	"github.com/senet-selinux/senet/audit/internal/complaint"
	"github.com/senet-selinux/senet/internal/classmap"
)

// freeVerbs are the words behind the name of SELinux in sentences of people, and of programs that translate: SELinux
// blocks nginx from reading /srv/x.
var freeVerbs = [...]string{
	"is preventing", "prevents", "prevented", "has prevented", "is blocking", "blocks", "blocked", "has blocked",
	"is denying", "denies", "denied", "has denied",
}

// freeReport reads a sentence in free words: the program, and behind it the permissions, the class and the path in any
// order. A sentence without a permission, or with neither a class nor a path, is not of setroubleshoot.
func freeReport(m []byte) (Report, bool) {
	const most = 1024
	at := bytes.Index(m, []byte("SELinux "))
	if at < 0 {
		return Report{}, false
	}
	text := string(m[at:min(len(m), at+most)])
	rest, ok := "", false
	for _, v := range freeVerbs {
		if rest, ok = strings.CutPrefix(text, "SELinux "+v+" "); ok {
			break
		}
	}
	if !ok {
		return Report{}, false
	}
	source, what, ok := strings.Cut(rest, " from ")
	program := strings.TrimPrefix(strings.TrimSpace(source), "the ")
	for _, kind := range [...]string{"daemon ", "program ", "process ", "service ", "command "} {
		program = strings.TrimPrefix(program, kind)
	}
	program = strings.Trim(program, "'\"`")
	if !ok || program == "" || isStandIn(source) || strings.ContainsAny(program, " ,;:=") || noProgram(program) {
		return Report{}, false
	}
	p := Report{Program: program, Text: complaint.Unquoted(text)}
	p.freeWords(strings.Fields(what))
	return p, len(p.Permissions) > 0 && (p.Class != "" || strings.HasPrefix(p.Path, "/"))
}

// freeWords reads what follows the program.
func (p *Report) freeWords(fields []string) {
	const most = 24
	before := "from"
	for i, w := range fields[:min(len(fields), most)] {
		word := bareWord(w)
		next := ""
		if i+1 < len(fields) {
			next = bareWord(fields[i+1])
		}
		class, plain := plainClass(word)
		switch perm := permissionIn(word); {
		case permissionOf(word) != "":
			p.Permissions = append(p.Permissions, permissionOf(word))
		case strings.HasPrefix(word, "/") && p.Path == "":
			p.Path = word
		case perm == word && word != "" && word != "access" && p.Class == "" && (next == "access" || asks(before)):
			p.Permissions = append(p.Permissions, perm)
			word = "using" // another may follow
		case before == "accessing" && next == "with":
			p.Path = word
		case p.Class == "" && word != "process" && len(p.Permissions) > 0 && (plain || classmap.Has(word)):
			p.Class = word
			if plain {
				p.Class = class
			}
		}
		if strings.HasSuffix(w, ".") && p.Path != "" && p.Path == word {
			return // the end of the sentence
		}
		before = word
	}
}

// asks reports whether a permission may follow a word.
func asks(word string) bool {
	switch word {
	case "from", "using", "with", "and", "the", "or":
		return true
	}
	return false
}

// keyOfBlock returns what follows a key of the Additional Information: in capitals or not, with a colon or any blanks
// behind it.
func keyOfBlock(m []byte, key string) ([]byte, bool) {
	m = bytes.TrimLeft(m, " \t")
	if len(m) <= len(key) || !bytes.EqualFold(m[:len(key)], []byte(key)) ||
		bytes.IndexByte([]byte(": \t"), m[len(key)]) < 0 {
		return nil, false
	}
	return bytes.TrimLeft(m[len(key):], ": \t"), true
}

// isStandIn reports whether people wrote words in the place of a program: "some services", my app.
func isStandIn(source string) bool {
	first, rest, several := strings.Cut(strings.ToLower(strings.Trim(source, "'\"`")), " ")
	if !several || strings.HasPrefix(rest, "(") {
		return false
	}
	switch first {
	case "some", "several", "many", "my", "our", "your", "a", "an", "any", "certain", "various", "multiple", "other":
		return true
	}
	return false
}
