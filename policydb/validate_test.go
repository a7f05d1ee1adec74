package policydb_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

// TestValidateAccepts: what kernels load, Validate has nothing against.
func TestValidateAccepts(t *testing.T) {
	list := committedSeeds(t)
	list = append(list, realPolicies(t)...)
	for _, p := range list {
		db := decode(t, p.image)
		if strings.Contains(p.name, "small") || strings.Contains(p.name, "cil") || p.name == "fedora-size" {
			labelBools(db)
		}
		err := db.Validate()
		if xen := strings.Contains(p.name, "xen"); (err != nil) != xen {
			t.Errorf("%s: %v", p.name, err)
		}
	}
}

// TestValidateRefuses has a case for each thing that Validate looks at. What
// kernels say of such policies, make test-kernel and make fuzz-kernel ask them.
func TestValidateRefuses(t *testing.T) {
	cases := []struct {
		name          string
		edit          func(p *policydb.Policy)
		section, want string // want "" where the policy stays valid
	}{
		{"unchanged", func(*policydb.Policy) {}, "", ""},
		{"common twice", func(p *policydb.Policy) { p.Commons.Items[1].Name = "obj" }, "commons", "twice"},
		{"permission of a common missing",
			func(p *policydb.Policy) { p.Commons.Items[0].Perms = p.Commons.Items[0].Perms[:1] }, "commons",
			"declared and not defined"},
		{"two permissions with a value", func(p *policydb.Policy) { p.Commons.Items[0].Perms[1].Value = 1 },
			"commons", "have the value 1"},
		{"two permissions with a name", func(p *policydb.Policy) { p.Commons.Items[0].Perms[1].Name = "ioctl" },
			"commons", "twice"},
		{"class twice", func(p *policydb.Policy) { class(p, "packet").Name = "dir" }, "classes", "twice"},
		{"names end at a zero byte", func(p *policydb.Policy) { class(p, "packet").Name = "dir\x00x" }, "classes",
			"twice"},
		{"class value without class", func(p *policydb.Policy) { p.Classes.NPrim++ }, "classes",
			"class 6 has no symbol"},
		{"class process missing", func(p *policydb.Policy) { class(p, "process").Name = "task" }, "classes",
			"process is missing"},
		{"transition missing", func(p *policydb.Policy) { class(p, "process").Perms[1].Name = "t" }, "classes",
			"transition of the class process is missing"},
		{"dyntransition missing", func(p *policydb.Policy) { class(p, "process").Perms[0].Name = "t" }, "classes",
			"dyntransition of"},
		{"fewer permissions than the common", func(p *policydb.Policy) { class(p, "dir").PermNPrim = 1 }, "classes",
			"fewer permissions"},
		{"permission that is the common's", func(p *policydb.Policy) { class(p, "file").Perms[0].Value = 2 },
			"classes", "inherited and defined"},
		{"permission without a name", func(p *policydb.Policy) { class(p, "packet").PermNPrim = 3 }, "classes",
			"permission 3"},
		{"default user", func(p *policydb.Policy) { class(p, "dir").DefaultUser = 3 }, "classes", "default"},
		{"default role", func(p *policydb.Policy) { class(p, "dir").DefaultRole = 3 }, "classes", "default"},
		{"default type", func(p *policydb.Policy) { class(p, "dir").DefaultType = 3 }, "classes", "default"},
		{"default range", func(p *policydb.Policy) { class(p, "dir").DefaultRange = 8 }, "classes", "default"},
		{"comparison that does not exist", func(p *policydb.Policy) {
			class(p,
				"process").Constraints[0].Expr[0].Op = 6
		}, "classes", "by operator 6"},
		{"no roles", func(p *policydb.Policy) { p.Roles.Items = nil }, "roles", "empty"},
		{"object_r of another value", func(p *policydb.Policy) { role(p, "object_r").Value = 2 }, "roles", "not 1"},
		{"roles without end", func(p *policydb.Policy) { p.Roles.NPrim = 1<<19 + 1 }, "roles", "memory"},
		{"users without end", func(p *policydb.Policy) { p.Users.NPrim = 1<<19 + 1 }, "users", "memory"},
		{"users just short enough", func(p *policydb.Policy) { p.Users.NPrim = 1 << 19 }, "", ""},
		{"object_r missing", func(p *policydb.Policy) {
			p.Roles.Items = slices.DeleteFunc(p.Roles.Items, func(r policydb.Role) bool { return r.Name == "object_r" })
		}, "", ""},
		{"role twice", func(p *policydb.Policy) { role(p, "staff_r").Name = "system_r" }, "roles", "twice"},
		{"type twice", func(p *policydb.Policy) { typ(p, "node_t").Name = "port_t" }, "types", "twice"},
		{"user twice", func(p *policydb.Policy) { user(p, "staff_u").Name = "system_u" }, "users", "twice"},
		{"boolean twice", func(p *policydb.Policy) { p.Bools.Items[1].Name = "one" }, "booleans", "twice"},
		{"boolean without a symbol", func(p *policydb.Policy) { p.Bools.NPrim = 4 }, "booleans", "boolean 4"},
		{"boolean with a long name", func(p *policydb.Policy) { p.Bools.Items[1].Name = strings.Repeat("n", 4086) },
			"booleans", "longer than 4085"},
		{"boolean with a name just short enough",
			func(p *policydb.Policy) { p.Bools.Items[1].Name = strings.Repeat("n", 4085) }, "", ""},
		{"sensitivity twice", func(p *policydb.Policy) { p.Sensitivities.Items[2].Name = "s0" }, "sensitivities",
			"twice"},
		{"sensitivity alias 2", func(p *policydb.Policy) { p.Sensitivities.Items[2].IsAlias = 2 }, "sensitivities",
			"not 0 or 1"},
		{"category twice", func(p *policydb.Policy) { p.Categories.Items[2].Name = "c0" }, "categories", "twice"},
		{"category alias 2", func(p *policydb.Policy) { p.Categories.Items[3].IsAlias = 2 }, "categories",
			"not 0 or 1"},
		{"type rule in a conditional and outside", func(p *policydb.Policy) { p.Conditionals[0].True = p.AVTab },
			"conditionals", "outside"},
		{"type rules of two conditionals",
			func(p *policydb.Policy) { p.Conditionals[0].True = p.Conditionals[4].True }, "conditionals", "conflicts"},
		{"type rule in both branches", func(p *policydb.Policy) { p.Conditionals[4].False = p.Conditionals[4].True },
			"", ""},
		{"role transition twice", func(p *policydb.Policy) {
			p.RoleTransitions = append(p.RoleTransitions, p.RoleTransitions[0])
			p.RoleTransitions[2].NewRole = 3
		}, "role_transitions", "twice"},
		{"range transition twice", func(p *policydb.Policy) { p.RangeTrans = append(p.RangeTrans, p.RangeTrans[0]) },
			"range_transitions", "twice"},
		{"range upside down", func(p *policydb.Policy) {
			p.RangeTrans[0].Range = policydb.Range{Low: policydb.Level{Sens: 2}, High: policydb.Level{Sens: 1}}
		}, "range_transitions", "not valid"},
		{"categories that a sensitivity may not have", func(p *policydb.Policy) {
			p.Sensitivities.Items[0].Level.Cats = policydb.Bitmap{}
			p.RangeTrans[0].Range = policydb.SingleLevel(policydb.Level{Sens: 1, Cats: policydb.BitmapOf(0)})
		}, "range_transitions", "not valid"},
		{"SID 0", func(p *policydb.Policy) { p.OContexts.InitialSIDs[0].SID = 0 }, "initial SIDs", "SID 0"},
		{"role that may not have the type", func(p *policydb.Policy) { p.OContexts.InitialSIDs[0].Context.Role = 3 },
			"initial SIDs", "may not have"},
		{"user that may not have the role", func(p *policydb.Policy) {
			user(p,
				"system_u").Roles = policydb.BitmapOf()
		}, "initial SIDs", "user 1 may not have role 2"},
		{"range outside of the user's", func(p *policydb.Policy) {
			user(p, "system_u").Range = policydb.SingleLevel(policydb.Level{Sens: 1})
		}, "initial SIDs", "outside of the user's"},
		{"role without a symbol",
			func(p *policydb.Policy) { p.Roles.NPrim = 4; p.OContexts.Ports[0].Context.Role = 4 }, "portcon",
			"role 4 has no symbol"},
		{"user without a symbol",
			func(p *policydb.Policy) { p.Users.NPrim = 3; p.OContexts.Ports[0].Context.User = 3 }, "portcon",
			"user 3 has no symbol"},
		{"type without a symbol", func(p *policydb.Policy) {
			p.Types.NPrim = 11
			p.TypeAttrMap = append(p.TypeAttrMap, policydb.BitmapOf(10))
			p.OContexts.Ports[0].Context.Type = 11
		}, "portcon", "type 11 has no symbol"},
		{"category without a symbol", func(p *policydb.Policy) { p.Categories.Items[1].Value = 1 }, "initial SIDs",
			"category 2 has no symbol"},
		{"category with an alias alone", func(p *policydb.Policy) { p.Categories.Items[1].IsAlias = 1 },
			"initial SIDs", "category 2 has no symbol"},
		{"sensitivity without a symbol", func(p *policydb.Policy) { p.Sensitivities.Items[0].IsAlias = 1 },
			"range_transitions", "sensitivity 1 has no symbol"},
		{"port 0", func(p *policydb.Policy) { p.OContexts.Ports[0].Low = 0 }, "portcon", "ports 0-"},
		{"ports upside down", func(p *policydb.Policy) { p.OContexts.Ports[0].Low, p.OContexts.Ports[0].High = 3, 2 },
			"portcon", "ports 3-2"},
		{"fs_use of a mount point", func(p *policydb.Policy) { p.OContexts.FSUses[0].Behavior = 6 }, "fs_use",
			"behavior 6"},
		{"fs_use 8", func(p *policydb.Policy) { p.OContexts.FSUses[0].Behavior = 8 }, "fs_use", "behavior 8"},
		{"InfiniBand port 0", func(p *policydb.Policy) { p.OContexts.IBEndPorts[0].Port = 0 }, "ibendportcon",
			"port 0"},
		{"InfiniBand port 256", func(p *policydb.Policy) { p.OContexts.IBEndPorts[0].Port = 256 }, "ibendportcon",
			"port 256"},
		{"file system twice", func(p *policydb.Policy) { p.GenFS[1].FSType = p.GenFS[0].FSType }, "genfscon", "twice"},
		{"path twice", func(p *policydb.Policy) {
			p.GenFS[0].Entries = append(p.GenFS[0].Entries,
				p.GenFS[0].Entries[0])
		}, "genfscon", "twice"},
		{"booleans without a label", func(p *policydb.Policy) { p.GenFS = p.GenFS[:2] }, "genfscon",
			"\"/booleans/three\" of selinuxfs, have no label"},
		{"only the last boolean counts", func(p *policydb.Policy) { p.GenFS[2].Entries[0].Path = "/booleans/three" },
			"", ""},
		{"a label for files", func(p *policydb.Policy) { p.GenFS[2].Entries[0].Class = 2 }, "", ""},
		{"a label for directories", func(p *policydb.Policy) { p.GenFS[2].Entries[0].Class = 3 }, "genfscon",
			"no label"},
		{"path for two classes", func(p *policydb.Policy) {
			e := p.GenFS[0].Entries[0]
			e.Class = 2
			other := e
			other.Class = 3
			p.GenFS[0].Entries = []policydb.GenFSEntry{e, other}
		}, "", ""},
		{"user with a role that its bound has not", func(p *policydb.Policy) {
			user(p,
				"staff_u").Roles = policydb.BitmapOf(0, 1, 2)
		}, "users", "does not have"},
		{"role with a type that its bound may not have", func(p *policydb.Policy) {
			role(p, "staff_r").Bounds = 1 // the object_r of kernels has no types
		}, "roles", "may not have"},
		{"bounded by itself", func(p *policydb.Policy) { typ(p, "bound_t").Bounds = 8 }, "types", "circle"},
		{"three bounds", func(p *policydb.Policy) { typ(p, "parent_t").Bounds = 3; typ(p, "child_t").Bounds = 4 }, "",
			""},
		{"four bounds", func(p *policydb.Policy) {
			typ(p, "parent_t").Bounds = 3
			typ(p, "child_t").Bounds = 4
			typ(p, "file_t").Bounds = 5
		}, "types", "too deep"},
		{"bounded by an attribute", func(p *policydb.Policy) { typ(p, "bound_t").Bounds = 9 }, "types", "attribute"},
		{"bounded by nothing", func(p *policydb.Policy) { p.Types.NPrim = 11; typ(p, "bound_t").Bounds = 11 },
			"types", "no symbol"},
	}
	seeds := committedSeeds(t)
	image := seeds[slices.IndexFunc(seeds, func(p testPolicy) bool { return p.name == "cil-33-mls.policy" })].image
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			db := decode(t, image)
			labelBools(db)
			c.edit(db)
			checkInvalid(t, db.Validate(), c.section, c.want)
			// It is what a file can hold, too.
			if again, err := policydb.Decode(db.Encode()); err == nil {
				checkInvalid(t, again.Validate(), c.section, c.want)
			} else if c.want == "" {
				t.Error(err)
			}
		})
	}
}

