package policydb_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

// TestFormatFilenames: filename transitions, one record for each source up to
// version 32, grouped by target, class and name from 33 on.
func TestFormatFilenames(t *testing.T) {
	const section = "filename_transitions"
	all := func(p *policydb.Policy) (list []policydb.FilenameTrans) {
		for f := range p.FilenameTrans.All() {
			f.Source = uint32(len(slices.Collect(f.AllSources())))
			list = append(list, f)
		}
		return list
	}
	runFormatCases(t, []formatCase{
		{name: "none before version 25", version: 24, edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				if p.FilenameTrans.Rules() != 0 || len(all(p)) != 0 {
					t.Error("some")
				}
			}},
		{name: "one source a record", version: 32,
			edit: func(h *hand) {
				h.filenames = cat(u32(2), u32(3), "a b", u32(1, 2, 2, 1), u32(3), "a b", u32(3, 2, 2, 1))
			},
			check: func(t *testing.T, p *policydb.Policy) {
				list := all(p)
				if p.FilenameTrans.Rules() != 2 || len(list) != 2 || list[1].Name != "a b" || list[1].Target != 2 ||
					list[1].Result != 1 {
					t.Errorf("%+v", list)
				}
			}},
		{name: "several sources and results a record", version: 33,
			edit: func(h *hand) {
				h.filenames = cat(u32(1), u32(1), "n", u32(2, 2, 2), bitmap(0, 2), u32(1), bitmap(1), u32(2))
			},
			check: func(t *testing.T, p *policydb.Policy) {
				list := all(p)
				if p.FilenameTrans.Rules() != 3 || len(list) != 2 || list[0].Source != 2 || list[1].Source != 1 ||
					list[1].Result != 2 {
					t.Errorf("%+v", list)
				}
			}},
		{name: "a name with any byte but none", version: 33,
			edit: func(h *hand) {
				h.filenames = cat(u32(1), u32(4), "\xff\x01/\n", u32(2, 2, 1), bitmap(0), u32(1))
			}},
		{name: "empty name", version: 33, want: "empty name", section: section,
			edit: func(h *hand) { h.filenames = cat(u32(1), u32(0), u32(2, 2, 1), bitmap(0), u32(1)) }},
		{name: "key without rules", version: 33, want: "without rules", section: section,
			edit: func(h *hand) { h.filenames = cat(u32(1), u32(1), "n", u32(2, 2, 0)) }},
		{name: "more rules than bytes", version: 33, want: "remain", section: section,
			edit: func(h *hand) { h.filenames = cat(u32(1), u32(1), "n", u32(2, 2, 0xffffffff), bitmap(0), u32(1)) }},
		{name: "more records than bytes", version: 33, want: "remain", section: section,
			edit: func(h *hand) { h.filenames = u32(0xfffffff0) }},
		{name: "source beyond the types", version: 33, want: "source type 4", section: section,
			edit: func(h *hand) { h.filenames = cat(u32(1), u32(1), "n", u32(2, 2, 1), bitmap(3), u32(1)) }},
		{name: "result beyond the types", version: 33, want: "resulting type 4", section: section,
			edit: func(h *hand) { h.filenames = cat(u32(1), u32(1), "n", u32(2, 2, 1), bitmap(0), u32(4)) }},
		{name: "class 0", version: 33, want: "class 0", section: section,
			edit: func(h *hand) { h.filenames = cat(u32(1), u32(1), "n", u32(2, 0, 1), bitmap(0), u32(1)) }},
		{name: "no sources", version: 33,
			edit: func(h *hand) { h.filenames = cat(u32(1), u32(1), "n", u32(2, 2, 1), bitmap(), u32(1)) }},
		{name: "old layout, source 0", version: 32, want: "source type 0", section: section,
			edit: func(h *hand) { h.filenames = cat(u32(1), u32(1), "n", u32(0, 2, 2, 1)) }},
	})
}

