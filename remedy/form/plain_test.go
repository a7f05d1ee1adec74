package form_test

import (
	"testing"

	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
	"github.com/senet-selinux/senet/semanage"
)

// TestHostileNames: a name that is none of a compiler's gets into no text.
func TestHostileNames(t *testing.T) {
	for _, w := range all(t) {
		if len(w.forms) == 0 {
			t.Errorf("%s %s has no form", w.fix.Kind, w.fix.Type)
		}
	}
	for _, name := range []string{"a;id", "$(id)", "a b", "a\nEOF\nid", "'", "\x1b[2J", "-x", "a\u202e"} {
		record := remedy.RecordChange{Action: remedy.AddRecord,
			Port: semanage.Port{Protocol: semanage.TCP, Low: 80, High: 80,
				Context: semanage.Context{User: "system_u", Role: "object_r", Type: name}}}
		target := form.Target{Protocol: "tcp", Port: 80}
		for _, f := range []remedy.Fix{
			{Kind: remedy.Label, Type: name, Records: []remedy.RecordChange{record}},
			{Kind: remedy.Label, Type: "a_t", Undo: []remedy.RecordChange{record}},
			{Kind: remedy.Permissive, Domains: []string{name}},
			{Kind: remedy.Level, ProcessRange: "s0", ProcessContext: name},
		} {
			if forms := form.Forms(&f, target); len(forms) > 0 {
				t.Errorf("%q: %+v", name, forms)
			}
		}
		target.Bools = []form.Setting{{Name: name, On: true}}
		if forms := form.Forms(&remedy.Fix{Kind: remedy.Boolean}, target); len(forms) > 0 {
			t.Errorf("%q: %+v", name, forms)
		}
	}
}
