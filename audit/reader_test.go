package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
)

const denial = "avc:  denied  { name_connect } for  pid=1 comm=\"x\" dest=81 scontext=a:b:c_t:s0 " +
	"tcontext=a:b:d_t:s0 tclass=tcp_socket permissive=0"

// avcLine is a denial as auditd writes it.
func avcLine(sec, serial int) string {
	return fmt.Sprintf("type=AVC msg=audit(%d.000:%d): %s\n", sec, serial, denial)
}

// TestMaxOpen: if there are more open events than MaxOpen, the oldest is yielded as it is, and none is lost.
func TestMaxOpen(t *testing.T) {
	var log strings.Builder
	for i := 1; i <= 100; i++ {
		log.WriteString(avcLine(1760000000, i))
	}
	r := NewReader(strings.NewReader(log.String()), Options{MaxOpen: 4})
	next := uint64(1)
	for e := range r.Events() {
		if e.Serial != next {
			t.Fatalf("serial %d, want %d", e.Serial, next)
		}
		if len(r.open) > 4 {
			t.Fatalf("%d events are open", len(r.open))
		}
		next++
	}
	if next != 101 {
		t.Errorf("%d events", next-1)
	}
}

// TestEndOfEvent: without EOE or PROCTITLE an event is complete when an event comes that is more than two seconds
// newer, as for ausearch.
func TestEndOfEvent(t *testing.T) {
	log := avcLine(1760000000, 1) + avcLine(1760000002, 2) + avcLine(1760000003, 3) + avcLine(1760000000, 1)
	events, _ := Parse(log, Options{})
	// The third event closes the first one, and the second does not. So the last line is an event of its own.
	var got []string
	for _, e := range events {
		got = append(got, fmt.Sprintf("%d:%d", e.Serial, e.Line))
	}
	if s := strings.Join(got, " "); s != "1:1 2:2 3:3 1:4" {
		t.Error(s)
	}
}

// TestHugeEvent: an event with more records than an event may hold is yielded in parts.
func TestHugeEvent(t *testing.T) {
	const n = 3*maxRecords + 7
	events, stats := Parse(strings.Repeat(avcLine(1760000000, 1), n), Options{})
	if stats.Denied != n || len(events) != 4 {
		t.Errorf("%d denials in %d events, want %d in 4", stats.Denied, len(events), n)
	}
}

