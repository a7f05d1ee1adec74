package bzip2

import (
	"bytes"
	stdbzip2 "compress/bzip2"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// texts meet each rule of the format.
func texts() map[string][]byte {
	random := func(n, letters int) []byte {
		r := rand.New(rand.NewPCG(uint64(n), uint64(letters)))
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.IntN(letters))
		}
		return b
	}
	words := func(n int) []byte {
		r := rand.New(rand.NewPCG(1, uint64(n)))
		var b bytes.Buffer
		for b.Len() < n {
			fmt.Fprintf(&b, "(allow domain%d_t port%d_t (tcp_socket (name_%s)))\n", r.IntN(200), r.IntN(50),
				[]string{"bind", "connect"}[r.IntN(2)])
		}
		return b.Bytes()[:n]
	}
	m := map[string][]byte{
		"empty":                     nil,
		"one byte":                  []byte("x"),
		"all bytes":                 random(4096, 256),
		"text":                      words(50_000),
		"several blocks":            words(250_000),
		"noise over several":        random(230_000, 256),
		"a code longer than 17":     skewed(),
		"a block filled to its end": random(100_000-19, 255),
	}
	for _, n := range []int{1, 2, 3, 4, 5, 254, 255, 256, 259, 260, 511, 1000} {
		m[fmt.Sprintf("a run of %d", n)] = append(append([]byte("ab"), bytes.Repeat([]byte{'r'}, n)...), "end"...)
	}
	for _, n := range []int{199, 200, 599, 600, 1199, 1200, 2399, 2400} { // where the number of codes changes
		m[fmt.Sprintf("%d symbols", n)] = random(n-1, 200)
	}
	// A run that crosses the end of a block stays pending in the next.
	for d := range 8 {
		b := random(100_000-19-4+d, 255)
		m[fmt.Sprintf("a run over the end of a block %d", d)] = append(append(b, bytes.Repeat([]byte{255}, 300)...),
			"tail"...)
	}
	return m
}

// skewed has frequencies like the Fibonacci numbers, whose code words grow too long.
func skewed() []byte {
	var b []byte
	for i, n, m := 0, 1, 1; len(b) < 90_000; i, n, m = i+1, m, n+m {
		for range n {
			b = append(b, byte(i))
		}
	}
	r := rand.New(rand.NewPCG(3, 3))
	r.Shuffle(len(b), func(i, j int) { b[i], b[j] = b[j], b[i] })
	return b[:min(len(b), 99_000)]
}

// TestEncodeAgainstBzip2: the bytes are those of the program bzip2, which is libbz2.
func TestEncodeAgainstBzip2(t *testing.T) {
	testenv.Need(t, "bzip2")
	for name, text := range texts() {
		for _, level := range []int{1, 9} {
			t.Run(fmt.Sprintf("%s/%d", name, level), func(t *testing.T) { checkEncode(t, text, level) })
		}
	}
}

func checkEncode(t *testing.T, text []byte, level int) {
	t.Helper()
	cmd := exec.Command("bzip2", fmt.Sprintf("-%dc", level))
	cmd.Stdin = bytes.NewReader(text)
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := Encode(text, level)
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes are not bzip2's %d", len(got), len(want))
	}
	back, err := Decode(want, len(text))
	if err != nil || !bytes.Equal(back, text) {
		t.Errorf("Decode of bzip2's stream: %v, %d bytes of %d", err, len(back), len(text))
	}
}

// TestModules: the modules that Debian's policy consists of, read and written again: every tenth, and
// in a long run all of them.
func TestModules(t *testing.T) {
	files, _ := filepath.Glob("/var/lib/selinux/default/active/modules/*/*/cil")
	if len(files) == 0 {
		testenv.Missing(t, "no policy store of Debian's")
	}
	for i, file := range files {
		stream, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !Is(stream) {
			t.Fatalf("%s is not of bzip2", file)
		}
		text, err := Decode(stream, 1<<26)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		want, err := io.ReadAll(stdbzip2.NewReader(bytes.NewReader(stream)))
		if err != nil || !bytes.Equal(text, want) {
			t.Fatalf("%s: not what compress/bzip2 reads (%v)", file, err)
		}
		if i%10 != 0 && !testenv.Long() {
			continue
		}
		if !bytes.Equal(Encode(text, 9), stream) {
			t.Errorf("%s: written again it differs", file)
		}
	}
}

