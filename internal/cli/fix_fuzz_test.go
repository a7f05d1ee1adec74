package cli

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/words"
)

// FuzzParsePlan: a plan is a file that somebody else may have written. What is
// taken is bounded and plain, and says the same when it is written again.
func FuzzParsePlan(f *testing.F) {
	const question = `"question":{"subject":"haproxy_t","action":"connect","target":"tcp/5601"}`
	const store = `"store":{"name":"targeted","commit":1,"policy_sha256":"00"}`
	for _, steps := range []string{
		`{"records":[{"action":"set","kind":"boolean","line":"haproxy_connect_any=1"}]}`,
		`{"records":[{"action":"delete","kind":"port","line":"portcon tcp 75 - 85 system_u:object_r:ssh_port_t:s0"}]}`,
		`{"module":{"name":"senet_x","cil":"(type x)\n"}}`,
		`{"module":{"name":"../x","cil":"(type x)\n"}}`,
		`{"module":{"name":"","cil":""},"records":[]}`,
		`{"records":[{"action":"set","kind":"port","line":"portcon tcp 1 a:b:c\nportcon tcp 2 a:b:c"}]}`,
		`null`,
	} {
		f.Add(`{"schema":"senet.fix-plan/1",` + store + `,` + question + `,"steps":` + steps + `}`)
	}
	f.Add(`{"schema":"senet.fix-plan/1","steps":{}}`)
	f.Add(strings.Repeat("[", 20000))
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePlan([]byte(text))
		if err != nil {
			return
		}
		checkSteps(t, &p.Steps)
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		q, err := parsePlan(again)
		if err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		if !reflect.DeepEqual(p.Steps, q.Steps) || p.Question != q.Question || *p.Store != *q.Store {
			t.Fatalf("%+v became %+v", p, q)
		}
	})
}

// TestLongRecord: what is wrong with a plan is said in a line, not in the plan.
func TestLongRecord(t *testing.T) {
	steps := fixSteps{Records: []recordStep{{Action: setAction, Kind: "port", Line: strings.Repeat("A", 1<<20)}}}
	if err := steps.check(); err == nil || len(err.Error()) > 100 {
		t.Errorf("an error of %d bytes", len(fmt.Sprint(err)))
	}
}

// FuzzParseFixJournal: the same for what an earlier run left in the store.
func FuzzParseFixJournal(f *testing.F) {
	f.Add(`{"schema":"senet.fix.undo/1","question":{"subject":"a_t","action":"bind","target":"tcp/1"},"change":"x","steps":{"records":[{"action":"set","kind":"boolean","line":"b=1"}]},"before":1,"after":2,"effects":[]}`)
	f.Add(`{"schema":"senet.fix.undo/1","undoing":true,"steps":{"module":{"name":"m","cil":"(type x)"}},"after":-1,"effects":[{"protocol":"tcp","action":"bind","gain":[{"domain":"d","ports":[{"low":9,"high":1}]}]}]}`)
	f.Add(`{"schema":"senet.fix.undo/1"}`)
	f.Fuzz(func(t *testing.T, text string) {
		j, err := parseFixJournal([]byte(text))
		if err != nil {
			return
		}
		checkSteps(t, &j.Steps)
		var b words.Page
		writeEffects(&b, j.Effects, most) // what --undo shows
	})
}

// checkSteps: what has been taken does not lead out of the store, nor to another
// option of semodule.
func checkSteps(t *testing.T, steps *fixSteps) {
	t.Helper()
	if steps.transactions() == 0 || len(steps.Records) > maxRecords {
		t.Fatalf("%d records, module %v", len(steps.Records), steps.Module)
	}
	if m := steps.Module; m != nil && (m.Name == "" || len(m.CIL) > maxModule || strings.ContainsAny(m.Name, "/. \x00") || m.Name[0] == '-') {
		t.Fatalf("module %q", m.Name)
	}
	for i := range steps.Records {
		r, err := steps.Records[i].record()
		if err != nil {
			t.Fatal(err)
		}
		if step := setStep(r); step.Kind != steps.Records[i].Kind {
			t.Fatalf("%+v is %+v", steps.Records[i], step)
		}
	}
}
