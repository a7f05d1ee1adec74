package policydiff_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/policydiff"
	"github.com/senet-selinux/senet/reach"
)

// split moves each rule about one type of a policy alone to one of new types, or drops it.
func split(t *testing.T, rng *rand.Rand, db *policydb.Policy, from policy.TypeID, names []string, dropped int) {
	t.Helper()
	var attributes []uint32
	for a := range policy.New(db).Attributes(from).All() {
		if a != from {
			attributes = append(attributes, uint32(a))
		}
	}
	var to []uint16
	for _, name := range names {
		id, err := db.AddType(name, attributes...)
		if err != nil {
			t.Fatal(err)
		}
		to = append(to, uint16(id))
	}
	var moved []policydb.AVRule
	var b policydb.AVTabBuilder
	for _, r := range db.AVTab.All() {
		if r.Kind == policydb.AVAllowed && r.Source == uint16(from) {
			if rng.IntN(100) >= dropped {
				if r.Source = *pick(rng, to); r.Target == uint16(from) {
					r.Target = r.Source
				}
				moved = append(moved, r)
			}
			continue
		}
		if r.Kind&policydb.AVXPerms == 0 {
			b.Add(r)
		}
	}
	db.AVTab = b.Table()
	for _, r := range moved {
		addRule(db, r)
	}
}

// accesses returns the access of a domain by allow rules; the domain itself is "".
func accesses(cells map[string]string, name string) map[string]bool {
	out := make(map[string]bool)
	for key, perms := range cells {
		fields := strings.Fields(key)
		if fields[0] != "allow" || fields[1] != name || strings.Contains(key, "[") {
			continue
		}
		target, class, _ := strings.Cut(fields[2], ":")
		if target == name {
			target = ""
		}
		for perm := range strings.FieldsSeq(perms) {
			out[target+" "+class+" "+perm] = true
		}
	}
	return out
}

// TestSplits: random domains are split into one to three new ones; some of their rules
// get lost. What is said of them is counted again, access by access.
func TestSplits(t *testing.T) {
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 19))
	db := example(t).Clone()
	db.AVTab = withoutXPerms(db)
	db.Conditionals = nil
	domains := reach.Domains(policy.New(db))
	for range 40 * len(domains) { // those of the example have few rules of their own
		target := randomType(rng, policy.New(db))
		source := uint32(*pick(rng, domains))
		if err := db.AddAllow(source, uint32(target), 1+rng.Uint32N(4), 1+rng.Uint32N(7)); err != nil {
			t.Fatal(err)
		}
	}
	before := policy.New(db)
	had := expanded(before)
	said := 0
	for range testenv.Rounds(8, 200) {
		edited := db.Clone()
		from := *pick(rng, domains)
		names := []string{"new_a_t", "new_b_t", "new_c_t"}[:1+rng.IntN(3)]
		split(t, rng, edited, from, names, rng.IntN(30))
		after := policy.New(edited)
		has := expanded(after)
		lost := accesses(had, before.TypeName(from))
		for a := range accesses(has, before.TypeName(from)) {
			delete(lost, a)
		}
		left, own, ownLeft, taken := 0, 0, 0, make(map[string]int)
		theirs := make(map[string]map[string]bool)
		for _, name := range names {
			theirs[name] = accesses(has, name)
		}
		for a := range lost {
			anybody := false
			for _, name := range names {
				if theirs[name][a] {
					anybody = true
					taken[name]++
				}
			}
			self := strings.HasPrefix(a, " ") // which is no evidence
			if !self {
				own++
			}
			if !anybody {
				left++
				if !self {
					ownLeft++
				}
			}
		}
		found := slices.DeleteFunc(report(t, before, after).Moved, func(m policydiff.Moved) bool {
			return m.From != before.TypeName(from)
		})
		for _, m := range found {
			said++
			if m.Lost != len(lost) || m.Taken != taken[m.To] || m.Gone || m.Alias {
				t.Fatalf("%+v, want %d of %d", m, taken[m.To], len(lost))
			}
		}
		whole := len(lost) >= 10 && left*100 <= 20*len(lost) && ownLeft*100 <= 20*own
		if len(names) == 1 && whole != (len(found) == 1) {
			t.Fatalf("%s: %d of %d accesses are left: %+v", before.TypeName(from), left, len(lost), found)
		}
	}
	if said == 0 {
		t.Error("no split was found")
	}
	t.Logf("%d takers", said)
}
