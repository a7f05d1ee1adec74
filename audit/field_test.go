package audit

import (
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
)

// TestDecodeHex checks when a value without quotes is hexadecimal: if audit_string_contains_control of
// kernel/audit.c would have made it so.
func TestDecodeHex(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"72733A6D61696E20513A526567", "rs:main Q:Reg", true}, // a blank
		{"002F636F6E74726F6C", "\x00/control", true},          // an abstract unix name
		{"2261", "\"a", true},                                 // a quote
		{"C3A4", "\u00e4", true},                              // above 0x7e
		{"7F", "\x7f", true},
		{"2F62696E2F6C73", "", false}, // /bin/ls would have been quoted
		// Four digits can be a string with a control character. That is why only keys with strings are decoded.
		{"5601", "V\x01", true},
		{"beef20", "", false}, // nothing writes lower-case digits
		{"202", "", false},    // an odd number of digits
		{"", "", false},
		{"haproxy", "", false},
		{"41 20", "", false},
	} {
		if got, ok := decodeHex(c.in); got != c.want || ok != c.ok {
			t.Errorf("%q: %q %t, want %q %t", c.in, got, ok, c.want, c.ok)
		}
	}
}

// TestNumbersAreNotHex: only keys with strings are decoded, so hexadecimal digits under another key stay.
func TestNumbersAreNotHex(t *testing.T) {
	events, _ := Parse(`type=AVC msg=audit(1760000000.000:1): avc:  denied  { x } for  pid=2020 comm=2061 dest=5601 ino=2020 custom=2020 dev=2020 scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=tcp_socket permissive=0
type=SYSCALL msg=audit(1760000000.000:1): arch=c000003e syscall=42 success=no exit=-13 a0=2020 a1=0 a2=0 a3=0 pid=2020 uid=2020 comm="2020" exe="/2020" key=2061`, Options{})
	a, s := events[0].AVCs[0], events[0].Syscall
	if a.PID != 2020 || a.Comm != " a" || a.Dest != 5601 || a.Ino != 2020 || a.Dev != "  " ||
		a.Fields[0].Value != "2020" {
		t.Errorf("%+v", a)
	}
	if s.Args[0] != 0x2020 || s.UID != "2020" || s.Comm != "2020" || s.Exe != "/2020" || s.Key != " a" {
		t.Errorf("%+v", s)
	}
}

// TestFieldScanner has the ways in which values are written.
func TestFieldScanner(t *testing.T) {
	for _, c := range []struct {
		style style
		in    string
		want  string // key=value, with | between; a value with quotes or braces stands in <>
	}{
		{raw, `pid=1 comm="a b" key=(null)`, "pid=1|comm=<a b>|key=(null)"},
		// Words that are not fields are skipped.
		{raw, `for  pid=1 netlabel: auid=0`, "pid=1|auid=0"},
		// A quoted text contains no fields.
		{raw, `comm="x scontext=y" z=1`, "comm=<x scontext=y>|z=1"},
		// msg='...' ends with the last apostrophe, before the fields that auditd adds.
		{raw, "msg='it''s a=1' b=2\x1dUID=\"root\"", "msg=<it''s a=1>|b=2|UID=<root>"},
		{raw, `a=1 b="cut`, "a=1|b=<cut>"},
		{raw, `saddr={ saddr_fam=inet lport=1 } x=2`, "saddr=<{ saddr_fam=inet lport=1 }>|x=2"},
		{raw, `a1_len=3 a1[0]=41`, "a1_len=3|a1[0]=41"},
		{raw, `= =x a= b=`, "a=|b="},
		// Interpreted values run to the next key.
		{interpreted, `comm=rs:main Q:Reg exit=EACCES(Permission denied) a0=0x1 `,
			"comm=rs:main Q:Reg|exit=EACCES(Permission denied)|a0=0x1"},
		{interpreted, `proctitle=nginx -g a=b; c=d `, "proctitle=nginx -g a=b; c=d"},
		{decoded, "a=\x01x \"y\" z=1\x01 b=\x012\x01", "a=<x \"y\" z=1>|b=<2>"},
	} {
		var got []string
		f := fieldScanner{s: c.in, style: c.style}
		for p, ok := f.next(); ok; p, ok = f.next() {
			v := p.val
			if !p.bare {
				v = "<" + v + ">"
			}
			got = append(got, p.key+"="+v)
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.in, s, c.want)
		}
	}
}

