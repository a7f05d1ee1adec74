package policydiff

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// A collector collects the statements of one part of a policy by their keys.
type collector struct {
	p    *policy.Policy
	t    Texts
	list map[string]*Statement
	// exact separates statements that SETools treats as equal.
	exact bool
	// identify says that the texts of contexts are no identities.
	identify bool
}

// add adds a value to a statement.
func (c *collector) add(s *Statement, text string, identity func() string) {
	s.Values = append(s.Values, text)
	if c.identify {
		s.identities = append(s.identities, identity())
	}
}

func collected(p *policy.Policy, part Part, t Texts, identify bool) map[string]*Statement {
	_, exact := t.(plainTexts)
	c := collector{p, t, make(map[string]*Statement), exact, identify}
	switch part {
	case Commons, Classes, Roles, Users, Categories, Sensitivities, Levels:
		c.symbols(part)
	case RoleAllows, RoleTransitions:
		c.roleRules(part)
	case RangeTransitions:
		c.rangeTransitions()
	case Constraints:
		c.constraints(query.Constrain)
	case MLSConstraints:
		c.constraints(query.MLSConstrain)
	case Validatetrans:
		c.constraints(query.Validatetrans)
	case MLSValidatetrans:
		c.constraints(query.MLSValidatetrans)
	case Defaults:
		c.defaults()
	case TypeBounds:
		for b := range query.Bounds(p, query.BoundQuery{}) {
			parent, child := p.TypeName(b.Parent), p.TypeName(b.Child)
			c.list[child] = &Statement{Text: "typebounds " + parent + " " + child + ";", Values: []string{parent}}
		}
	default:
		c.labels(part)
	}
	return c.list
}

// set adds a symbol that is a set of names.
func (c *collector) set(name string, names []string) {
	slices.Sort(names)
	c.list[name] = &Statement{Text: name, Names: slices.Compact(names)}
}

func (c *collector) symbols(part Part) {
	p := c.p
	switch part {
	case Commons:
		for x := range query.Commons(p, query.CommonQuery{}) {
			var names []string
			for i := range x.Perms {
				names = append(names, x.Perms[i].Name)
			}
			c.set(x.Name, names)
		}
	case Classes:
		for id := range p.Classes() {
			names := slices.DeleteFunc(slices.Clone(p.Perms(id)), func(n string) bool { return n == "" })
			c.set(p.ClassName(id), names)
		}
	case Roles:
		for id := range p.Roles() {
			c.set(p.RoleName(id), p.TypeNames(p.RoleTypes(id)))
		}
	case Users:
		c.users()
	case Categories:
		for id := range p.Categories() {
			c.set(p.CategoryName(id), slices.Collect(p.CategoryAliases(id)))
		}
	case Sensitivities:
		for id := range p.Sensitivities() {
			c.set(p.SensitivityName(id), slices.Collect(p.SensitivityAliases(id)))
		}
	case Levels:
		for id := range p.Sensitivities() {
			level := policydb.Level{Sens: uint32(id), Cats: p.SensitivityInfo(id).Level.Cats}
			s := &Statement{Text: c.t.Level(p, &level)}
			for bit := range level.Cats.All() {
				s.Names = append(s.Names, p.CategoryName(policy.CatID(bit+1)))
			}
			slices.Sort(s.Names)
			c.list[p.SensitivityName(id)] = s
		}
	}
}

func (c *collector) users() {
	p := c.p
	for id := range p.Users() {
		s := &Statement{Text: p.UserName(id)}
		for r := range p.UserRoles(id).All() {
			if name := p.RoleName(r); name != "object_r" { // every user has it
				s.Names = append(s.Names, name)
			}
		}
		slices.Sort(s.Names)
		if info := p.UserInfo(id); p.MLS() && info != nil {
			c.add(s, c.t.Level(p, &info.DefaultLevel), func() string { return levelIdentity(p, &info.DefaultLevel) })
			c.add(s, c.t.Range(p, &info.Range), func() string { return rangeIdentity(p, &info.Range) })
		} else {
			s.Values = []string{"", ""}
		}
		c.list[s.Text] = s
	}
}

func (c *collector) roleRules(part Part) {
	p := c.p
	kinds := query.RoleAllow
	if part == RoleTransitions {
		kinds = query.RoleTransition
	}
	found, _ := query.RBACRules(p, query.RBACRuleQuery{Kinds: kinds}) // the error would be about names in the query
	for r := range found {
		if r.Kind == query.RoleAllow {
			text := "allow " + p.RoleName(r.Source) + " " + p.RoleName(r.TargetRole) + ";"
			c.list[text] = &Statement{Text: text}
			continue
		}
		for target := range p.Members(r.TargetType).All() {
			key := "role_transition " + p.RoleName(r.Source) + " " + p.TypeName(target) + ":" + p.ClassName(r.Class)
			role := p.RoleName(r.Default)
			c.list[key] = &Statement{Text: key + " " + role + ";", Values: []string{role}}
		}
	}
}

