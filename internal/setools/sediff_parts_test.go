package setools

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
	"github.com/senet-selinux/senet/test/policies"
)

// TestOtherParts: policydiff counts the same differences as sediff lists.
func TestOtherParts(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 4))
	differ := 0
	for range testenv.Rounds(4, 40) {
		var p [2]*policy.Policy
		for i := range p {
			file, err := policies.NewRandom(rng).Write(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			db, err := policyfile.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			p[i] = policy.New(db)
		}
		r, err := policydiff.Compare(context.Background(), p[0], p[1], host.Standard())
		if err != nil {
			t.Fatal(err)
		}
		got := make(map[string]policydiff.RuleCount)
		for _, s := range r.Other {
			got[s.Title] = s.Count
		}
		for _, part := range policydiff.Parts() {
			var want policydiff.RuleCount
			list := policydiff.Statements(p[0], p[1], part, setoolsTexts{})
			if part == policydiff.Sensitivities { // the report has their order too
				list = policydiff.Changes(p[0], p[1], part)
			}
			for _, c := range list {
				switch {
				case c.Before == nil:
					want.Added++
				case c.After == nil:
					want.Removed++
				default:
					want.Modified++
				}
			}
			if part == policydiff.Portcons { // the report has them as labels
				want = policydiff.RuleCount{}
			}
			if got[part.String()] != want {
				t.Errorf("%s: %+v, sediff %+v", part, got[part.String()], want)
			}
			differ += want.Total()
		}
	}
	if differ < 50 {
		t.Errorf("%d statements differ: the policies are too much alike", differ)
	}
}