// TestFormatRoles: role transitions and allows.
func TestFormatRoles(t *testing.T) {
	runFormatCases(t, []formatCase{
		{name: "a transition without a class before version 26", version: 25, edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				if rt := p.RoleTransitions; len(rt) != 1 ||
					rt[0] != (policydb.RoleTransition{Role: 2, Type: 1, NewRole: 2}) {
					t.Errorf("%+v", rt)
				}
			}},
		{name: "with a class from version 26 on", version: 26, edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				if rt := p.RoleTransitions; len(rt) != 1 || rt[0].Class != handFile {
					t.Errorf("%+v", rt)
				}
			}},
		{name: "class 0", version: 26, want: "class 0", section: "role_transitions",
			edit: func(h *hand) { h.roleTrans = u32(1, 2, 1, 2, 0) }},
		{name: "role beyond the roles", version: 33, want: "role 3", section: "role_transitions",
			edit: func(h *hand) { h.roleTrans = u32(1, 3, 1, 2, 1) }},
		{name: "new role 0", version: 33, want: "new role 0", section: "role_allows",
			edit: func(h *hand) { h.roleAllows = u32(1, 2, 0) }},
		{name: "more transitions than bytes", version: 33, want: "remain", section: "role_transitions",
			edit: func(h *hand) { h.roleTrans = u32(0xffffffff, 2, 1, 2, 1) }},
		{name: "more allows than bytes", version: 33, want: "remain", section: "role_allows",
			edit: func(h *hand) { h.roleAllows = u32(0xffffffff, 2, 2) }},
	})
}

// TestFormatRanges: ranges of one or two levels, in range transitions.
func TestFormatRanges(t *testing.T) {
	const section = "range_transitions"
	with := func(rng []byte) func(h *hand) {
		return func(h *hand) { h.ranges = cat(u32(1, 1, 2, 1), rng) }
	}
	runFormatCases(t, []formatCase{
		{name: "two levels that differ", version: 33, mls: true, edit: with(cat(u32(2, 1, 1), bitmap(0), bitmap(0, 1))),
			check: func(t *testing.T, p *policydb.Policy) {
				if r := p.RangeTrans[0].Range; r.Single || r.Low.Cats.Has(1) || !r.High.Cats.Has(1) {
					t.Errorf("%+v", r)
				}
			}},
		{name: "one level", version: 33, mls: true, edit: with(cat(u32(1, 1), bitmap(0))),
			check: func(t *testing.T, p *policydb.Policy) {
				if r := p.RangeTrans[0].Range; !r.Single || r.High != r.Low || !r.High.Cats.Has(0) {
					t.Errorf("%+v", r)
				}
			}},
		{name: "two equal levels stay two", version: 33, mls: true,
			edit: with(cat(u32(2, 1, 1), bitmap(0), bitmap(0)))},
		{name: "three levels", version: 33, mls: true, want: "range of 3 levels", section: section,
			edit: with(cat(u32(3, 1, 1, 1), bitmap(), bitmap()))},
		{name: "no level", version: 33, mls: true, sepol: sepolAccepts, want: "range of 0 levels", section: section,
			edit: with(cat(u32(0), bitmap()))},
		{name: "sensitivity beyond the table", version: 33, mls: true, want: "sensitivity 2", section: section,
			sepol: sepolAccepts, edit: with(cat(u32(2, 1, 2), bitmap(), bitmap()))},
		{name: "category beyond the table", version: 33, mls: true, want: "category 3", section: section,
			sepol: sepolAccepts, edit: with(cat(u32(1, 1), bitmap(2)))},
		// The kernel refuses it (mls_range_isvalid).
		{name: "high does not dominate low", version: 33, mls: true,
			edit: with(cat(u32(2, 1, 1), bitmap(0, 1), bitmap(0)))},
		{name: "without MLS a range is void", version: 33, edit: with(cat(u32(2, 77, 99), bitmap(40), bitmap()))},
		{name: "class only from version 21 on", version: 20, mls: true, edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				if rt := p.RangeTrans[0]; rt.Class != 0 || rt.Source != 1 || rt.Target != 2 {
					t.Errorf("%+v", rt)
				}
			}},
		{name: "class 0", version: 21, mls: true, want: "class 0", section: section,
			edit: func(h *hand) { h.ranges = cat(u32(1, 1, 2, 0), h.rng()) }},
		{name: "more transitions than bytes", version: 33, want: "remain", section: section,
			edit: func(h *hand) { h.ranges = cat(u32(0x7fffffff), h.ranges[4:]) }},
	})
}

