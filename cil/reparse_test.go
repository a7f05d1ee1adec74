package cil_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/testenv"
)

// pieces are what texts are put together of: statements, what stands between them, and
// what a token that is cut in two would swallow.
var pieces = []string{
	"(type a)", "(allow a b (file (read \"x y\")))", "(block b\n  (type c)\n)", "\n", "\r\n", "   ", "; a (comment\n",
	"; \"a string\" in it\n", ";;* lms 7 \"/src/a.te\"\n", ";;* lme\n", "(o ())", "()", "; open", "\"", "(", ")",
	strings.Repeat(" ", 300), ";;*", "\n;;* lmx 3 x\n(type d)\n;;* lme\n", "word",
}

func text(r *rand.Rand, n, kinds int) string {
	var b strings.Builder
	for range n {
		b.WriteString(pieces[r.IntN(kinds)])
	}
	return b.String()
}

// sameParse reads a source again and anew, and compares. It returns the file, nil if the
// source is none.
func sameParse(t *testing.T, r *cil.Reader, table *cil.Table, old *cil.File, source string) *cil.File {
	t.Helper()
	want, wantErr := cil.NewReader(table).Parse("x", []byte(source), nil)
	got, kept, err := r.Reparse(old, []byte(source), nil)
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Fatalf("%q: %v, want %v", source, err, wantErr)
	}
	if err != nil {
		return nil
	}
	if d := cil.Diff(want, got); d != "" {
		t.Fatalf("%q: %s", source, d)
	}
	if kept.Front < 1 || kept.Back < kept.Front || kept.Back > got.Len() ||
		kept.OldBack < kept.Front || got.Len()-kept.Back != old.Len()-kept.OldBack {
		t.Fatalf("%+v of %d and %d nodes", kept, old.Len(), got.Len())
	}
	if same, _, err := r.Reparse(got, []byte(source), nil); err != nil || same != got || !got.Reads([]byte(source)) {
		t.Fatalf("%q: another file of the same source: %v", source, err)
	}
	other := []byte(source + " ")
	if got.Reads(other) || source != "" && source[0] != '(' && got.Reads(append([]byte("("), source[1:]...)) {
		t.Fatalf("%q: the file is that of another source", source)
	}
	for i := uint32(1); i < kept.Front; i = got.Next(i) {
		if !cil.Same(old, i, got, i) {
			t.Fatalf("%q: node %d is not the same", source, i)
		}
	}
	for i, j := kept.OldBack, kept.Back; j < got.Len(); i, j = old.Next(i), got.Next(j) {
		if !cil.Same(old, i, got, j) {
			t.Fatalf("%q: node %d is not %d", source, j, i)
		}
	}
	return got
}

// TestReparse changes texts at random: Reparse returns the same file as Parse.
func TestReparse(t *testing.T) {
	r := rand.New(rand.NewPCG(testenv.Seed(t), 2))
	again, broken := 0, 0
	for range testenv.Rounds(2000, 100000) {
		table := cil.NewTable()
		reader := cil.NewReader(table)
		cil.Blocks(reader, 1+r.IntN(60))
		source := text(r, r.IntN(40), 8)
		f, err := reader.Parse("x", []byte(source), nil)
		if err != nil {
			continue // a comment at the end
		}
		for range 8 {
			from := r.IntN(len(source) + 1)
			to := from + r.IntN(min(30, len(source)-from)+1)
			now := source[:from] + text(r, r.IntN(4), len(pieces)) + source[to:]
			if g := sameParse(t, reader, table, f, now); g != nil {
				f, source = g, now
				again++
			} else {
				broken++
			}
		}
	}
	t.Logf("%d texts read again, %d broken", again, broken)
	if again < 1000 || broken < 1000 {
		t.Errorf("%d texts read again, %d broken", again, broken)
	}
}

// FuzzReparse: a source that was changed.
func FuzzReparse(f *testing.F) {
	f.Add("(type a)\n(type b) ; c", "(type a)\n(type bb) ; c", uint8(3))
	f.Add("(type a) ; x", "(type a) ; x (type b)", uint8(1))
	f.Add("(a)\n;;* lms 1 x\n(b)\n;;* lme\n(c)", "(a)(a)\n;;* lms 1 x\n(b)\n;;* lme\n(c)", uint8(2))
	f.Fuzz(func(t *testing.T, before, after string, size uint8) {
		table := cil.NewTable()
		reader := cil.NewReader(table)
		cil.Blocks(reader, 1+int(size))
		old, err := reader.Parse("x", []byte(before), nil)
		if err != nil {
			t.Skip()
		}
		if g := sameParse(t, reader, table, old, after); g != nil {
			sameParse(t, reader, table, g, before)
		}
	})
}
