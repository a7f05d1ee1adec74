package head

import (
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// TestParse has a line for each form of a header.
func TestParse(t *testing.T) {
	for _, c := range []struct {
		line, time, host, prog string
		pid                    int
		container, message     string
	}{
		// syslog and the journal
		{"Oct  9 09:13:22 web1 httpd[7]: x", "2025-10-09T09:13:22Z", "web1", "httpd", 7, "", "x"},
		{"Oct 09 09:13:22.123456 web1 httpd[7]: x", "2025-10-09T09:13:22.123456Z", "web1", "httpd", 7, "", "x"},
		{"<86>Oct  9 09:13:22 web1 httpd: x", "2025-10-09T09:13:22Z", "web1", "httpd", 0, "", "x"},
		{"<86>1 2025-10-09T09:13:22Z web1 httpd 7 - - x", "2025-10-09T09:13:22Z", "web1", "httpd", 7, "", "x"},
		{"2025-10-09T09:13:22.5+02:00 web1 httpd[7]: x", "2025-10-09T07:13:22.5Z", "web1", "httpd", 7, "", "x"},
		{"Thu 2025-10-09 09:13:22 UTC web1 httpd[7]: x", "2025-10-09T09:13:22Z", "web1", "httpd", 7, "", "x"},
		{"Oct  9 2025 09:13:22 web1 httpd[7]: x", "2025-10-09T09:13:22Z", "web1", "httpd", 7, "", "x"},
		{"Oct  9 09:13:22 2001:db8::7 httpd[7]: x", "2025-10-09T09:13:22Z", "2001:db8::7", "httpd", 7, "", "x"},
		{"Oct  9 09:13:22 web1 kernel: [   12.345678] audit: x", "2025-10-09T09:13:22Z", "web1", "kernel", 0, "",
			"audit: x"},
		{"2025-10-09T09:13:22.5Z 0 [ERROR] x", "2025-10-09T09:13:22.5Z", "", "", 0, "", "0 [ERROR] x"},
		// the journal under other locales
		{"feb 12 11:45:23 web1 httpd[7]: x", "2025-02-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"févr. 12 11:45:23 web1 httpd[7]: x", "2025-02-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"Mär 12 11:45:23 web1 httpd[7]: x", "2025-03-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"Okt 12 11:45:23 web1 httpd[7]: x", "2025-10-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"mai 12 11:45:23 web1 httpd[7]: x", "2025-05-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"ago 12 11:45:23 web1 httpd[7]: x", "2025-08-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"дек 12 11:45:23 web1 httpd[7]: x", "2025-12-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"лип 12 11:45:23 web1 httpd[7]: x", "2025-07-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"2月 12 11:45:23 web1 httpd[7]: x", "2025-02-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"10월 12 11:45:23 web1 httpd[7]: x", "2025-10-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"mar. 2019-02-12 11:45:23 CET web1 httpd[7]: x", "2019-02-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"Şub 12 11:45:23 web1 httpd[7]: x", "2025-02-12T11:45:23Z", "web1", "httpd", 7, "", "x"},
		{"xyz 12 11:45:23 web1 httpd[7]: x", "", "web1", "httpd", 7, "", "x"}, // a language that is not known
		// syslog without a process id: the host is not taken for a container
		{"Oct  9 09:13:22 web1 nginx: [emerg] x", "2025-10-09T09:13:22Z", "web1", "nginx", 0, "", "[emerg] x"},
		{"Oct  9 09:13:22 web1 (13)Permission denied: x", "2025-10-09T09:13:22Z", "web1", "", 0, "",
			"(13)Permission denied: x"},
		{"2025-10-09T09:13:22.123456+00:00 web1 nginx: [emerg] x", "2025-10-09T09:13:22.123456Z", "web1", "nginx", 0,
			"", "[emerg] x"},
		// dmesg
		{"[   12.345678] x", "", "", "", 0, "", "x"},
		{"[Thu Oct  9 09:13:22 2025] x", "2025-10-09T09:13:22Z", "", "", 0, "", "x"},
		{"[jeu. oct.  9 09:13:22 2025] x", "2025-10-09T09:13:22Z", "", "", 0, "", "x"},
		{"[Fri Nov 11 17:38:48.627827 2016] [proxy:error] x", "2016-11-11T17:38:48.627827Z", "", "", 0, "",
			"[proxy:error] x"},
		{"[   12.345678] SELinux:  x", "", "", "", 0, "", "SELinux:  x"},
		// logcat
		{"2021-03-24 10:58:12.799 290-290/? W/ip: x", "2021-03-24T10:58:12.799Z", "", "ip", 290, "", "x"},
		{"03-24 10:58:12.799   290   291 W auditd  : x", "2025-03-24T10:58:12.799Z", "", "auditd", 290, "", "x"},
		{"2021-03-24 10:58:12.799   290   291 I auditd  : x", "2021-03-24T10:58:12.799Z", "", "auditd", 290, "", "x"},
		{"03-24 10:58:12.799 W/auditd( 290): x", "2025-03-24T10:58:12.799Z", "", "auditd", 290, "", "x"},
		// programs: a word that a program writes after the time is not taken for the host
		{"2025-10-09 09:13:22,123 ERROR x", "2025-10-09T09:13:22.123Z", "", "", 0, "", "ERROR x"},
		{"2025-10-09T09:13:22Z ERROR x", "2025-10-09T09:13:22Z", "", "", 0, "", "ERROR x"},
		{"2025-10-09 09:13:22 worker started", "2025-10-09T09:13:22Z", "", "", 0, "", "worker started"},
		{"2025-10-09 09:13:22 .799 x", "2025-10-09T09:13:22Z", "", "", 0, "", ".799 x"},
		{"2025-10-09 09:13:22+02:00 web1 httpd[7]: x", "2025-10-09T07:13:22Z", "web1", "httpd", 7, "", "x"},
		{"2025-10-09 09:13:22 web1 httpd[7]: x", "2025-10-09T09:13:22Z", "web1", "httpd", 7, "", "x"},
		{"2025/10/09 09:13:22 [crit] 9#9: x", "2025-10-09T09:13:22Z", "", "", 0, "", "[crit] 9#9: x"},
		{"Oct  9 09:13:22 -- x", "2025-10-09T09:13:22Z", "", "", 0, "", "-- x"},
		{"Oct  9 09:13:22 ? httpd: x", "2025-10-09T09:13:22Z", "", "", 0, "", "? httpd: x"},
		// containers
		{"web-1  | nginx: [emerg] x", "", "", "", 0, "web-1 compose", "nginx: [emerg] x"},
		{"web_1  | nginx: [emerg] x", "", "", "", 0, "web_1 compose", "nginx: [emerg] x"},
		{"web-1 | nginx: [emerg] x", "", "", "", 0, "web-1 compose", "nginx: [emerg] x"},
		{"proxy  | 2025/10/09 09:13:22 [crit] x", "2025-10-09T09:13:22Z", "", "", 0, "proxy compose", "[crit] x"},
		{"web-1  | 2025-10-09T09:13:22Z nginx: [emerg] x", "2025-10-09T09:13:22Z", "", "nginx", 0, "web-1 compose",
			"[emerg] x"},
		{"web-1 |nginx: [emerg] x", "", "", "", 0, "web-1 compose", "nginx: [emerg] x"},
		{"[web-6d4cf56db6-bcdfg] nginx: [emerg] x", "", "", "", 0, "web-6d4cf56db6-bcdfg kubectl", "nginx: [emerg] x"},
		{"2025-10-09T09:13:22.123456789Z nginx: [emerg] x", "2025-10-09T09:13:22.123456789Z", "", "nginx", 0,
			" docker", "[emerg] x"},
		{"2025-10-09T09:13:22.123456789Z web1 nginx[7]: x", "2025-10-09T09:13:22.123456789Z", "web1", "nginx", 7, "",
			"x"},
		{"Oct  9 09:13:22 web1 systemd-nspawn[812]: nginx: [emerg] x", "2025-10-09T09:13:22Z", "web1", "", 0,
			" systemd-nspawn", "nginx: [emerg] x"},
		{"web.1.x7f8s9d0a1b2@node1    | x", "", "", "", 0, "web.1.x7f8s9d0a1b2@node1 compose", "x"},
		{"[web] | x", "", "", "", 0, "web podman", "x"},
		{"[pod/web-0/nginx] x", "", "", "", 0, "web-0/nginx kubectl", "x"},
		{"[pod/web-0/nginx] 2025-10-09T09:13:22.5Z x", "2025-10-09T09:13:22.5Z", "", "", 0, "web-0/nginx kubectl", "x"},
		{"[web-7d9c5b5f64-x2x7z nginx] x", "", "", "", 0, "web-7d9c5b5f64-x2x7z/nginx kubectl", "x"},
		{"web-7d9c5b5f64-x2x7z nginx x", "", "", "", 0, "web-7d9c5b5f64-x2x7z/nginx stern", "x"},
		{"web-7d9c5b5f64-x2x7z › nginx x", "", "", "", 0, "web-7d9c5b5f64-x2x7z/nginx stern", "x"},
		{"3f1d2a4b5c6d x", "", "", "", 0, "3f1d2a4b5c6d podman", "x"},
		{"web nginx: [emerg] x", "", "", "", 0, "web podman", "nginx: [emerg] x"},
		{"web 2025/10/09 09:13:22 [crit] x", "2025-10-09T09:13:22Z", "", "", 0, "web podman", "[crit] x"},
		{"web [Fri Nov 11 17:38:48.627827 2016] x", "2016-11-11T17:38:48.627827Z", "", "", 0, "web podman", "x"},
		{"2025-10-09T09:13:22.5Z stderr F x", "2025-10-09T09:13:22.5Z", "", "", 0, " cri", "x"},
		{"2025-10-09T09:13:22.5+02:00 stdout P x", "2025-10-09T07:13:22.5Z", "", "", 0, " cri", "x"},
		{"Oct  9 09:13:22 web1 3f1d2a4b5c6d[812]: x", "2025-10-09T09:13:22Z", "web1", "", 0, "3f1d2a4b5c6d docker",
			"x"},
		{"Oct  9 09:13:22 web1 docker/web[812]: x", "2025-10-09T09:13:22Z", "web1", "", 0, "web docker", "x"},
		{"Oct  9 09:13:22 web1 podman[812]: nginx: [emerg] x", "2025-10-09T09:13:22Z", "web1", "", 0, " podman",
			"nginx: [emerg] x"},
		{"Oct  9 09:13:22 web1 docker-compose[812]: web-1  | x", "2025-10-09T09:13:22Z", "web1", "", 0,
			"web-1 compose", "x"},
		{"Oct  9 09:13:22 web1 podman[812]: Error: x", "2025-10-09T09:13:22Z", "web1", "podman", 812, "", "Error: x"},
		// lines without a header
		{"nginx: [emerg] x", "", "", "", 0, "", "nginx: [emerg] x"},
		{"a | b", "", "", "", 0, "", "a | b"},
		{"Caused by: x", "", "", "", 0, "", "Caused by: x"},
		{"type=AVC msg=audit(1.2:3): avc:  denied", "", "", "", 0, "", "type=AVC msg=audit(1.2:3): avc:  denied"},
		{"", "", "", "", 0, "", ""},
	} {
		p := Parser{Location: time.UTC, Now: now}
		h := p.Parse([]byte(c.line))
		got := ""
		if !h.Time.IsZero() {
			got = h.Time.Format(time.RFC3339Nano)
		}
		container := ""
		if h.Container != nil {
			container = h.Container.Name + " " + h.Container.Source
		}
		if message := c.line[h.End:]; got != c.time || h.Host != c.host || h.Prog != c.prog || h.PID != c.pid ||
			container != c.container || message != c.message {
			t.Errorf("%s: %s host %q program %q %d container %q message %q", c.line, got, h.Host, h.Prog, h.PID,
				container, message)
		}
	}
}

// TestYears: the source of the year for a date without one.
func TestYears(t *testing.T) {
	for _, c := range []struct {
		name, before, line, want string
		assumed                  bool
	}{
		{"nothing tells it: not in the future", "", "Jan 14 09:13:22 web1 x: y", "2026-01-14T09:13:22Z", true},
		{"last year's", "", "Dec 31 09:13:22 web1 x: y", "2025-12-31T09:13:22Z", true},
		{"a day of grace", "", "Jan 16 09:13:22 web1 x: y", "2026-01-16T09:13:22Z", true},
		{"the last leap year", "", "Feb 29 09:13:22 web1 x: y", "2024-02-29T09:13:22Z", true},
		{"a line with a year", "2019-02-12T10:00:00Z web1 x: y", "Feb 12 11:45:23 web1 x: y", "2019-02-12T11:45:23Z",
			false},
		{"over New Year", "2019-01-01T10:00:00Z web1 x: y", "Dec 31 11:45:23 web1 x: y", "2018-12-31T11:45:23Z", false},
		{"and the other way", "2018-12-31T10:00:00Z web1 x: y", "Jan  1 11:45:23 web1 x: y", "2019-01-01T11:45:23Z",
			false},
		{"too far from it", "2019-02-12T10:00:00Z web1 x: y", "Aug 12 11:45:23 web1 x: y", "2025-08-12T11:45:23Z",
			true},
		{"the journal's span", "-- Logs begin at Tue 2017-03-07 14:59:06 CET, end at Tue 2017-03-07 15:14:34 CET. --",
			"Mar 07 15:09:24 web1 x: y", "2017-03-07T15:09:24Z", false},
		{"of newer ones", "-- Journal begins at Tue 2017-03-07 14:59:06 CET, ends at Tue 2018-03-07 15:14:34 CET. --",
			"Mar 06 15:09:24 web1 x: y", "2018-03-06T15:09:24Z", false},
		{"its beginning alone", "-- Logs begin at Tue 2017-03-07 14:59:06 CET. --", "Feb 07 15:09:24 web1 x: y",
			"2018-02-07T15:09:24Z", false},
		{"not in the span", "-- Logs begin at Tue 2017-03-07 14:59:06 CET, end at Tue 2017-03-07 15:14:34 CET. --",
			"Apr 07 15:09:24 web1 x: y", "2025-04-07T15:09:24Z", true},
	} {
		p := Parser{Location: time.UTC, Now: now}
		if !p.LearnSpan([]byte(c.before)) {
			p.Parse([]byte(c.before))
		}
		h := p.Parse([]byte(c.line))
		if got := h.Time.Format(time.RFC3339Nano); got != c.want || h.YearAssumed != c.assumed {
			t.Errorf("%s: %s assumed %v", c.name, got, h.YearAssumed)
		}
	}
	p := Parser{Location: time.UTC}
	if h := p.Parse([]byte("Jan 14 09:13:22 web1 x: y")); !h.Time.IsZero() || h.Host != "web1" {
		t.Errorf("without a time to go by: %+v", h)
	}
}

// TestMonths: every name gives its month, in every language.
func TestMonths(t *testing.T) {
	for _, year := range []string{
		"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
		"janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.",
		"ene feb mar abr may jun jul ago sep oct nov dic",
		"gen feb mar apr mag giu lug ago set ott nov dic", "jan fev mar abr mai jun jul ago set out nov dez",
		"jan feb mrt apr mei jun jul aug sep okt nov dec",
		"sty lut mar kwi maj cze lip sie wrz paź lis gru", "led úno bře dub kvě čen čec srp zář říj lis pro",
		"янв фев мар апр мая июн июл авг сен окт ноя дек",
		"січ лют бер кві тра чер лип сер вер жов лис гру",
		"Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
		"tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
		"1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
	} {
		for i, name := range strings.Fields(year) {
			if got := monthNamed(name); got != time.Month(i+1) {
				t.Errorf("%s: %d", name, got)
			}
		}
	}
	for _, s := range []string{"", "x", "13月", "月", "janvier2", "lis.topad"} {
		if got := monthNamed(s); got != 0 {
			t.Errorf("%s: %d", s, got)
		}
	}
}

// FuzzParse: no panic, the message is a part of the line, and every time is possible in a log.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"Oct  9 09:13:22 web1 httpd[7]: x", "[pod/web-0/nginx] 2025-10-09T09:13:22.5Z x", "févr. 12 11:45:23 web1 x",
		"03-24 10:58:12.799   290   291 W auditd  : x",
		"<86>1 2025-10-09T09:13:22Z web1 httpd 7 - [a b] x",
		"-- Logs begin at Tue 2017-03-07 14:59:06 CET, end at Tue 9999-03-07 15:14:34 CET. --",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := Parser{Location: time.UTC, Now: now}
		for range 2 {
			p.LearnSpan([]byte(s))
			if h := p.Parse([]byte(s)); h.End < 0 || h.End > len(s) || h.PID < 0 {
				t.Fatalf("%q: %+v", s, h)
			}
		}
	})
}
