package say

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/internal/explain"
)

// TestTopicsHaveAHeading checks that the list of words leaves no kind of page out.
func TestTopicsHaveAHeading(t *testing.T) {
	book, err := explain.Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range book.Entries() {
		if !slices.ContainsFunc(topicKinds(), func(k topicKind) bool { return k.kind == e.Kind }) {
			t.Errorf("%s is of the kind %s, which the list does not have", e.Word, e.Kind)
		}
	}
}
