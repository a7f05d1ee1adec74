package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestFold: which fields make denials equal and which do not, the order of groups, and their times.
func TestFold(t *testing.T) {
	line := func(sec int, edit ...string) string {
		s := `avc:  denied  { name_connect } for  pid=1 comm="x" dest=81 scontext=a:b:c_t:s0:c1,c2 ` +
			`tcontext=a:b:d_t:s0 tclass=tcp_socket permissive=0`
		s = strings.NewReplacer(edit...).Replace(s)
		return fmt.Sprintf("type=AVC msg=audit(%d.000:%d): %s\n", sec, sec, s)
	}
	// the same denial three times: process and category do not count for a port
	log := line(1760000300) + line(1760000100, "pid=1", "pid=2") + line(1760000200, ":c1,c2", "") +
		line(1760000400, "dest=81", "dest=82") + line(1760000500, "dest=81", "dest=82") +
		line(1760000600, "permissive=0", "permissive=1") +
		line(1760000700, `comm="x"`, `comm="y"`) +
		line(1760000800, "denied", "granted") +
		// two denials of inherited sockets
		line(1760000900, "dest=81", `path="socket:[7]"`) + line(1760001000, "dest=81", `path="socket:[8]"`)
	folder := foldAll(t, log, 0)
	var got []string
	for _, g := range slices.Concat(slices.Collect(folder.Groups(Denied)), slices.Collect(folder.Groups(Granted))) {
		e, _ := g.Example()
		got = append(got, fmt.Sprintf("%d %s %d %s %s %d-%d line %d, %d logged", g.Count, g.Signature.Result,
			g.Signature.Port, g.Signature.Object, strings.Join(g.Commands, "+"),
			g.First.Unix()-1760000000, g.Last.Unix()-1760000000, e.Line, g.OnlyLogged))
	}
	want := []string{
		"5 denied 81  x+y 100-700 line 2, 1 logged", // complete before the newer event of line 1
		"2 denied 0 socket:[*] x 900-1000 line 9, 0 logged",
		"2 denied 82  x 400-500 line 4, 0 logged",
		"1 granted 81  x 800-800 line 8, 0 logged",
	}
	if s, w := strings.Join(got, "\n"), strings.Join(want, "\n"); s != w {
		t.Errorf("got\n%s\nwant\n%s", s, w)
	}

	// The first groups of the list.
	for n := range 5 {
		a, b := folder.Top(Denied, n), slices.Collect(folder.Groups(Denied))[:min(n, 3)]
		if len(a) != len(b) {
			t.Fatalf("Top(%d) has %d groups", n, len(a))
		}
		for i := range a {
			if got := asJSON(t, withExample(a[i])); got != asJSON(t, withExample(b[i])) {
				t.Errorf("Top(%d): %s", n, got)
			}
		}
	}
	// A kind with two ports.
	if k := folder.Kinds(); len(k) != 3 || k[0].Groups != 2 || k[0].Count != 7 || k[0].Signature.Port != 81 {
		t.Errorf("%+v", k)
	}
	sig := folder.Top(Denied, 3)[2].Signature
	if g, ok := folder.Find(sig); !ok || g.Count != 2 || g.Signature != sig {
		t.Errorf("%+v", g)
	}
	sig.Port = 83
	if _, ok := folder.Find(sig); ok {
		t.Error("a port that was not denied")
	}

	// With room for only two groups, the rest is counted, and the most frequent group is there.
	folder = foldAll(t, log, 2)
	var counted int64
	for _, g := range slices.Concat(slices.Collect(folder.Groups(Denied)), slices.Collect(folder.Groups(Granted))) {
		counted += g.Count
	}
	if top := folder.Top(Denied, 1); folder.Len() != 2 || folder.Others()+counted != 10 || top[0].Signature.Port != 81 {
		t.Errorf("%d groups with %d and %d others, %+v first", folder.Len(), counted, folder.Others(), top[0].Signature)
	}
}

// foldAll counts a log event by event.
func foldAll(t *testing.T, log string, limit int) *Folder {
	t.Helper()
	f := newFolder(limit)
	for e, err := range NewReader(strings.NewReader(log), Options{}).Events() {
		if err != nil {
			t.Fatal(err)
		}
		f.Add(e)
	}
	return f
}

// TestFoldSymptoms: haproxy repeats its message with every check.
func TestFoldSymptoms(t *testing.T) {
	log := strings.Repeat("dial tcp 10.0.0.7:5601: connect: permission denied\n", 3) +
		"dial tcp 10.0.0.7:5602: connect: permission denied\n"
	symptoms := foldAll(t, log, 0).Symptoms()
	if len(symptoms) != 2 || symptoms[0].Count != 3 || symptoms[1].Example.Symptom.Port != 5602 {
		t.Errorf("%+v", symptoms)
	}
}

// TestFoldEvent: the program comes from the system call if the AVC has none.
func TestFoldEvent(t *testing.T) {
	folder := foldAll(t, `type=AVC msg=audit(1760000000.000:1): avc:  denied  { name_bind } for  src=81 scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=tcp_socket permissive=0
type=SYSCALL msg=audit(1760000000.000:1): arch=c000003e syscall=49 success=no exit=-13 a0=1 pid=2 comm="nginx" exe="/usr/sbin/nginx"`, 0)
	for g := range folder.Groups(Denied) {
		if e, _ := g.Example(); len(g.Commands) != 1 || g.Commands[0] != "nginx" || g.Signature.Capability != -1 ||
			e.Exe() != "/usr/sbin/nginx" {
			t.Errorf("%+v", g)
		}
	}
}