// TestFormatOContexts: the labels of objects outside of file systems.
func TestFormatOContexts(t *testing.T) {
	runFormatCases(t, []formatCase{
		{name: "user 0", version: 33, want: "user 0", section: "initial SIDs",
			edit: func(h *hand) { copy(h.isids[8:], u32(0)) }},
		{name: "role beyond the roles", version: 33, want: "role 3", section: "initial SIDs",
			edit: func(h *hand) { copy(h.isids[12:], u32(3)) }},
		{name: "type beyond the types", version: 33, want: "type 4", section: "initial SIDs",
			edit: func(h *hand) { copy(h.isids[16:], u32(4)) }},
		// The kernel refuses it when it loads the policy.
		{name: "role and type that may not be combined", version: 33, sepol: sepolRefuses,
			edit: func(h *hand) { copy(h.isids[12:], u32(handR, handU)) }},
		{name: "level beyond the sensitivities", version: 33, mls: true, want: "sensitivity 7", section: "portcon",
			edit: func(h *hand) { copy(h.ports[len(h.ports)-16:], u32(7)) }},
		{name: "protocol beyond 8 bits", version: 33, want: "protocol 256", section: "portcon", sepol: sepolAccepts,
			edit: func(h *hand) { copy(h.ports[4:], u32(256)) }},
		{name: "port beyond 16 bits", version: 33, want: "65536", section: "portcon", sepol: sepolAccepts,
			edit: func(h *hand) { copy(h.ports[12:], u32(65536)) }},
		{name: "partition key beyond 16 bits", version: 33, want: "partition key", section: "ibpkeycon",
			edit: func(h *hand) { copy(h.ibpkeys[16:], u32(0x10000)) }},
		{name: "interface without a name", version: 33, want: "empty name", section: "netifcon",
			edit: func(h *hand) { h.netifs = cat(u32(1), u32(0), h.context(), h.context()) }},
		{name: "more portcons than bytes", version: 33, want: "remain", section: "portcon",
			edit: func(h *hand) { copy(h.ports, u32(0xffffffff)) }},
		{name: "no IPv6 nodecons before version 17", version: 16, edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				if len(p.OContexts.Nodes) != 1 || len(p.OContexts.Nodes6) != 0 {
					t.Errorf("%+v", p.OContexts)
				}
			}},
		{name: "all lists", version: 31, mls: true, edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				o := p.OContexts
				if o.InitialSIDs[0].SID != 1 || o.FS[0].Name != "fs" || o.Netifs[0].Name != "lo" ||
					o.FSUses[0].Behavior != 1 ||
					o.FSUses[0].Name != "ext4" || o.Ports[0].Protocol != 6 || o.Ports[0].Low != 80 ||
					o.Ports[0].High != 443 ||
					o.Nodes[0].Addr != [4]byte{127, 0, 0, 1} || o.Nodes[0].Mask != [4]byte{255, 255, 255, 255} ||
					string(o.Nodes6[0].Addr[:]) != "0123456789abcdef" ||
					string(o.Nodes6[0].Mask[:]) != "FEDCBA9876543210" ||
					o.IBPKeys[0].SubnetPrefix != [8]byte{0xfe, 0x80} || o.IBPKeys[0].Low != 1 ||
					o.IBPKeys[0].High != 0xffff ||
					o.IBEndPorts[0].Device != "mlx5" || o.IBEndPorts[0].Port != 1 {
					t.Errorf("%+v", o)
				}
				c := o.Ports[0].Context
				if c.User != 1 || c.Role != 1 || c.Type != 1 || c.Range.Low.Sens != 1 || c.Range.High.Sens != 1 {
					t.Errorf("%+v", c)
				}
			}},
		{name: "Xen before version 30: memory of 32 bits, no device tree", version: 24, xen: true,
			edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				o := p.OContexts
				if p.Target != policydb.TargetXen || o.PIRQs[0].PIRQ != 33 || o.IOPorts[0].High != 0x71 ||
					o.IOMems[0].High != 0xbf ||
					o.PCIDevices[0].Device != 0xc800 || len(o.DeviceTrees) != 0 {
					t.Errorf("%+v", o)
				}
			}},
		{name: "Xen from version 30 on: memory of 64 bits, device tree", version: 30, xen: true, edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				if o := p.OContexts; o.IOMems[0].Low != 0x1000000a0 || o.IOMems[0].High != 0x1000000bf ||
					o.DeviceTrees[0].Path != "/soc" {
					t.Errorf("%+v", o)
				}
			}},
	})
}

