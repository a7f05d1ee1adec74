package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestDamagedNames has the ways in which pagers, mail, web pages and shells damage the end of a record.
func TestDamagedNames(t *testing.T) {
	const cut = "cut"
	for _, c := range []struct {
		perms, fields, tail string // the tail begins after tclass=
		class               string // "cut" where the record is none
		inferred, unknown   bool
		permissive          string
	}{
		// Complete.
		{"name_bind", "src=81", "tcp_socket permissive=1", "tcp_socket", false, false, "1"},
		{"name_bind", "src=81", "tcp_socket", "tcp_socket", false, false, ""},
		// Cut by a pager, which marks the place, or by a terminal, which does not.
		{"name_bind", "src=81", "tcp_so>", "tcp_socket", true, false, ""},
		{"name_bind", "src=81", "tcp_so", "tcp_socket", true, false, ""},
		{"name_bind", "src=81", "tcp_socket>", "tcp_socket", false, false, ""},
		{"name_bind", "src=81", "tcp_so\u2026", "tcp_socket", true, false, ""},
		{"name_bind", "src=81", "tcp_so...", "tcp_socket", true, false, ""},
		{"node_bind", "", "ra>", "rawip_socket", true, false, ""},
		{"name_connect", "dest=9", "s>", "sctp_socket", true, false, ""},
		{"nnp_transition", "", "proc>", "process2", true, false, ""},
		{"nnp_transition", "", "process>", "process2", true, false, ""},
		{"nnp_transition", "", "process", "process2", true, false, ""},
		{"transition", "", "proc>", "process", true, false, ""},
		{"transition", "", "process", "process", false, false, ""},
		{"connectto", `path="/x"`, "un>", "unix_stream_socket", true, false, ""},
		{"nlmsg_tty_audit", "", "netlink_a", "netlink_audit_socket", true, false, ""},
		{"bpf", "capability=39", "capability", "capability2", true, false, ""},
		{"search", `name="x"`, "d>", "dir", true, false, ""},
		{"read", `name="x" dev="vda" ino=3`, "l>", "lnk_file", true, false, ""},
		{"read", `name="x" dev="vda" ino=3`, "d>", "dir", true, false, ""},
		// Several classes fit.
		{"read", `name="x"`, "f>", cut, false, false, ""},
		{"getattr", "", "file>", cut, false, false, ""},
		{"getattr", "", "file", "file", false, false, ""},
		{"bind", "", "netlink", cut, false, false, ""},
		{"net_admin", "capability=12", "cap>", cut, false, false, ""},
		{"create", "", "u>", cut, false, false, ""},
		// The kernel checks ports only for some socket classes.
		{"name_bind", "src=53", "u>", "udp_socket", true, false, ""},
		{"name_bind", "src=53", "u", "udp_socket", true, false, ""},
		{"name_bind", "src=53", "r\u2026", "rawip_socket", true, false, ""},
		// Upper case.
		{"name_bind", "src=53", "UDP_SOCKET", "udp_socket", false, false, ""},
		{"READ", "", "FILE", "file", false, false, ""},
		// No class fits the cut text.
		{"read", "", "zz>", cut, false, false, ""},
		{"name_connect", "dest=9", "fil>", cut, false, false, ""},
		{"", "", ">", cut, false, false, ""},
		// Punctuation and markup around the last word, whichever it is.
		{"read", "", "file'", "file", false, false, ""},
		{"read", "", `file"`, "file", false, false, ""},
		{"read", "", `file"}`, "file", false, false, ""},
		{"read", "", `file","host":"x"}`, "file", false, false, ""},
		{"read", "", "file,", "file", false, false, ""},
		{"read", "", "file.", "file", false, false, ""},
		{"read", "", "file)", "file", false, false, ""},
		{"read", "", "file;", "file", false, false, ""},
		{"read", "", "file**", "file", false, false, ""},
		{"read", "", "file`", "file", false, false, ""},
		{"read", "", "`file`", "file", false, false, ""},
		{"read", "", "file</code></pre>", "file", false, false, ""},
		{"read", "", "<b>file</b>", "file", false, false, ""},
		{"read", "", `file\n`, "file", false, false, ""},
		{"read", "", "file\u201d", "file", false, false, ""},
		{"read", "", "file'] permissive=1", "file", false, false, "1"},
		{"read", "", "file, permissive=1", "file", false, false, "1"},
		{"read", "", "file permissive=1'", "file", false, false, "1"},
		{"read", "", "file permissive=1',", "file", false, false, "1"},
		{"read", "", "file permissive=1']", "file", false, false, "1"},
		{"read", "", "file permissive=0</code>", "file", false, false, "0"},
		{"read", "", "file permissive=1.", "file", false, false, "1"},
		{"read", "", `file permissive=1\n`, "file", false, false, "1"},
		{"read", "", "file permissive=10", "file", false, false, ""},
		{"'read'", "", "file permissive=1", "file", false, false, "1"},
		{"read,", "", "file permissive=1", "file", false, false, "1"},
		// What was put there and is no punctuation is no name, and never a command.
		{"read", "", "file;id", cut, false, false, ""},
		{"read", "", "file$(id)", cut, false, false, ""},
		{"$(id)", "", "file", cut, false, false, ""},
		{"read", "", "file|sh permissive=0", cut, false, false, ""},
		{"read", "", "file/../x permissive=0", cut, false, false, ""},
		// Whole names that nobody has.
		{"read", "", "sosket permissive=0", "sosket", false, true, "0"},
		{"reed", "", "file permissive=0", "file", false, true, "0"},
		{"transition", "", "sosket", "sosket", false, true, ""},
		{"nnp_transition", "", "process permissive=0", "process", false, true, "0"},
		{"0x40", "", "file permissive=0", "file", false, false, "0"},
		// A class in the words of another tool.
		{"read", "", "directory permissive=0", "dir", true, false, "0"},
	} {
		line := "type=AVC msg=audit(1760000000.000:7): avc:  denied  { " + c.perms + " } for  pid=3 comm=\"x\" " +
			c.fields +
			" scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=" + c.tail
		events, stats := Parse(line, Options{})
		if c.class == cut {
			if len(events) > 0 || stats.MalformedCount() != 1 {
				t.Errorf("{ %s } %s: %s", c.perms, c.tail, mustJSON(events))
			}
			continue
		}
		if len(events) != 1 || len(events[0].AVCs) != 1 || stats.MalformedCount() != 0 {
			t.Errorf("{ %s } %s: %s %s", c.perms, c.tail, mustJSON(events), mustJSON(stats))
			continue
		}
		a := events[0].AVCs[0]
		permissive := ""
		if a.Permissive != nil {
			permissive = map[bool]string{false: "0", true: "1"}[*a.Permissive]
		}
		if a.TClass != c.class || (len(a.Inferred) > 0) != c.inferred || (len(a.UnknownNames) > 0) != c.unknown ||
			permissive != c.permissive {
			t.Errorf("{ %s } %s: %s", c.perms, c.tail, mustJSON(a))
		}
		if c.inferred && a.Inferred[0].Taken != c.class {
			t.Errorf("%s: %+v", c.tail, a.Inferred)
		}
	}
}

