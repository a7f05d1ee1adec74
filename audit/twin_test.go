package audit

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestTwins: an event counts once, in whichever two formats it comes, and has the time that one of them has.
func TestTwins(t *testing.T) {
	const (
		text = `avc:  denied  { name_connect } for  pid=812 comm="x" dest=81 scontext=a:b:c_t:s0 ` +
			`tcontext=a:b:d_t:s0 tclass=tcp_socket permissive=0`
		stamp = "1549968323.189:458"
	)
	forms := map[string]string{
		"audit.log":   "type=AVC msg=audit(" + stamp + "): " + text,
		"kernel":      "Feb 12 10:45:23 h1 kernel: audit: type=1400 audit(" + stamp + "): " + text,
		"dmesg":       "[   12.345678] audit: type=1400 audit(" + stamp + "): " + text,
		"dmesg -T":    "[Tue Feb 12 10:45:23 2019] audit: type=1400 audit(" + stamp + "): " + text,
		"journal":     "Feb 12 10:45:23 h1 audit[812]: AVC " + text,
		"other month": "févr. 12 10:45:23 h1 audit[812]: AVC " + text,
		"no language": "qwe 12 10:45:23 h1 audit[812]: AVC " + text,
		"plain":       text,
		"laurel": `{"ID":"` + stamp +
			`","AVC":[{"denied":["name_connect"],"pid":812,"comm":"x","dest":81,` +
			`"scontext":"a:b:c_t:s0","tcontext":"a:b:d_t:s0",` +
			`"tclass":"tcp_socket","permissive":0}]}`,
	}
	for a := range forms {
		for b := range forms {
			journals := func(s string) bool { return s == "journal" || s == "other month" || s == "no language" }
			if a == b || journals(a) && journals(b) {
				continue // the same format twice
			}
			for _, between := range []string{"\n", "\nFeb 12 10:45:24 h1 x: y\n"} {
				events, stats := Parse(forms[a]+between+forms[b]+"\n", goldenOptions)
				if len(events) != 1 || stats.Denied != 1 || stats.Duplicates != 1 {
					t.Errorf("%s, %s: %d events, %s", a, b, len(events), mustJSON(stats))
					continue
				}
				told := !(journals(a) || a == "plain") || !(journals(b) || b == "plain")
				e := events[0]
				if told && (a != "plain" || b == "journal") &&
					(e.Time.UnixMilli() != 1549968323189 || e.YearAssumed) && !(a == "plain") {
					t.Errorf("%s, %s: %s assumed %v", a, b, e.Time, e.YearAssumed)
				}
			}
		}
	}
	// A second time in the same format it is another event.
	for _, form := range []string{"journal", "dmesg", "plain", "audit.log"} {
		_, stats := Parse(forms[form]+"\n"+strings.Replace(forms[form], ":458)", ":459)", 1)+"\n", goldenOptions)
		if stats.Denied != 2 || stats.Duplicates != 0 {
			t.Errorf("%s: %s", form, mustJSON(stats))
		}
	}
	// Three formats, twice.
	log := ""
	for i := range 2 {
		at := fmt.Sprintf("1549968323.189:%d", 458+i)
		for _, form := range []string{"journal", "kernel", "audit.log"} {
			log += strings.ReplaceAll(forms[form], stamp, at) + "\n"
		}
	}
	if _, stats := Parse(log, goldenOptions); stats.Denied != 2 || stats.Duplicates != 4 {
		t.Errorf("three forms: %s", mustJSON(stats))
	}
}

