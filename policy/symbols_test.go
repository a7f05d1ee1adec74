package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/oracle"
)

// tool runs a tool of SETools on a policy and returns its lines, trimmed,
// without empty ones.
func tool(t testing.TB, name string, p testPolicy, args ...string) []string {
	t.Helper()
	testenv.Need(t, name)
	a := oracle.SETools(t, name, append([]string{p.path}, args...)...)
	if a.Status != 0 {
		t.Fatalf("%s %v: exit status %d: %s", name, args, a.Status, a.Stderr)
	}
	var lines []string
	for line := range strings.Lines(a.Stdout) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// braced writes names as SETools does: one alone, several in braces.
func braced(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "{ " + strings.Join(names, " ") + " }"
}

// sameLines compares two lists of lines without regard to their order.
func sameLines(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if slices.Equal(got, want) {
		return
	}
	shown := 0
	for _, diff := range []struct {
		sign     string
		one, two []string
	}{{"only here", got, want}, {"only there", want, got}} {
		for _, line := range diff.one {
			if _, ok := slices.BinarySearch(diff.two, line); !ok && shown < 10 {
				t.Errorf("%s: %s: %s", what, diff.sign, line)
				shown++
			}
		}
	}
	if shown == 0 {
		t.Errorf("%s: %d lines, want %d", what, len(got), len(want))
	}
}

// TestTypesAgainstSeinfo: the aliases and attributes of every type.
func TestTypesAgainstSeinfo(t *testing.T) {
	for _, p := range []testPolicy{debianPolicy(t, "default"), debianPolicy(t, "mls"), small(t, 33, "selinux", true)} {
		pol := p.policy(t)
		var got []string
		for id := range pol.Types() {
			line := "type " + pol.TypeName(id)
			if aliases := slices.Collect(pol.Aliases(id)); len(aliases) > 0 {
				line += " alias { " + strings.Join(slices.Sorted(slices.Values(aliases)), " ") + " }"
			}
			var attrs []string
			for a := range pol.Attributes(id).All() {
				switch {
				case a == id:
				case !pol.IsAttribute(a):
					t.Errorf("%s is an attribute of %s", pol.TypeName(a), pol.TypeName(id))
				default:
					attrs = append(attrs, pol.TypeName(a))
				}
			}
			got = append(got, line+", "+strings.Join(slices.Sorted(slices.Values(attrs)), ", ")+";")
		}
		var want []string
		for _, line := range tool(t, "seinfo", p, "-t", "-x")[1:] {
			// SETools sorts neither aliases nor attributes.
			head, attrs, _ := strings.Cut(strings.TrimSuffix(line, ";"), ", ")
			head, aliases, has := strings.Cut(head, " alias ")
			if has {
				head += " alias { " + strings.Join(slices.Sorted(slices.Values(strings.Fields(strings.Trim(aliases,
					"{}")))), " ") + " }"
			}
			want = append(want, head+", "+strings.Join(slices.Sorted(slices.Values(strings.FieldsFunc(attrs,
				func(r rune) bool { return r == ',' || r == ' ' }))), ", ")+";")
		}
		sameLines(t, p.name, got, want)
	}
}

// TestMembersAgainstSeinfo: the members of every attribute.
func TestMembersAgainstSeinfo(t *testing.T) {
	for _, p := range []testPolicy{debianPolicy(t, "default"), debianPolicy(t, "mls"), small(t, 33, "selinux", true)} {
		pol := p.policy(t)
		var got, want []string
		for id := range pol.AllAttributes() {
			line := pol.TypeName(id) + ":"
			for member := range pol.Members(id).All() {
				line += " " + pol.TypeName(member)
			}
			words := strings.Fields(line)
			slices.Sort(words[1:])
			got = append(got, strings.Join(words, " "))
		}
		for _, line := range tool(t, "seinfo", p, "-a", "-x")[1:] {
			if name, ok := strings.CutPrefix(line, "attribute "); ok {
				want = append(want, strings.TrimSuffix(name, ";")+":")
			} else if line != "<empty attribute>" {
				want[len(want)-1] += " " + line
			}
		}
		for i, line := range want {
			words := strings.Fields(line)
			slices.Sort(words[1:])
			want[i] = strings.Join(words, " ")
		}
		sameLines(t, p.name, got, want)
	}
}

// TestMembersAndAttributes turn each other around, on every real policy.
func TestMembersAndAttributes(t *testing.T) {
	for _, p := range realPolicies(t) {
		pol := p.policy(t)
		pairs := 0
		for id := range pol.Types() {
			if m := pol.Members(id); m.Len() != 1 || !m.Has(id) {
				t.Errorf("%s: members of the type %s: %d", p.name, pol.TypeName(id), m.Len())
			}
			for a := range pol.Attributes(id).All() {
				pairs++
				if !pol.Members(a).Has(id) {
					t.Errorf("%s: %s is no member of %s", p.name, pol.TypeName(id), pol.TypeName(a))
				}
			}
		}
		for a := range pol.AllAttributes() {
			pairs -= pol.Members(a).Len()
			if s := pol.Attributes(a); s.Len() != 1 || !s.Has(a) {
				t.Errorf("%s: attributes of the attribute %s: %d", p.name, pol.TypeName(a), s.Len())
			}
		}
		for range pol.Types() {
			pairs--
		}
		if pairs != 0 {
			t.Errorf("%s: %d more attributes of types than members of attributes", p.name, pairs)
		}
	}
}

// TestSymbolsAgainstSeinfo: roles, users, booleans, levels and capabilities.
func TestSymbolsAgainstSeinfo(t *testing.T) {
	for _, p := range []testPolicy{debianPolicy(t, "default"), debianPolicy(t, "mls"), small(t, 33, "selinux", true)} {
		pol := p.policy(t)
		var roles, users, bools, sens, cats, caps []string
		for id := range pol.Roles() {
			var types []string
			for typ := range pol.RoleTypes(id).All() {
				types = append(types, pol.TypeName(typ))
			}
			slices.Sort(types)
			roles = append(roles, "role "+pol.RoleName(id)+" types "+braced(types)+";")
		}
		for id := range pol.Users() {
			var names []string
			for r := range pol.UserRoles(id).All() {
				names = append(names, pol.RoleName(r))
			}
			slices.Sort(names)
			info := pol.UserInfo(id)
			rng := pol.FormatRange(info.Range)
			if low, high, two := strings.Cut(rng, "-"); two {
				rng = low + " - " + high
			}
			users = append(users, fmt.Sprintf("user %s roles %s level %s range %s;", pol.UserName(id), braced(names),
				pol.FormatLevel(info.DefaultLevel), rng))
		}
		for id := range pol.Bools() {
			bools = append(bools, fmt.Sprintf("bool %s %t;", pol.BoolName(id), pol.DefaultBool(id)))
			if pol.BoolState(id) != pol.DefaultBool(id) {
				t.Errorf("%s: %s is not at its default", p.name, pol.BoolName(id))
			}
		}
		for id := range pol.Sensitivities() {
			sens = append(sens, strings.Join(append([]string{pol.SensitivityName(id)},
				slices.Sorted(pol.SensitivityAliases(id))...), " "))
		}
		for id := range pol.Categories() {
			cats = append(cats, strings.Join(append([]string{pol.CategoryName(id)},
				slices.Sorted(pol.CategoryAliases(id))...), " "))
		}
		for c := range pol.PolicyCaps() {
			caps = append(caps, c.String())
			if !pol.HasPolicyCap(c) {
				t.Errorf("%s: %v is not on", p.name, c)
			}
		}
		sameLines(t, p.name+" roles", roles, tool(t, "seinfo", p, "-r", "-x")[1:])
		var seinfoUsers []string
		for _, line := range tool(t, "seinfo", p, "-u", "-x")[1:] {
			// SETools writes c0.c1 where the kernel writes c0,c1.
			head, rng, ok := strings.Cut(strings.TrimSuffix(line, ";"), " range ")
			if ok {
				low, high, two := strings.Cut(rng, " - ")
				rng = kernelLevel(t, pol, low)
				if two {
					rng += " - " + kernelLevel(t, pol, high)
				}
				head += " range " + rng
			}
			seinfoUsers = append(seinfoUsers, head+";")
		}
		sameLines(t, p.name+" users", users, seinfoUsers)
		sameLines(t, p.name+" booleans", bools, tool(t, "seinfo", p, "-b", "-x")[1:])
		sameLines(t, p.name+" capabilities", caps, tool(t, "seinfo", p, "--polcap")[1:])
		named := func(keyword string, lines []string) (list []string) {
			for _, line := range lines {
				words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" {};", r) })
				words = slices.DeleteFunc(words, func(w string) bool { return w == keyword || w == "alias" })
				slices.Sort(words[1:])
				list = append(list, strings.Join(words, " "))
			}
			return list
		}
		sameLines(t, p.name+" sensitivities", sens, named("sensitivity",
			tool(t, "seinfo", p, "--sensitivity", "-x")[1:]))
		sameLines(t, p.name+" categories", cats, named("category", tool(t, "seinfo", p, "--category", "-x")[1:]))
	}
}

