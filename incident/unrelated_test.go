package incident_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
)

// TestUnrelated: what the asker calls unrelated comes last, a case for each rule. Without such words the denial that
// was logged more often is the first.
func TestUnrelated(t *testing.T) {
	const log = `avc:  denied  { read } for  pid=1 comm="noise" name="a" scontext=u:r:noise_t:s0 ` +
		"tcontext=u:object_r:var_t:s0 tclass=file\n" +
		`avc:  denied  { read } for  pid=2 comm="noise" name="b" scontext=u:r:noise_t:s0 ` +
		"tcontext=u:object_r:var_t:s0 tclass=file\n" +
		`avc:  denied  { read } for  pid=3 comm="mine" name="c" scontext=u:r:mine_t:s0 ` +
		"tcontext=u:object_r:var_t:s0 tclass=file\n"
	for _, c := range []struct{ rule, text, first string }{
		{"no words", "", "noise_t"},
		{"by the domain", "The `noise_t` denials seem unrelated to my daemon.\n", "mine_t"},
		{"by the program", "Noise has nothing to do with it.\n", "mine_t"},
		{"what stands behind is the subject", "This seems unrelated to noise_t.\n", "noise_t"},
		{"a name within another", "The noise_t2 denials seem unrelated.\n", "noise_t"},
		{"a doubt", "The noise_t denials are perhaps not unrelated.\n", "noise_t"},
	} {
		r := caseReport(t, log+c.text, incident.Options{})
		if len(r.Findings) != 2 {
			t.Fatalf("%s: %d findings", c.rule, len(r.Findings))
		}
		if first := audit.ContextType(r.Findings[0].AVC.SContext); first != c.first ||
			r.Findings[1].Unrelated != strings.HasPrefix(c.first, "mine") {
			t.Errorf("%s: %s comes first", c.rule, first)
		}
	}
}
