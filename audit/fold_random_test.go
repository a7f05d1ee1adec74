package audit

import (
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
)

// A logWriter writes logs that are hard to count. They have everything that the fast code leaves out of a text or
// looks at, in every spelling, in events of every shape.
type logWriter struct {
	*rand.Rand
	log  strings.Builder
	body string // the body of the last denial
}

func (w *logWriter) one(list ...string) string { return list[w.Intn(len(list))] }

func (w *logWriter) often(usual string, list ...string) string {
	if w.Intn(8) > 0 {
		return usual
	}
	return w.one(list...)
}

// fields are random fields between the command and the contexts.
func (w *logWriter) fields() string {
	switch w.Intn(8) {
	case 0, 1:
		return fmt.Sprintf(` name="%s" dev="vda1" ino=%d`, w.name(), w.Intn(30))
	case 2:
		return fmt.Sprintf(` path="%s"`, w.name()) + w.one("", ` dev="vda1" ino=7`, ` dev="x" ino=007`, ` ino=8`)
	case 3:
		return fmt.Sprintf(" %s=%d", w.one("dest", "dest", "src"), 80+w.Intn(4))
	}
	var out string
	for range w.Intn(4) {
		out += " " + w.one(`name="a"`, `name="b"`, `path="/a/b"`, `name=612062`, `path=2F6120`, `name=BEEF`,
			`kmod="net-pf-10"`, `name=""`, `path=(null)`, `name="(null)"`,
			`dest=81`, `dest=081`, `dest=65536`, `dest=65535`, `dest=0`, `dest=org.x`, `src=81`, `src=40000`,
			`lport=5`, `fport=443`, `laddr=10.0.0.1`, `faddr=::1`,
			`dev="vda1" ino=7`, `dev="vda1" ino=007`, `dev="vda1" ino=123456789012345678`,
			`dev="vda1" ino=12345678901234567890`, `dev="" ino=7`, `dev=vda1 ino=7`, `ino=9x`, `ino=8`,
			`dev="name=" ino=5`, `dev="v"`,
			`capability=3`, `capability=3x`, `netif=eth0`, "\x1dA=1", `ioctlcmd=0x5401`, `comm="z"`, `pid=7`,
			`z='a name="q" b'`)
	}
	return out
}

func (w *logWriter) name() string {
	return w.often("n"+strconv.Itoa(w.Intn(6)), "socket:[7]", "socket:[8]", "pipe:[9]", "socket:[x]", "socket:[",
		"socket:[7]x", "a(b", "a=b", "a#012b", "a#b", "&quot;", "a&b", "tclass=x", "a'b", `a\b`, "\u00a0", "\u201c",
		"a b", "\x1b[1m", "~", "a\tb", "audit(1.2:3)", "name=", "}", strings.Repeat("n", 2030))
}

// denial is the message of an AVC. Most messages resemble the one before.
func (w *logWriter) denial() string {
	if w.body == "" || w.Intn(4) == 0 {
		w.body = "avc:  " + w.often("denied", "granted") + "  " +
			w.often("{ name_connect }", "{ read }", "{ read write }", "{ name_bind }", "{ recv }", "{ connect }",
				"{ }", "null", "{read}") +
			w.often(" for  ", " for ", "  ") + w.often("pid=1", "pid=01", "pid=0", "pid=2147483647", "pid=2147483648",
			"pid=12345678901", "pid=1x", "pid=", "") +
			w.often(` comm="x"`, "", ` comm="y"`, ` comm=x`, ` comm=6120`, ` comm="name="`, ` comm="dest=81"`,
				` comm="x`, ` comm='a`, ` comm={a`, ` comm=""`, ` comm=(null)`, "\tcomm=x", " comm=a\tb",
				" comm=a\tname=\"q\"",
				" comm=a\tcomm='b", ` comm='a dev="v" ino=7 scontext=b'`, ` comm={a dev="v" ino=7 scontext=b}`,
				` comm='a name="n1" c'`, ` comm='a dest=81 scontext=q'`, ` exe="/x" comm="x"`) +
			w.fields() + w.often(" scontext=a:b:c_t:s0", " scontext=a:b:e_t:s0:c1", " scontext=x", "", " ssid=3") +
			w.often(" tcontext=a:b:d_t:s0", " tcontext=a:b:c_t:s0:c2", "") +
			w.often(" tclass=tcp_socket", " tclass=file", " tclass=process", " tclass=capability", " tclass=", "") +
			w.often(" permissive=0", " permissive=1", "", " permissive=x") +
			w.often("", " ", "  ", " name=\"t\"", " path=\"t\"", " dest=90", " src=91", " ino=5", " kmod=\"k\"",
				" srawcon=a", "\t", " \t ", " x tclass=y ")
	}
	body := w.body
	if w.Intn(2) == 0 {
		body = strings.Replace(body, "pid=1 ", fmt.Sprintf("pid=%d ", 1+w.Intn(9)), 1)
	}
	for key, value := range map[string]func() string{`name="`: w.name, `path="`: w.name} {
		if i := strings.Index(body, key); i >= 0 && w.Intn(2) == 0 {
			if n := strings.IndexByte(body[i+len(key):], '"'); n >= 0 {
				body = body[:i+len(key)] + value() + body[i+len(key)+n:]
			}
		}
	}
	for _, key := range []string{"ino=", "dest=", "src="} {
		if i := strings.Index(body, key); i >= 0 && w.Intn(2) == 0 {
			i += len(key)
			body = body[:i] + w.often(strconv.Itoa(78+w.Intn(8)), "0", "081", "65535", "65536",
				"123456789012345678901") + body[i+digits([]byte(body[i:])):]
		}
	}
	if w.Intn(60) == 0 {
		body = body[:w.Intn(len(body)+1)]
	}
	return body
}

