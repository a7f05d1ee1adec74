package pp_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/testenv"
)

// tiny returns a module that declares a type and allows it something.
func tiny() *pp.Module {
	m := &pp.Module{Version: pp.SourceVersion, MLS: true, Name: "my-module.1", ModuleVersion: "1.0"}
	m.Tables.Classes = pp.Table[pp.Class]{Values: 1, Items: []pp.Class{{Name: "file", Value: 1,
		Perms: pp.Table[pp.Perm]{Values: 2, Items: []pp.Perm{{"read", 1}, {"write", 2}}}}}}
	m.Tables.Roles.Values = 1
	m.Tables.Types = pp.Table[pp.Type]{Values: 2, Items: []pp.Type{
		{Name: "a_t", Value: 1, Primary: 1}, {Name: "b_t", Value: 2, Primary: 1}}}
	d := pp.Decl{ID: 1, Enabled: 1, Rules: []pp.Rule{
		{Kind: pp.RuleAllow, Sources: pp.TypeSet{Types: pp.SetOf(0)}, Targets: pp.TypeSet{Types: pp.SetOf(1)},
			Classes: []pp.ClassData{{Class: 1, Data: 3}}},
		{Kind: pp.RuleNeverallow, Sources: pp.TypeSet{Flags: pp.SetComplement, Types: pp.SetOf(0)},
			Targets: pp.TypeSet{Types: pp.SetOf(1)}, Classes: []pp.ClassData{{Class: 1, Data: 2}}},
	}}
	d.Declared.Symbols[pp.Types] = pp.SetOf(0)
	d.Required.Symbols[pp.Types] = pp.SetOf(1)
	m.Blocks = []pp.Block{{Decls: []pp.Decl{d}}}
	m.Scopes[pp.Classes] = []pp.Scope{{"file", pp.ScopeRequired, []uint32{1}}}
	m.Scopes[pp.Types] = []pp.Scope{{"a_t", pp.ScopeDeclared, []uint32{1}}, {"b_t", pp.ScopeRequired, []uint32{1}}}
	return m
}

// TestText: one module by hand, with a complement, as the text that hll/pp makes of it.
func TestText(t *testing.T) {
	p := &pp.Package{Module: tiny(), FileContexts: []byte("# comment\n" +
		"/a(/.*)?  --  system_u:object_r:a_t:s0-s0:c0.c3,c5\n\n /b\t<<none>>\n/c system_u:object_r:a_t\n")}
	data, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if p, err = pp.Decode(data); err != nil {
		t.Fatal(err)
	}
	got, err := p.CIL(pp.Release34)
	if err != nil {
		t.Fatal(err)
	}
	const want = `(type a_t)
(roletype object_r a_t)
(typeattributeset cil_gen_require b_t)
(allow a_t b_t (file (read write)))
(neverallow my_module_1_typeattr_1 b_t (file (write)))
(typeattribute my_module_1_typeattr_1)
(typeattributeset my_module_1_typeattr_1 (not (a_t ) ))
(filecon "/a(/.*)?" file (system_u object_r a_t ((s0) (s0((range c0 c3) c5 )))))
(filecon "/b" any ())
(filecon "/c" any (system_u object_r a_t (systemlow systemlow)))
`
	if diff := firstDifference(got.Text, []byte(want)); diff != "" {
		t.Error(diff)
	}
	name, version, err := pp.Info(data)
	if name != "my-module.1" || version != "1.0" || err != nil {
		t.Errorf("module %q, version %q, %v", name, version, err)
	}
}

// TestFrame: what is wrong with the frame of a package is refused, and what libsepol
// passes over is passed over.
func TestFrame(t *testing.T) {
	p := &pp.Package{Module: tiny(), FileContexts: []byte("/a <<none>>\n"), Netfilter: []byte("x")}
	good, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	word := func(at int, v uint32) func([]byte) []byte {
		return func(b []byte) []byte {
			binary.LittleEndian.PutUint32(b[at:], v)
			return b
		}
	}
	contexts := binary.LittleEndian.Uint32(good[16:])
	for name, c := range map[string]struct {
		change func([]byte) []byte
		want   string
	}{
		"empty":           {func([]byte) []byte { return nil }, "ends too early"},
		"magic":           {word(0, 7), "not a policy package"},
		"many sections":   {word(8, 101), "101 sections"},
		"sections cut":    {func(b []byte) []byte { return b[:13] }, "ends too early"},
		"no section":      {func(b []byte) []byte { return word(8, 0)(b)[:12] }, "no module"},
		"order":           {word(16, 1), "section 0"},
		"beyond":          {word(20, 1<<30), "section 1"},
		"no kind":         {word(20, uint32(len(good)-2)), "has no kind"},
		"twice":           {word(int(contexts), 0x097cff93), "second of its kind"},
		"unknown section": {word(int(contexts), 0x097cff94), ""},
		"cut":             {func(b []byte) []byte { return b[:40] }, ""},
		"module magic":    {word(24, 0xf97cff90), "second of its kind"},
	} {
		_, err := pp.Decode(c.change(bytes.Clone(good)))
		switch {
		case c.want == "" && name == "unknown section" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		case name == "cut" && err == nil:
			t.Error("a package that ends too early is read")
		}
	}
	p.Seusers = []byte("x")
	if _, err := p.Encode(); err == nil {
		t.Error("logins are written beside a module that is no base")
	}
}

