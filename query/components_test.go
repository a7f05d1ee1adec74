package query_test

import (
	"iter"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
	"github.com/senet-selinux/senet/test/policies"
)

const componentsConf = `
class file class dir class sock
sid kernel
common io { read write }
class file inherits io { execute }
class dir { search read }
class sock inherits io
default_user file source;
default_range file target low;
default_range dir glblub;
sensitivity s0 alias least;
sensitivity s1;
dominance { s0 s1 }
category c0 alias zero;
category c1;
category c2;
level s0:c0.c2;
level s1:c0.c2;
mlsconstrain file write ( l1 dom l2 );
policycap open_perms;
attribute domain;
attribute admin;
attribute hollow;
type a_t alias alpha_t, domain, admin;
type b_t, domain;
type f_t;
typebounds a_t b_t;
permissive b_t;
bool on_b true;
bool off_b false;
allow domain f_t:file read;
role a_r;
role b_r;
role a_r types a_t;
role b_r types { a_t b_t f_t };
user low_u roles a_r level s0 range s0;
user mid_u roles { a_r b_r } level s0:c0 range s0:c0 - s1:c0,c1;
user top_u roles b_r level s1 range s1 - s1:c0.c2;
constrain file read ( t1 == domain or u1 == low_u );
constrain dir { search read } ( r1 == { a_r b_r } );
validatetrans file ( t3 == a_t );
sid kernel top_u:b_r:f_t:s1
fs_use_xattr ext4 top_u:b_r:f_t:s1;
fs_use_task pipefs mid_u:b_r:f_t:s0:c0;
genfscon proc / top_u:b_r:f_t:s1
genfscon proc /sys -d mid_u:b_r:f_t:s0:c0 - s1:c0
portcon tcp 80 mid_u:b_r:f_t:s0:c0
portcon tcp 1-1023 top_u:b_r:a_t:s1
portcon udp 80-90 mid_u:b_r:b_t:s0:c0
portcon tcp 1024-65535 top_u:b_r:b_t:s1
netifcon eth0 top_u:b_r:f_t:s1 top_u:b_r:f_t:s1
netifcon lo mid_u:b_r:a_t:s0:c0 mid_u:b_r:a_t:s0:c0
nodecon 10.1.0.0 255.255.0.0 top_u:b_r:f_t:s1
nodecon 10.0.0.0 255.0.0.0 top_u:b_r:a_t:s1
nodecon 10.0.0.1 255.0.0.255 mid_u:b_r:b_t:s0:c0
nodecon fe80:: ffc0:: top_u:b_r:f_t:s1
ibpkeycon fe80:: 1-5 top_u:b_r:f_t:s1
ibpkeycon fec0:: 4 top_u:b_r:f_t:s1
ibendportcon mlx0 1 top_u:b_r:f_t:s1
ibendportcon mlx1 2 top_u:b_r:a_t:s1
`

func componentsPolicy(t *testing.T) *policy.Policy {
	t.Helper()
	return open(t, componentsConf, policies.Options{Version: 33, MLS: true})
}

func open(t *testing.T, conf string, o policies.Options) *policy.Policy {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	path, err := policies.Compile([]byte(conf), o)
	if err != nil {
		t.Fatal(err)
	}
	db, err := policyfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(db)
}

// show names what an iterator yields, sorted.
func show[T any](seq iter.Seq[T], name func(T) string) string {
	var names []string
	for v := range seq {
		names = append(names, name(v))
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func is(text string) query.Match          { return query.Match{Text: text} }
func like(pattern string) query.Match     { return query.Match{Regexp: regexp.MustCompile(pattern)} }
func any1(names ...string) query.SetMatch { return query.SetMatch{Names: names} }

type componentCase struct{ about, got, want string }

func check(t *testing.T, cases []componentCase) {
	t.Helper()
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.about, c.got, c.want)
		}
	}
}

