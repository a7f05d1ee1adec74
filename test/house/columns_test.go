package house

import (
	"go/scanner"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// maxColumns is the largest width of a line of code; a tab counts four.
const maxColumns = 120

// TestColumns: no line of code is wider than 120 columns, but where a text on it cannot be
// broken: a text in backquotes of several lines, or one long word.
func TestColumns(t *testing.T) {
	list := exec.Command("git", "ls-files", "*.go")
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		testenv.Missing(t, "no git here: "+err.Error()) // the sources were unpacked from an archive
	}
	for _, name := range strings.Fields(string(out)) {
		src, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range tooWide(src) {
			t.Errorf("%s:%d: more than %d columns", name, line, maxColumns)
		}
	}
}

// tooWide returns the lines that are too wide, and need not be.
func tooWide(src []byte) (wide []int) {
	lines := strings.Split(string(src), "\n")
	for i, line := range lines {
		if columns(line) > maxColumns {
			wide = append(wide, i+1)
		}
	}
	if len(wide) == 0 {
		return nil
	}
	unbreakable := make(map[int]bool)
	file := token.NewFileSet().AddFile("", 1, len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, 0)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok != token.STRING {
			continue
		}
		first := file.Line(pos)
		n := strings.Count(text, "\n")
		for i := 0; n > 0 && i <= n; i++ {
			unbreakable[first+i] = true
		}
		for _, word := range strings.Fields(text) {
			if len(word) > 60 {
				unbreakable[first] = true
			}
		}
	}
	out := wide[:0]
	for _, line := range wide {
		if !unbreakable[line] {
			out = append(out, line)
		}
	}
	return out
}

func columns(line string) int {
	n := 0
	for _, r := range line {
		if r == '\t' {
			n += 4
		} else {
			n++
		}
	}
	return n
}

// TestTooWide: lines that are too wide are found, except those that cannot be broken.
func TestTooWide(t *testing.T) {
	long, word := strings.Repeat("ab ", 50), strings.Repeat("x", 150)
	for _, c := range []struct {
		src  string
		want int
	}{
		{"package p\n", 0},
		{"package p\n\n// " + long + "\n", 1},
		{"package p\n\nvar s = \"" + long + "\"\n", 1},
		{"package p\n\nvar s = \"" + word + "\"\n", 0},
		{"package p\n\nvar s = `" + long + "\n" + long + "`\n", 0},
		{"package p\n\n" + strings.Repeat("\t", 31) + "var s = 1\n", 1},
	} {
		if got := tooWide([]byte(c.src)); len(got) != c.want {
			t.Errorf("%.40q: lines %v", c.src, got)
		}
	}
}
