package audit

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// kernelText restores the kernel's message from the fields: with the same length, beginning and end, which
// [recent.before] compares.
func TestKernelText(t *testing.T) {
	file, err := os.ReadFile("testdata/corpus/auditlog-raw.log")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(file) {
		_, body, ok := strings.Cut(strings.TrimSpace(string(line)), "): avc:")
		if !ok || !bytes.HasPrefix(line, []byte("type=AVC ")) {
			continue
		}
		body = "avc:" + body
		a, ok := parseAVC(body, raw, false)
		if !ok || len(a.Permissions) == 0 || a.SRawContext != "" || a.TRawContext != "" {
			continue
		}
		n++
		got := string(a.kernelText())
		if len(got) != len(body) || got[:24] != body[:24] || got[len(got)-24:] != body[len(body)-24:] {
			t.Errorf("%s\n%s", got, body)
		}
	}
	if n < 5 {
		t.Errorf("only %d messages", n)
	}
}

// A denial that is both in audit.log and in LAUREL's or auditbeat's log is one denial, whichever is read first. Two
// denials of the same event, or the same log twice, are two.
func TestAgain(t *testing.T) {
	const (
		rest = `scontext=system_u:system_r:squid_t:s0 tcontext=system_u:object_r:unreserved_port_t:s0 ` +
			`tclass=tcp_socket permissive=0` + "\n"
		text = `type=AVC msg=audit(1700000001.123:100): avc:  denied  { name_connect } for  pid=812 comm="squid" ` +
			`dest=5601 ` + rest
		bind = `type=AVC msg=audit(1700000001.123:100): avc:  denied  { name_bind } for  pid=812 comm="squid" ` +
			`src=5601 ` + rest
		later = `type=AVC msg=audit(1700000001.124:101): avc:  denied  { name_connect } for  pid=812 comm="squid" ` +
			`dest=5601 ` + rest
		json = `"pid":812,"comm":"squid","dest":5601,"scontext":"system_u:system_r:squid_t:s0",` +
			`"tcontext":"system_u:object_r:unreserved_port_t:s0","tclass":"tcp_socket","permissive":0`
		lrl  = `{"ID":"1700000001.123:100","NODE":"web1","AVC":[{"denied":["name_connect"],` + json + `}]}` + "\n"
		beat = `{"@timestamp":"2023-11-14T22:13:21.123Z","auditd":{"sequence":100,` +
			`"message_type":"avc","data":{"seresult":"denied","seperms":"name_connect",` + json + `}}}` + "\n"
	)
	for _, c := range []struct {
		name, log          string
		denied, duplicates int64
	}{
		{"text first", text + lrl, 1, 1},
		{"LAUREL first", lrl + text, 1, 1},
		{"auditbeat", text + beat, 1, 1},
		{"auditbeat first", beat + text, 1, 1},
		{"LAUREL twice", lrl + lrl, 2, 0},
		{"another permission of the same event", bind + lrl, 2, 0},
		{"another event", later + lrl, 2, 0},
	} {
		if _, st := Parse(c.log, Options{}); st.Denied != c.denied || st.Duplicates != c.duplicates {
			t.Errorf("%s: %d denied, %d duplicates, want %d and %d", c.name, st.Denied, st.Duplicates, c.denied,
				c.duplicates)
		}
		r := NewReader(strings.NewReader(c.log), Options{})
		for _, err := range r.Fold(newFolder(0)) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if st := r.Stats(); st.Denied != c.denied || st.Duplicates != c.duplicates {
			t.Errorf("%s, folded: %d denied, %d duplicates, want %d and %d", c.name, st.Denied, st.Duplicates,
				c.denied, c.duplicates)
		}
	}
}
