package audit

import (
	"strings"
	"testing"
)

// TestKeyed: tools write a denial as keys and values in many ways. Each is read as one denial, with its time if the
// line has one.
func TestKeyed(t *testing.T) {
	const contexts = `"scontext":"u:r:a_t:s0","tcontext":"u:object_r:b_t:s0"`
	for _, c := range []struct{ what, log string }{
		{"columns", "type=AVC | msg=audit(1700000000.123:456): avc: denied { name_connect } | comm=\"x\" | " +
			"dest=5601 | scontext=u:r:a_t:s0 | tcontext=u:object_r:b_t:s0 | tclass=tcp_socket"},
		{"columns without blanks", "type=AVC msg=audit(1700000000.123:456)|avc: denied|{ name_connect }|comm=\"x\"|" +
			"dest=5601|scontext=u:r:a_t:s0|tcontext=u:object_r:b_t:s0|tclass=tcp_socket"},
		{"attributes", `<event type="AVC" time="1700000000.123" serial="456" result="denied" perms="name_connect" ` +
			`comm="x" dest="5601" scontext="u:r:a_t:s0" tcontext="u:object_r:b_t:s0" tclass="tcp_socket"/>`},
		{"elements", `<avc time="1700000000.123:456"><denied>name_connect</denied><comm>x</comm><dest>5601</dest>` +
			`<scontext>u:r:a_t:s0</scontext><tcontext>u:object_r:b_t:s0</tcontext><tclass>tcp_socket</tclass></avc>`},
		{"semicolons", `time=1700000000.123;serial=456;action=denied;permission=name_connect;comm=x;dest=5601;` +
			`scontext=u:r:a_t:s0;tcontext=u:object_r:b_t:s0;tclass=tcp_socket`},
		{"an object", `{"time":"1700000000.123","serial":456,"result":"denied","perms":["name_connect"],"comm":"x",` +
			`"dest":5601,` + contexts + `,"tclass":"tcp_socket"}`},
		{"an object in others", `{"@timestamp":"2023-11-14T22:13:20.123Z","host":"h","event":{"avc":{` +
			`"action":"denied","sequence":456,"permission":"name_connect","comm":"x","dest":"5601",` + contexts +
			`,"tclass":"tcp_socket"}}}`},
		{"GELF", `{"version":"1.1","host":"h","timestamp":1700000000.123,"_serial":456,"_result":"denied",` +
			`"_perms":"name_connect","_comm":"x","_dest":5601,"_scontext":"u:r:a_t:s0",` +
			`"_tcontext":"u:object_r:b_t:s0","_tclass":"tcp_socket"}`},
	} {
		events, stats := readAll(c.log)
		if len(events) != 1 || len(events[0].AVCs) != 1 {
			t.Errorf("%s: %d events, %+v", c.what, len(events), stats)
			continue
		}
		e := events[0]
		a := e.AVCs[0]
		if a.Result != Denied || !a.Has("name_connect") || a.SContext != "u:r:a_t:s0" || a.TClass != "tcp_socket" ||
			a.Dest != 5601 || a.Comm != "x" {
			t.Errorf("%s: %+v", c.what, a)
		}
		if e.Time.UnixMilli() != 1700000000123 || e.Serial != 456 {
			t.Errorf("%s: %v, serial %d", c.what, e.Time, e.Serial)
		}
	}
}

// TestKeyedIncomplete: values that do not say what was denied are counted, and not taken for a denial.
func TestKeyedIncomplete(t *testing.T) {
	for _, log := range []string{
		`<event scontext="u:r:a_t:s0" tcontext="u:object_r:b_t:s0" tclass="tcp_socket"/>`,
		`a=1|perms=read|scontext=u:r:a_t:s0|tcontext=u:object_r:b_t:s0|tclass=tcp_socket`,
		"<avc>\n  <scontext>u:system_r:a_t:s0</scontext>\n</avc>",
	} {
		if events, stats := readAll(log); len(events) > 0 || len(stats.Malformed) == 0 {
			t.Errorf("%s: %d events, %+v", log, len(events), stats)
		}
	}
}

func readAll(log string) (list []*Event, stats Stats) {
	r := NewReader(strings.NewReader(log+"\n"), Options{})
	for e, err := range r.Events() {
		if err == nil {
			list = append(list, e)
		}
	}
	return list, r.Stats()
}
