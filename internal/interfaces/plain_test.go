package interfaces

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/policy"
)

// A triple is one permission on one type.
type triple struct {
	target policy.TypeID
	class  policy.ClassID
	perm   policy.AccessVector
}

// plainly computes what the rules of a definition add for a domain, one permission and type at a time. ok is false if
// a rule has a form that only some interfaces have: another source, a complement.
func plainly(f *Finder, def int, domain policy.TypeID) (gained map[triple]bool, ok bool) {
	gained = map[triple]bool{}
	d := access.NewDecider(f.p)
	add := func(target policy.TypeID, class policy.ClassID, perms policy.AccessVector) {
		for perm := range each(perms) {
			for id := range f.p.Members(target).All() {
				if !d.TargetTypes(domain, class, perm).Has(id) {
					gained[triple{id, class, perm}] = true
				}
			}
		}
	}
	for r := range f.x.Rules(def).All() {
		sources, targets := f.x.Set(r.Sources), f.x.Set(r.Targets)
		if r.Kind != refpolicy.Allow && r.Kind != refpolicy.Member {
			continue
		}
		if sources.Text != "$1" || r.Cond != 0 || r.Optional || targets.Complement || len(targets.Minus) > 0 ||
			f.x.Set(r.Perms).Complement || len(f.x.Set(r.Perms).Minus) > 0 {
			return nil, false
		}
		for _, name := range targets.Names {
			id, known := f.p.TypeOrAttribute(name)
			if name == "self" || name == "$1" {
				id, known = domain, true
			}
			if !known || strings.Contains(name, "*") {
				return nil, false
			}
			if r.Kind == refpolicy.Member {
				attribute := policy.NewSet(f.p.MaxType())
				attribute.Add(id)
				if f.p.Attributes(domain).Has(id) {
					continue
				}
				for rule := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &attribute}) {
					if f.p.Enabled(rule) {
						add(rule.Target, rule.Class, rule.Perms)
					}
				}
				continue
			}
			for _, className := range f.x.Set(r.Classes).Names {
				class, known := f.p.Class(className)
				if !known {
					return nil, false
				}
				for _, perm := range f.x.Set(r.Perms).Names {
					bit, _ := f.p.Perm(class, perm)
					if perm == "*" {
						bit = f.p.AllPerms(class)
					}
					add(id, class, bit)
				}
			}
		}
	}
	return gained, true
}

// TestEffectPlainly: an effect counts the permissions on types that its rules add. Where several rules add the
// same permission on a type, it counts once.
func TestEffectPlainly(t *testing.T) {
	f := New(index(t), testpolicy.Debian(t, "default"))
	r := rand.New(rand.NewPCG(testenv.NewSeed(t), 1))
	name := []string{"apcupsd_t", "chronyd_t", "httpd_t", "ntpd_t", "sshd_t"}[r.IntN(5)]
	domain, ok := f.p.Type(name)
	if !ok {
		t.Fatal(name)
	}
	compared, wide := 0, 0
	for _, def := range r.Perm(f.x.Defs()) {
		if compared == testenv.Rounds(150, 3000) {
			break
		}
		if !f.callable(def) {
			continue
		}
		want, ok := plainly(f, def, domain)
		if !ok {
			continue
		}
		e, err := f.Effect(def, []string{name}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if compared++; len(want) > 1000 {
			wide++
		}
		if e.Beyond != len(want) {
			t.Errorf("%s: %d beyond, one by one %d", e.Call, e.Beyond, len(want))
		}
		for id := range f.p.Types() {
			for class := range f.p.Classes() {
				for perm := range each(f.sumOn(f.last, class, id)) {
					if !want[triple{id, class, perm}] {
						t.Fatalf("%s: %s:%s", e.Call, f.p.TypeName(id), f.p.ClassName(class))
					}
				}
			}
		}
	}
	t.Logf("%s: %d interfaces, %d of them with more than 1000 permissions", name, compared, wide)
	if compared < 100 {
		t.Errorf("only %d interfaces can be compared", compared)
	}
}

// TestEffectOverlap: rules with the same types and permissions are counted once: the same rule twice, two sets with
// common members, a type and its attribute, a need within; also for another source.
func TestEffectOverlap(t *testing.T) {
	f := smallFinder(t)
	need := []Need{{"d_t", "one_t", "file", []string{"open"}}}
	for _, c := range []struct {
		name   string
		beyond int
	}{{"twice", 2}, {"several", 8}, {"backs", 1}} {
		def, ok := headersOf(t, f.x).Find(c.name)
		if !ok {
			t.Fatal(c.name)
		}
		e, err := f.Effect(def, []string{"d_t"}, nil)
		if err != nil || e.Beyond != c.beyond {
			t.Errorf("%s: %v, %d beyond, want %d", c.name, err, e.Beyond, c.beyond)
		}
		if c.name != "several" {
			continue
		}
		if e, err = f.Effect(def, []string{"d_t"}, need); err != nil || e.Beyond != c.beyond-1 {
			t.Errorf("%s with a need: %v, %d beyond", c.name, err, e.Beyond)
		}
	}
}

// TestTypeSet: a set of a few types and one of many answer alike.
func TestTypeSet(t *testing.T) {
	f := New(&refpolicy.Index{}, testpolicy.Debian(t, "default"))
	for _, n := range []policy.TypeID{0, 1, fewTypes, fewTypes + 1, 300} {
		b, again := f.newSet(), f.newSet()
		for id := range n {
			b.add(3*id + 1)
		}
		s := f.setOf(slices.Clone(b))
		s.addTo(again)
		if s.len() != int(n) || s.len() != again.len() || !slices.Equal(b, again) ||
			(s.many != nil) != (n > fewTypes) || s.has(3) ||
			n > 0 && !s.has(1) || len(slices.Collect(s.all())) != int(n) {
			t.Errorf("%d types: %v", n, s)
		}
	}
}