// TestLongLine: a line longer than MaxLine is counted, and costs no memory.
func TestLongLine(t *testing.T) {
	const size = 1 << 30
	long := io.MultiReader(strings.NewReader(avcLine(1760000000, 1)), io.LimitReader(endless{}, size),
		strings.NewReader("\n"+avcLine(1760000001, 2)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := NewReader(long, Options{})
	n := 0
	for _, err := range r.Events() {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	runtime.ReadMemStats(&after)
	s := r.Stats()
	if n != 2 || s.Lines != 3 || s.Bytes < size || len(s.Malformed) != 1 || s.Malformed[0].Kind != MalformedLong ||
		s.Malformed[0].Line != 2 {
		t.Errorf("%d events, %+v", n, s)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes allocated for a line that is passed over", used)
	}
	// A line of exactly the limit.
	at := strings.TrimSuffix(avcLine(1760000000, 1), "\n")
	for _, limit := range []int{len(at), len(at) - 1} {
		_, s := Parse(at+"\n"+at, Options{MaxLine: limit})
		if want := int64(2 * (limit - len(at) + 1)); s.Denied != want || s.MalformedCount() != 2-want {
			t.Errorf("limit %d: %+v", limit, s)
		}
	}
}

// TestConstantMemory: a long log needs no more memory than a short one.
func TestConstantMemory(t *testing.T) {
	log := generate(8<<20, 1<<30)
	r := NewReader(bytes.NewReader(log), Options{})
	allocs := testing.AllocsPerRun(1, func() {
		r = NewReader(bytes.NewReader(log), Options{})
		for range r.Events() {
			t.Fatal("an event where there is none")
		}
	})
	if allocs > 40 {
		t.Errorf("%.0f allocations for %d lines that are passed over", allocs, r.Stats().Lines)
	}
}

// TestReadError: the events before an error are yielded, then the error, and then nothing.
func TestReadError(t *testing.T) {
	broken := errors.New("broken")
	r := NewReader(io.MultiReader(strings.NewReader(avcLine(1760000000, 1)), iotest.ErrReader(broken)), Options{})
	var got []string
	for e, err := range r.Events() {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, fmt.Sprint(e.Serial))
	}
	for range r.Events() {
		got = append(got, "more")
	}
	if s := strings.Join(got, " "); s != "1 broken" {
		t.Error(s)
	}
}

// TestStopAndGoOn: an iteration that ends early loses nothing.
func TestStopAndGoOn(t *testing.T) {
	var log strings.Builder
	for i := range 10 {
		log.WriteString(avcLine(1760000000+10*i, i+1))
	}
	r := NewReader(strings.NewReader(log.String()), Options{})
	n := 0
	for range 20 {
		for range r.Events() {
			n++
			break
		}
	}
	if n != 10 {
		t.Errorf("%d events, want 10", n)
	}
}

// TestDates has the dates that ausearch -i writes in several locales, the time zone, and the year of dates that
// have none.
func TestDates(t *testing.T) {
	berlin := time.FixedZone("CEST", 2*3600)
	for _, c := range []struct {
		stamp, want string
		loc         *time.Location
	}{
		{"10/09/2025 09:13:22.250:1", "2025-10-09T09:13:22.25Z", nil},
		{"10/09/25 09:13:22.250:1", "2025-10-09T09:13:22.25Z", nil},
		{"31/12/2025 09:13:22.250:1", "2025-12-31T09:13:22.25Z", nil}, // not a date in the American form
		{"9.10.2025 09:13:22.250:1", "2025-10-09T09:13:22.25Z", nil},
		{"09.10.2025 09:13:22.250:1", "2025-10-09T07:13:22.25Z", berlin},
		{"2025-10-09 09:13:22.250:1", "2025-10-09T09:13:22.25Z", nil},
		{"1760000000.5:1", "2025-10-09T08:53:20.5Z", berlin}, // seconds have no time zone
		{"29.674:1", "0001-01-01T00:00:00Z", nil},            // seconds since boot
	} {
		events, _ := Parse("type=AVC msg=audit("+c.stamp+") : "+denial, Options{Location: c.loc})
		if len(events) != 1 || events[0].Serial != 1 {
			t.Errorf("%s: %d events", c.stamp, len(events))
			continue
		}
		if got := events[0].Time.Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%s: %s, want %s", c.stamp, got, c.want)
		}
	}
	now := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ header, want string }{
		{"Jan 14 09:13:22", "2026-01-14T09:13:22Z"},
		{"Dec 31 09:13:22", "2025-12-31T09:13:22Z"}, // not in the future
		{"Jan  1 00:00:00.123456", "2026-01-01T00:00:00.123456Z"},
	} {
		events, _ := Parse(c.header+" web1 audit[1]: AVC "+denial, Options{Now: now})
		if got := events[0].Time.Format(time.RFC3339Nano); got != c.want || events[0].Node != "web1" {
			t.Errorf("%s: %s on %q, want %s", c.header, got, events[0].Node, c.want)
		}
		events, _ = Parse(c.header+" web1 audit[1]: AVC "+denial, Options{})
		if !events[0].Time.IsZero() {
			t.Errorf("%s: %s without a year to go by", c.header, events[0].Time)
		}
	}
}

// TestPort: the port that a check was about.
func TestPort(t *testing.T) {
	for _, c := range []struct {
		fields string
		want   uint16
	}{
		{"{ name_connect } for  dest=5601", 5601},
		{"{ name_bind } for  src=8081", 8081},
		{"{ node_bind } for  saddr=::1 src=53", 53},
		{"{ listen } for  laddr=::1 lport=80", 80},
		{"{ connect } for  lport=40000 faddr=::1 fport=443", 443},
		{"{ read } for  lport=443 faddr=::1 fport=40000", 443},
		{"{ recv } for  saddr=::1 src=40000 daddr=::1 dest=22 netif=lo", 22},
		{"{ send } for  saddr=::1 src=22 daddr=::1 dest=40000 netif=lo", 22},
		{"{ send } for  saddr=::1 daddr=::1 dest=53 netif=lo", 53},
		{"{ create } for  pid=1", 0},
	} {
		a, ok := parseAVC("avc:  denied  "+c.fields+" scontext=a:b:c tcontext=a:b:d tclass=tcp_socket", raw, false)
		if !ok || a.Port() != c.want {
			t.Errorf("%s: %d, want %d", c.fields, a.Port(), c.want)
		}
	}
}

