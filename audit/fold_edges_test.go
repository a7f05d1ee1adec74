package audit

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// avcWith is a denial as auditd writes it, with mid in place of its port.
func avcWith(serial int, mid string) string {
	return strings.Replace(avcLine(1760000000, serial), "dest=81", mid, 1)
}

// TestFoldEdges: Fold does the same as Events and Add at the bounds.
func TestFoldEdges(t *testing.T) {
	var hosts strings.Builder
	for i := range 200 {
		fmt.Fprintf(&hosts, "node=h%d %s", i%67, avcWith(i+1, fmt.Sprintf("dest=%d", i+1)))
	}
	cwd := func(n, size int) string {
		return strings.Repeat("type=CWD msg=audit(1760000000.000:1): "+strings.Repeat("x", size)+"\n", n)
	}
	syscall := "type=SYSCALL msg=audit(1760000000.000:%d): comm=\"sys\" exe=\"/x\"\n"
	// tail has fields after the contexts as well.
	serial := 100
	tail := func(mid, end string) string {
		serial++
		return strings.Replace(avcWith(serial, mid), " permissive", " "+end+" permissive", 1)
	}
	kernel := func(clock string) string {
		serial++
		return fmt.Sprintf("Oct  9 %s web1 kernel: audit: type=1400 audit(1760000000.000:%d): %s\n", clock, serial,
			denial)
	}
	for _, c := range []struct {
		name, log string
		options   Options
	}{
		{"an event has more records than one may", avcLine(1760000000, 1) + cwd(maxRecords+40, 1) +
			avcLine(1760000000, 1), Options{}},
		{"as many as it may", avcLine(1760000000, 1) + cwd(maxRecords-1, 1) + avcLine(1760000000, 2) +
			fmt.Sprintf(syscall, 1), Options{}},
		{"more text than it may", avcLine(1760000000, 1) + cwd(5, 300<<10) + avcLine(1760000000, 2),
			Options{MaxLine: 2 << 20}},
		{"a stamp that does not end", avcLine(1760000000, 1) +
			"type=SYSCALL msg=audit(1760000000.000:1x): comm=\"sys\"\ntype=SYSCALL " +
			"msg=audit(1760000000.000:12345678901234567890123): x\n", Options{}},
		{"many hosts", hosts.String(), Options{}},
		{"a bare command at the end",
			"type=AVC msg=audit(1760000000.000:1): avc:  denied  { read } for  pid=1 comm=abc\n", Options{}},
		{"an end without an event", "type=EOE msg=audit(1760000000.000:1): \n" + avcLine(1760000000, 1), Options{}},
		{"the system call comes first, or later", fmt.Sprintf(syscall, 1) + avcLine(1760000000, 1) +
			avcLine(1760000000, 2) + avcLine(1760000000, 3) + fmt.Sprintf(syscall, 2) + fmt.Sprintf(syscall, 3),
			Options{}},
		{"two denials in an event", avcLine(1760000000, 1) + avcWith(1, "dest=82") + fmt.Sprintf(syscall, 1),
			Options{}},
		{"events of one template with more records and fewer",
			avcLine(1760000000, 1) + avcWith(2, "dest=82") + fmt.Sprintf(syscall, 2) + avcWith(3, "dest=83") +
				avcWith(4, "dest=84") + fmt.Sprintf(syscall, 4), Options{}},
		{"a port that the permission is not about", avcWith(1, "src=81") + avcWith(2, "src=82") +
			avcWith(3, "dest=83"), Options{}},
		{"an inode in a command of several words", strings.Replace(avcWith(1, `dev="v" ino=7`), `"x" dev="v" ino=7`,
			`'a dev="v" ino=7 scontext=b'`, 1) +
			strings.Replace(avcWith(2, `dev="v" ino=8`), `"x" dev="v" ino=8`, `'a dev="v" ino=8 scontext=b'`, 1),
			Options{}},
		{"in braces", strings.Replace(avcWith(1, `dev="v" ino=7`), `"x" dev="v" ino=7`,
			`{a dev="v" ino=7 scontext=b}`, 1) +
			strings.Replace(avcWith(2, `dev="v" ino=8`), `"x" dev="v" ino=8`, `{a dev="v" ino=8 scontext=b}`, 1),
			Options{}},
		{"behind a tab", strings.Replace(avcWith(1, `dev="v" ino=7`), `"x" dev="v" ino=7`,
			"a\tcomm='a dev=\"v\" ino=7 scontext=b'", 1) +
			strings.Replace(avcWith(2, `dev="v" ino=8`), `"x" dev="v" ino=8`,
				"a\tcomm='a dev=\"v\" ino=8 scontext=b'", 1), Options{}},
		{"the kernel's log says it again with a blank",
			strings.Replace(avcLine(1760000000, 2), "\n", " \n", 1)[:len(avcLine(1760000000, 2))-1] + "\n" +
				avcLine(1760000000, 2+seenIDs) +
				"[   12.345678] audit: type=1400 audit(1760000000.000:2): " + denial + " \n", Options{}},
		{"symptoms",
			"dial tcp 10.0.0.7:5601: connect: permission denied\ndial tcp 10.0.0.7:5602: connect: permission " +
				"denied\n", Options{}},
		{"an inode longer than a number", avcWith(1, `name="a" dev="v" ino=12345678901234567890123`) +
			avcWith(2, `name="a" dev="v" ino=12345678901234567`), Options{}},
		{"a port with a zero, or too large", avcWith(1, "dest=81") + avcWith(2, "dest=081") +
			avcWith(3, "dest=65535") + avcWith(4, "dest=65536") + avcWith(5, "dest=0"), Options{}},
		{"process ids", strings.Replace(avcLine(1760000000, 1)+avcLine(1760000000, 2), "pid=1 ", "pid=2147483648 ",
			1) + strings.Replace(avcLine(1760000000, 3), "pid=1 ", "pid=01 ", 1) +
			strings.Replace(avcLine(1760000000, 3), "pid=1 ", "pid=2147483647 ", 1), Options{}},
		{"names of sockets and pipes", avcWith(1, `path="socket:[7]"`) + avcWith(2, `path="socket:[8]"`) +
			avcWith(3, `path="pipe:[8]"`) + avcWith(4, `path="socket:[x]"`) + avcWith(5, `path="a["`), Options{}},
		{"a name and a path", avcWith(1, `name="a" path="b"`) + avcWith(2, `name="c" path="b"`) +
			avcWith(3, `path="b" name="a"`) + avcWith(4, `path="d" name="a"`) + avcWith(5, `name="a" kmod="m"`) +
			avcWith(6, `name="b" kmod="m"`), Options{}},
		{"names that are decoded", avcWith(1, `name=612062`) + avcWith(2, `name="612062"`) +
			avcWith(3, `name=612063`), Options{}},
		{"no command", strings.Replace(avcLine(1760000000, 1)+fmt.Sprintf(syscall, 1)+avcLine(1760000000,
			2)+fmt.Sprintf(syscall, 2), ` comm="x"`, "", 2), Options{}},
		{"a second port of the same kind behind the contexts",
			tail("dest=90", "dest=90") + tail("dest=81", "dest=90") + tail("dest=82", "dest=90"), Options{}},
		{"of the other kind", tail("dest=81", "src=90") + tail("dest=82", "src=90"), Options{}},
		{"a second port of a bind", strings.ReplaceAll(tail("src=90", "src=90")+tail("src=81", "src=90"),
			"name_connect", "name_bind"), Options{}},
		{"the rest of a kernel's line in the next", "[   12.345678] audit: type=1400 audit(1760000000.000:1): " +
			denial + "\n[   12.345678] audit: type=1400 audit(1760000000.000:2): " +
			strings.Replace(denial, " permissive=0", "\npermissive=1", 1) + "\n", Options{}},
		{"hours, minutes and seconds that no clock has",
			kernel("10:02:33") + kernel("10:62:33") + kernel("10:02:63") + kernel("32:02:33") + kernel("10:02:34"),
			Options{}},
		{"times since the start that are none", kernel("10:02:33 web1 kernel: [12.] x") +
			"[12.] audit: type=1400 audit(1760000000.000:3): " + denial +
			"\n[.5] audit: type=1400 audit(1760000000.000:4): " + denial + "\n", Options{}},
		{"what stands for a newline", kernel("10:02:33") + strings.Replace(kernel("10:02:34"), `"x"`, `"x#012y"`, 1),
			Options{}},
		{"the port of the socket itself", strings.ReplaceAll(tail("dest=81", "lport=81")+tail("dest=82", "lport=81"),
			"name_connect", "read"), Options{}},
		{"a second name behind the contexts", tail(`name="a"`, `name="a"`) + tail(`name="b"`, `name="a"`), Options{}},
		{"a path behind the contexts", tail(`name="a"`, `path="a"`) + tail(`name="b"`, `path="a"`), Options{}},
		{"a module and a name", tail(`name="a"`, `kmod="m"`) + tail(`path="socket:[7]"`, `kmod="m"`) +
			tail(`name="b"`, `kmod="m"`) + tail(`path="socket:[8]"`, `kmod="n"`), Options{}},
		{"a name further back than it can be marked", strings.ReplaceAll(avcWith(1, `name="a"`)+avcWith(2,
			`name="b"`), "{ ", "{ "+strings.Repeat("p ", 40_000)), Options{}},
		{"a socket whose number is cut, or too long", avcWith(1, `path="socket:[7"`) +
			avcWith(2, `path="socket:[8"`) + avcWith(3, `path="socket:[12345678901234567890123]"`) +
			avcWith(4, `path="pipe:[1234567890123456789]"`) + avcWith(5, `path="socket:["`) +
			avcWith(6, `path="socket:[7]x"`), Options{}},
		{"names as a web page or a terminal has them",
			avcWith(1, `name="a"`) + avcWith(2, `name="&quot;b"`) + avcWith(3, `name="b&#34;"`) +
				avcWith(4, "name=\"\u201c\"") + avcWith(5, "name=\"\x1b[1m\"") +
				avcWith(6, `name="type=AVC msg=audit(1760000000.000:9): "`), Options{}},
		{"a line that is too long", avcLine(1760000000, 1) + avcWith(2, `name="`+strings.Repeat("a", 300)+`"`) +
			avcLine(1760000000, 3), Options{MaxLine: 250}},
	} {
		// The very first line is never read as a block.
		for _, before := range []string{"", "type=CWD msg=audit(1759999990.000:9): x\n"} {
			for _, limit := range []int{0, 1, 2} {
				if err := compareFold([]byte(before+c.log), c.options, limit, limit); err != nil {
					t.Errorf("%s, limit %d: %v", c.name, limit, err)
				}
			}
		}
	}
}

