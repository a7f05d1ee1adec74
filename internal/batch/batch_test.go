package batch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

const (
	httpd    = "system_u:system_r:httpd_t:s0"
	httpPort = "system_u:object_r:http_port_t:s0"
	node     = "system_u:object_r:node_t:s0"
	secret   = "system_u:object_r:node_t:s0:c7"
)

func examplePolicy(t testing.TB) *policy.Policy {
	t.Helper()
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(db)
}

// A lineAtATime hands out one line, and fails the test if the next is asked for
// before the answer to the last is there.
type lineAtATime struct {
	t     *testing.T
	lines []string
	sent  int
	out   *bytes.Buffer
}

func (l *lineAtATime) Read(b []byte) (int, error) {
	if got := strings.Count(l.out.String(), "\n"); got != l.sent {
		l.t.Errorf("%d answers to %d questions", got, l.sent)
	}
	if l.sent == len(l.lines) {
		return 0, io.EOF
	}
	l.sent++
	return copy(b, l.lines[l.sent-1]+"\n"), nil
}

// TestAccessBatchAnswersAtOnce is a program that asks and waits.
func TestAccessBatchAnswersAtOnce(t *testing.T) {
	var out bytes.Buffer
	in := &lineAtATime{t: t, lines: []string{httpd + " " + httpPort + " tcp_socket", "a b c",
		httpd + " " + node + " tcp_socket"}, out: &out}
	if err := New(examplePolicy(t), false).Run(in, &out); err != nil {
		t.Fatal(err)
	}
}

// errBroken is a pipe that breaks.
var errBroken = errors.New("broken")

type brokenPipe struct{}

func (brokenPipe) Read([]byte) (int, error)  { return 0, errBroken }
func (brokenPipe) Write([]byte) (int, error) { return 0, errBroken }

// TestAccessBatchBroken is a standard input or output that fails.
func TestAccessBatchBroken(t *testing.T) {
	b := New(examplePolicy(t), false)
	if err := b.Run(brokenPipe{}, io.Discard); !errors.Is(err, errBroken) {
		t.Error(err)
	}
	if err := b.Run(strings.NewReader("a b c\n"), brokenPipe{}); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

// TestContextCacheIsBounded fills the cache from a stream of contexts without end.
func TestContextCacheIsBounded(t *testing.T) {
	c := newContextCache(examplePolicy(t))
	for i := range 3 * maxCachedContexts {
		text := fmt.Sprintf("system_u:system_r:httpd_t:s0:c%d,c%d", i%1000, i/1000%1000)
		_, ok := c.get([]byte(text))
		if !ok {
			t.Fatalf("%s: %v", text, ok)
		}
		if len(c.contexts) > maxCachedContexts || len(c.ranges) > maxCachedRanges {
			t.Fatalf("%d contexts, %d ranges kept", len(c.contexts), len(c.ranges))
		}
	}
	if _, ok := c.get([]byte("system_u:system_r:httpd_t:s0:" + strings.Repeat("c1,", 5000) + "c1")); !ok {
		t.Error("a long context that is valid is not")
	}
	for text := range c.contexts {
		if len(text) > maxCachedLength {
			t.Errorf("keeps a context of %d bytes", len(text))
		}
	}
}

// FuzzAccessBatch feeds anything to the batch: one line out for each line in,
// and the same contexts as policy.ParseContext accepts.
func FuzzAccessBatch(f *testing.F) {
	for _, seed := range []string{
		httpd + " " + httpPort + " tcp_socket\n", httpd + " " + secret + " tcp_socket", "\n\n", "a b c d e\n",
		" \t\r\n",
		"system_u:system_r:httpd_t:s0-s0:c0.c1023 " + node + " tcp_socket\nx\n", "::: ::: file\n",
		httpd + "\x00 " + node + " file\n",
		"system_u:system_r:httpd_t:s0:c1.c0 " + node + " file\n", "system_u:system_r:httpd_t:s0 -s0 file\n",
	} {
		f.Add([]byte(seed))
	}
	p := examplePolicy(f)
	b := New(p, false)
	j := New(p, true)
	f.Fuzz(func(t *testing.T, data []byte) {
		want := bytes.Count(data, []byte("\n"))
		if len(data) > 0 && data[len(data)-1] != '\n' {
			want++
		}
		for _, batch := range []*Batch{b, j} {
			var out bytes.Buffer
			if err := batch.Run(bytes.NewReader(data), &out); err != nil {
				t.Fatal(err)
			}
			if got := bytes.Count(out.Bytes(), []byte("\n")); got != want {
				t.Fatalf("%d lines out for %d in", got, want)
			}
		}
		for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
			for _, word := range strings.Fields(s.Text()) {
				_, err := p.ParseContext(word)
				if _, ok := b.contexts.get([]byte(word)); ok != (err == nil) {
					t.Fatalf("%q: in the batch %v, ParseContext says %v", word, ok, err)
				}
			}
		}
	})
}

// BenchmarkAccessBatch is a stream of questions with some thousand contexts.
func BenchmarkAccessBatch(b *testing.B) {
	p := examplePolicy(b)
	var in bytes.Buffer
	lines := 0
	for i := range 40 {
		for s := range p.Types() {
			for _, class := range []string{"tcp_socket", "file", "process"} {
				fmt.Fprintf(&in, "system_u:object_r:%s:s0:c%d system_u:object_r:http_port_t:s0 %s\n", p.TypeName(s),
					i, class)
				lines++
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := New(p, false).Run(bytes.NewReader(in.Bytes()), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
