package semodulecli_test

import (
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/test/stores"
)

// TestDifferences runs the lines of docs/semodule-differences.md: each differs as the document says,
// and where we refuse nothing changes.
func TestDifferences(t *testing.T) {
	doc, err := os.ReadFile("../../docs/semodule-differences.md")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, "")
	stores.Write(t, b.first+"/here/own.te", "module own 1.0;\nrequire { type user_t; class file read; }\n"+
		"allow user_t self:file read;\n")
	for _, tt := range []struct {
		line         string
		theirs, ours int
	}{
		{"-X 66000 -i own.cil", 0, 1},
		{"-X 400x -i own.cil", 0, 1},
		{"-s nosuch -l", 0, 1},
		{"-d base -d own -d pkg", 0, 1},
		{"-i own.te", 1, 0},
	} {
		if !strings.Contains(string(doc), "| `semodule "+tt.line+"`") {
			t.Errorf("the document lacks %s", tt.line)
		}
		b.reset(t)
		before, err := stores.Snap(b.ours.root, "small", b.parts)
		if err != nil {
			t.Fatal(err)
		}
		theirs, _ := b.theirs.run(b.args(b.theirs, tt.line))
		ours, _ := b.ours.run(b.args(b.ours, tt.line))
		if theirs != tt.theirs || ours != tt.ours {
			t.Errorf("%s: semodule exits with %d, we with %d", tt.line, theirs, ours)
		}
		after, err := stores.Snap(b.ours.root, "small", b.parts)
		if err != nil {
			t.Fatal(err)
		}
		if changed := before.Diff(after) != ""; changed != (ours == 0) {
			t.Errorf("%s: changed %v", tt.line, changed)
		}
		if _, err := os.Stat(b.ours.root + "/var/lib/selinux/nosuch"); err == nil {
			t.Errorf("%s makes a store", tt.line)
		}
	}
}