// TestFoldFull: the same if the templates are used up in the middle of the log.
func TestFoldFull(t *testing.T) {
	var log strings.Builder
	for i := range 40 {
		for range 2 {
			log.WriteString(strings.Replace(avcWith(2*i+1, fmt.Sprintf("dest=%d", i+1)), `comm="x"`,
				fmt.Sprintf(`comm="x%d"`, i), 1))
			fmt.Fprintf(&log,
				"type=AVC msg=audit(1760000009.000:%d): avc:  denied  { c%d } for  pid=%d comm=\"y\" name=\"n%d\" "+
					"scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=file permissive=0\n", 2*i+2, i, i+1, i)
		}
	}
	for _, room := range []int{0, 1, 20, 100} {
		add, fold := newFolder(0), newFolder(0)
		for _, f := range []*Folder{add, fold} {
			f.templates.list = make([]template, maxTemplates-room)
		}
		slow, fast := NewReader(strings.NewReader(log.String()),
			Options{}), NewReader(strings.NewReader(log.String()), Options{})
		for e := range slow.Events() {
			add.Add(e)
		}
		for range fast.Fold(fold) {
			t.Fatal("an event that is no denial")
		}
		if a, b := foldedText(add, nil, slow.Stats()), foldedText(fold, nil, fast.Stats()); a != b {
			t.Fatalf("room for %d: Fold has\n%s\nwant\n%s", room, b, a)
		}
		if n := len(fold.templates.list); n > maxTemplates {
			t.Errorf("room for %d: %d templates", room, n)
		}
	}
}