// TestPeriodic: rotations of a text that repeats itself are equal; its stream may
// differ from libbz2's, and must be read back by everyone.
func TestPeriodic(t *testing.T) {
	for _, text := range []string{"aaaa", "ababab", strings.Repeat("abc", 1000), strings.Repeat("x", 100_000)} {
		stream := Encode([]byte(text), 1)
		got, err := io.ReadAll(stdbzip2.NewReader(bytes.NewReader(stream)))
		if err != nil || string(got) != text {
			t.Errorf("%.10q: compress/bzip2: %v", text, err)
		}
		if got, err := Decode(stream, len(text)); err != nil || string(got) != text {
			t.Errorf("%.10q: %v", text, err)
		}
	}
}

// TestDamaged: each byte of a stream changed, each place cut: an error or the text.
func TestDamaged(t *testing.T) {
	text := []byte("(type haproxy_port_t)\n(portcon tcp 5601 (system_u object_r haproxy_port_t ((s0) (s0))))\n")
	stream := Encode(text, 1)
	for i := range stream {
		if _, err := Decode(stream[:i], 1<<20); err == nil {
			t.Errorf("cut to %d of %d bytes: no error", i, len(stream))
		}
		for bit := range 8 {
			b := bytes.Clone(stream)
			b[i] ^= 1 << bit
			if got, err := Decode(b, 1<<20); err == nil && !bytes.Equal(got, text) {
				t.Errorf("byte %d bit %d: other text and no error", i, bit)
			}
		}
	}
	if _, err := Decode(stream, len(text)-1); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a limit of one byte less: %v", err)
	}
	if _, err := Decode([]byte("plain text"), 100); err == nil {
		t.Error("plain text: no error")
	}
}

// FuzzDecode: what is read is the text that compress/bzip2 reads or, where that refuses a tree that libbz2 takes, the
// text of the program bzip2. Nothing panics or grows without bound.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{"", "a", "aaaaaaaaaa", "(block b (type t))"} {
		f.Add(Encode([]byte(text), 1))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 1 << 21
		got, err := Decode(b, limit)
		if err != nil {
			return
		}
		want, err := io.ReadAll(io.LimitReader(stdbzip2.NewReader(bytes.NewReader(b)), limit+1))
		reader := "compress/bzip2"
		if err != nil {
			testenv.Need(t, "bzip2")
			cmd := exec.Command("bzip2", "-dc")
			cmd.Stdin, reader = bytes.NewReader(b), "bzip2"
			want, err = cmd.Output()
		}
		if len(want) < len(got) || !bytes.Equal(got, want[:len(got)]) {
			t.Errorf("other text than %s's (%v)", reader, err)
		}
	})
}

// FuzzEncode: the output is read back as the input, by other readers too.
func FuzzEncode(f *testing.F) {
	for _, text := range texts() {
		if len(text) < 5000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		stream := Encode(text, 1)
		if got, err := Decode(stream, len(text)); err != nil || !bytes.Equal(got, text) {
			t.Fatal(err)
		}
		got, err := io.ReadAll(stdbzip2.NewReader(bytes.NewReader(stream)))
		if err != nil || !bytes.Equal(got, text) {
			t.Fatal(err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	files, _ := filepath.Glob("/var/lib/selinux/default/active/modules/*/*/cil")
	var streams [][]byte
	for _, file := range files {
		s, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		streams = append(streams, s)
	}
	b.Run("senet", func(b *testing.B) {
		for b.Loop() {
			for _, s := range streams {
				if _, err := Decode(s, 1<<26); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("compress", func(b *testing.B) {
		for b.Loop() {
			for _, s := range streams {
				if _, err := io.Copy(io.Discard, stdbzip2.NewReader(bytes.NewReader(s))); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
