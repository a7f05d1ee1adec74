package audit

import (
	"fmt"
	"strings"
	"testing"
)

// TestListed: lines of listings are read between records, also where they have a word that others are looked at for,
// and the command may be such a line too.
func TestListed(t *testing.T) {
	const text = "# ls -Z /var/log/audit\nsystem_u:object_r:auditd_log_t:s0 audit.log\n" +
		"type=AVC msg=audit(1718900500.101:816): avc:  denied  { read } for  pid=2 comm=\"x\" name=\"y\" " +
		"scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:var_t:s0 tclass=file\n\n" +
		"> -rw-r--r--. 1 root root system_u:object_r:var_t:s0 9 May 23 09:14 l -&gt; y\n"
	r := NewReader(strings.NewReader(text), Options{})
	events := 0
	for range r.Events() {
		events++
	}
	var got []string
	for _, f := range r.Listed() {
		got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Path, f.Name))
	}
	want := []string{"2 /var/log/audit/audit.log audit.log", "5  l -> y"}
	if fmt.Sprint(got) != fmt.Sprint(want) || events != 1 {
		t.Errorf("%d events, listed %q, want %q", events, got, want)
	}
	if st := r.Stats(); st.Listed != 2 || st.Unrecognised != 1 {
		t.Errorf("%d listed, %d unrecognised lines", st.Listed, st.Unrecognised)
	}
}

// TestListedInside: the paths of a container are not those of the host.
func TestListedInside(t *testing.T) {
	const listed = "u:object_r:user_home_t:s0 /usr/bin/x\n"
	for _, c := range []struct{ rule, text, want string }{
		{"on the host", "[root@h ~]# ls -Z /usr/bin/x\n" + listed, "/usr/bin/x"},
		{"the prompt of a container", "root@7ac120b4c5d2:/# ls -Z /usr/bin/x\n" + listed, ""},
		{"a command for a container", "$ docker exec web ls -Z /usr/bin/x\n" + listed, ""},
		{"on the host again", "root@7ac120b4c5d2:/# exit\n[root@h ~]# ls -Z /usr/bin/x\n" + listed, "/usr/bin/x"},
	} {
		r := NewReader(strings.NewReader(c.text), Options{})
		for range r.Events() {
			t.Errorf("%s: an event", c.rule)
		}
		if list := r.Listed(); len(list) != 1 || list[0].Path != c.want || list[0].Name != "x" {
			t.Errorf("%s: %+v", c.rule, list)
		}
	}
}

// TestListedBound: however many files a listing has, only some are kept, and all are counted.
func TestListedBound(t *testing.T) {
	r := NewReader(strings.NewReader(strings.Repeat("u:object_r:var_t:s0 /srv/x\n", 2*maxListed)), Options{})
	for range r.Events() {
		t.Error("an event")
	}
	if n := len(r.Listed()); n != maxListed || r.Stats().Listed != 2*maxListed {
		t.Errorf("%d kept, %d counted", n, r.Stats().Listed)
	}
}