// TestYearAssumed: if the log has no year, the year is marked as assumed, whatever the source of the date.
func TestYearAssumed(t *testing.T) {
	const avc = `avc:  denied  { name_connect } for  pid=812 comm="x" dest=81 scontext=a:b:c_t:s0 ` +
		`tcontext=a:b:d_t:s0 tclass=tcp_socket permissive=0`
	for _, c := range []struct {
		log, want string
		assumed   bool
	}{
		{"Feb 12 10:45:23 h1 audit[1]: AVC " + avc, "2025-02-12T10:45:23Z", true},
		{"Feb 12 10:45:23 h1 nginx: [emerg] bind() to 0.0.0.0:81 failed (13: Permission denied)",
			"2025-02-12T10:45:23Z", true},
		// A line after it, or before it, has the year.
		{"Feb 12 10:45:23 h1 audit[1]: AVC " + avc + "\n2019-02-12T11:00:00Z h1 x: Permission denied",
			"2019-02-12T10:45:23Z", false},
		{"Feb 12 10:45:23 h1 nginx: bind() to 0.0.0.0:81 failed (13: Permission denied)\ntype=SYSCALL " +
			"msg=audit(1549968323.189:458): x", "2019-02-12T10:45:23Z", false},
		{"type=SYSCALL msg=audit(1549968323.189:458): x\nFeb 12 10:45:23 h1 audit[1]: AVC " + avc,
			"2019-02-12T10:45:23Z", false},
		{"time->Tue Feb 12 10:00:00 2019\nFeb 12 10:45:23 h1 audit[1]: AVC " + avc, "2019-02-12T10:45:23Z", false},
		{"-- Logs begin at Tue 2017-02-07 14:59:06 CET, end at Tue 2017-03-07 15:14:34 CET. --\nFeb 12 10:45:23 h1 " +
			"audit[1]: AVC " + avc, "2017-02-12T10:45:23Z", false},
		// The record's own time is used.
		{"Feb 12 10:45:23 h1 kernel: audit: type=1400 audit(1549968323.189:458): " + avc, "2019-02-12T10:45:23.189Z",
			false},
		{"Jul 28 13:07:00 h1 kernel:\n" + avc, "2025-07-28T13:07:00Z", true},
		{"time->Mon Jul 28 13:07:00 2025\n" + avc, "2025-07-28T13:07:00Z", false},
	} {
		events, _ := Parse(c.log, goldenOptions)
		if len(events) != 1 {
			t.Errorf("%s: %d events", c.log, len(events))
			continue
		}
		if got := events[0].Time.Format(time.RFC3339Nano); got != c.want || events[0].YearAssumed != c.assumed {
			t.Errorf("%s: %s assumed %v", c.log, got, events[0].YearAssumed)
		}
	}
	// Many events wait, and none is lost.
	log := strings.Repeat("Feb 12 10:45:23 h1 audit[1]: AVC "+avc+"\n", 3*maxWaiting)
	events, _ := Parse(log+"type=SYSCALL msg=audit(1549968323.189:458): x", goldenOptions)
	if len(events) != 3*maxWaiting || events[0].Time.Year() != 2025 || events[len(events)-1].Time.Year() != 2019 {
		t.Errorf("%d events", len(events))
	}
}

// TestHeadersApart: a record whose type and time stand on a separate line.
func TestHeadersApart(t *testing.T) {
	for _, log := range []string{
		"type=AVC msg=audit(07/28/25 13:07:00.201:1108)\navc:  denied  { prog_run } for  pid=1 comm=systemd\n " +
			"scontext=a:b:c_t:s0\n tcontext=a:b:d_t:s0\n tclass=bpf permissive=0",
		"    type=AVC msg=audit(1753708020.201:1108):\n    avc:  denied  { prog_run } for  pid=1 comm=systemd\n    " +
			"scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0\n    tclass=bpf permissive=0",
		"type=AVC msg=audit(1753708020.201:1108): \navc:  denied  { prog_run } for  pid=1 comm=\"systemd\" " +
			"scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=bpf permissive=0",
		"> type=AVC msg=audit(1753708020.201:1108):\n> avc:  denied  { prog_run } for  pid=1 comm=\"systemd\" " +
			"scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=bpf permissive=0",
		"type=AVC\nmsg=audit(1753708020.201:1108): avc:  denied  { prog_run } for  pid=1 comm=\"systemd\" " +
			"scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=bpf permissive=0",
		"audit(1753708020.201:1108):\navc:  denied  { prog_run } for  pid=1 comm=\"systemd\" scontext=a:b:c_t:s0 " +
			"tcontext=a:b:d_t:s0 tclass=bpf permissive=0",
		"Jul 28 13:07:00 h1 kernel: audit: type=1400 audit(1753708020.201:1108):\navc:  denied  { prog_run } for  " +
			"pid=1 comm=\"systemd\" scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=bpf permissive=0",
	} {
		events, stats := Parse(log, goldenOptions)
		if len(events) != 1 || stats.MalformedCount() != 0 || events[0].Serial != 1108 ||
			events[0].Time.UnixMilli() != 1753708020201 || events[0].AVCs[0].TClass != "bpf" {
			t.Errorf("%s: %s %s", log, mustJSON(events), mustJSON(stats))
		}
	}
	// If nothing follows, it is a record without content.
	if _, stats := Parse(
		"type=AVC msg=audit(1753708020.201:1108):\ntype=CWD msg=audit(1753708020.201:1108): cwd=\"/\"",
		Options{}); stats.MalformedCount() != 1 {
		t.Errorf("%s", mustJSON(stats))
	}
}

