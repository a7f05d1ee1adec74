package audit

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestUnpack: text is returned as it is, and gzip is decompressed, also several gzip streams in one file. Other
// compressions are named.
func TestUnpack(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 64<<10) // several pieces
	for _, c := range []struct{ name, in, want, problem string }{
		{"text", "a line\n", "a line\n", ""},
		{"nothing", "", "", ""},
		{"one byte", "\x1f", "\x1f", ""},
		{"gzip", string(gz(t, "a line\n")), "a line\n", ""},
		{"long", string(gz(t, long)), long, ""},
		{"two in one", string(gz(t, "a\n")) + string(gz(t, "b\n")), "a\nb\n", ""},
		{"UTF-16", "\xff\xfea\x00\xe9\x00\n\x00", "a\u00e9\n", ""},
		{"UTF-16 of the other order", "\xfe\xff\x00a\xd8\x3d\xde\x00\x00\n", "a\U0001f600\n", ""},
		{"half a pair, half a unit", "\xff\xfe\x3d\xd8a\x00b", "\ufffda\ufffd", ""},
		{"xz", "\xfd7zXZ\x00\x00", "", "compressed by xz: pipe it through xzcat"},
		{"zstd", "\x28\xb5\x2f\xfd\x00", "", "compressed by zstd: pipe it through zstdcat"},
		{"bzip2", "BZh91AY", "", "compressed by bzip2: pipe it through bzcat"},
	} {
		for _, src := range []io.Reader{strings.NewReader(c.in), iotest.OneByteReader(strings.NewReader(c.in))} {
			got, err := io.ReadAll(Unpack(src))
			if string(got) != c.want || (err != nil) != (c.problem != "") || err != nil && err.Error() != c.problem {
				t.Errorf("%s: %d bytes, %v", c.name, len(got), err)
			}
		}
	}
}

// TestUnpackCut: text before the cut is not lost, and the reader distinguishes the cut from the end.
func TestUnpackCut(t *testing.T) {
	var text bytes.Buffer
	for i := range 20_000 {
		text.WriteString(avcLine(1760000000+i, i))
	}
	whole := gz(t, text.String())
	for _, cut := range []int{len(whole) / 2, len(whole) - 1, 12} {
		got, err := io.ReadAll(Unpack(bytes.NewReader(whole[:cut])))
		if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.HasPrefix(text.Bytes(), got) ||
			len(got) < text.Len()*(cut-12)/len(whole)*9/10-64<<10 {
			t.Errorf("cut at %d of %d: %d bytes of %d, %v", cut, len(whole), len(got), text.Len(), err)
		}
	}
	// The other files are still read.
	dir := t.TempDir()
	write(t, dir, "a.gz", whole[:len(whole)/2])
	write(t, dir, "b", []byte("the last\n"))
	f, err := Open(dir+"/a.gz", dir+"/b")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := io.ReadAll(f)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.HasSuffix(got, []byte("\nthe last\n")) ||
		!strings.Contains(err.Error(), "a.gz") {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
