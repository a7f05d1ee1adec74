package doc

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzParseFixPlan: a plan is a file that somebody else may have written. Its question is
// plain, and it says the same when it is written again. Its steps are compared with
// those that senet makes, never made themselves.
func FuzzParseFixPlan(f *testing.F) {
	const question = `"question":{"subject":"haproxy_t","action":"connect","target":"tcp/5601"}`
	const store = `"store":{"name":"targeted","commit":1,"policy_sha256":"00"}`
	for _, steps := range []string{
		`{"records":[{"action":"set","kind":"boolean","after":{"name":"haproxy_connect_any","on":true}}]}`,
		`{"records":[{"action":"delete","kind":"port",` +
			`"before":{"protocol":"tcp","low":75,"high":85,"context":"system_u:object_r:ssh_port_t:s0"}}]}`,
		`{"module":{"name":"senet_x","cil":"(type x)\n"}}`,
		`{"module":{"name":"../x","cil":"(type x)\n"}}`,
		`{"module":{"name":"","cil":""},"records":[]}`,
		`{"records":[{"action":"set","kind":"port","after":{"protocol":"tcp","low":70000,"context":"a:b:c\ntcp"}}]}`,
		`null`,
	} {
		f.Add(`{"schema":"senet.fix-plan/1",` + store + `,` + question + `,"steps":` + steps + `}`)
	}
	f.Add(`{"schema":"senet.fix-plan/1","steps":{}}`)
	f.Add(strings.Repeat("[", 20000))
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseFixPlan([]byte(text))
		if err != nil {
			return
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		q, err := ParseFixPlan(again)
		if err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		if c, err := p.Steps.Change(); err == nil { // the same change is read out of its own document
			d := StepsOf(c)
			again, err := d.Change()
			if err != nil || !reflect.DeepEqual(c, again) {
				t.Fatalf("%+v became %+v: %v", c, again, err)
			}
		}
		if !sameJSON(p.Steps, q.Steps) || p.Question != q.Question || *p.Store != *q.Store {
			t.Fatalf("%+v became %+v", p, q)
		}
	})
}