// TestDamagedContexts: the same around a context, and one that journalctl cut in its middle.
func TestDamagedContexts(t *testing.T) {
	for _, c := range []struct{ logged, want string }{
		{"a:b:d_t:s0", "a:b:d_t:s0"}, {"'a:b:d_t:s0'", "a:b:d_t:s0"}, {"a:b:d_t:s0,", "a:b:d_t:s0"},
		{"a:b:d_t:s0-s0:c0.c1023</span>", "a:b:d_t:s0-s0:c0.c1023"},
		{"**a:b:d_t:s0**", "a:b:d_t:s0"}, {"a:b:**d_t**:s0", "a:b:d_t:s0"}, {"a:b:d\u2026s0", ""}, {"a:b:d...s0", ""},
	} {
		events, stats := Parse("avc:  denied  { read } for  pid=3 comm=\"x\" scontext=a:b:c_t:s0 tcontext="+c.logged+
			" tclass=file permissive=0", Options{})
		if c.want == "" {
			if len(events) > 0 || stats.MalformedCount() != 1 {
				t.Errorf("%s: %s", c.logged, mustJSON(events))
			}
			continue
		}
		if len(events) != 1 || events[0].AVCs[0].TContext != c.want {
			t.Errorf("%s: %s", c.logged, mustJSON(events))
		}
	}
}

// TestCutAnywhere: a denial that was cut after any of its bytes is never taken for a denial of another class.
func TestCutAnywhere(t *testing.T) {
	for _, whole := range []struct{ class, text string }{
		{"tcp_socket",
			`avc:  denied  { name_bind } for  pid=3 comm="x" src=81 scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 ` +
				`tclass=tcp_socket permissive=0`},
		{"process2",
			`avc:  denied  { nnp_transition } for  pid=3 comm="x" scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 ` +
				`tclass=process2 permissive=0`},
		{"netlink_route_socket",
			`avc:  denied  { nlmsg_write } for  pid=3 comm="x" scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 ` +
				`tclass=netlink_route_socket permissive=0`},
		{"capability",
			`avc:  denied  { net_admin } for  pid=3 comm="x" capability=12 scontext=a:b:c_t:s0 tcontext=a:b:c_t:s0 ` +
				`tclass=capability permissive=0`},
	} {
		for n := range whole.text {
			for _, mark := range []string{"", ">", "\u2026"} {
				events, _ := Parse(whole.text[:n]+mark, Options{})
				for _, e := range events {
					if len(e.AVCs) > 0 && e.AVCs[0].TClass != whole.class {
						t.Errorf("%s%s: %s", whole.text[:n], mark, e.AVCs[0].TClass)
					}
				}
			}
		}
	}
}

// TestReportClasses: setroubleshoot describes the class in plain words.
func TestReportClasses(t *testing.T) {
	for words, class := range map[string]string{
		"directory /srv/x": "dir", "file x": "file", "shared memory Unknown": "shm", "semaphore Unknown": "sem",
		"message queue Unknown": "msgq", "tcp_socket port 81": "tcp_socket", "sock_file x": "sock_file",
	} {
		p, ok := parseReport(fmt.Sprintf("SELinux is preventing /usr/bin/x from 'read' accesses on the %s.", words))
		if !ok || p.Class != class {
			t.Errorf("%s: %+v", words, p)
		}
	}
}

// TestMendKeepsCorpus: no record of the corpus has a name that nobody has, but those of forms that leave names out.
func TestMendKeepsCorpus(t *testing.T) {
	forEachLog(t, func(name, text string) {
		events, _ := Parse(text, goldenOptions)
		for _, e := range events {
			for _, a := range e.AVCs {
				if len(a.UnknownNames) > 0 && !slices.Contains([]string{"broken"}, name) {
					t.Errorf("%s: %v: %s", name, a.UnknownNames, strings.TrimSpace(a.Text))
				}
			}
		}
	})
}
