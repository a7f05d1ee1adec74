package cil_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/senet-selinux/senet/cil"
)

// TestReadFileBounded: a file without an end is an error, and the memory that it
// takes has one.
func TestReadFileBounded(t *testing.T) {
	name := filepath.Join(t.TempDir(), "huge.cil")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 1<<40); err != nil { // a hole
		t.Skip(err)
	}
	var path *fs.PathError
	if _, err := cil.NewReader(cil.NewTable()).ReadFile(name); !errors.As(err, &path) || path.Path != name {
		t.Errorf("a file of 1 TiB: %v", err)
	}
}

// TestReader: a reader and ParseFile give the same nodes, and a message shows the
// lines of the file as long as the file has the same nodes.
func TestReader(t *testing.T) {
	const text = "(type a)\n\n  (allow a b\t(file (read \"x y\")))\r\n" +
		";;* lms 7 \"/src/a.te\"\n" + "(type b)\n;;* lme\n"
	wide := "(type a)" + strings.Repeat(" ", 700) + "(type b)\n" + strings.Repeat("(c d)", 300)
	dir := t.TempDir()
	r := cil.NewReader(cil.NewTable("allow", "type"))
	for n, source := range []string{text, wide, ""} {
		name := filepath.Join(dir, strconv.Itoa(n))
		if err := os.WriteFile(name, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		want, err := cil.ParseFile(name, source)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if want.Len() != got.Len() {
			t.Fatalf("%d nodes, want %d", got.Len(), want.Len())
		}
		for i := range want.Len() {
			path, line, ok := got.Source(i)
			wantPath, wantLine, wantOK := want.Source(i)
			if got.String(i) != want.String(i) || got.Pos(i) != want.Pos(i) || got.Next(i) != want.Next(i) ||
				path != wantPath || line != wantLine || ok != wantOK {
				t.Fatalf("node %d: %s at %v, want %s at %v", i, got.String(i), got.Pos(i), want.String(i), want.Pos(i))
			}
			if pos := want.Pos(i); pos != placeOf(source, want, i) {
				t.Fatalf("node %d: %s at %v", i, want.String(i), pos)
			}
		}
		for n := range strings.Count(source, "\n") + 2 {
			if got.Line(n+1) != want.Line(n+1) {
				t.Errorf("line %d: %q, want %q", n+1, got.Line(n+1), want.Line(n+1))
			}
		}
	}
	if n, ok := r.Table().Lookup("type"); !ok || n != 1 {
		t.Errorf("type has the number %d", n)
	}
	name := filepath.Join(dir, "0")
	f, err := r.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(text, "allow", "alloc", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if line := f.Line(1); line != "" {
		t.Errorf("%q is shown of a file that has changed", line)
	}
}

// placeOf searches node i of a file in its text: the nodes come in its order.
func placeOf(text string, f *cil.File, i uint32) cil.Pos {
	pos := f.Pos(i)
	off := 0
	for range pos.Line - 1 {
		off += strings.IndexByte(text[off:], '\n') + 1
	}
	off += pos.Column - 1
	there := text[off:]
	if i == 0 || there[0] == '(' || there[0] == ';' || strings.HasPrefix(strings.Trim(there, `"`), f.Text(i)) {
		return pos
	}
	return cil.Pos{}
}

// TestTable: goroutines that number the same texts agree.
func TestTable(t *testing.T) {
	table := cil.NewTable("", "x")
	const n = 5000
	var numbers [4][n]uint32
	var all sync.WaitGroup
	for g := range numbers {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range n {
				at := (i*[...]int{1, 3, 7, 9}[g] + g) % n
				numbers[g][at] = table.Number("name_" + strconv.Itoa(at))
			}
		}()
	}
	all.Wait()
	if table.Len() != n+2 {
		t.Errorf("%d texts", table.Len())
	}
	texts := table.Texts()
	for g := range numbers {
		for i, number := range numbers[g] {
			if numbers[0][i] != number || texts[number] != "name_"+strconv.Itoa(i) {
				t.Fatalf("name_%d has the numbers %d and %d, which is %q", i, numbers[0][i], number, texts[number])
			}
		}
	}
}
