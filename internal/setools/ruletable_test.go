package setools

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// tablePolicy is a policy with the types, the classes "file" and "fil" of three permissions each, and two conditionals.
func tablePolicy(types ...string) *policy.Policy {
	p := condPolicy("a", "a b &&")
	db := p.DB().Clone()
	for i, name := range types {
		db.Types.Items = append(db.Types.Items, policydb.Type{Name: name, Value: uint32(i + 1),
			Properties: policydb.TypePrimary})
	}
	db.Types.NPrim = uint32(len(types))
	perms := []policydb.Perm{{Name: "write", Value: 1}, {Name: "read", Value: 2}, {Name: "append", Value: 3}}
	db.Classes = policydb.Symbols[policydb.Class]{NPrim: 2, Items: []policydb.Class{
		{Name: "file", Value: 1, PermNPrim: 3, Perms: perms}, {Name: "fil", Value: 2, PermNPrim: 3, Perms: perms}}}
	return policy.New(db)
}

func randomRule(rng *rand.Rand, p *policy.Policy, names []string) query.TERule {
	id := func() policy.TypeID { return policy.TypeID(1 + rng.IntN(int(p.MaxType()))) }
	r := query.TERule{Rule: policy.Rule{Source: id(), Target: id(), Class: policy.ClassID(1 + rng.IntN(2))}}
	switch rng.IntN(3) {
	case 0:
		r.Kind = []policy.RuleKind{policy.Allow, policy.AuditAllow, policy.DontAudit}[rng.IntN(3)]
		r.Perms = policy.AccessVector(1 + rng.IntN(7))
	case 1:
		r.Kind = []policy.RuleKind{policy.TypeTransition, policy.TypeChange, policy.TypeMember}[rng.IntN(3)]
		r.Default = id()
	case 2:
		r.Kind, r.Default, r.Named, r.FileName = policy.TypeTransition, id(), true, names[rng.IntN(len(names))]
		return r
	}
	if rng.IntN(2) == 0 {
		r.Cond, r.Branch = policy.CondID(1+rng.IntN(2)), rng.IntN(2) == 0
	}
	return r
}

// plainLine writes a rule without any of the table's shortcuts.
func plainLine(p *policy.Policy, r *query.TERule) string {
	keywords := map[policy.RuleKind]string{policy.Allow: "allow", policy.AuditAllow: "auditallow",
		policy.DontAudit:      "dontaudit",
		policy.TypeTransition: "type_transition", policy.TypeChange: "type_change", policy.TypeMember: "type_member"}
	s := keywords[r.Kind] + " " + p.TypeName(r.Source) + " " + p.TypeName(r.Target) + ":" + p.ClassName(r.Class) + " "
	if r.Default != 0 {
		s += p.TypeName(r.Default)
	} else {
		var perms []string
		for i, name := range p.Perms(r.Class) {
			if r.Perms>>i&1 != 0 {
				perms = append(perms, name)
			}
		}
		slices.Sort(perms)
		if s += strings.Join(perms, " "); len(perms) > 1 {
			s = strings.TrimSuffix(s, strings.Join(perms, " ")) + "{ " + strings.Join(perms, " ") + " }"
		}
	}
	if r.Named {
		s += " " + r.FileName
	}
	s += ";"
	if r.Cond != 0 {
		s += " [ " + condText(p, r.Cond) + " ]:" + map[bool]string{true: "True", false: "False"}[r.Branch]
	}
	return s
}

// TestRuleTable: the order and bytes are those of sorted lines, whatever the names.
func TestRuleTable(t *testing.T) {
	for _, test := range []struct {
		name  string
		types []string
		files []string
		rules int
		odd   bool
	}{
		{"one rule", []string{"a"}, []string{"f"}, 1, false},
		// The separators order differently: a blank before everything, a colon after digits, dot
		// and dash, before letters.
		{"names that begin alike", []string{"a", "a_t", "a2", "a.b", "a-b", "aB", "b", "@ttr0000000001", "a$",
			"abcdefgh", "abcdefghi",
			"abcdefgh_", "abcdefgh2"}, []string{"f", "f g", "F", "f.x"}, 5000, false},
		{"one name twice", []string{"a", "b", "a"}, []string{"f"}, 500, false},
		// No compiler accepts these names, but a file may hold them.
		{"separators in names", []string{"a", "a b", "a:b", "a\x01", "a:file", "a b:file", "b"},
			[]string{"f", "f;", "f; [ a ]:True"}, 3000, true},
		// More rules than one piece holds, and enough for sorting by counting.
		{"many", []string{"a", "b", "c", "d", "e", "f", "g", "h"}, []string{"f", "g", "h"}, 300_000, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := tablePolicy(test.types...)
			rng := rand.New(rand.NewPCG(1, 1))
			table := newRuleTable(p)
			var lines []string
			for range test.rules {
				r := randomRule(rng, p, test.files)
				table.add(&r)
				lines = append(lines, plainLine(p, &r))
			}
			table.sort()
			slices.Sort(lines)
			var out bytes.Buffer
			w := newLineWriter(&out)
			table.write(w)
			w.flush()
			if want := strings.Join(lines, "\n") + "\n"; out.String() != want {
				t.Errorf("%d bytes, want %d%s", out.Len(), len(want), difference(out.String(), want))
			}
			if table.len() != test.rules || (table.parts != nil) != test.odd {
				t.Errorf("%d rules, %d compared by text", table.len(), len(table.parts))
			}
			// The same by comparison of ranks, which sorts keys that do not fit into one number.
			if !test.odd {
				wide := newRuleTable(p)
				rng = rand.New(rand.NewPCG(1, 1))
				for range test.rules {
					r := randomRule(rng, p, test.files)
					wide.add(&r)
				}
				wide.rank()
				wide.sortParts(wide.count(), false)
				for i := range table.len() {
					if wide.parts[i] != table.at(i) {
						t.Fatalf("rule %d: %v, want %v", i, wide.parts[i], table.at(i))
					}
				}
			}
		})
	}
}