// TestSyscallNames checks the tables at both ends and around their gaps,
// against the kernel's syscall tables.
func TestSyscallNames(t *testing.T) {
	for _, c := range []struct {
		arch string
		n    int
		want string
	}{
		{"x86_64", 0, "read"}, {"x86_64", 41, "socket"}, {"x86_64", 42, "connect"}, {"x86_64", 44, "sendto"},
		{"x86_64", 46, "sendmsg"},
		{"x86_64", 49, "bind"}, {"x86_64", 50, "listen"}, {"x86_64", 53, "socketpair"}, {"x86_64", 54, "setsockopt"},
		{"x86_64", 59, "execve"},
		{"x86_64", 257, "openat"}, {"x86_64", 288, "accept4"}, {"x86_64", 307, "sendmmsg"}, {"x86_64", 334, "rseq"},
		{"x86_64", 335, ""},
		{"x86_64", 425, "io_uring_setup"}, {"x86_64", 435, "clone3"}, {"x86_64", 437, "openat2"},
		{"x86_64", 9999, ""}, {"x86_64", -1, ""},
		{"i386", 0, "restart_syscall"}, {"i386", 3, "read"}, {"i386", 102, "socketcall"}, {"i386", 359, "socket"},
		{"i386", 361, "bind"},
		{"i386", 362, "connect"}, {"i386", 363, "listen"}, {"i386", 364, "accept4"}, {"i386", 403, "clock_gettime64"},
		{"i386", 426, "io_uring_enter"},
		{"aarch64", 198, "socket"}, {"aarch64", 200, "bind"}, {"aarch64", 201, "listen"}, {"aarch64", 202, "accept"},
		{"aarch64", 203, "connect"},
		{"aarch64", 206, "sendto"}, {"aarch64", 211, "sendmsg"}, {"aarch64", 56, "openat"},
		{"aarch64", 221, "execve"}, {"aarch64", 242, "accept4"},
		{"aarch64", 269, "sendmmsg"}, {"aarch64", 79, "newfstatat"}, {"s390x", 362, ""},
	} {
		if got := syscallName(c.arch, c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.arch, c.n, got, c.want)
		}
		if c.want != "" && syscallNumber(c.arch, c.want) != c.n {
			t.Errorf("%s %s: %d, want %d", c.arch, c.want, syscallNumber(c.arch, c.want), c.n)
		}
	}
}

// TestURing: requests to io_uring have a record type of their own.
func TestURing(t *testing.T) {
	s := parseSyscall("uring_op=16 success=no exit=-13 items=0 ppid=1 pid=2 uid=0 subj=a:b:c_t:s0 key=(null)", raw)
	if !s.URing || s.Number != 16 || s.Name != "connect" || s.Errno != "EACCES" {
		t.Errorf("%+v", s)
	}
	for n, name := range map[int]string{13: "accept", 26: "send", 27: "recv", 45: "socket", 46: "uring_cmd",
		56: "bind", 57: "listen"} {
		if got := wordAt(uringNames, n); got != name {
			t.Errorf("%d: %q, want %q", n, got, name)
		}
	}
}

// TestExit: the exit value as a number and in ausearch's form.
func TestExit(t *testing.T) {
	for in, want := range map[string]string{"-13": "EACCES", "-1": "EPERM", "-111": "ECONNREFUSED",
		"-98": "EADDRINUSE", "-133": "EHWPOISON", "0": "", "7": "",
		"-115": "EINPROGRESS", "-41": "", "-4096": "", "EACCES(Permission denied)": "EACCES", "EPERM": "EPERM"} {
		if _, errno, ok := exitStatus(in); errno != want || !ok {
			t.Errorf("%s: %q %t, want %q", in, errno, ok, want)
		}
	}
	if exit, _, _ := exitStatus("EACCES(Permission denied)"); exit != -13 {
		t.Error(exit)
	}
	if _, _, ok := exitStatus("moo"); ok {
		t.Error("moo is no status")
	}
}