// companion is another record of a denial's event.
func (w *logWriter) companion() (typ, body string) {
	switch w.Intn(9) {
	case 0, 1:
		return "SYSCALL", w.one("arch=c000003e syscall=42 success=no exit=-13 a0=b pid=1 comm=\"sys\" "+
			"exe=\"/usr/x\" key=(null)", "", `comm="other"`, "arch=x (msg=audit(")
	case 2:
		return "SOCKADDR", w.one("saddr=020015E10A0000070000000000000000", "saddr=", "x")
	case 3:
		return "PATH", fmt.Sprintf(`item=%d name="/etc/%s" inode=%d nametype=NORMAL`, w.Intn(2), w.one("a", "b"),
			w.Intn(4))
	case 4:
		return "CWD", `cwd="/"`
	case 5:
		return "PROCTITLE", w.one("proctitle=2F78", `proctitle="x"`)
	case 6:
		return "EXECVE", `argc=2 a0="ls" a1="-l"`
	case 7:
		return w.one("USER_AVC", "SELINUX_ERR", "MAC_STATUS", "USER_ACCT", "URINGOP",
				"BPRM_FCAPS"), w.one(`pid=1 msg='avc:  denied  { start } for scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 `+
				`tclass=service permissive=0'`, "op=security_compute_sid invalid_context=a scontext=a:b:c_t:s0 "+
				"tcontext=a:b:d_t:s0 tclass=file", "enforcing=1 old_enforcing=0", "uring_op=1 exit=0")
	}
	return "EOE", ""
}

func (w *logWriter) write(lines int) []byte {
	w.log.Reset()
	w.body = ""
	form, sec, serial := w.Intn(8), 1760000000, 1
	for range lines {
		if w.Intn(5) == 0 {
			form = w.Intn(8)
		}
		switch w.Intn(12) {
		case 0, 1, 2, 3:
			serial++
		case 4:
			serial = 1 + w.Intn(4)
		case 5:
			sec += w.Intn(4)
		case 6:
			serial += seenIDs
		}
		stamp := fmt.Sprintf("%d.%03d:%d", sec, w.Intn(8)/7, serial)
		switch w.Intn(40) {
		case 0:
			stamp = fmt.Sprintf("29.674:%d", serial)
		case 1:
			stamp = w.one("0.0:0", "0.000:7", "01760000000.000:3", "1760000000.0:3", "1760000000.000:03",
				"1760000000.000:", "1760000000.000:99999999999999999999", "9999999999999.000:1", "10/09/2025 "+
					"09:13:22.250:7")
		}
		typ, body := "AVC", ""
		if w.Intn(3) > 0 {
			body = w.denial()
		} else {
			typ, body = w.companion()
		}
		number := map[string]string{"AVC": "1400", "SYSCALL": "1300", "PATH": "1302", "SOCKADDR": "1306",
			"CWD": "1307", "PROCTITLE": "1327", "EOE": "1320"}[typ]
		clock := fmt.Sprintf("%02d:%02d:%02d", 8+w.Intn(2), w.Intn(60), w.Intn(60))
		switch form {
		case 0, 1, 2:
			fmt.Fprintf(&w.log, "type=%s msg=audit(%s): %s", typ, stamp, body)
		case 3:
			fmt.Fprintf(&w.log, "node=%s type=%s msg=audit(%s): %s",
				w.one("web1", "web2", "web"+strconv.Itoa(w.Intn(100))), typ, stamp, body)
		case 4:
			fmt.Fprintf(&w.log, "Oct  9 %s %s kernel: %saudit: type=%s audit(%s): %s", clock, w.often("web1", "web2"),
				w.one("", "[   12.345678] "), number, stamp, body)
		case 5:
			fmt.Fprintf(&w.log, "[   12.345678] audit: type=%s audit(%s): %s", number, stamp, body)
		case 6:
			fmt.Fprintf(&w.log, "Oct  9 %s web1 %s type=%s msg=audit(%s): %s", clock,
				w.one("audispd:", "audisp-syslog[7]:"), typ, stamp, body)
		case 7:
			fmt.Fprintf(&w.log, "Oct  9 %s web1 %s%s %s", clock, w.one("audit[1]: ", "audit[2]: ", "x: "), typ, body)
		}
		w.log.WriteString(w.often("\n", "\n", "\r\n", "\n\n", " \n", "", " permissive=1\n", "\n----\n",
			"\nNov  1 08:08:08 web1 setroubleshoot[1]: SELinux is preventing /usr/x from name_connect access on "+
				"the tcp_socket port 81.\n"))
	}
	return []byte(w.log.String())
}

