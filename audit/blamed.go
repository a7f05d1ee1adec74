package audit

import (
	"bytes"
	"slices"
	"strings"
)

// blamed reports whether a line says in any words that SELinux keeps something from being done.
func blamed(line []byte) bool {
	if len(line) > longestProse {
		return false
	}
	text := strings.ToLower(string(line))
	_, behind, ok := strings.Cut(text, "selinux")
	if !ok {
		return false
	}
	for w := range strings.FieldsSeq(behind) {
		switch strings.Trim(w, ".,:;!?'\"`*()") {
		case "preventing", "prevents", "prevented", "prevent", "blocking", "blocks", "blocked", "denying", "denies",
			"denied", "refuses", "refused", "forbids":
			return true
		}
	}
	return false
}

// sentenceOfPlugin are the words between the file and its type in the plugin's English sentence.
var sentenceOfPlugin = [...]string{"default", "label", "should", "be"}

// A Mislabeled is a file of which the plugin restorecon of setroubleshoot says that it has lost its label.
type Mislabeled struct {
	// Path is the file, Type its right type, "" if no line has it.
	Path, Type string
	said       string // a path and a type of the last line that has both
	sentence   bool   // Path is from the sentence alone, and no command has named one yet
}

// read reads the lines of the plugin in any language, by their form:
//
//	... /srv/x default label should be httpd_sys_content_t.
//	# /sbin/restorecon -v /srv/x
//
// The type is that of the line which names the file. The English sentence is enough where no command follows.
func (m *Mislabeled) read(line []byte) {
	if len(line) > longestProse {
		return
	}
	if _, rest, ok := bytes.Cut(line, []byte("/sbin/restorecon -v ")); ok {
		name := strings.Trim(strings.TrimSpace(string(rest)), "'\"`")
		if (m.Path == "" || m.sentence) && strings.HasPrefix(name, "/") && !strings.ContainsAny(name, " *$<>") {
			m.Path, m.Type, m.sentence = name, "", false
			if typ, has := strings.CutPrefix(m.said, name+" "); has {
				m.Type = typ
			}
		}
		return
	}
	fields := strings.Fields(string(line))
	if n := len(fields); n > 0 {
		typ := bareWord(fields[n-1])
		if !strings.HasSuffix(typ, "_t") || !isTypeName(typ) {
			return
		}
		for _, w := range fields[:n-1] {
			if at := strings.IndexByte(w, '/'); at >= 0 {
				m.said = bareWord(w[at:]) + " " + typ
			}
		}
		if m.Path == "" && n > len(sentenceOfPlugin) && strings.HasPrefix(fields[0], "/") &&
			slices.Equal(fields[1:n-1], sentenceOfPlugin[:]) {
			m.Path, m.Type, m.sentence = bareWord(fields[0]), typ, true
		}
	}
}
