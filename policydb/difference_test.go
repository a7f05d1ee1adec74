package policydb_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
)

// TestFirstDifference changes one thing of a policy at a time. Order and values of booleans, which
// no reader depends on, are no difference; the order of lists that are searched is one.
func TestFirstDifference(t *testing.T) {
	image, err := os.ReadFile(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	read := func() *policydb.Policy {
		p, err := policydb.Decode(image)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct {
		name string
		edit func(p *policydb.Policy)
		want string // "" for none
	}{
		{"nothing", func(*policydb.Policy) {}, ""},
		{"another order of libsepol's", func(p *policydb.Policy) {
			*p = *policydb.CanonicalAs(p, 1-p.SymbolHash())
		}, ""},
		{"symbols backwards", func(p *policydb.Policy) {
			p.Types.Items = slices.Clone(p.Types.Items)
			slices.Reverse(p.Types.Items)
			p.Users.Items = slices.Clone(p.Users.Items)
			slices.Reverse(p.Users.Items)
			p.RoleAllows = slices.Clone(p.RoleAllows)
			slices.Reverse(p.RoleAllows)
		}, ""},
		{"a boolean", func(p *policydb.Policy) {
			if err := p.SetBool("nis_enabled", p.Bools.Items[0].State == 0); err != nil {
				_ = p.SetBool("allow_ypbind", true)
			}
		}, ""},
		{"a port fewer", func(p *policydb.Policy) { _ = p.RemovePort(3) }, "port "},
		{"ports backwards", func(p *policydb.Policy) {
			p.OContexts.Ports = slices.Clone(p.OContexts.Ports)
			slices.Reverse(p.OContexts.Ports)
		}, ", in another place,"},
		{"a port's label", func(p *policydb.Policy) {
			p.OContexts.Ports = slices.Clone(p.OContexts.Ports)
			p.OContexts.Ports[0].Context.Type++
		}, "port "},
		{"a rule more", func(p *policydb.Policy) { _ = p.AddAllow(7, 8, 2, 1<<20) }, "a rule for "},
		{"a conditional rule more", func(p *policydb.Policy) {
			if err := p.AddCondAllow(0, true, 7, 8, 2, 1<<20); err != nil {
				t.Fatal(err)
			}
		}, "a conditional rule for "},
		{"a permissive type", func(p *policydb.Policy) { _ = p.SetPermissive(9, true) }, "permissive type number 9"},
		{"a policy capability", func(p *policydb.Policy) {
			p.PolicyCaps = p.PolicyCaps.With(13)
		}, "policy capability number 13"},
		{"handle_unknown", func(p *policydb.Policy) { p.Config ^= 4 }, "handle_unknown"},
		{"a type's attributes", func(p *policydb.Policy) {
			p.TypeAttrMap = slices.Clone(p.TypeAttrMap)
			for i := range p.Types.Items {
				if v := p.Types.Items[i].Value; p.Types.Items[i].Name == "httpd_t" {
					p.TypeAttrMap[v-1] = p.TypeAttrMap[v-1].Without(firstOther(p.TypeAttrMap[v-1], v-1))
				}
			}
		}, "type httpd_t"},
		{"a constraint's permissions", func(p *policydb.Policy) {
			p.Classes.Items = slices.Clone(p.Classes.Items)
			for i := range p.Classes.Items {
				c := &p.Classes.Items[i]
				if len(c.Constraints) > 0 {
					c.Constraints = slices.Clone(c.Constraints)
					c.Constraints[0].Perms ^= 1
					return
				}
			}
		}, "class "},
		{"a user's range", func(p *policydb.Policy) {
			p.Users.Items = slices.Clone(p.Users.Items)
			p.Users.Items[0].Range.Low.Cats = p.Users.Items[0].Range.Low.Cats.With(5)
		}, "user "},
		{"a role's types", func(p *policydb.Policy) {
			p.Roles.Items = slices.Clone(p.Roles.Items)
			for i := range p.Roles.Items {
				if r := &p.Roles.Items[i]; r.Name == "system_r" {
					r.Types = r.Types.Without(firstOther(r.Types, 1<<30))
				}
			}
		}, "role system_r"},
		{"a file system's label", func(p *policydb.Policy) {
			p.GenFS = slices.Clone(p.GenFS)
			p.GenFS[0].Entries = slices.Clone(p.GenFS[0].Entries)
			p.GenFS[0].Entries[0].Context.Type++
		}, "genfscon "},
		{"an initial SID", func(p *policydb.Policy) {
			p.OContexts.InitialSIDs = slices.Clone(p.OContexts.InitialSIDs)
			p.OContexts.InitialSIDs[0].Context.Type++
		}, "initial SID "},
		{"a role allow", func(p *policydb.Policy) { p.RoleAllows = p.RoleAllows[1:] }, "a role allow rule"},
		{"a role transition", func(p *policydb.Policy) {
			p.RoleTransitions = p.RoleTransitions[1:]
		}, "a role_transition for "},
		{"a range transition", func(p *policydb.Policy) {
			if len(p.RangeTrans) > 0 {
				p.RangeTrans = p.RangeTrans[1:]
			}
		}, "a range_transition for "},
		{"filename transitions", func(p *policydb.Policy) {
			p.FilenameTrans = policydb.NewFilenameTrans(p.Version, slices.Collect(p.FilenameTrans.All())[1:])
		}, "a type_transition for "},
	} {
		a, b := read(), read()
		c.edit(b)
		d, found := policydb.FirstDifference(a, b)
		if found != (c.want != "") || !strings.Contains(d.What, c.want) {
			t.Errorf("%s: %v %+v, want %q", c.name, found, d, c.want)
		}
		if c.name != "a rule more" {
			continue
		}
		if r, found := policydb.FirstDifference(b, a); !found || !d.Second || r.Second || r.What != d.What {
			t.Errorf("%s: %+v, the other way %+v", c.name, d, r)
		}
	}
}

// firstOther returns the lowest number of a set that differs from not.
func firstOther(set policydb.Bitmap, not uint32) uint32 {
	for n := range set.All() {
		if n != not {
			return n
		}
	}
	return 0
}