// TestMarkup: the changes that Markdown and chats make to a record.
func TestMarkup(t *testing.T) {
	const rest = ` avc:  denied  { search } for  pid=141 comm="sysctl" name="net" dev="proc" ino=2 ` +
		`scontext=a:b:c_t:s0 tcontext=a:b:sysctl_net_t:s0 tclass=dir permissive=1`
	for _, line := range []string{
		"type=AVC msg=audit([1682353570.797:274):](http://1682353570.797:274%29/)" + rest,
		"type=AVC msg=audit([1682353570.797:274](http://1682353570.797:274)):" + rest,
		"type=AVC msg=[audit(1682353570.797:274)](https://audit(1682353570.797:274)):" + rest,
		"type=AVC msg=audit(<http://1682353570.797:274|1682353570.797:274>):" + rest,
		"type=AVC msg=audit(<http://1682353570.797:274>):" + rest,
		`type=AVC msg=audit\(1682353570.797:274\):` + strings.ReplaceAll(rest, "_", `\_`),
		"`type=AVC msg=audit(1682353570.797:274):" + rest + "`",
		"* type=AVC msg=audit(1682353570.797:274):" + rest,
		"<pre>type=AVC msg=audit(1682353570.797:274):" + rest + "</pre>",
		"**type=AVC msg=audit(1682353570.797:274):" + rest + "**",
	} {
		events, stats := Parse(line, Options{})
		if len(events) != 1 || stats.MalformedCount() != 0 || events[0].Serial != 274 ||
			events[0].Time.UnixMilli() != 1682353570797 {
			t.Errorf("%s: %s", line, mustJSON(events))
			continue
		}
		if a := events[0].AVCs[0]; a.TContext != "a:b:sysctl_net_t:s0" || a.TClass != "dir" || a.Permissive == nil ||
			!*a.Permissive {
			t.Errorf("%s: %s", line, mustJSON(a))
		}
	}
}

// TestNotices: the records of the kernel and of object managers about names that the policy does
// not have.
func TestNotices(t *testing.T) {
	for _, c := range []struct{ line, op, context, class string }{
		{"[  125.824296] SELinux:  Context a:b:no_such_t:s0 is not valid (left unmapped).", OpUnknownLabel,
			"a:b:no_such_t:s0", ""},
		{"Oct  9 09:13:22 web1 kernel: SELinux:  Context a:b:no_such_t:s0 became invalid (unmapped).", OpUnknownLabel,
			"a:b:no_such_t:s0", ""},
		{"Oct  9 09:13:22 web1 kernel: [   12.3] SELinux: inode=7 on dev=vda1 was found to have an invalid " +
			"context=a:b:no_such_t:s0.  This indicates you may need to relabel.", OpUnknownLabel, "a:b:no_such_t:s0",
			""},
		{"SELinux:  Context a:b:no_such_t:s0 became valid (mapped).", "", "", ""},
		{"SELinux:  policy capability network_peer_controls=1", "", "", ""},
		{"Oct  9 09:13:22 web1 audit[119]: USER_AVC pid=119 uid=81 subj=a:b:c_t:s0 msg='Unknown class dbus " +
			"exe=\"/usr/bin/dbus-broker\" sauid=81'", OpUnknownClass, "", "dbus"},
		{"type=USER_AVC msg=audit(1760000000.000:7): pid=119 uid=81 subj=a:b:c_t:s0 msg='Unknown class service " +
			"exe=\"/usr/lib/systemd/systemd\" sauid=81 hostname=? addr=? terminal=?'", OpUnknownClass, "", "service"},
		{"type=USER_AVC msg=audit(1760000000.000:7): pid=1 uid=0 subj=a:b:c_t:s0 msg='Unknown permission reload for " +
			"class system exe=\"/usr/lib/systemd/systemd\"'", OpUnknownPermission, "", "system"},
	} {
		events, stats := Parse(c.line, goldenOptions)
		if c.op == "" {
			if len(events) > 0 {
				t.Errorf("%s: %s", c.line, mustJSON(events))
			}
			continue
		}
		if len(events) != 1 || len(events[0].Errors) != 1 || stats.MalformedCount() != 0 {
			t.Errorf("%s: %s %s", c.line, mustJSON(events), mustJSON(stats))
			continue
		}
		if x := events[0].Errors[0]; x.Op != c.op || x.InvalidContext != c.context || x.TClass != c.class {
			t.Errorf("%s: %s", c.line, mustJSON(x))
		}
	}
}