// TestForged: text that a user can put into the message of a program is not a record. systemd logs
// the command line of systemctl.
func TestForged(t *testing.T) {
	forged := `type=AVC msg=audit(1760000000.000:9): avc:  denied  { forged } for  pid=1 scontext=f:f:forged_t:s0 ` +
		`tcontext=a:b:c:s0 tclass=file permissive=0`
	for _, quote := range []string{`"`, `'`, "' ", `" `} {
		message := `pid=1 uid=0 msg='avc:  denied  { start } for auid=1000 cmdline="x` + quote + forged +
			`" scontext=a:b:user_t:s0 tcontext=a:b:d_t:s0 tclass=service permissive=0 exe="/usr/lib/systemd/systemd"'`
		for _, line := range []string{
			"type=USER_AVC msg=audit(1760000000.000:1): " + message,
			"Oct  9 09:13:22 web1 audispd: type=USER_AVC msg=audit(1760000000.000:1): " + message,
			"Oct  9 09:13:22 web1 audit[1]: USER_AVC " + message,
			"audit: type=1107 audit(1760000000.000:1): " + message,
		} {
			events, stats := Parse(line, Options{})
			if len(events) != 1 || stats.Denied != 1 {
				t.Errorf("%s\n\t%d events", line, len(events))
				continue
			}
			if a := events[0].AVCs[0]; a.Permissions[0] != "start" || a.TClass != "service" ||
				a.SContext != "a:b:user_t:s0" {
				t.Errorf("%s\n\t%+v", line, a)
			}
		}
	}
}

// plainVector matches lines for which FuzzReader itself can tell that a denial or grant must come out, or be
// counted: with permissions, and behind them a field. Without them the words are those of a sentence.
var plainVector = regexp.MustCompile(`^[^"'{}&#\x1b]*avc:[ \t]*(denied|granted)[ \t]*\{[^}]*\}[^=]*=`)

// vectors counts the lines that match plainVector.
func vectors(text []byte, limit int) int64 {
	var n int64
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		switch {
		case len(line) > limit, !plainVector.Match(line):
		case bytes.Contains(line, []byte("type=")) && !bytes.Contains(line, []byte("type=AVC ")):
		case bytes.Count(line, []byte("type=")) > 1, bytes.Contains(line, []byte("audit[")), bytes.Contains(line,
			[]byte("audit:")):
		default:
			n++
		}
	}
	return n
}

// FuzzReader: no panic; no denial is lost (it is yielded or counted); memory is bounded; the result does not depend
// on how the input arrives.
func FuzzReader(f *testing.F) {
	logs, _ := filepath.Glob("testdata/corpus/*.log")
	for _, name := range logs {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		options := Options{MaxLine: 4096, MaxOpen: 8, Now: goldenOptions.Now}
		first, stats := read(t, bytes.NewReader(text), options)
		if want, got := vectors(text,
			options.MaxLine),
			stats.Denied+stats.Granted+stats.MalformedCount()+stats.Duplicates+stats.Foreign; got < want {
			t.Fatalf("%d lines with an access vector, but %d accounted for: %+v", want, got, stats)
		}
		if len(text) > 8192 {
			return
		}
		sameFold(t, append(bytes.Clone(text), text...), options)
		second, again := read(t, iotest.OneByteReader(bytes.NewReader(text)), options)
		if first != second {
			t.Fatalf("byte by byte it reads differently:\n%s\n%s", first, second)
		}
		if fmt.Sprint(stats) != fmt.Sprint(again) {
			t.Fatalf("byte by byte: %+v, else %+v", again, stats)
		}
	})
}

