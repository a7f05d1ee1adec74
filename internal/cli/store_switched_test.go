package cli

import (
	"os"
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// TestSwitched: what a boolean changes is the same whether all protocols are asked
// about or only those that it has rules for.
func TestSwitched(t *testing.T) {
	// A process that is started from this one counts its memory as its own.
	defer debug.SetGCPercent(debug.SetGCPercent(15))
	image, err := os.ReadFile(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := policydb.Decode(image)
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	long := os.Getenv("SENET_TEST_LONG") == "1"
	asked, changed := 0, 0
	for id := range p.Bools() {
		name := p.BoolName(id)
		switch name {
		case "httpd_can_network_connect", "allow_ypbind", "allow_execheap", "git_session_bind_all_unreserved_ports":
		default:
			if !long {
				continue
			}
		}
		other := p.WithBools(policy.BoolSetting{Bool: id, On: !p.BoolState(id)})
		list := []semanage.Difference{{Kind: semanage.Booleans, After: semanage.Boolean{Name: name, On: !p.BoolState(id)}}}
		c := &storeChange{before: reach.New(access.NewDecider(p)), after: reach.New(access.NewDecider(other)), facts: host.Standard()}
		got, err := c.effects(list)
		if err != nil {
			t.Fatal(err)
		}
		var want []effect
		for _, q := range queries(list) {
			q.query.Host = c.facts
			change, err := reach.Compare(c.before, c.after, q.query, q.within)
			if err != nil {
				t.Fatal(err)
			}
			if len(change.Gain)+len(change.Lose) > 0 {
				want = append(want, effect{Change: change})
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		asked++
		if len(want) > 0 {
			changed++
		}
	}
	if asked < 3 || changed == 0 {
		t.Errorf("%d booleans, of which %d change something", asked, changed)
	}
}