// kernelLevel writes a level as the kernel does.
func kernelLevel(t *testing.T, pol *policy.Policy, s string) string {
	t.Helper()
	level, err := pol.ParseLevel(s)
	if err != nil {
		t.Fatal(err)
	}
	return pol.FormatLevel(level)
}

// TestNames: every symbol is found by its names, aliases included, and an
// unknown name is not.
func TestNames(t *testing.T) {
	pol := small(t, 33, "selinux", true).policy(t)
	web, ok := pol.Type("web_t")
	if !ok {
		t.Fatal("no web_t")
	}
	if id, ok := pol.Type("old_web_t"); !ok || id != web || pol.TypeName(id) != "web_t" {
		t.Errorf("old_web_t is %d", id)
	}
	if _, ok := pol.Type("domain"); ok {
		t.Error("the attribute domain is a type")
	}
	if _, ok := pol.Attribute("web_t"); ok {
		t.Error("the type web_t is an attribute")
	}
	if a, ok := pol.Attribute("domain"); !ok || !pol.IsAttribute(a) || pol.IsAttribute(web) {
		t.Error("domain is no attribute")
	}
	if id, ok := pol.Sensitivity("bottom"); !ok || pol.SensitivityName(id) != "s0" {
		t.Errorf("bottom is %d", id)
	}
	if id, ok := pol.Category("yonder"); !ok || pol.CategoryName(id) != "c2" {
		t.Errorf("yonder is %d", id)
	}
	worker, _ := pol.Type("web_worker_t")
	if pol.Bounds(worker) != web || pol.Bounds(web) != 0 {
		t.Errorf("web_worker_t is bounded by %d", pol.Bounds(worker))
	}
	db, _ := pol.Type("db_t")
	if !pol.IsPermissive(db) || !pol.IsPermissive(worker) || pol.IsPermissive(web) || pol.IsNeverAudit(db) {
		t.Error("permissive types")
	}
	for _, name := range []string{"", "nosuch", "@ttr0000000001", "web_t ", "WEB_T"} {
		_, typ := pol.TypeOrAttribute(name)
		_, class := pol.Class(name)
		_, role := pol.Role(name)
		_, user := pol.User(name)
		_, boolean := pol.Bool(name)
		_, sens := pol.Sensitivity(name)
		_, cat := pol.Category(name)
		if typ || class || role || user || boolean || sens || cat {
			t.Errorf("%q is a symbol", name)
		}
	}
	tcp, _ := pol.Class("tcp_socket")
	if names := pol.Perms(tcp); !slices.Equal(names, []string{"ioctl", "read", "write", "bind", "connect",
		"name_bind", "node_bind", "name_connect"}) {
		t.Errorf("permissions of tcp_socket: %v", names)
	}
	if v, ok := pol.Perm(tcp, "name_connect"); !ok || v != 0x80 || pol.AllPerms(tcp) != 0xff {
		t.Errorf("name_connect is %#x of %#x", v, pol.AllPerms(tcp))
	}
	if _, ok := pol.Perm(tcp, ""); ok {
		t.Error("a permission without a name")
	}
	if pol.ClassName(pol.ProcessClass()) != "process" {
		t.Error("process class")
	}
	// The small policy for Xen has no class "domain".
	if xen := small(t, 30, "xen", false).policy(t); xen.ProcessClass() != 0 {
		t.Errorf("process class of Xen: %q", xen.ClassName(xen.ProcessClass()))
	}
}