// TestValidateRules: what only the bytes of a table can say.
func TestValidateRules(t *testing.T) {
	cases := []struct {
		name          string
		version       uint32
		edit          func(h *hand)
		section, want string
	}{
		{"unchanged", 33, func(*hand) {}, "", ""},
		{"rule twice", 33, func(h *hand) {
			r := h.rule(handT, handU, handFile, avAllow, 3)
			h.avtab = cat(u32(2), r, r)
		}, "avtab", "two rules"},
		{"rule twice, once as conditional", 33, func(h *hand) {
			h.avtab = cat(u32(2), h.rule(handT, handU, handFile, avAllow, 3),
				h.rule(handT, handU, handFile, avAllow|h.enabled(), 1))
		}, "avtab", "two rules"},
		{"rule twice in the old layout", 19, func(h *hand) {
			r := h.rule(handT, handU, handFile, avAllow, 3)
			h.avtab = cat(u32(2), r, r)
		}, "avtab", "two rules"},
		{"type rule twice in a branch", 33, func(h *hand) {
			r := h.rule(handT, handT, handFile, avTransition, handU)
			h.conds = cat(u32(1), u32(1, 1, 1, handBool), u32(2), r, r, u32(0))
		}, "conditionals", "conflicts"},
		{"access rule twice in a branch", 33, func(h *hand) {
			r := h.rule(handT, handT, handFile, avAllow, 1)
			h.conds = cat(u32(1), u32(1, 1, 1, handBool), u32(2), r, r, u32(0))
		}, "", ""},
		{"file name transition twice", 33, func(h *hand) {
			one := h.filenames[4:]
			h.filenames = cat(u32(2), one, one)
		}, "filename_transitions", "twice"},
		{"file name transition twice before version 33", 25, func(h *hand) {
			one := h.filenames[4:]
			h.filenames = cat(u32(2), one, one)
		}, "", ""},
		{"high bit far behind the last node", 33, func(h *hand) {
			h.permissive = cat(u32(64, 64*7, 1, 0), []byte{1, 0, 0, 0, 0, 0, 0, 0})
		}, "permissive map", "high bit"},
		{"high bit at the end of the kernel's node", 33, func(h *hand) {
			h.permissive = cat(u32(64, 64*6, 1, 0), []byte{1, 0, 0, 0, 0, 0, 0, 0})
		}, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHand(c.version, false, true)
			c.edit(h)
			db := decode(t, h.build())
			labelBools(db)
			checkInvalid(t, db.Validate(), c.section, c.want)
		})
	}
}