// TestBlanksInNames: a name of several words, without the quotes that a shell took off.
func TestBlanksInNames(t *testing.T) {
	for fields, want := range map[string]string{
		`comm=rs:main Q:Reg dest=6514`: "rs:main Q:Reg", `comm="rs:main Q:Reg" dest=6514`: "rs:main Q:Reg",
		`comm=a b c`: "a b c",
		`comm=72733A6D61696E20513A526567 dest=6514`: "rs:main Q:Reg", `comm=x name=a b dev=c`: "x",
		`comm=x for`: "x for",
	} {
		events, _ := Parse("avc:  denied  { name_connect } for  pid=492 "+fields+
			" scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=tcp_socket", Options{})
		if len(events) != 1 || events[0].AVCs[0].Comm != want {
			t.Errorf("%s: %s", fields, mustJSON(events))
		}
	}
}

// TestReportsAndTheirDenials: several reports of setroubleshoot, each with its denial.
func TestReportsAndTheirDenials(t *testing.T) {
	log := ""
	for i := range 12 {
		log += fmt.Sprintf(
			"SELinux is preventing /usr/bin/a from write access on the sock_file p%d.\nRaw Audit Messages\n", i)
		log += fmt.Sprintf(
			"type=AVC msg=audit(157318472%d.101:86%d): avc:  denied  { write } for  pid=46 comm=\"a\" name=\"p%d\" "+
				"dev=\"dm-0\" ino=5 ", i/2, i, i) +
			"scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=sock_file permissive=0\n\n"
	}
	events, stats := Parse(log, Options{})
	if len(events) != 12 || stats.Denied != 12 || stats.Reports != 0 {
		t.Errorf("%d events, %s", len(events), mustJSON(stats))
	}
	// Without the denials the reports are yielded.
	_, stats = Parse(
		"SELinux is preventing /usr/bin/a from write access on the sock_file p.\nSELinux is preventing /usr/bin/b "+
			"from read access on the file q.\n", Options{})
	if stats.Reports != 2 {
		t.Errorf("%s", mustJSON(stats))
	}
}

// An event in the form of ausearch -i and the raw record are one event. Two events with the same text are two, and
// so is a log that comes twice in the same form.
func TestInterpretedTwin(t *testing.T) {
	const text = `avc:  denied  { name_connect } for  pid=812 comm="haproxy" dest=5601 ` +
		`scontext=u:r:a_t:s0 tcontext=u:object_r:b_t:s0 tclass=tcp_socket permissive=0`
	raw := "type=AVC msg=audit(1709287200.123:77): " + text + "\n"
	interpreted := "type=AVC msg=audit(03/01/2024 10:00:00.123:77) : " + strings.ReplaceAll(text, `"`, "") + " \n"
	for _, tt := range []struct {
		log  string
		want int
	}{
		{raw + interpreted, 1},
		{interpreted + raw, 1},
		{raw + strings.Replace(interpreted, ":77)", ":78)", 1), 2},
		{raw + strings.Replace(interpreted, "5601", "5602", 1), 2},
		{raw + raw, 2},
	} {
		if events, _ := Parse(tt.log, Options{}); count(events) != tt.want {
			t.Errorf("%d denials, want %d: %s", count(events), tt.want, tt.log)
		}
	}
}

func count(events []*Event) (n int) {
	for _, e := range events {
		n += len(e.AVCs)
	}
	return n
}
