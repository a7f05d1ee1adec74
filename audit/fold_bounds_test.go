package audit

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestFoldReportDistance: a report is left out if its denial is at most seenLines before it. The distance is
// counted from the line that showed that the denial's event was complete, which is the first line of a later event,
// whatever the number of its lines.
func TestFoldReportDistance(t *testing.T) {
	var event strings.Builder
	for range 20 {
		event.WriteString("type=PATH msg=audit(1760000005.000:2): item=0 name=\"/a\"\n")
	}
	for passing := seenLines - 25; passing < seenLines+5; passing++ {
		log := avcLine(1760000000, 1) + event.String() +
			strings.Repeat("type=CWD msg=audit(1760000005.000:3): cwd=\"/\"\n", passing) +
			"Oct  9 09:13:22 web1 setroubleshoot[1]: SELinux is preventing /usr/x from name_connect access on the " +
			"tcp_socket port 81.\n"
		if err := compareFold([]byte(log), Options{}, 0, 0); err != nil {
			t.Fatalf("%d: %v", passing, err)
		}
	}
}

// TestFoldOtherFolder: one Folder may recognise events that are complete only when another Folder counts. The other
// Folder then counts them correctly.
func TestFoldOtherFolder(t *testing.T) {
	log := "audit[7]: AVC " + strings.Replace(denial, "c_t", "loose_t", 1) + "\n" +
		strings.Replace(avcLine(1760000000, 1), "c_t", "other_t", 1) +
		strings.Replace(avcLine(1760000000, 2), "dest=81", `name="a"`, 1) +
		"type=MAC_STATUS msg=audit(1760000000.000:3): enforcing=1 old_enforcing=0\ntype=EOE " +
		"msg=audit(1760000000.000:3): \n" + avcLine(1760000000, 4)
	r := NewReader(strings.NewReader(log), Options{})
	first, second := newFolder(0), newFolder(0)
	for range r.Fold(first) {
		break // stop at the change of the mode, while three denials are still open
	}
	for range r.Fold(second) {
		t.Fatal("another event that is no denial")
	}
	if first.Len() != 0 || second.Len() != 4 {
		t.Errorf("%d and %d groups, want 0 and 4", first.Len(), second.Len())
	}
	for g := range second.Groups(Denied) {
		if e, i := g.Example(); signatureOf(&e.AVCs[i]) != g.Signature {
			t.Errorf("%+v has the example %+v", g.Signature, e.AVCs[i])
		}
	}
}

// TestFoldEarlyHeaders: events that are too early by the time of their header leave nothing in memory either.
func TestFoldEarlyHeaders(t *testing.T) {
	var log strings.Builder
	for i := range 2000 {
		body := fmt.Sprintf(`avc:  denied  { read } for  pid=1 comm="x%d" name="f%d" dev="vda1" ino=%d `+
			`scontext=a:b:c%d_t:s0 tcontext=a:b:d_t:s0 tclass=file permissive=0`, i, i, i, i)
		fmt.Fprintf(&log, "2025-10-09T09:13:22Z web1 audit[%d]: AVC %s\n", i+1, body)
		fmt.Fprintf(&log, "2025-10-09T09:13:22Z web1 kernel: audit: type=1400 audit(29.%03d:%d): %s\n", i%1000, i+1,
			body)
		fmt.Fprintf(&log, "2025-10-09T09:13:22Z web1 x: %s\n", strings.Replace(body, "_t:s0", "_t:s1", 1))
	}
	f := newFolder(0)
	r := NewReader(strings.NewReader(log.String()), Options{Since: time.Unix(1761000000, 0)})
	for range r.Fold(f) {
		t.Fatal("an event that is no denial")
	}
	if s := r.Stats(); s.Early != s.Denied || s.Denied < 4000 || len(f.kinds)+len(f.templates.list) > 0 {
		t.Errorf("%d of %d early, %d kinds, %d templates", s.Early, s.Denied, len(f.kinds), len(f.templates.list))
	}
}

// TestFoldDuplicates: duplicates from a second log, which are never counted, leave little in memory, whatever
// fields differ from the first log.
func TestFoldDuplicates(t *testing.T) {
	var log strings.Builder
	for i := range 5_000 {
		stamp := fmt.Sprintf("audit(%d.000:%d)", 1760000000+i, i+1)
		body := `avc:  denied  { read } for  pid=1 comm="x00000" name="f00000" dev="vda1" ino=1 ` +
			`scontext=a:b:c00000_t:s0 tcontext=a:b:d_t:s0 tclass=file permissive=0`
		fmt.Fprintf(&log, "type=AVC msg=%s: %s\n", stamp, body)
		fmt.Fprintf(&log, "Oct  9 09:13:22 web1 kernel: audit: type=1400 %s: %s\n", stamp,
			strings.ReplaceAll(body, "00000", fmt.Sprintf("%05d", i+1)))
		fmt.Fprintf(&log, "Oct  9 09:13:22 web1 audispd: type=AVC msg=%s: %s\n", stamp,
			strings.ReplaceAll(body, "00000", fmt.Sprintf("%05d", i+1)))
	}
	f := newFolder(0)
	r := NewReader(strings.NewReader(log.String()), Options{})
	for range r.Fold(f) {
		t.Fatal("an event that is no denial")
	}
	if f.Len() != 1 || r.Stats().Duplicates != 10_000 || len(f.kinds) > 1 || len(f.templates.list) > maxTemplates {
		t.Errorf("%d groups, %d duplicates, %d kinds, %d templates", f.Len(), r.Stats().Duplicates, len(f.kinds),
			len(f.templates.list))
	}
	if err := compareFold([]byte(log.String()), Options{}, 0, 0); err != nil {
		t.Error(err)
	}
}