// TestCheck: numbers that name nothing are refused, each where it stands.
func TestCheck(t *testing.T) {
	decl := func(change func(*pp.Decl)) func(*pp.Module) {
		return func(m *pp.Module) { change(&m.Blocks[0].Decls[0]) }
	}
	rule := func(change func(*pp.Rule)) func(*pp.Module) {
		return decl(func(d *pp.Decl) { change(&d.Rules[0]) })
	}
	class := func(change func(*pp.Class)) func(*pp.Module) {
		return func(m *pp.Module) { change(&m.Tables.Classes.Items[0]) }
	}
	condition := func(expr ...pp.CondTerm) func(*pp.Module) {
		return decl(func(d *pp.Decl) { d.Conditionals = []pp.Conditional{{Expr: expr}} })
	}
	for _, c := range []struct {
		name   string
		change func(*pp.Module)
		want   string
	}{
		{"type of a rule", rule(func(r *pp.Rule) { r.Sources.Types.Add(2) }), "no type has the value 3"},
		{"far type", rule(func(r *pp.Rule) { r.Targets.Not.Add(1 << 31) }), "no type has"},
		{"class of a rule", rule(func(r *pp.Rule) { r.Classes[0].Class = 2 }), "no class has the value 2"},
		{"new type", rule(func(r *pp.Rule) { r.Kind, r.Classes[0].Data = pp.RuleChange, 9 }),
			"no type has the value 9"},
		{"kind", rule(func(r *pp.Rule) { r.Kind = 3 }), "kind 0x3"},
		{"set flags", rule(func(r *pp.Rule) { r.Sources.Flags = 3 }), "flags 0x3"},
		{"rule flags", rule(func(r *pp.Rule) { r.Flags = 2 }), "flags 0x2"},
		{"values", func(m *pp.Module) { m.Tables.Types.Values = 1 << 30 }, "too many"},
		{"one value", func(m *pp.Module) { m.Tables.Types.Items[1].Value = 1 }, "has the value of"},
		{"two names", func(m *pp.Module) { m.Tables.Types.Items[1].Name = "a_t" }, "twice"},
		{"permission", class(func(c *pp.Class) { c.Perms.Items[0].Value = 3 }), "permission read"},
		{"permissions", class(func(c *pp.Class) { c.Perms.Values = 33 }), "33 permissions"},
		{"no common", class(func(c *pp.Class) { c.Common = "x" }), "common x"},
		{"block", decl(func(d *pp.Decl) { d.ID = 2 }), "number 2"},
		{"no block", func(m *pp.Module) { m.Blocks = nil }, "no block"},
		{"scope", func(m *pp.Module) { m.Scopes[pp.Types][0].Decls[0] = 2 }, "block 2 of 1"},
		{"scope of what", func(m *pp.Module) { m.Scopes[pp.Types][0].Name = "c_t" }, "no type c_t"},
		{"no operand", condition(pp.CondTerm{Kind: pp.CondNot}), "operand"},
		{"no boolean", condition(pp.CondTerm{Kind: pp.CondBool, Bool: 1}), "no boolean"},
	} {
		m := tiny()
		c.change(m)
		data, err := m.Encode()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if _, err := pp.DecodeModule(data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestVersions: a version writes what it has, and what it lacks is refused or left out.
func TestVersions(t *testing.T) {
	for v := uint32(pp.MinVersion); v <= pp.MaxVersion; v++ {
		m := tiny()
		m.Version, m.MLS = v, v > 4
		data, err := m.Encode()
		if err != nil {
			t.Fatal(v, err)
		}
		again, err := pp.DecodeModule(data)
		if err != nil {
			t.Fatal(v, err)
		}
		if same, err := again.Encode(); err != nil || !bytes.Equal(same, data) {
			t.Errorf("version %d: %v", v, err)
		}
		m.Blocks[0].Decls[0].Rules[0].Kind, m.Blocks[0].Decls[0].Rules[0].Xperms = pp.RuleAllowX, &pp.Xperms{Kind: 1}
		if _, err := m.Encode(); (err == nil) != (v >= 18) {
			t.Errorf("extended permissions in version %d: %v", v, err)
		}
	}
	m := tiny()
	m.Version = 4
	if _, err := m.Encode(); err == nil {
		t.Error("version 4 has levels")
	}
	m.Version = 25
	if _, err := m.Encode(); err == nil {
		t.Error("version 25 is written")
	}
}

// TestTypeOutsideTable: a block may add to a type that the module does not have. No role has that
// type, so that only what the block says of it is written.
func TestTypeOutsideTable(t *testing.T) {
	m := tiny()
	m.Tables.Roles = pp.Table[pp.Role]{Values: 2, Items: []pp.Role{
		{Name: "r_r", Value: 2, Types: pp.TypeSet{Types: pp.SetOf(0)}}}}
	m.Scopes[pp.Roles] = []pp.Scope{{"r_r", pp.ScopeDeclared, []uint32{1}}}
	block := pp.Decl{ID: 2}
	block.Tables.Types = pp.Table[pp.Type]{Values: 2, Items: []pp.Type{
		{Name: "a_t", Value: 1, Primary: 1}, {Name: "none_t", Value: 1, Primary: 1}}}
	m.Blocks = append(m.Blocks, pp.Block{Decls: []pp.Decl{block}})
	data, err := (&pp.Package{Module: m}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	p, err := pp.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.CIL(pp.Release34)
	if err != nil {
		t.Fatal(err)
	}
	const want = `(optional my_module_1_optional_2
    (typeattributeset cil_gen_require a_t)
    (roletype r_r a_t)
    (typeattributeset cil_gen_require none_t)
)
`
	if !bytes.HasSuffix(got.Text, []byte(want)) {
		t.Errorf("%s\nwant at its end\n%s", got.Text, want)
	}
	if _, err := os.Stat(peer); err != nil {
		testenv.Missing(t, err.Error())
	}
	cmd := exec.Command(peer)
	cmd.Stdin = bytes.NewReader(data)
	theirs, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := firstDifference(got.Text, theirs); diff != "" {
		t.Error(diff)
	}
}
