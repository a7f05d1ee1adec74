package setools

import (
	"strings"

	"github.com/senet-selinux/senet/policy"
)

// PeerCondText is the text of a conditional as SETools 4.4.1 writes it, even where it does not mean what the
// expression means.
func PeerCondText(p *policy.Policy, id policy.CondID) string {
	t, ok := newCondTree(p.CondExpr(id))
	if !ok {
		return condText(p, id)
	}
	var words []string
	for _, tok := range t.tokens(t.setoolsParens) {
		words = append(words, tok.text(p))
	}
	return strings.Join(words, " ")
}

// CondText is the text of a conditional as senet writes it.
func CondText(p *policy.Policy, id policy.CondID) string { return condText(p, id) }

// SediffOptions are the spellings of the options that choose sections of sediff.
func SediffOptions() []string {
	list := []string{"-A"}
	for _, s := range sediffSections() {
		if s.short != "" {
			list = append(list, s.short)
		}
		list = append(list, s.option)
	}
	return list
}