// TestFoldEarly: denials that are too early are counted, and nothing of them is kept. A log may have years before
// the last boot.
func TestFoldEarly(t *testing.T) {
	line := func(i int, rest string) string {
		return fmt.Sprintf("type=AVC msg=audit(%d.000:%d): avc:  denied  { read } for  pid=1 comm=\"x\" %s "+
			"scontext=a:b:c%d_t:s0 tcontext=a:b:d_t:s0 tclass=file permissive=0\n", 1760000000+i, i+1, rest, i%100)
	}
	var log strings.Builder
	for i := range 1000 {
		log.WriteString(line(i, fmt.Sprintf(`name="f%d" dev="vda1" ino=%d`, i, i+1)))
		log.WriteString(line(i, fmt.Sprintf(`name="%X" dev="vda1" ino=%d`, i, i+1)))
	}
	log.WriteString(line(2000, `name="late" dev="vda1" ino=7`))
	f := newFolder(0)
	r := NewReader(strings.NewReader(log.String()), Options{Since: time.Unix(1760001500, 0)})
	for range r.Fold(f) {
		t.Fatal("an event that is no denial")
	}
	if r.Stats().Early != 2000 || f.Len() != 1 || len(f.kinds) != 1 || f.Top(Denied, 1)[0].Objects[0] != "late" {
		t.Errorf("%d early, %d groups, %d kinds", r.Stats().Early, f.Len(), len(f.kinds))
	}
}

// TestFoldObjects: files with one label have one cause. The first names are kept, each once, however it is written.
// An inherited socket has no name.
func TestFoldObjects(t *testing.T) {
	var log strings.Builder
	add := func(what ...string) {
		for _, w := range what {
			n := strings.Count(log.String(), "\n")
			fmt.Fprintf(&log,
				"type=AVC msg=audit(%d.000:%d): avc:  denied  { read } for  pid=%d comm=\"x\" %s "+
					"scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=file permissive=0\n", 1760000000+n, n+1, n+1, w)
		}
	}
	one := func() Group {
		t.Helper()
		f := newFolder(0)
		for range NewReader(strings.NewReader(log.String()), Options{}).Fold(f) {
			t.Fatal("an event that is no denial")
		}
		if f.Len() != 1 {
			t.Fatalf("%d groups", f.Len())
		}
		return f.Top(Denied, 1)[0]
	}
	add(`name="a" dev="vda1" ino=7`, `name="a" dev="vda1" ino=8`, `path="/b(c)" dev="vda1" ino=9`,
		`name=612062 dev="vda1" ino=10`, `path="/b(c)"`)
	if g := one(); g.Count != 5 || strings.Join(g.Objects, "|") != "a|/b(c)|a b" || g.MoreObjects ||
		g.Signature.Object != "" {
		t.Errorf("%+v", g)
	}
	add(`name="d" dev="vda1" ino=7`, `name="a" dev="vda1" ino=7`)
	if g := one(); strings.Join(g.Objects, "|") != "a|/b(c)|a b|d" || g.MoreObjects {
		t.Errorf("%+v", g)
	}
	add(`name="e" dev="vda1" ino=7`)
	if g := one(); strings.Join(g.Objects, "|") != "a|/b(c)|a b|d" || !g.MoreObjects || g.Count != 8 {
		t.Errorf("%+v", g)
	}
	log.Reset()
	add(`path="socket:[7]" dev="sockfs" ino=7`, `path="socket:[81]" dev="sockfs" ino=81`,
		`path="socket:[007]" dev="sockfs" ino=81`)
	if g := one(); g.Count != 3 || len(g.Objects) != 0 || g.Signature.Object != "socket:[*]" {
		t.Errorf("%+v", g)
	}
}

// TestFoldCommand: ioctl commands and message types form different groups, because rules may refuse only one of
// them.
func TestFoldCommand(t *testing.T) {
	line := func(what string) string {
		return `avc:  denied  { ` + what +
			` scontext=a:b:c_t:s0 tcontext=a:b:c_t:s0 tclass=netlink_route_socket permissive=0` + "\n"
	}
	f := newFolder(0)
	log := line(`ioctl } for  pid=1 comm="x" ioctlcmd=0x8906`) + line(`ioctl } for  pid=2 comm="x" ioctlcmd=0x8927`) +
		line(`ioctl } for  pid=3 comm="x" ioctlcmd=0x8927`) + line(`nlmsg } for  pid=4 comm="x" nl-msgtype=16`)
	for range NewReader(strings.NewReader(log), Options{}).Fold(f) {
		t.Fatal("an event that is no denial")
	}
	var got []string
	for g := range f.Groups(Denied) {
		got = append(got, fmt.Sprintf("%d %s", g.Count, g.Signature.Command))
	}
	if want := "2 ioctl 0x8927, 1 ioctl 0x8906, 1 nlmsg 16"; strings.Join(got, ", ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}
