package diffreport_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/diffreport"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/policydiff"
)

func report(t *testing.T) *policydiff.Report {
	t.Helper()
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	before := policy.New(db)
	edited := db.Clone()
	id, _ := before.Type("haproxy_t")
	if err := edited.SetPermissive(uint32(id), true); err != nil {
		t.Fatal(err)
	}
	if err := edited.SetBool("haproxy_connect_any", true); err != nil {
		t.Fatal(err)
	}
	if _, err := edited.AddType("a`<b>|\x1b[1m"); err != nil {
		t.Fatal(err)
	}
	r, err := policydiff.Compare(t.Context(), before, policy.New(edited), host.Standard())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSARIF holds a log against what the schema of SARIF 2.1.0 asks of the parts that are
// written: what is required, the words that levels may be, indices that lead to the rule of
// their id, lines from 1 on, ids that stand once.
func TestSARIF(t *testing.T) {
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID                   string
						ShortDescription     struct{ Text string }
						DefaultConfiguration struct{ Level string }
					}
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
				PartialFingerprints map[string]string
			}
		}
	}
	text := diffreport.SARIF("new policy/policy.33", report(t), &diffreport.Listing{})
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name != "senet" {
		t.Fatalf("%s", text)
	}
	levels := map[string]bool{"none": true, "note": true, "warning": true, "error": true}
	ids, rules := make(map[string]bool), log.Runs[0].Tool.Driver.Rules
	for _, r := range rules {
		if ids[r.ID] || r.ID == "" || r.ShortDescription.Text == "" || !levels[r.DefaultConfiguration.Level] {
			t.Errorf("rule %+v", r)
		}
		ids[r.ID] = true
	}
	found, prints := make(map[string]bool), make(map[string]bool)
	for _, r := range log.Runs[0].Results {
		found[r.RuleID] = true
		if r.RuleIndex < 0 || r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID || !levels[r.Level] ||
			r.Message.Text == "" || len(r.Locations) == 0 || prints[r.PartialFingerprints["senet/1"]] {
			t.Errorf("result %+v", r)
		}
		prints[r.PartialFingerprints["senet/1"]] = true
		for _, l := range r.Locations {
			if p := l.PhysicalLocation; p.ArtifactLocation.URI != "new%20policy/policy.33" || p.Region.StartLine < 1 {
				t.Errorf("place %+v", p)
			}
		}
	}
	for _, id := range []string{"ports-gained", "permissive", "boolean", "type"} {
		if !found[id] {
			t.Errorf("no result of %s", id)
		}
	}
	if strings.Contains(string(text), "\x1b") || strings.Contains(string(text), "\\u001b") {
		t.Error("an escape sequence in the log")
	}
}

// TestMarkdown: a name of a policy cannot leave its place.
func TestMarkdown(t *testing.T) {
	text := diffreport.Markdown("a", "b`", report(t))
	for _, want := range []string{"``` b` ```", "- `haproxy_t is permissive`", "#### Domains are permissive"} {
		if !strings.Contains(strings.ReplaceAll(text, "`` b` ``", "``` b` ```"), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "\x1b") || !strings.Contains(text, "``the type a`<b>|") {
		t.Errorf("a name acts:\n%s", text)
	}
}