// TestTemplateEqual: equal hashes are not enough for two templates to be the same.
func TestTemplateEqual(t *testing.T) {
	var a, b template
	a.split([]byte(`avc:  denied  { read } for  pid=1 comm="x" name="a" dev="v" ino=7 scontext=a`))
	for _, other := range []string{
		`avc:  denied  { reed } for  pid=1 comm="x" name="a" dev="v" ino=7 scontext=a`,
		`avc:  denied  { read } for  pid=1 comm="y" name="a" dev="v" ino=7 scontext=a`,
		`avc:  denied  { read } for  pid=1 comm="x" name="a" dev="w" ino=7 scontext=a`,
		`avc:  denied  { read } for  pid=1 comm="x" name="a" dev="v" ino=7 scontext=b`,
		`avc:  denied  { read } for  pid=1 comm="x" name="a" dev="v" scontext=a`,
		`avc:  denied  { read } for  pid=1 comm="x" dev="v" ino=7 scontext=a`,
	} {
		b.split([]byte(other))
		if a.equal(&b) {
			t.Errorf("%s is the same", other)
		}
	}
	b.split([]byte(`avc:  denied  { read } for  pid=22 comm="x" name="bbb" dev="v" ino=88 scontext=a`))
	if !a.equal(&b) {
		t.Error("only what is left out differs, and they are not the same")
	}
	if b.hash++; a.equal(&b) {
		t.Error("another hash")
	}
}

