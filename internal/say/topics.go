package say

import (
	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/internal/words"
)

// A topicKind is a kind of pages with its heading in the list.
type topicKind struct {
	kind explain.Kind
	text string
}

// topicKinds are the kinds of pages in the order of the list.
func topicKinds() []topicKind {
	return []topicKind{
		{explain.KindTopic, "topics"},
		{explain.KindLayer, "layers"},
		{explain.KindReason, "reasons"},
		{explain.KindAssumption, "assumptions"},
		{explain.KindElsewhere, "what else may refuse"},
		{explain.KindErrno, "what programs see"},
		{explain.KindPermission, "permissions"},
		{explain.KindPolicyCap, "policy capabilities"},
		{explain.KindType, "types"},
		{explain.KindAttribute, "attributes"},
	}
}

// Topics adds the words with a page, by kind.
func Topics(b *words.Page, entries []explain.Entry) {
	for _, k := range topicKinds() {
		list := ""
		for i, e := range entries {
			if e.Kind == k.kind && !e.Alias && !sameWord(entries[:i], e) {
				list += " " + e.Word
			}
		}
		b.Printf("%s\n  %s\n", k.text, words.Wrap(list, 2))
	}
	b.Printf("and every class, permission, type, attribute and boolean of the policy,\n" +
		"every interface and macro of refpolicy's headers\n")
}

func sameWord(entries []explain.Entry, e explain.Entry) bool {
	for _, x := range entries {
		if x.Word == e.Word && x.Kind == e.Kind {
			return true
		}
	}
	return false
}
