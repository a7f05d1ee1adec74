package audit

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// TestArena: every example comes out as it went in, whatever it shares with the
// base of its template: nothing, all, the ends of the text, both of which overlap,
// fewer records or more; and numbers that are far from the base's, or less.
func TestArena(t *testing.T) {
	r := rand.New(rand.NewSource(5601))
	word := func() []byte { return bytes.Repeat([]byte{"ab"[r.Intn(2)]}, r.Intn(20)) }
	event := func() *openEvent {
		o := &openEvent{format: numberedFormats[1+r.Intn(6)], notable: true, line: r.Int63n(1000), node: []byte([]string{"", "a", "web1"}[r.Intn(3)])}
		o.id = eventID{r.Int63() - r.Int63(), r.Uint64(), nodeHash(o.node)}
		o.mark.template = int32(r.Intn(4))
		for range 1 + r.Intn(4) {
			o.add(&record{typ: recordType(1300 + r.Intn(100)), style: style(r.Intn(2)), format: numberedFormats[1+r.Intn(6)], body: slices.Concat(word(), word(), word()), line: r.Int63n(1000)})
		}
		o.notable, o.marked = true, false
		return o
	}
	var a arena
	var events []*openEvent
	var places []place
	for range 20_000 {
		o := event()
		at, ok := a.keep(o)
		if !ok {
			t.Fatal("not kept")
		}
		events, places = append(events, o), append(places, at)
	}
	for i, at := range places {
		got, want := a.event(at), events[i]
		if !bytes.Equal(got.text, want.text) || !slices.Equal(got.records, want.records) || got.id != want.id || got.format != want.format || !bytes.Equal(got.node, want.node) || got.line != want.line {
			t.Fatalf("%d: %+v, want %+v", i, got, want)
		}
	}
	if len(a.text) < 2 {
		t.Errorf("%d pieces: the second is not tried", len(a.text))
	}
}

// TestArenaFull: beyond its size an example has its AVC alone.
func TestArenaFull(t *testing.T) {
	a := arena{bytes: maxExamples}
	o := &openEvent{format: FormatAuditLog}
	o.add(&record{typ: typeSyscall, format: FormatAuditLog, body: []byte("arch=1"), line: 1})
	o.add(&record{typ: typeAVC, format: FormatAuditLog, body: []byte("avc: x"), line: 2})
	at, _ := a.keep(o)
	if got := a.event(at); len(got.records) != 1 || string(got.text) != "avc: x" || got.records[0].line != 2 {
		t.Errorf("%+v", got)
	}
}

// TestArenaShares: of ten thousand events that differ in numbers a few bytes each
// are kept.
func TestArenaShares(t *testing.T) {
	const events = 10_000
	var log bytes.Buffer
	for i := range events {
		id := fmt.Sprintf("audit(%d.%03d:%d)", 1_760_000_000+i/7, i*37%1000, 100+i)
		fmt.Fprintf(&log, "type=AVC msg=%s: %s\n", id, strings.Replace(denial, "dest=81", fmt.Sprintf("dest=%d", 20_000+i), 1))
		fmt.Fprintf(&log, "type=SYSCALL msg=%s: arch=c000003e syscall=42 success=no exit=-13 a0=b a1=7ffd1c%06x a2=10 items=0 ppid=1 pid=%d comm=\"x\" exe=\"/usr/sbin/x\" key=(null)\n", id, i*4099, 1000+i)
		fmt.Fprintf(&log, "type=PROCTITLE msg=%s: proctitle=2F7573722F7362696E2F78\n", id)
	}
	f := NewFolder(0)
	size := log.Len()
	for range NewReader(&log, Options{}).Fold(f) {
		t.Fatal("an error, or an event that is no denial")
	}
	if each := f.arena.bytes / f.Len(); f.Len() != events || each > size/events/5 {
		t.Errorf("%d groups, of %d bytes each", f.Len(), each)
	}
}

func TestCommon(t *testing.T) {
	for _, c := range []struct {
		a, b           string
		prefix, suffix int
	}{
		{"", "", 0, 0}, {"a", "", 0, 0}, {"a", "a", 1, 1}, {"0123456789x", "0123456789y", 10, 0}, {"x0123456789", "y0123456789", 0, 10},
		{"01234567", "01234567", 8, 8}, {"0123456x01234567", "0123456y01234567", 7, 8}, {"aaaaaaaaaaaa", "aaaaaaaaa", 9, 9},
	} {
		if p, s := commonPrefix([]byte(c.a), []byte(c.b)), commonSuffix([]byte(c.a), []byte(c.b)); p != c.prefix || s != c.suffix {
			t.Errorf("%q and %q: %d and %d, want %d and %d", c.a, c.b, p, s, c.prefix, c.suffix)
		}
	}
}