// labelBools gives the files of booleans a label, which the small policies do
// not care for.
func labelBools(p *policydb.Policy) {
	entry := policydb.GenFSEntry{Path: "/", Context: p.OContexts.InitialSIDs[0].Context}
	p.GenFS = append(slices.Clip(p.GenFS), policydb.GenFS{FSType: "selinuxfs", Entries: []policydb.GenFSEntry{entry}})
}

func checkInvalid(t *testing.T, err error, section, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Error(err)
		}
		return
	}
	var invalid *policydb.InvalidError
	if !errors.As(err, &invalid) || invalid.Section != section || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q in %q", err, want, section)
	}
}

func class(p *policydb.Policy, name string) *policydb.Class {
	return &p.Classes.Items[slices.IndexFunc(p.Classes.Items, func(c policydb.Class) bool { return c.Name == name })]
}

func role(p *policydb.Policy, name string) *policydb.Role {
	return &p.Roles.Items[slices.IndexFunc(p.Roles.Items, func(r policydb.Role) bool { return r.Name == name })]
}

func typ(p *policydb.Policy, name string) *policydb.Type {
	return &p.Types.Items[slices.IndexFunc(p.Types.Items, func(t policydb.Type) bool { return t.Name == name })]
}

func user(p *policydb.Policy, name string) *policydb.User {
	return &p.Users.Items[slices.IndexFunc(p.Users.Items, func(u policydb.User) bool { return u.Name == name })]
}

func BenchmarkValidate(b *testing.B) {
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		db := decode(b, p.image)
		if p.name == "fedora-size" {
			labelBools(db)
		}
		for b.Loop() {
			if err := db.Validate(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
