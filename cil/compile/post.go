package compile

import "github.com/senet-selinux/senet/policydb"

// A post is a compilation whose names are resolved.
type post struct {
	*compiler
	few                 []stmtID  // the live statements without the most frequent kinds
	types, roles, users []datumID // by value
	typeEval            *evaluator
	roleEval            *evaluator
	userEval            *evaluator
	mls                 bool
	unknown             policydb.HandleUnknown
	sorted              map[symID][]label  // the labels of each kind, in their order
	conflicts           []stmtID           // labels that are passed over
	fileText            []byte             // the file contexts, if they are known
	catsOfSens          map[datumID]bitset // what each sensitivity may be combined with, once it is asked for
}

// evaluate gives out values, evaluates sets and verifies what can only be
// verified then. It mirrors cil_post_process.
func (c *compiler) evaluate() (*post, error) {
	p := &post{compiler: c}
	p.chooseFew()
	sorted := p.sortBeside()
	c.qualify()
	for _, step := range []func(){
		p.usersBefore,
		p.classPermsAreSane,
		p.attributesAreSane,
		p.number,
		p.attributeSets,
		p.copiedClasses,
		p.xpermSets,
		p.rolesAndUsers,
		p.categories,
		sorted,
		p.deny,
		p.verify,
		p.verifyContexts,
	} {
		step()
		if err := c.failed(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// chooseFew lists the live statements of all but the most frequent kinds. Nearly all steps need only
// those.
func (p *post) chooseFew() {
	p.few = make([]stmtID, 0, len(p.live)/8)
	for _, s := range p.live {
		switch symID(p.stmts[s].kind) {
		case wAllow, wDontAudit, wAuditAllow, wNeverAllow, wTypeTransition, wTypeAttributeSet, wRoleType,
			wRoleAttributeSet, wFilecon, wGenFSCon, wOptional, wCall:
		default:
			p.few = append(p.few, s)
		}
	}
}

// usersBefore mirrors __cil_verify_user_pre_eval.
func (p *post) usersBefore() {
	for _, s := range p.few {
		if symID(p.stmts[s].kind) != wUser {
			continue
		}
		id := p.datumOf(s)
		info := &p.compiler.resolved.users[p.data[id].ext]
		name := p.names[p.data[id].name]
		switch {
		case info.level == 0:
			p.failStmt(s, "user %s has no userlevel", name).want("(userlevel " + name + " LEVEL)")
		case info.levels == 0:
			p.failStmt(s, "user %s has no userrange", name).want("(userrange " + name + " (LOW HIGH))")
		default:
			p.boundsEnd(s, id)
		}
	}
}

// boundsEnd refuses bounds that lead back to where they start.
func (p *post) boundsEnd(s stmtID, id datumID) {
	steps := 0
	for at := p.data[id].bounds; at != 0; at = p.data[at].bounds {
		if steps++; steps > len(p.data) {
			d := p.failStmt(s, "the bounds of %s %s go in a circle", whatNames[p.data[id].kind],
				p.names[p.data[id].name])
			p.boundedAt(d, id)
			return
		}
	}
}

// boundedAt notes the statement that bounds something.
func (p *post) boundedAt(d *Diagnostic, id datumID) {
	for _, s := range p.few {
		t := tTypes
		switch symID(p.stmts[s].kind) {
		case wTypeBounds:
		case wRoleBounds:
			t = tRoles
		case wUserBounds:
			t = tUsers
		default:
			continue
		}
		u, parent := p.args(s)
		if p.find(p.stmts[s].scope, t, u.word(u.file.Next(parent))) == id {
			d.Notes = append(d.Notes, p.noteAt(s, "its bounds are set here"))
			return
		}
	}
}

// number gives types, roles and users their values, from 0, in the order of the
// tree.
func (p *post) number() {
	for _, s := range p.few {
		kw := symID(p.stmts[s].kind)
		if kw != wType && kw != wRole && kw != wUser {
			continue
		}
		id := p.datumOf(s)
		if p.data[id].first != s {
			continue
		}
		list := &p.types
		switch kw {
		case wRole:
			list = &p.roles
		case wUser:
			list = &p.users
		}
		p.data[id].value = uint32(len(*list))
		*list = append(*list, id)
	}
	p.typeEval = &evaluator{compiler: p.compiler, size: uint32(len(p.types))}
	p.roleEval = &evaluator{compiler: p.compiler, size: uint32(len(p.roles))}
	p.userEval = &evaluator{compiler: p.compiler, size: uint32(len(p.users))}
}

// attributeSets evaluates all attributes and decides which stay.
func (p *post) attributeSets() {
	p.markNeverallow()
	for _, s := range p.few {
		id := datumID(0)
		switch symID(p.stmts[s].kind) {
		case wTypeAttribute:
			id = p.datumOf(s)
			p.typeEval.attribute(id)
			d := &p.data[id]
			d.keep = p.kept(id)
			d.wide = !d.keep || p.attrs[d.ext].set.count() < p.opts.expandSize()
		case wRoleAttribute:
			p.roleEval.attribute(p.datumOf(s))
		case wUserAttribute:
			p.userEval.attribute(p.datumOf(s))
		}
	}
}

// typeSet returns the types of an attribute, or a type itself. The caller does not change it.
func (p *post) typeSet(id datumID) bitset { return p.typeEval.member(id) }

// rolesAndUsers gives roles their types and users their roles.
func (p *post) rolesAndUsers() {
	for _, r := range p.roleTypes {
		for n := range p.roleEval.member(r.a).all() {
			info := &p.compiler.resolved.roles[p.data[p.roles[n]].ext]
			if !info.hasTypes {
				info.types, info.hasTypes = newBitset(uint32(len(p.types))), true
			}
			p.typeEval.add(info.types, r.b)
		}
	}
	for _, r := range p.userRoles {
		for n := range p.userEval.member(r.a).all() {
			info := &p.compiler.resolved.users[p.data[p.users[n]].ext]
			if !info.hasRoles {
				info.roles, info.hasRoles = newBitset(uint32(len(p.roles))), true
			}
			p.roleEval.add(info.roles, r.b)
		}
	}
}

// qualify gives each datum its full name: the names of its blocks and its own,
// with dots.
func (c *compiler) qualify() {
	prefixes := make([]string, len(c.tabs))
	for id := 1; id < len(c.data); id++ {
		d := &c.data[id]
		if d.tab == 0 {
			continue
		}
		d.fqn = c.names[d.name]
		if d.tab == rootTab {
			continue
		}
		prefix := c.prefix(d.tab, prefixes)
		if len(prefix)+len(d.fqn) >= maxNameLength {
			c.failStmt(d.first, "the full name of %s is longer than %d bytes", d.fqn, maxNameLength-1)
			continue
		}
		switch d.table {
		case tClassPerms, tContexts, tLevelRanges, tIPAddrs, tNames, tPermX, tPolicyCaps, tBlocks:
		default:
			d.fqn = prefix + d.fqn
		}
	}
}

// prefix returns the beginning of the names in a block's table.
func (c *compiler) prefix(tab tabID, known []string) string {
	if tab == rootTab || tab == 0 {
		return ""
	}
	if known[tab] != "" {
		return known[tab]
	}
	sc := &c.scopes[c.owner[tab]]
	if sc.kind != wBlock {
		return ""
	}
	d := &c.data[sc.datum]
	known[tab] = c.prefix(d.tab, known) + c.names[d.name] + "."
	return known[tab]
}