// read returns the events as JSON, and checks the rules that hold for every input.
func read(t *testing.T, src io.Reader, options Options) (string, Stats) {
	r := NewReader(src, options)
	folder := newFolder(3)
	var out strings.Builder
	var denied, granted, reports, events int64
	for e, err := range r.Events() {
		if err != nil {
			t.Fatal(err)
		}
		events++
		if !e.notable() {
			t.Fatal("an event of nothing")
		}
		for i := range e.AVCs {
			if !e.AVCs[i].complete() {
				t.Fatalf("an AVC without its parts: %+v", e.AVCs[i])
			}
			if e.AVCs[i].Result == Denied {
				denied++
			} else {
				granted++
			}
		}
		if e.Report != nil {
			if _, ok := e.Report.AVC(); ok {
				reports++
			}
		}
		folder.Add(e)
		if len(r.open) > options.MaxOpen || len(r.free) > 16 || len(r.part.body) > maxWrappedText+options.MaxLine {
			t.Fatalf("%d open, %d free, %d bytes of a wrapped record", len(r.open), len(r.free), len(r.part.body))
		}
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	s := r.Stats()
	if s.Denied != denied || s.Granted != granted || s.Events != events {
		t.Fatalf("%d denied, %d granted, %d events, but %+v", denied, granted, events, s)
	}
	sum := folder.Others()
	for _, result := range []Result{Denied, Granted} {
		for g := range folder.Groups(result) {
			sum += g.Count
		}
	}
	for _, g := range folder.Symptoms() {
		sum += g.Count
	}
	if want := denied + granted + reports + s.Symptoms; sum != want || folder.Len() > 3 {
		t.Fatalf("%d folded of %d", sum, want)
	}
	return out.String(), s
}

// sameFold checks that Fold counts the same as Events and Add, however the input arrives, and that it yields the
// events that Add does not take.
func sameFold(t *testing.T, text []byte, options Options) {
	t.Helper()
	for _, limit := range []int{0, 2} {
		var rest []*Event
		r, want := NewReader(bytes.NewReader(text), options), newFolder(limit)
		for e, err := range r.Events() {
			if err != nil {
				t.Fatal(err)
			}
			want.Add(e)
			if len(e.Errors)+len(e.Changes) > 0 || e.Report != nil || e.Rule != nil {
				rest = append(rest, e)
			}
		}
		for _, src := range []io.Reader{bytes.NewReader(text), iotest.HalfReader(bytes.NewReader(text))} {
			fast, f := NewReader(src, options), newFolder(limit)
			var yielded []*Event
			for e, err := range fast.Fold(f) {
				if err != nil {
					t.Fatal(err)
				}
				yielded = append(yielded, e)
			}
			if a, b := foldedJSON(t, want, rest), foldedJSON(t, f, yielded); a != b {
				t.Fatalf("Fold differs:\n%s\nwant\n%s", b, a)
			}
			if a, b := asJSON(t, r.Stats()), asJSON(t, fast.Stats()); a != b {
				t.Fatalf("Fold counts %s, want %s", b, a)
			}
		}
	}
}

// foldedJSON writes everything that a Folder has.
func foldedJSON(t *testing.T, f *Folder, rest []*Event) string {
	var groups []any
	for _, result := range []Result{Denied, Granted} {
		for g := range f.Groups(result) {
			groups = append(groups, withExample(g))
		}
	}
	return asJSON(t, []any{groups, f.Symptoms(), f.Others(), rest})
}

// withExample returns everything that a group has.
func withExample(g Group) []any {
	example, index := g.Example()
	return []any{g, example, index}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	return mustJSON(v)
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// TestFoldFast: Fold gives the same result as counting event by event, for every log of the corpus twice, and for
// logs that differ only in the fields that a template leaves out.
func TestFoldFast(t *testing.T) {
	logs, _ := filepath.Glob("testdata/corpus/*.log")
	for _, name := range logs {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sameFold(t, append(text, text...), goldenOptions)
	}
	sameFold(t, generate(1<<20, 3), Options{})
	sameFold(t, []byte(strings.Repeat(avcLine(1760000000, 1)+avcLine(1760000010, 2)+
		strings.Replace(avcLine(1760000020, 3), "pid=1 ", "pid=2 comm=\"y\" ",
			1)+strings.Replace(avcLine(1760000030, 4), "pid=1 ", "pid=1x ", 1)+
		"type=SYSCALL msg=audit(1760000030.000:4): exe=\"/a\" pid=3 comm=\"z\" key=(null)\n", 3)), Options{})
}

// TestFoldMutated: the same for logs that were cut, joined and damaged.
func TestFoldMutated(t *testing.T) {
	logs, _ := filepath.Glob("testdata/corpus/*.log")
	var texts [][]byte
	for _, name := range logs {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text)
	}
	texts = append(texts, generate(16<<10, 2))
	rounds := 400
	if testenv.Long() {
		rounds = 100_000
	}
	r := rand.New(rand.NewSource(5601))
	for range rounds {
		var text []byte
		for range 1 + r.Intn(20) {
			lines := bytes.SplitAfter(texts[r.Intn(len(texts))], []byte("\n"))
			at := r.Intn(len(lines))
			text = append(text, bytes.Join(lines[at:min(len(lines), at+1+r.Intn(4))], nil)...)
		}
		text = text[:min(len(text), 8192)]
		for range r.Intn(6) {
			at, to := r.Intn(len(text)+1), r.Intn(len(text)+1)
			at, to = min(at, to), max(at, to)
			switch r.Intn(4) {
			case 0:
				text = slices.Insert(text, at, byte(r.Intn(256)))
			case 1:
				text = slices.Delete(text, at, min(to, at+20))
			case 2:
				text = slices.Insert(text, at, '\n')
			case 3:
				text = slices.Insert(text, at, bytes.Clone(text[at:min(to, at+1000)])...)
			}
		}
		sameFold(t, append(bytes.Clone(text), text...),
			Options{MaxLine: 4096, MaxOpen: 1 + r.Intn(8), Now: goldenOptions.Now})
	}
}

// TestFoldKernelLines: the same for the kernel's messages in syslog, the journal and the kernel log, whatever the
// header is, and however it changes from one line to the next.
func TestFoldKernelLines(t *testing.T) {
	dates := []string{"Nov 22 10:02:33", "Nov 22 23:59:59", "Nov 22 24:00:00", "Nov 31 10:02:33", "Nov  2 1:02:33",
		"2026-11-22T10:02:33.123456+01:00", "2026-11-22T10:02:33.5+01:00", "2026-11-22T10:02:33Z", "Sun 2026-11-22 " +
			"08:18:01 UTC", "<6>Nov 22 10:02:33", "> Nov 22 10:02:33", "", "1760000000.123456"}
	hosts := []string{"web1", "web2", "kernel", "10.0.0.7", "web1 kernel: web1", "", "x:y"}
	programs := []string{"kernel: ", "kernel: [ 4711.081500] ", "kernel: [4711] ", "kernel: [x] ", "kernel: [12.] ",
		"kernel: [.5] ", "kernel:", "[   12.345678] ", "[12.3]", "audit[7]: ", "kernel: kernel: ", ""}
	heads := []string{"audit: type=1400 audit(%d.%03d:%d): ", "audit: type=1300 audit(%d.%03d:%d): ",
		"type=1400 audit(%d.%03d:%d): ", "audit(%d.%03d:%d): ", "type=AVC msg=audit(%d.%03d:%d): ",
		"audit: type=1400 audit(%d.%03d:%d):  : "}
	r := rand.New(rand.NewSource(5601))
	one := func(list []string) string { return list[r.Intn(len(list))] }
	rounds := 1000
	if testenv.Long() {
		rounds = 50_000
	}
	for range rounds {
		var log strings.Builder
		date, host, program, head := one(dates), one(hosts), one(programs), one(heads)
		for i := range 1 + r.Intn(30) {
			switch r.Intn(16) {
			case 0, 1, 2:
				date = one(dates)
			case 3, 6, 7:
				host = one(hosts)
			case 4:
				program = one(programs)
			case 5:
				head = one(heads)
			}
			body := strings.NewReplacer("pid=1 ", fmt.Sprintf("pid=%d ", 1+r.Intn(20)), "dest=81",
				one([]string{"dest=81", "dest=82", `name="a" dev="x" ino=7`, `name="b(" dev="x" ino=7`,
					`name="c#012" dev="x" ino=9`, `path="socket:[7]"`, `path="d"`,
					`path="e" name="f"`})).Replace(denial)
			switch r.Intn(20) {
			case 1:
				body = strings.ReplaceAll(body, `"`, `\"`)
			case 2:
				body = strings.ReplaceAll(body, `"`, `""`)
			}
			if r.Intn(20) == 0 {
				body = body[:r.Intn(len(body))]
			}
			stamp := fmt.Sprintf(head, []int{1760000000, 29}[r.Intn(20)/19]+i/3, r.Intn(2), 1+i/2)
			fmt.Fprintf(&log, "%s %s %s%s%s%s\n", date, host, program, stamp, body,
				one([]string{"", "", " ", "\r", ` audit(1.2:3)`}))
		}
		sameFold(t, []byte(log.String()), Options{Now: goldenOptions.Now})
	}
}