// TestFormatGenFS: the labels of pseudo file systems.
func TestFormatGenFS(t *testing.T) {
	const section = "genfscon"
	runFormatCases(t, []formatCase{
		{name: "none", version: 33, edit: func(h *hand) { h.genfs = u32(0) }},
		{name: "file system without entries", version: 33,
			edit: func(h *hand) { h.genfs = cat(u32(1), u32(4), "proc", u32(0)) }},
		{name: "entry for one class", version: 33,
			edit: func(h *hand) {
				h.genfs = cat(u32(1), u32(4), "proc", u32(1), u32(4), "/net", u32(handFile), h.context())
			},
			check: func(t *testing.T, p *policydb.Policy) {
				if g := p.GenFS; g[0].FSType != "proc" || g[0].Entries[0].Path != "/net" ||
					g[0].Entries[0].Class != handFile {
					t.Errorf("%+v", g)
				}
			}},
		{name: "class beyond the classes", version: 33, want: "class 3", section: section, sepol: sepolAccepts,
			edit: func(h *hand) {
				h.genfs = cat(u32(1), u32(4), "proc", u32(1), u32(1), "/", u32(3), h.context())
			}},
		{name: "empty path", version: 33, want: "empty name", section: section,
			edit: func(h *hand) { h.genfs = cat(u32(1), u32(4), "proc", u32(1), u32(0), u32(0), h.context()) }},
		{name: "more entries than bytes", version: 33, want: "remain", section: section,
			edit: func(h *hand) { h.genfs = cat(u32(1), u32(4), "proc", u32(0xffffffff)) }},
		{name: "more file systems than bytes", version: 33, want: "remain", section: section,
			edit: func(h *hand) { h.genfs = u32(0xffffffff) }},
	})
}

// TestFormatAttrMap: the attributes of each type, from version 20 on.
func TestFormatAttrMap(t *testing.T) {
	const section = "type_attr_map"
	runFormatCases(t, []formatCase{
		{name: "absent before version 20", version: 19, edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				if len(p.TypeAttrMap) != 0 {
					t.Error("there")
				}
			}},
		{name: "from version 20 on", version: 20, edit: func(h *hand) {},
			check: func(t *testing.T, p *policydb.Policy) {
				if len(p.TypeAttrMap) != 3 || !p.TypeAttrMap[handT-1].Has(handA-1) ||
					p.TypeAttrMap[handU-1].Has(handA-1) {
					t.Errorf("%+v", p.TypeAttrMap)
				}
			}},
		{name: "a type without its own bit", version: 33,
			edit: func(h *hand) { h.attrMap = cat(bitmap(2), bitmap(), bitmap()) }},
		{name: "attribute beyond the types", version: 33, want: "beyond the number of types", section: section,
			edit: func(h *hand) { h.attrMap = cat(bitmap(3), bitmap(), bitmap()) }},
		{name: "one map too few", version: 33, want: "truncated", section: section,
			edit: func(h *hand) { h.attrMap = cat(bitmap(0, 2), bitmap(1), bitmap(2)[:4]) }},
	})
}