func (c *collector) rangeTransitions() {
	p := c.p
	found, _ := query.MLSRules(p, query.MLSRuleQuery{})
	for r := range found {
		var values Statement
		c.add(&values, c.t.Range(p, &r.Range), func() string { return rangeIdentity(p, &r.Range) })
		for source := range p.Members(r.Source).All() {
			for target := range p.Members(r.Target).All() {
				key := "range_transition " + p.TypeName(source) + " " + p.TypeName(target) + ":" + p.ClassName(r.Class)
				s := values
				s.Text = key + " " + values.Values[0] + ";"
				c.list[key] = &s
			}
		}
	}
}

func (c *collector) constraints(kind query.ConstraintKind) {
	for x := range query.Constraints(c.p, query.ConstraintQuery{Kinds: kind}) {
		text := c.t.Constraint(c.p, &x)
		c.list[text] = &Statement{Text: text}
		if c.exact {
			c.list[text].Names = constrained(c.p, x.Expr)
		}
	}
}

func (c *collector) defaults() {
	for x := range query.Defaults(c.p, query.DefaultQuery{}) {
		key := x.Kind.String() + " " + c.p.ClassName(x.Class)
		text := key + " " + x.From
		if x.Levels != "" {
			text += " " + x.Levels
		}
		c.list[key] = &Statement{Text: text + ";", Values: []string{x.From, x.Levels}}
	}
}

// labels collects the statements that end in a context. Of several with one key, the first one
// counts, as in the kernel.
func (c *collector) labels(part Part) {
	p := c.p
	put := func(key, end string, contexts ...*policydb.Context) {
		if c.list[key] != nil {
			return
		}
		s := &Statement{Text: key}
		for _, x := range contexts {
			text := c.t.Context(p, x)
			c.add(s, text, func() string { return contextIdentity(p, x) })
			s.Text += " " + text
		}
		s.Text += end
		c.list[key] = s
	}
	switch part {
	case InitialSIDs:
		for s := range query.InitialSIDs(p, query.InitialSIDQuery{}) {
			put("sid "+c.t.InitialSID(p, s.SID), "", &s.Context)
		}
	case IBEndports:
		for x := range query.IBEndPorts(p, query.IBEndPortQuery{}) {
			put(fmt.Sprintf("ibendportcon %s %d", x.Device, x.Port), "", &x.Context)
		}
	case IBPKeys:
		for x := range query.IBPKeys(p, query.IBPKeyQuery{}) {
			keys := fmt.Sprintf("%#x", x.Low)
			if x.Low != x.High {
				keys += fmt.Sprintf("-%#x", x.High)
			}
			put("ibpkeycon "+c.t.Addr(query.SubnetAddr(x))+" "+keys, "", &x.Context)
		}
	case FSUses:
		for x := range query.FSUses(p, query.FSUseQuery{}) {
			put(query.FSUseName(x.Behavior)+" "+x.Name, ";", &x.Context)
		}
	case Genfscons:
		for x := range query.GenFSCons(p, query.GenFSQuery{}) {
			put("genfscon "+x.FS+" "+x.Path+" "+x.FileType.String(), "", &x.Context)
		}
	case Netifs:
		for _, x := range query.Netifs(p, query.NetifQuery{}) {
			put("netifcon "+x.Name, "", &x.If, &x.Packet)
		}
	case Portcons:
		for _, x := range query.Ports(p, query.PortQuery{}) {
			span := fmt.Sprint(x.Low)
			if x.Low != x.High {
				span += fmt.Sprintf("-%d", x.High)
			}
			put("portcon "+policy.ProtocolName(x.Protocol)+" "+span, "", &x.Context)
		}
	case Nodes:
		for x := range query.Nodes(p, query.NodeQuery{}) {
			prefix, _ := x.Prefix()
			addr, mask := prefix.Addr(), netmask(prefix)
			if c.exact { // a mask may have holes, and an address bits outside of it
				addr, mask = x.Addr, x.Mask
			}
			put("nodecon "+c.t.Addr(addr)+" "+c.t.Addr(mask), "", &x.Context)
		}
	}
}

// netmask returns the mask of a prefix as an address.
func netmask(p netip.Prefix) netip.Addr {
	ones := slices.Repeat([]byte{0xff}, p.Addr().BitLen()/8)
	all, _ := netip.AddrFromSlice(ones)
	return netip.PrefixFrom(all, p.Bits()).Masked().Addr()
}