// TestSockaddr decodes the bytes of each family, in both byte orders where
// the family is written in the machine's.
func TestSockaddr(t *testing.T) {
	for _, c := range []struct{ hex, want string }{
		{"020015E10A0000070000000000000000", `inet 10.0.0.7 5601`},
		{"000215E10A0000070000000000000000", `inet 10.0.0.7 5601`}, // s390x
		{"0A001F910000000020010DB8000000000000000000000007" + "00000000", `inet6 2001:db8::7 8081`},
		{"0A00001600000000FE80000000000000000000000000000103000000", `inet6 fe80::1%3 22`},
		{"01002F72756E2F782E736F636B00FFFF", `unix /run/x.sock`},
		{"010000627573" + "0000", `unix @bus`},
		{"100000002C01000005000000", `netlink pid 300 groups 5`},
		{"2800000000040000" + "02000000" + "00000000", `vsock 1024 cid 2`},
		{"0000", `unspec`},
		{"0200", `inet raw 0200`},                        // too short
		{"FE00AABB", `254 raw fe00aabb`},                 // a family without a name
		{"11000003" + "0000", `packet raw 110000030000`}, // not decoded
		{"01", ` raw 01`},
	} {
		s := parseSockaddr("saddr="+c.hex, raw)
		got := s.Family
		switch {
		case s.Raw != "":
			got += " raw " + s.Raw
		case s.Addr.IsValid():
			got += " " + s.Addr.String() + " " + uitoa(s.Port)
		case s.Abstract:
			got += " @" + s.Path
		case s.Path != "":
			got += " " + s.Path
		case s.Family == "netlink":
			got += " pid " + uitoa(s.PID) + " groups " + uitoa(s.Groups)
		case s.Family == "vsock":
			got += " " + uitoa(s.Port) + " cid " + uitoa(s.CID)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.hex, got, c.want)
		}
	}
}

func uitoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// FuzzField feeds the scanner and the decoder. A decoded string encodes to
// what it came from, and nothing is decoded that audit would have quoted.
func FuzzField(f *testing.F) {
	for _, s := range []string{`pid=1 comm="a b"`, "msg='x' a=1\x1dB=\"c\"", "comm=72733A6D61696E20",
		"saddr=020015E10A000007", "saddr={ a=b }", "exit=EACCES(Permission denied) a0=1", "a1[0]=41 a1_len=2"} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, s string, mode uint8) {
		st := style(mode % 3)
		sc := fieldScanner{s: s, style: st}
		for fields := 0; ; fields++ {
			at := sc.pos
			p, ok := sc.next()
			if !ok {
				break
			}
			if sc.pos <= at || fields > len(s) {
				t.Fatalf("no progress at %d", at)
			}
			text := p.text(st)
			if len(text) > len(p.val) {
				t.Fatalf("%q became longer: %q", p.val, text)
			}
		}
		if d, ok := decodeHex(s); ok {
			if strings.ToUpper(hex.EncodeToString([]byte(d))) != s {
				t.Fatalf("%q decodes to %q", s, d)
			}
			if !strings.ContainsFunc(d, func(c rune) bool { return c == '"' || c < 0x21 || c > 0x7e }) {
				t.Fatalf("%q would have been quoted", d)
			}
		}
		parseSyscall(s, st)
		parseSockaddr(s, st)
		parseProctitle(s, st)
		parsePath(s, st)
		if argv := appendArgv(nil, s, st); len(argv) > maxArgv {
			t.Fatalf("%d arguments", len(argv))
		}
		parseAVC(s, st, false)
		parseSELinuxError(s, st, mode&4 != 0)
		parseChange(typeMACPolicyLoad, s, st)
	})
}
