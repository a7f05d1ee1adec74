package object_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy/object"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/oracle"
)

// kinds are the accesses that are tried at random.
var kinds = []struct{ class, perm string }{
	{"file", "read"}, {"file", "write"}, {"file", "execute"}, {"dir", "search"}, {"dir", "write"}, {"sock_file",
		"write"},
	{"lnk_file", "read"}, {"chr_file", "read"}, {"unix_stream_socket", "connectto"}, {"unix_dgram_socket", "sendto"},
	{"dbus", "send_msg"}, {"process", "transition"}, {"process", "signal"}, {"capability", "sys_admin"},
	{"capability", "dac_override"}, {"fifo_file", "write"}, {"fd", "use"}, {"system", "module_request"},
}

// TestProof: of random refused accesses on Debian's policy libsepol says the same of each
// fix: that it works, and which domains gain and lose by it. 12 accesses, 300 with
// SENET_TEST_LONG=1.
func TestProof(t *testing.T) {
	oracle.Need(t)
	path := testenv.Policy(t, "default")
	p := testpolicy.Open(t, path)
	n := 12
	if testenv.Long() {
		n = 300
	}
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 0))
	domains, objects := contexts(p)
	d := access.NewDecider(p)
	var switched []policy.Rule
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if r.Cond != 0 && !p.BranchEnabled(r.Cond, r.Branch) {
			switched = append(switched, r)
		}
	}
	tried := map[object.Kind]int{}
	for refused := 0; refused < n; {
		problem := randomProblem(rng, domains, objects)
		if refused%3 == 0 && len(switched) > 0 { // what a boolean gives
			rule := switched[rng.IntN(len(switched))]
			source, ok1 := subject.FromType(p, oneOf(rng, p, rule.Source))
			target, ok2 := subject.FromType(p, oneOf(rng, p, rule.Target))
			if problem.Class = p.ClassName(rule.Class); !ok2 {
				target, ok2 = objects[rng.IntN(len(objects))], true
				target.Type = uint32(oneOf(rng, p, rule.Target))
			}
			for i, name := range p.Perms(rule.Class) {
				if rule.Perms>>i&1 != 0 {
					problem.Perms = []string{name}
				}
			}
			if problem.Source, problem.Target = source, target; !ok1 || !ok2 || p.ValidateContext(target) != nil {
				continue
			}
		}
		r := object.Find(d, problem)
		if r.Allowed {
			continue
		}
		refused++
		for i := range r.Fixes {
			f := &r.Fixes[i]
			if tried[f.Kind]++; f.Kind != object.Mode && f.Kind != object.Restore {
				prove(t, path, p, &problem, f, domains)
			}
		}
	}
	t.Logf("%d refused accesses, fixes of each kind: %v", n, tried)
	for _, kind := range []object.Kind{object.Relabel, object.Boolean, object.Rule} {
		if tried[kind] == 0 {
			t.Errorf("no fix of the kind %s was tried", kind)
		}
	}
}

// contexts returns those of all domains, and of a file of each type.
func contexts(p *policy.Policy) (domains, objects []policy.Context) {
	for _, id := range reach.Domains(p) {
		if c, ok := subject.FromType(p, id); ok {
			domains = append(domains, c)
		}
	}
	for id := range p.Types() {
		if c, err := p.ParseContext("system_u:object_r:" + p.TypeName(id) + ":s0"); err == nil {
			objects = append(objects, c)
		} else if c, err := p.ParseContext("system_u:object_r:" + p.TypeName(id)); err == nil {
			objects = append(objects, c)
		}
	}
	return domains, objects
}

// randomProblem returns an access of one of the kinds, which may be allowed.
func randomProblem(rng *rand.Rand, domains, objects []policy.Context) object.Problem {
	kind := kinds[rng.IntN(len(kinds))]
	problem := object.Problem{Source: domains[rng.IntN(len(domains))], Class: kind.class,
		Perms: []string{kind.perm}}
	switch kind.class {
	case "capability":
		problem.Target = problem.Source
	case "unix_stream_socket", "unix_dgram_socket", "dbus", "process", "fd", "system":
		problem.Target = domains[rng.IntN(len(domains))]
	default:
		problem.Target = objects[rng.IntN(len(objects))]
		problem.Lost = true // so that labels are tried on it
	}
	return problem
}