// TestNamelessAttributes: before version 24 attributes have a value and no name.
func TestNamelessAttributes(t *testing.T) {
	named := small(t, 33, "selinux", true).policy(t)
	for version := 15; version < 24; version++ {
		pol := small(t, version, "selinux", version >= 19).policy(t)
		if version < 20 {
			for a := range pol.AllAttributes() {
				t.Errorf("version %d: attribute %s", version, pol.TypeName(a))
			}
			continue
		}
		web, _ := pol.Type("web_t")
		found := false
		for a := range pol.AllAttributes() {
			name := pol.TypeName(a)
			if !strings.HasPrefix(name, "@ttr00000000") || !pol.IsAttribute(a) {
				t.Errorf("version %d: attribute %s", version, name)
			}
			if id, ok := pol.Attribute(name); !ok || id != a {
				t.Errorf("version %d: %s is not found by its name", version, name)
			}
			found = found || pol.Members(a).Has(web)
		}
		if !found {
			t.Errorf("version %d: web_t is in no attribute", version)
		}
	}
	web, _ := named.Type("web_t")
	domain, _ := named.Attribute("domain")
	if !named.Attributes(web).Has(domain) {
		t.Error("web_t is no domain")
	}
}

func TestPolicyCapNames(t *testing.T) {
	for c := policy.PolicyCap(0); c <= policy.CapBPFTokenPerms; c++ {
		if s := c.String(); strings.Contains(s, "unknown") || s == "" {
			t.Errorf("%d is %q", c, s)
		}
	}
	if s := policy.PolicyCap(77).String(); s != "unknown policy capability 77" {
		t.Error(s)
	}
}
