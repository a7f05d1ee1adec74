package policytest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
)

// withModules gives the example's policy random rules about modules of the kernel and files.
func withModules(t *testing.T, rng *rand.Rand) *policy.Policy {
	t.Helper()
	db := open(t, senet.Example).Policy().DB().Clone()
	if _, ok := policy.New(db).Class("system"); !ok {
		t.Fatal("the example has no class system")
	}
	p := policy.New(db)
	var ids []policy.TypeID
	for id := range p.Types() {
		ids = append(ids, id)
	}
	rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	ids = ids[:12]
	for id := range p.AllAttributes() {
		if n := p.Members(id).Len(); n > 0 && n < 20 {
			ids = append(ids, id)
		}
	}
	for _, rule := range []struct{ class, perm string }{
		{"system", "module_load"}, {"file", "write"}, {"file", "append"},
	} {
		class, _ := p.Class(rule.class)
		perm, ok := p.Perm(class, rule.perm)
		if !ok {
			t.Fatalf("the example has no %s:%s", rule.class, rule.perm)
		}
		for range 1 + rng.IntN(4) {
			source, target := uint32(ids[rng.IntN(len(ids))]), uint32(ids[rng.IntN(len(ids))])
			if err := db.AddAllow(source, target, uint32(class), uint32(perm)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return policy.New(db)
}

// counted finds the same by expanding each rule, as ro_kmods of SETools 4.6 does.
func counted(p *policy.Policy, files, users, writers []string) []string {
	set := func(names []string) map[policy.TypeID]bool {
		out := make(map[policy.TypeID]bool)
		for _, n := range names {
			if id, ok := p.TypeOrAttribute(n); ok {
				for m := range p.Members(id).All() {
					out[m] = true
				}
			}
		}
		return out
	}
	noFile, noUser, noWriter := set(files), set(users), set(writers)
	without := func(id policy.TypeID, out map[policy.TypeID]bool) map[policy.TypeID]bool {
		left := make(map[policy.TypeID]bool)
		for m := range p.Members(id).All() {
			if !out[m] {
				left[m] = true
			}
		}
		return left
	}
	loaded, writable := make(map[policy.TypeID]bool), make(map[policy.TypeID]bool)
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		for i, name := range p.Perms(r.Class) {
			if r.Perms&(1<<i) == 0 {
				continue
			}
			switch p.ClassName(r.Class) + " " + name {
			case "system module_load":
				if sources := without(r.Source, noUser); len(sources) > 0 {
					for m := range without(r.Target, noFile) {
						loaded[m] = loaded[m] || !sources[m]
					}
				}
			case "file write", "file append":
				if len(without(r.Source, noWriter)) > 0 {
					for m := range p.Members(r.Target).All() {
						writable[m] = true
					}
				}
			}
		}
	}
	var out []string
	for m, yes := range loaded {
		if yes && writable[m] {
			out = append(out, p.TypeName(m))
		}
	}
	slices.Sort(out)
	return out
}

// TestReadOnlyModules: for random rules, the result is that of expanding each rule, with a file of
// sechecker and with one of senet.
func TestReadOnlyModules(t *testing.T) {
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 22))
	found, clean := 0, 0
	for range testenv.Rounds(40, 400) {
		p := withModules(t, rng)
		var names []string
		for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
			if class := p.ClassName(r.Class); class == "system" || class == "file" {
				names = append(names, p.TypeName(r.Source), p.TypeName(r.Target))
			}
		}
		some := func() (list []string) {
			for range rng.IntN(3) {
				list = append(list, names[rng.IntN(len(names))])
			}
			return append(list, "nosuch_t")
		}
		files, users, writers := some(), some(), some()
		want := counted(p, files, users, writers)
		list := func(names []string) string { return strings.Join(names, ", ") }
		for _, text := range []string{
			fmt.Sprintf("[a]\ncheck_type = ro_kmods\nexempt_file = %s\nexempt_load_domain = %s\n"+
				"exempt_write_domain = %s\n",
				strings.Join(files, " "), strings.Join(users, " "), strings.Join(writers, " ")),
			fmt.Sprintf("tests:\n - {read_only_modules: {exempt_files: [%s], exempt_users: [%s], "+
				"exempt_writers: [%s]}}\n", list(files), list(users), list(writers)),
		} {
			f, err := Read("x", strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			failures, err := (&runner{p: p}).run(context.Background(), &f.Tests[0])
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range failures {
				got = append(got, x.Domain)
				if v := x.Violation; v == nil || !p.Members(v.Rule.Target).Has(v.Target) || v.Source == 0 || !x.Module {
					t.Errorf("%s: %+v", x.Domain, x)
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%v, want %v in\n%s", got, want, text)
			}
		}
		if found += len(want); len(want) == 0 {
			clean++
		}
	}
	if found == 0 || clean == 0 {
		t.Errorf("%d found, %d rounds with none", found, clean)
	}
	t.Logf("%d found, %d rounds with none", found, clean)
}

// TestReadOnlyModulesUndefined: a policy from before module_load lets nobody load.
func TestReadOnlyModulesUndefined(t *testing.T) {
	db := open(t, senet.Example).Policy().DB().Clone()
	for i := range db.Classes.Items {
		if db.Classes.Items[i].Name == "system" {
			db.Classes.Items[i].Name = "older"
		}
	}
	list, err := (&runner{p: policy.New(db)}).readOnly(&Check{}, true)
	if err != nil || list != nil {
		t.Errorf("%v, %v", list, err)
	}
}