// TestFolderIterations: iterations that end early, and searches for groups that do not exist.
func TestFolderIterations(t *testing.T) {
	f := foldAll(t, avcWith(1, `name="a"`)+avcWith(2, `name="b"`)+avcWith(3, "dest=7"), 0)
	n := 0
	for range f.Groups(Denied) {
		n++
		break
	}
	for range f.of(Denied) {
		n++
		break
	}
	if n != 2 {
		t.Errorf("%d", n)
	}
	sig := f.Top(Denied, 1)[0].Signature
	for _, edit := range []func(*Signature){
		func(s *Signature) { s.Object = "pipe:[*]" }, func(s *Signature) { s.Class = "file" },
		func(s *Signature) { s.Port = 8 }, func(s *Signature) { s.Object, s.Port = "socket:[*]", 7 },
	} {
		s := sig
		edit(&s)
		if g, ok := f.Find(s); ok {
			t.Errorf("%+v found as %+v", s, g)
		}
	}
	f = foldAll(t,
		"dial tcp 10.0.0.7:5601: connect: permission denied\ndial tcp 10.0.0.7:5602: connect: permission denied\n", 1)
	if len(f.Symptoms()) != 1 || f.Others() != 1 || f.Dropped().Symptoms != 1 {
		t.Errorf("%d symptoms, %d others", len(f.Symptoms()), f.Others())
	}
}

// TestNoProgress: a source that returns nothing again and again is an error, and not an endless loop.
func TestNoProgress(t *testing.T) {
	r := NewReader(io.MultiReader(strings.NewReader(avcLine(1760000000, 1)), nothing{}), Options{})
	f := newFolder(0)
	var got error
	for _, err := range r.Fold(f) {
		got = err
	}
	if f.Len() != 1 || !errors.Is(got, io.ErrNoProgress) {
		t.Errorf("%d groups, %v", f.Len(), got)
	}
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }
