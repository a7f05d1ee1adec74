package refpolicy

import (
	"bytes"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestIndexExpand: an index expands the call of each definition to the text, and with the messages, that the headers
// give, though it reads the support files alone.
func TestIndexExpand(t *testing.T) {
	h := openHeaders(t)
	x, err := h.Index()
	if err != nil {
		t.Fatal(err)
	}
	expand := x.expandBySupport(sysroot.Root{}, h.Dir)
	warned, every := 0, 10
	if testenv.Long() {
		every = 1
	}
	for def := 0; def < len(h.Defs); def += every {
		text := h.call(def, true) + "\n"
		want, said, err := h.Expand("a.te", text)
		if err != nil {
			t.Fatal(err)
		}
		got, also, err := expand("a.te", text)
		if err != nil || !bytes.Equal(got, want) || len(also) != len(said) {
			t.Fatalf("%s: %v\n%s\nwant\n%s", text, err, got, want)
		}
		warned += len(said)
	}
	if warned == 0 {
		t.Error("no definition has a message")
	}
	// A definition that the text makes itself comes before that of the index.
	own := "define(`" + h.Defs[0].Name + "',`mine')" + h.Defs[0].Name + "\n"
	if got, _, err := expand("a.te", own); err != nil || string(got) != "mine\n" {
		t.Errorf("%q, %v", got, err)
	}
}