func TestSymbols(t *testing.T) {
	p := componentsPolicy(t)
	types := func(q query.TypeQuery) string { return show(query.Types(p, q), p.TypeName) }
	attrs := func(q query.AttributeQuery) string { return show(query.Attributes(p, q), p.TypeName) }
	roles := func(q query.RoleQuery) string { return show(query.Roles(p, q), p.RoleName) }
	users := func(q query.UserQuery) string { return show(query.Users(p, q), p.UserName) }
	bools := func(q query.BoolQuery) string { return show(query.Bools(p, q), p.BoolName) }
	cats := func(q query.CategoryQuery) string { return show(query.Categories(p, q), p.CategoryName) }
	sens := func(q query.SensitivityQuery) string { return show(query.Sensitivities(p, q), p.SensitivityName) }
	level := func(s string) policy.Level {
		l, err := p.ParseLevel(s)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	levels := func(s string, r query.LevelRelation) string {
		return users(query.UserQuery{Level: &query.LevelMatch{Level: level(s), Relation: r}})
	}
	ranges := func(s string, r query.Relation, proper bool) string {
		parsed, err := p.ParseRange(s)
		if err != nil {
			t.Fatal(err)
		}
		return users(query.UserQuery{Range: &query.LevelRange{Range: parsed, Relation: r, Proper: proper}})
	}
	check(t, []componentCase{
		{"no restriction, no attributes", types(query.TypeQuery{}), "a_t b_t f_t"},
		{"name", types(query.TypeQuery{Name: is("b_t")}), "b_t"},
		{"name is an alias", types(query.TypeQuery{Name: is("alpha_t")}), "a_t"},
		{"name is an alias, own names only", types(query.TypeQuery{Name: is("alpha_t"), OwnName: true}), ""},
		{"pattern, unanchored, aliases too", types(query.TypeQuery{Name: like("lph|f_")}), "a_t f_t"},
		{"alias", types(query.TypeQuery{Alias: like("^al")}), "a_t"},
		{"a name is no alias", types(query.TypeQuery{Alias: is("a_t")}), ""},
		{"one of the attributes", types(query.TypeQuery{Attributes: any1("domain", "hollow")}), "a_t b_t"},
		{"all attributes", types(query.TypeQuery{Attributes: query.SetMatch{Names: []string{"domain", "admin"},
			All: true}}), "a_t"},
		{"exactly the attributes", types(query.TypeQuery{Attributes: query.SetMatch{Names: []string{"domain"},
			Equal: true}}), "b_t"},
		{"attributes by pattern",
			types(query.TypeQuery{Attributes: query.SetMatch{Regexp: regexp.MustCompile("adm")}}), "a_t"},
		{"permissive", types(query.TypeQuery{Permissive: query.True}), "b_t"},
		{"not permissive, name", types(query.TypeQuery{Permissive: query.False, Name: like("[ab]_t")}), "a_t"},
		{"attributes, empty ones too", attrs(query.AttributeQuery{}), "admin domain hollow"},
		{"attributes by member", attrs(query.AttributeQuery{Types: any1("a_t")}), "admin domain"},
		{"attributes by exactly their members",
			attrs(query.AttributeQuery{Types: query.SetMatch{Names: []string{"a_t"}, Equal: true}}), "admin"},
		{"a type is no attribute", attrs(query.AttributeQuery{Name: is("a_t")}), ""},
		{"roles by type", roles(query.RoleQuery{Types: any1("f_t")}), "b_r"},
		{"object_r has no types", roles(query.RoleQuery{Types: any1("a_t")}), "a_r b_r"},
		{"users by role", users(query.UserQuery{Roles: any1("a_r")}), "low_u mid_u"},
		{"users by exactly their roles, object_r left out",
			users(query.UserQuery{Roles: query.SetMatch{Names: []string{"a_r"}, Equal: true}}), "low_u"},
		{"level equal", levels("s0", query.LevelEqual), "low_u"},
		{"level dominates", levels("s0:c0", query.LevelDom), "low_u mid_u"},
		{"level dominated", levels("s0:c0", query.LevelDomBy), "mid_u"},
		{"level incomparable", levels("s0:c0", query.LevelIncomp), "top_u"},
		{"range equal", ranges("s0:c0-s1:c0,c1", query.Equal, false), "mid_u"},
		{"range within", ranges("s1:c0-s1:c0,c1", query.Within, false), "mid_u top_u"},
		{"range within, proper", ranges("s1-s1:c0.c2", query.Within, true), ""},
		{"range covers", ranges("s0-s1:c0.c2", query.Covers, false), "low_u mid_u top_u"},
		{"range overlaps", ranges("s1:c0-s1:c0", query.Overlaps, false), "mid_u top_u"},
		{"bools", bools(query.BoolQuery{}), "off_b on_b"},
		{"bools by default", bools(query.BoolQuery{Default: query.False}), "off_b"},
		{"category by alias", cats(query.CategoryQuery{Name: is("zero")}), "c0"},
		{"categories with an alias", cats(query.CategoryQuery{Alias: like(".")}), "c0"},
		{"sensitivity by alias", sens(query.SensitivityQuery{Name: is("least")}), "s0"},
		{"sensitivity that the criterion dominates", sens(query.SensitivityQuery{Sens: 2, Relation: query.LevelDom}),
			"s0 s1"},
		{"sensitivity that dominates it", sens(query.SensitivityQuery{Sens: 2, Relation: query.LevelDomBy}), "s1"},
		{"capabilities", show(query.PolicyCaps(p, query.PolicyCapQuery{}), policy.PolicyCap.String), "open_perms"},
		{"capability by name", show(query.PolicyCaps(p, query.PolicyCapQuery{Name: is("nosuch")}),
			policy.PolicyCap.String), ""},
	})
}

func TestClassesAndConstraints(t *testing.T) {
	p := componentsPolicy(t)
	classes := func(q query.ClassQuery) string { return show(query.Classes(p, q), p.ClassName) }
	constraints := func(q query.ConstraintQuery) string {
		return show(query.Constraints(p, q), func(c query.Constraint) string {
			return c.Kind.String() + ":" + p.ClassName(c.Class) + ":" + strings.Join(c.Perms, "+")
		})
	}
	defaults := func(q query.DefaultQuery) string {
		return show(query.Defaults(p, q), func(d query.Default) string {
			return d.Kind.String() + ":" + p.ClassName(d.Class) + ":" + d.From + ":" + d.Levels
		})
	}
	bounds := func(q query.BoundQuery) string {
		return show(query.Bounds(p, q), func(b query.Bound) string {
			return p.TypeName(b.Parent) + ">" +
				p.TypeName(b.Child)
		})
	}
	check(t, []componentCase{
		{"classes", classes(query.ClassQuery{}), "dir file sock"},
		{"by common", classes(query.ClassQuery{Common: is("io")}), "file sock"},
		{"by permission, the common's too", classes(query.ClassQuery{Perms: any1("read")}), "dir file sock"},
		{"by own permission", classes(query.ClassQuery{Perms: any1("read"), OwnPerms: true}), "dir"},
		{"by exactly its permissions", classes(query.ClassQuery{Perms: query.SetMatch{Names: []string{"read",
			"write"}, Equal: true}}), "sock"},
		{"commons", show(query.Commons(p, query.CommonQuery{Perms: any1("write")}),
			func(c *policydb.Common) string { return c.Name }), "io"},
		{"constraints", constraints(query.ConstraintQuery{}),
			"constrain:dir:search+read constrain:file:read mlsconstrain:file:write validatetrans:file:"},
		{"by kind", constraints(query.ConstraintQuery{Kinds: query.MLSConstrain | query.Validatetrans}),
			"mlsconstrain:file:write validatetrans:file:"},
		{"by permission: no validatetrans", constraints(query.ConstraintQuery{Perms: any1("read", "write")}),
			"constrain:dir:search+read constrain:file:read mlsconstrain:file:write"},
		{"by type in an attribute", constraints(query.ConstraintQuery{Type: is("b_t")}), "constrain:file:read"},
		{"by type as written", constraints(query.ConstraintQuery{Type: is("b_t"), TypeDirect: true}), ""},
		{"by attribute as written", constraints(query.ConstraintQuery{Type: is("domain"), TypeDirect: true}),
			"constrain:file:read"},
		{"by role", constraints(query.ConstraintQuery{Role: is("b_r")}), "constrain:dir:search+read"},
		{"by user", constraints(query.ConstraintQuery{User: is("low_u")}), "constrain:file:read"},
		{"defaults", defaults(query.DefaultQuery{}),
			"default_range:dir:glblub: default_range:file:target:low default_user:file:source:"},
		{"defaults by kind and class", defaults(query.DefaultQuery{Kinds: query.DefaultRange, Class: is("file")}),
			"default_range:file:target:low"},
		{"defaults by value", defaults(query.DefaultQuery{From: "source"}), "default_user:file:source:"},
		{"bounds by child", bounds(query.BoundQuery{Child: is("b_t")}), "a_t>b_t"},
		{"bounds by parent", bounds(query.BoundQuery{Parent: is("b_t")}), ""},
	})
}

func TestLabels(t *testing.T) {
	p := componentsPolicy(t)
	ports := func(q query.PortQuery) string {
		var out []string
		for i, c := range query.Ports(p, q) {
			out = append(out, string(rune('0'+i))+p.TypeName(policy.TypeID(c.Context.Type)))
		}
		return strings.Join(out, " ")
	}
	interval := func(low, high uint64, r query.Relation, proper bool) string {
		return ports(query.PortQuery{Ports: &query.Interval{Low: low, High: high, Relation: r, Proper: proper}})
	}
	nodes := func(q query.NodeQuery) string {
		return show(query.Nodes(p, q), func(n query.NodeCon) string { return n.Addr.String() })
	}
	context := func(m query.ContextMatch) string { return ports(query.PortQuery{Context: m}) }
	check(t, []componentCase{
		{"portcons in the kernel's order", ports(query.PortQuery{}), "0f_t 1a_t 2b_t 3b_t"},
		{"that contain a port", interval(80, 80, query.Within, false), "0f_t 1a_t 2b_t"},
		{"properly", interval(80, 80, query.Within, true), "1a_t 2b_t"},
		{"equal", interval(80, 90, query.Equal, false), "2b_t"},
		{"that a range contains", interval(80, 1023, query.Covers, false), "0f_t 2b_t"},
		{"that overlap a range", interval(1000, 2000, query.Overlaps, false), "1a_t 3b_t"},
		{"of a protocol", ports(query.PortQuery{Protocol: policy.ProtoUDP}), "2b_t"},
		{"of a type", context(query.ContextMatch{Type: is("b_t")}), "2b_t 3b_t"},
		{"of a user", context(query.ContextMatch{User: is("mid_u"), Role: is("b_r")}), "0f_t 2b_t"},
		{"netifcons", func() string {
			var out []string
			for _, n := range query.Netifs(p, query.NetifQuery{Context: query.ContextMatch{Type: is("a_t")}}) {
				out = append(out, n.Name)
			}
			return strings.Join(out, " ")
		}(), "lo"},
		{"nodecons by version", nodes(query.NodeQuery{Version: 6}), "fe80::"},
		{"by network", nodes(query.NodeQuery{Network: netip.MustParsePrefix("10.0.0.0/8")}), "10.0.0.0"},
		{"by overlap", nodes(query.NodeQuery{Network: netip.MustParsePrefix("10.1.2.0/24"), Overlap: true}),
			"10.0.0.0 10.1.0.0"},
		{"that match an address, as the kernel does it",
			nodes(query.NodeQuery{Address: netip.MustParseAddr("10.9.8.1")}), "10.0.0.0 10.0.0.1"},
		{"that match an IPv6 address", nodes(query.NodeQuery{Address: netip.MustParseAddr("feb0::1")}), "fe80::"},
		{"fs_use by kind", show(query.FSUses(p, query.FSUseQuery{Behavior: 3}),
			func(f *policydb.FSUse) string { return f.Name }), "pipefs"},
		{"genfscon by file type", show(query.GenFSCons(p, query.GenFSQuery{FileType: query.Directory}),
			func(g query.GenFSCon) string { return g.Path }), "/sys"},
		{"genfscon by path", show(query.GenFSCons(p, query.GenFSQuery{Path: like("^/$")}),
			func(g query.GenFSCon) string { return g.Path }), "/"},
		{"initial SIDs", show(query.InitialSIDs(p, query.InitialSIDQuery{Name: is("kernel")}),
			func(s *policydb.InitialSID) string { return query.InitialSIDName(policydb.TargetSELinux, s.SID) }),
			"kernel"},
		{"ibpkeycons by subnet", show(query.IBPKeys(p, query.IBPKeyQuery{SubnetPrefix: netip.MustParseAddr("fec0::")}),
			func(c *policydb.IBPKeyCon) string { return query.SubnetAddr(c).String() }), "fec0::"},
		{"ibpkeycons that contain a key", show(query.IBPKeys(p,
			query.IBPKeyQuery{PKeys: &query.Interval{Low: 4, High: 4, Relation: query.Within}}),
			func(c *policydb.IBPKeyCon) string { return query.SubnetAddr(c).String() }), "fe80:: fec0::"},
		{"ibendportcons by port", show(query.IBEndPorts(p, query.IBEndPortQuery{Port: 2}),
			func(c *policydb.IBEndPortCon) string { return c.Device }), "mlx1"},
	})
}

// TestNodePrefix: a mask that is none is read as SETools reads it, by its number of bits, and said to be inexact.
func TestNodePrefix(t *testing.T) {
	for _, c := range []struct {
		addr, mask, want string
		exact            bool
	}{
		{"10.0.0.0", "255.0.0.0", "10.0.0.0/8", true},
		{"10.0.0.1", "255.0.0.0", "10.0.0.0/8", false},
		{"10.0.0.1", "255.0.0.255", "10.0.0.0/16", false},
		{"fe80::", "ffc0::", "fe80::/10", true},
		{"::", "::", "::/0", true},
	} {
		n := query.NodeCon{Addr: netip.MustParseAddr(c.addr), Mask: netip.MustParseAddr(c.mask)}
		if got, exact := n.Prefix(); got.String() != c.want || exact != c.exact {
			t.Errorf("%s %s: %v, %v; want %s, %v", c.addr, c.mask, got, exact, c.want, c.exact)
		}
	}
}

func TestXenLabels(t *testing.T) {
	p := open(t, `
class domain
sid xen
class domain { create }
type a_t;
type b_t;
role r;
role r types { a_t b_t };
allow a_t b_t:domain create;
user u roles r;
sid xen u:r:a_t
pirqcon 33 u:r:a_t
pirqcon 34 u:r:b_t
iomemcon 0xfe0-0xfef u:r:a_t
ioportcon 0x3f8-0x3ff u:r:b_t
pcidevicecon 0xc800 u:r:a_t
devicetreecon "/soc/uart" u:r:a_t
`, policies.Options{Version: 30, Target: policies.Xen})
	n := func(v uint32) *uint32 { return &v }
	span := &query.Interval{Low: 0x3f9, High: 0x3f9, Relation: query.Within}
	check(t, []componentCase{
		{"pirq", show(query.PIRQs(p, query.PIRQQuery{PIRQ: n(34)}),
			func(c *policydb.PIRQCon) string { return p.FormatContext(c.Context) }), "u:r:b_t"},
		{"ioport", show(query.IOPorts(p, query.IOPortQuery{Ports: span}),
			func(c *policydb.IOPortCon) string { return p.FormatContext(c.Context) }), "u:r:b_t"},
		{"iomem", show(query.IOMems(p, query.IOMemQuery{Addr: span}),
			func(c *policydb.IOMemCon) string { return p.FormatContext(c.Context) }), ""},
		{"pcidevice", show(query.PCIDevices(p, query.PCIDeviceQuery{Device: n(0xc800)}),
			func(c *policydb.PCIDeviceCon) string { return p.FormatContext(c.Context) }), "u:r:a_t"},
		{"devicetree", show(query.DeviceTrees(p, query.DeviceTreeQuery{Path: like("uart")}),
			func(c *policydb.DeviceTreeCon) string { return c.Path }), "/soc/uart"},
		{"a policy without MLS has no ranges", show(query.PIRQs(p,
			query.PIRQQuery{Context: query.ContextMatch{Range: &query.LevelRange{}}}),
			func(c *policydb.PIRQCon) string { return "?" }), ""},
		{"the first initial SID", show(query.InitialSIDs(p, query.InitialSIDQuery{Name: is("xen")}),
			func(s *policydb.InitialSID) string { return p.FormatContext(s.Context) }), "u:r:a_t"},
	})
}
