package audit

import (
	"fmt"
	"math/rand"
	"runtime"
	"strings"
	"testing"
)

// floodLine is a denial as auditd writes it.
func floodLine(b *strings.Builder, serial int, source, class string, port int) {
	fmt.Fprintf(b,
		"type=AVC msg=audit(%d.000:%d): avc:  denied  { name_connect } for  pid=7 comm=\"x\" dest=%d "+
			"scontext=a:b:%s:s0 tcontext=a:b:port_t:s0 tclass=%s permissive=0\n",
		1760000000+serial/50, serial, port, source, class)
}

// TestFloods: more forged kinds than there is room for do not hide frequent denials, or denials whose names the
// policy knows. The forged ones come first, last or in between.
func TestFloods(t *testing.T) {
	const (
		limit  = 1024
		forged = 5 * limit
		real   = 250
	)
	for _, order := range []string{"first", "last", "interleaved"} {
		for _, c := range []struct {
			name           string
			knows          bool
			realKinds      int    // the number of ports of the real denials
			forgedType     string // with a verb, each forged denial has another type
			wantReal, kept int64
		}{
			{"unknown names, one real kind", true, 1, "forged%d_t", real, 1},
			{"unknown names, every real denial of another port", true, real, "forged%d_t", real, real},
			{"a policy that is not asked, one real kind", false, 1, "forged%d_t", real, 1},
			{"names that the policy has, one real kind", true, 1, "httpd_t", real, 1},
		} {
			var log strings.Builder
			writeReal := func(i int) { floodLine(&log, log.Len(), "httpd_t", "tcp_socket", 1+i%c.realKinds) }
			writeForged := func(i int) {
				source := c.forgedType
				if strings.Contains(source, "%d") {
					source = fmt.Sprintf(source, i)
				}
				floodLine(&log, log.Len(), source, "tcp_socket", 2000+i%60_000)
			}
			switch order {
			case "first":
				for i := range forged {
					writeForged(i)
				}
				for i := range real {
					writeReal(i)
				}
			case "last":
				for i := range real {
					writeReal(i)
				}
				for i := range forged {
					writeForged(i)
				}
			default:
				for i := range forged {
					writeForged(i)
					if i%(forged/real) == 0 && i/(forged/real) < real {
						writeReal(i / (forged / real))
					}
				}
			}
			options := FolderOptions{Groups: limit}
			if c.knows {
				options.Known = func(s *Signature) bool { return s.SourceType == "httpd_t" }
			}
			f := options.New()
			for range NewReader(strings.NewReader(log.String()), Options{}).Fold(f) {
				t.Fatal("an event that is no denial")
			}
			var found, kinds, all int64
			for g := range f.Groups(Denied) {
				all += g.Count
				if g.Signature.SourceType == "httpd_t" && g.Signature.Port <= real {
					found += g.Count
					kinds++
				}
			}
			if found != c.wantReal || kinds != c.kept {
				t.Errorf("forged %s, %s: %d real denials in %d groups, want %d in %d", order, c.name, found, kinds,
					c.wantReal, c.kept)
			}
			if c.realKinds == 1 {
				if top := f.Top(Denied, 1)[0]; top.Signature.Port != 1 {
					t.Errorf("forged %s, %s: %+v is the first", order, c.name, top)
				}
			}
			d := f.Dropped()
			if all+f.Others() != forged+real || f.Len() > limit || d.Groups+d.UnknownGroups == 0 {
				t.Errorf("forged %s, %s: %d counted and %d others of %d, %d groups, %+v", order, c.name, all,
					f.Others(), forged+real, f.Len(), d)
			}
			if c.knows && strings.Contains(c.forgedType, "%d") && d.Denials != 0 {
				t.Errorf("forged %s, %s: known denials were dropped: %+v", order, c.name, d)
			}
		}
	}
}

// TestHeavyHitters: a denial that is more frequent than the bound is kept, in whatever order the denials come. No
// group has more denials than its count plus those that may have been missed.
func TestHeavyHitters(t *testing.T) {
	r := rand.New(rand.NewSource(11))
	for range 10 {
		limit := 8 + r.Intn(60)
		f := newFolder(limit)
		truth := map[uint16]int64{}
		total := int64(10_000)
		for range total {
			port := uint16(1 + r.Intn(20_000))
			if r.Intn(3) == 0 {
				port = uint16(30_000 + r.Intn(4)*r.Intn(4))
			}
			truth[port]++
			f.addAVC(&Event{}, &AVC{Result: Denied, Permissions: []string{"name_connect"}, SContext: "a:b:c_t",
				TContext: "a:b:d_t", TClass: "tcp_socket", Dest: port}, 0)
		}
		for port, n := range truth {
			g, ok := f.Find(Signature{Result: Denied, SourceType: "c_t", TargetType: "d_t", Class: "tcp_socket",
				Permissions: "name_connect", Port: port, Capability: -1})
			if !ok && n > 4*total/int64(limit) {
				t.Errorf("limit %d: port %d has %d of %d, and no group", limit, port, n, total)
			}
			if ok && (n < g.Count || n > g.Count+g.Missed) {
				t.Errorf("limit %d: port %d has %d, told %d and at most %d more", limit, port, n, g.Count, g.Missed)
			}
		}
	}
}

// TestFloodMemory: six times the number of kinds needs no more memory.
func TestFloodMemory(t *testing.T) {
	flood := func(n int) string {
		var log strings.Builder
		for i := range n {
			floodLine(&log, i+1, fmt.Sprintf("forged%d_t", i), fmt.Sprintf("c%d", i%7), 1+i%60_000)
		}
		return strings.Clone(log.String())
	}
	used := func(n int) uint64 {
		f := newFolder(1024)
		text := flood(n)
		for range NewReader(strings.NewReader(text), Options{}).Fold(f) {
			t.Fatal("an event that is no denial")
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(f)
		runtime.KeepAlive(text)
		return m.HeapAlloc - uint64(len(text))
	}
	used(10_000)
	small, large := used(10_000), used(60_000)
	if large > small+small/2+1<<20 {
		t.Errorf("%d bytes for 10,000 kinds, %d for 60,000", small, large)
	}
}