func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "\n got " + g[i] + "\nwant " + w[i]
		}
	}
	return ""
}

// TestKeyLayout: ranks of every width come out as they went in.
func TestKeyLayout(t *testing.T) {
	for _, n := range [][4]int{{1, 1, 1, 1}, {2, 1, 3, 1}, {65535, 65535, 1 << 20, 256}, {4000, 5000, 3000, 700}} {
		l := newKeyLayout(n[0], n[1], n[2], n[3])
		for _, r := range []ruleParts{{}, {8, uint32(n[0] - 1), uint32(n[1] - 1), uint32(n[2] - 1), uint32(n[3] - 1)}} {
			if got := l.unpack(l.pack(r)); got != r || l.bits > 64 {
				t.Errorf("%v: %v became %v in %d bits", n, r, got, l.bits)
			}
		}
	}
}

func TestSortKeys(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, n := range []int{0, 1, 2047, 2048, 50_000} {
		for _, width := range []int{1, 11, 12, 22, 47, 64} {
			keys := make([]uint64, n)
			for i := range keys {
				keys[i] = rng.Uint64() >> (64 - width)
			}
			want := slices.Clone(keys)
			slices.Sort(want)
			sortKeys(keys, width)
			if !slices.Equal(keys, want) {
				t.Errorf("%d keys of %d bits are not sorted", n, width)
			}
		}
	}
}

// TestTailIndex: a key keeps its value while the table grows.
func TestTailIndex(t *testing.T) {
	var x tailIndex
	for i := range uint64(10_000) {
		*x.find(i*i + 1) = uint32(i + 1)
	}
	for i := range uint64(10_000) {
		if got := *x.find(i*i + 1); got != uint32(i+1) {
			t.Fatalf("key %d: %d", i*i+1, got)
		}
	}
}

// TestXPerms has the forms of extended permissions.
func TestXPerms(t *testing.T) {
	for _, test := range []struct {
		x    policydb.XPerms
		want string
	}{
		{policydb.XPerms{Specified: policydb.XPermsIoctlFunction, Driver: 0x54, Perms: [8]uint32{1 << 17}},
			"ioctl 0x5411"},
		{policydb.XPerms{Specified: policydb.XPermsIoctlFunction, Driver: 0x54, Perms: [8]uint32{1<<17 | 1<<19}},
			"ioctl { 0x5411 0x5413 }"},
		{policydb.XPerms{Specified: policydb.XPermsIoctlFunction, Driver: 0xeb, Perms: [8]uint32{7: ^uint32(0)}},
			"ioctl 0xebe0-0xebff"},
		{policydb.XPerms{Specified: policydb.XPermsIoctlFunction, Perms: [8]uint32{1<<31 | 1, 1}},
			"ioctl { 0x0000 0x001f-0x0020 }"},
		// Whole drivers, neighbours joined.
		{policydb.XPerms{Specified: policydb.XPermsIoctlDriver, Perms: [8]uint32{4: 1 << 8}}, "ioctl 0x8800-0x88ff"},
		{policydb.XPerms{Specified: policydb.XPermsIoctlDriver, Perms: [8]uint32{0: 3 | 1<<4}},
			"ioctl { 0x0000-0x01ff 0x0400-0x04ff }"},
		{policydb.XPerms{Specified: policydb.XPermsNlmsg, Perms: [8]uint32{0xfffffffe, 0xffffffff, 1}},
			"nlmsg 0x0001-0x0040"},
	} {
		if got := string(appendXPerms(nil, &test.x)); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