func (w *logWriter) options() Options {
	o := Options{Now: time.Unix(1760090000, 0), MaxOpen: w.Intn(6)}
	switch w.Intn(6) {
	case 0:
		o.MaxLine = 100 + w.Intn(200)
	case 1:
		o.MaxLine = 4096
	}
	if w.Intn(4) == 0 {
		o.Since = time.Unix(1760000000+int64(w.Intn(40)), 0)
	}
	return o
}

// TestFoldRandom: Fold gives the same result as Events and Add.
func TestFoldRandom(t *testing.T) {
	rounds := 600
	if n, err := strconv.Atoi(os.Getenv("SENET_TEST_LONG")); err == nil {
		rounds = 2000 * max(n, 1)
	}
	w := &logWriter{Rand: rand.New(rand.NewSource(int64(testenv.Seed(t))))}
	for range rounds {
		text := w.write(1 + w.Intn(60))
		options, limit := w.options(), w.Intn(5)
		if err := compareFold(text, options, limit, w.Intn(4)); err != nil {
			t.Fatalf("%v\nlimit %d, %+v\n%s", err, limit, options, shortest(text, options, limit))
		}
	}
}

// shortest removes lines as long as Fold still differs.
func shortest(text []byte, options Options, limit int) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	for size := len(lines) / 2; size > 0; {
		smaller := false
		for at := 0; at+size <= len(lines); {
			fewer := slices.Concat(lines[:at], lines[at+size:])
			if compareFold(bytes.Join(fewer, nil), options, limit, 0) != nil {
				lines, smaller = fewer, true
				continue
			}
			at += size
		}
		if !smaller || size > 1 {
			size /= 2
		}
	}
	return bytes.Join(lines, nil)
}

// compareFold returns the first difference between Fold and Events with Add. The input arrives in one of four ways.
func compareFold(text []byte, options Options, limit, arrival int) error {
	r, want := NewReader(bytes.NewReader(text), options), newFolder(limit)
	var rest []*Event
	for e, err := range r.Events() {
		if err != nil {
			return err
		}
		want.Add(e)
		if len(e.Errors)+len(e.Changes) > 0 || e.Report != nil {
			rest = append(rest, e)
		}
	}
	src := io.Reader(bytes.NewReader(text))
	switch arrival {
	case 1:
		src = iotest.HalfReader(src)
	case 2:
		src = iotest.OneByteReader(src)
	case 3:
		src = iotest.DataErrReader(src)
	}
	fast, got := NewReader(src, options), newFolder(limit)
	var yielded []*Event
	for e, err := range fast.Fold(got) {
		if err != nil {
			return err
		}
		yielded = append(yielded, e)
	}
	if a, b := foldedText(want, rest, r.Stats()), foldedText(got, yielded, fast.Stats()); a != b {
		n := commonPrefix([]byte(a), []byte(b))
		n = max(0, n-300)
		return fmt.Errorf("Fold has\n%s\nwant\n%s", b[n:min(len(b), n+900)], a[n:min(len(a), n+900)])
	}
	return nil
}

// foldedText writes everything that a Folder and a Reader return.
func foldedText(f *Folder, rest []*Event, s Stats) string {
	var out strings.Builder
	out.WriteString(mustJSON(s))
	fmt.Fprintf(&out, "\n%d groups, %+v\n%+v\n", f.Len(), f.Dropped(), f.Kinds())
	for _, result := range []Result{Denied, Granted} {
		for g := range f.Groups(result) {
			if found, ok := f.Find(g.Signature); !ok || found.group != g.group {
				out.WriteString("not found: ")
			}
			fmt.Fprintln(&out, mustJSON(withExample(g)))
		}
		for _, g := range f.Top(result, 2) {
			fmt.Fprintf(&out, "%+v\n", g.Signature)
		}
	}
	out.WriteString(mustJSON([]any{f.Symptoms(), rest}))
	return out.String()
}

func commonPrefix(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
