package explain

import (
	"reflect"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/statefile"
)

// TestStateFilePage: the page about state files has each word that may stand in one,
// and its example is a state file.
func TestStateFilePage(t *testing.T) {
	book, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	page, err := book.Page("senet.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []any{
		statefile.State{}, statefile.Base{}, statefile.Port{}, statefile.Node{}, statefile.Interface{},
		statefile.User{}, statefile.Login{}, statefile.FileContext{}, statefile.Equivalence{},
	} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(of)) {
			word, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if word != "-" && !strings.Contains(page.Text, word) {
				t.Errorf("%T: the page lacks %q", of, word)
			}
		}
	}
	_, example, _ := strings.Cut(page.Text, "    ports:\n")
	example, _, _ = strings.Cut(example, "\n\n")
	s, err := statefile.Read("the example", strings.NewReader("    ports:\n"+example))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Ports) != 3 || len(s.Booleans) != 1 || len(s.Nodes) != 2 || len(s.Interfaces) != 1 ||
		len(s.Exclusive) != 1 {
		t.Errorf("the example reads as %+v", s)
	}
	if _, err := book.Page("no such page"); err == nil {
		t.Error("a word without a page has one")
	}
}
