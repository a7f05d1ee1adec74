package audit

import (
	"slices"
	"strings"
)

const maxWords = 128

// connects keeps the words of a line that names SELinux or network connections.
func (p *Prose) connects(text string) {
	about := hasWord(text, "network connection", "network connections", "connect to", "connection to", "remote server",
		"remote host", "outgoing connection", "outgoing connections", "outbound")
	p.Connects = p.Connects || about
	if !about && !hasWord(text, "selinux", "se-linux") {
		return
	}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-_", r)
	}) {
		if len(word) > 2 && len(p.Words) < maxWords && !slices.Contains(p.Words, word) {
			p.Words = append(p.Words, strings.Clone(word))
		}
	}
}
