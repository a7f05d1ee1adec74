package compile_test

import (
	"bufio"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/test/cilgen"
)

var update = flag.Bool("update", false, "write the expected messages")

// TestMistakes compiles what people write wrongly, a line of testdata/mistakes.txt
// each, and holds what they are told.
func TestMistakes(t *testing.T) {
	f, err := os.Open("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	base := parse(t, "base.cil", cilgen.Base)
	var out strings.Builder
	for lines := bufio.NewScanner(f); lines.Scan(); {
		out.WriteString("% " + lines.Text() + "\n" + told(base, lines.Text()))
	}
	const golden = "testdata/mistakes.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	wanted, got := strings.Split(string(want), "\n% "), strings.Split(out.String(), "\n% ")
	for i := range max(len(wanted), len(got)) {
		if i >= len(wanted) || i >= len(got) || wanted[i] != got[i] {
			t.Errorf("case %d: got\n%s\nwant\n%s", i, at(got, i), at(wanted, i))
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// told returns the errors of a text behind base.cil, "" if it compiles.
func told(base *cil.File, text string) string {
	file, err := cil.ParseFile("m.cil", text)
	if err == nil {
		_, err = compile.Compile([]*cil.File{base, file}, compile.Options{})
	}
	found := compile.FromSyntax(err)
	if err == nil || found == nil && !errors.As(err, &found) {
		return ""
	}
	var b strings.Builder
	for _, d := range found.List {
		b.WriteString(d.Text())
	}
	return b.String()
}
