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