// oneOf returns a type that a rule names, or one of an attribute's.
func oneOf(rng *rand.Rand, p *policy.Policy, id policy.TypeID) policy.TypeID {
	members := slices.Collect(p.Members(id).All())
	if len(members) == 0 {
		return id
	}
	return members[rng.IntN(len(members))]
}

// prove asks libsepol.
func prove(
	t *testing.T, path string, p *policy.Policy, problem *object.Problem, f *object.Fix, domains []policy.Context,
) {
	t.Helper()
	target, after := problem.Target, path
	var bools []string
	switch f.Kind {
	case object.Relabel:
		id, _ := p.Type(f.Type)
		target.Type = uint32(id)
		role, _ := p.Role("object_r")
		target.Role = uint32(role)
	case object.Boolean:
		for _, s := range f.Bools {
			value := 0
			if s.On {
				value = 1
			}
			bools = append(bools, fmt.Sprintf("%s=%d", p.BoolName(s.Bool), value))
		}
	case object.Rule:
		db := p.DB().Clone()
		for _, r := range f.Rules {
			source, _ := p.Type(r.Source)
			object := source
			if r.Target != "self" {
				object, _ = p.Type(r.Target)
			}
			class, _ := p.Class(r.Class)
			var mask policy.AccessVector
			for _, name := range r.Perms {
				perm, _ := p.Perm(class, name)
				mask |= perm
			}
			if err := db.AddAllow(uint32(source), uint32(object), uint32(class), uint32(mask)); err != nil {
				t.Fatal(err)
			}
		}
		after = filepath.Join(t.TempDir(), "policy")
		if err := os.WriteFile(after, db.Encode(), 0o600); err != nil {
			t.Fatal(err)
		}
	case object.Level:
		return
	}
	class, _ := p.Class(problem.Class)
	perm, _ := p.Perm(class, problem.Perms[0])
	ask := func(path string, target policy.Context, bools ...string) []bool {
		queries := []string{fmt.Sprintf("%s %s %s", p.FormatContext(problem.Source), p.FormatContext(target),
			problem.Class)}
		for _, c := range domains {
			queries = append(queries, fmt.Sprintf("%s %s %s", p.FormatContext(c), p.FormatContext(target),
				problem.Class))
		}
		decisions, err := oracle.Access(path, queries, bools...)
		if err != nil {
			t.Fatal(err)
		}
		var may []bool
		for _, d := range decisions {
			may = append(may, policy.AccessVector(d.Allowed)&perm != 0)
		}
		return may
	}
	now, then := ask(path, problem.Target), ask(after, target, bools...)
	name := fmt.Sprintf("%s %s %s:%s: %s", p.FormatContext(problem.Source), p.FormatContext(problem.Target),
		problem.Class,
		problem.Perms[0], f.Name(p))
	if then[0] != f.Works {
		t.Errorf("%s: works %v, libsepol says %v", name, f.Works, then[0])
	}
	if f.Kind == object.Rule {
		for i := range domains {
			if now[i+1] != then[i+1] && domains[i].Type != problem.Source.Type {
				t.Errorf("%s: %s gains or loses", name, p.FormatContext(domains[i]))
			}
		}
		return
	}
	var gain, lose []string
	for i, c := range domains {
		typ := p.TypeName(policy.TypeID(c.Type))
		switch {
		case c.Type == problem.Source.Type:
		case then[i+1] && !now[i+1]:
			gain = append(gain, typ)
		case now[i+1] && !then[i+1]:
			lose = append(lose, typ)
		}
	}
	slices.Sort(gain)
	slices.Sort(lose)
	if !slices.Equal(gain, f.Gain) || !slices.Equal(lose, f.Lose) {
		t.Errorf("%s: gain %v, lose %v; libsepol says %v, %v", name, f.Gain, f.Lose, gain, lose)
	}
}
