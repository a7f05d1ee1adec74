package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/near"
	"github.com/senet-selinux/senet/policydb"
)

// verify checks what needs values and sets. It mirrors the first pass of
// cil_post_verify.
func (p *post) verify() {
	var mls, unknown, userDefault stmtID
	ranges := p.rangeStmts()
	for _, s := range p.few {
		id := p.datumOf(s)
		switch kw := symID(p.stmts[s].kind); kw {
		case wUser:
			if levels := p.compiler.resolved.users[p.data[id].ext].levels; !p.ranges[levels].named {
				p.verifyRange(ranges[id], levels)
			}
		case wRole, wType:
			p.boundsEnd(s, id)
		case wSELinuxUserDefault:
			p.once(s, &userDefault)
		case wHandleUnknown:
			p.once(s, &unknown)
		case wMLS:
			p.once(s, &mls)
		case wLevelRange:
			p.verifyRange(s, p.data[id].ext)
		case wClass:
			p.verifyClass(s, id)
		case wNetifCon:
			u, a := p.args(s)
			if name := u.file.Text(a); p.opts.since(9) && (name == "*" || name == "?") {
				p.failStmt(s, "%s alone matches every interface; libsepol refuses it", name)
			}
		case wPolicyCap:
			p.verifyPolicyCap(s, p.names[p.data[id].name])
		}
	}
	if !slices.ContainsFunc(p.rules, func(r avRule) bool { return p.scopes[p.stmts[r.stmt].scope].boolif == 0 }) {
		p.failPolicy("the policy has no allow, auditallow, dontaudit or neverallow rule")
	}
	p.settings(mls, unknown)
}

// rangeStmts returns the statements that give users their ranges: the last one counts.
func (p *post) rangeStmts() map[datumID]stmtID {
	found := make(map[datumID]stmtID)
	for _, s := range p.few {
		if symID(p.stmts[s].kind) != wUserRange {
			continue
		}
		u, a := p.args(s)
		if at, got := p.name(s, tUsers, u, a); got == foundIt {
			found[at] = s
		}
	}
	return found
}

// once refuses a second statement of a kind.
func (p *post) once(s stmtID, first *stmtID) {
	if *first != 0 {
		d := p.failStmt(s, "the policy has another %s statement", words[p.stmts[s].kind])
		d.Notes = append(d.Notes, p.noteAt(*first, "the other one"))
		return
	}
	*first = s
}

// settings takes over what the policy says of itself where the options do not
// say otherwise.
func (p *post) settings(mls, unknown stmtID) {
	value := func(s stmtID) symID {
		if s == 0 {
			return wNone
		}
		return p.unitOf(s).word(p.stmts[s].node + 2)
	}
	p.mls = value(mls) == wTrue
	if p.opts.MLS != nil {
		p.mls = *p.opts.MLS
	}
	switch value(unknown) {
	case wAllow:
		p.unknown = policydb.UnknownAllow
	case wReject:
		p.unknown = policydb.UnknownReject
	}
	if p.opts.HandleUnknown != nil {
		p.unknown = *p.opts.HandleUnknown
	}
}

// verifyClass refuses a permission that both a class and its common have.
func (p *post) verifyClass(s stmtID, id datumID) {
	info := &p.classes[p.data[id].ext]
	if info.common == 0 {
		return
	}
	for _, name := range p.classes[p.data[info.common].ext].names {
		if slices.Contains(info.names, name) {
			p.failStmt(s, "class %s and its common both have permission %s", p.names[p.data[id].name], p.names[name])
		}
	}
}

// policyCaps holds the policy capabilities by their numbers, each with the
// release of libsepol that knows it first.
var policyCaps = []struct {
	name  string
	since Release
}{
	{"network_peer_controls", 4}, {"open_perms", 4}, {"extended_socket_class", 4}, {"always_check_network", 4},
	{"cgroup_seclabel", 4}, {"nnp_nosuid_transition", 4}, {"genfs_seclabel_symlinks", 4}, {"ioctl_skip_cloexec", 4},
	{"userspace_initial_context", 6}, {"netlink_xperm", 8}, {"netif_wildcard", 9}, {"genfs_seclabel_wildcard", 9},
	{"functionfs_seclabel", 10}, {"memfd_class", 10}, {"bpf_token_perms", 10},
}

// policyCap returns the number of a policy capability, -1 if there is none of
// that name.
func (o *Options) policyCap(name string) int {
	for n, c := range policyCaps {
		if o.since(c.since) && strings.EqualFold(c.name, name) {
			return n
		}
	}
	return -1
}

func (p *post) verifyPolicyCap(s stmtID, name string) {
	if p.opts.policyCap(name) >= 0 {
		return
	}
	_, a := p.args(s)
	d := p.fail(s, a, "no policy capability is called %s", name)
	var similar []string
	for _, c := range policyCaps {
		switch {
		case strings.EqualFold(c.name, name):
			d.Msg = fmt.Sprintf("libsepol %s knows no policy capability %s; %s does", p.opts.Libsepol, name, c.since)
			return
		case near.Distance(name, c.name, 4) <= 4:
			similar = append(similar, c.name)
		}
	}
	d.Notes = append(maybe(similar), d.Notes...)
}

// verifyRange mirrors __cil_verify_levelrange.
func (p *post) verifyRange(s stmtID, n uint32) bool {
	r := &p.ranges[n]
	low, high := &p.levels[r.low], &p.levels[r.high]
	order := p.order[orderSens]
	at := slices.Index(order, low.sens)
	if at < 0 || slices.Index(order[at:], high.sens) < 0 {
		p.failStmt(s, "level %s does not dominate %s", p.names[p.data[high.sens].name], p.names[p.data[low.sens].name])
		return false
	}
	if low.cats != 0 {
		upper := newBitset(uint32(len(p.order[orderCat])))
		if high.cats != 0 {
			p.addCats(upper, high.cats)
		}
		for _, cat := range p.cats[low.cats].list {
			if !upper.has(p.data[cat].value) {
				p.failStmt(s, "category %s is in the low level of the range and not in the high level",
					p.names[p.data[cat].name])
				return false
			}
		}
		if high.cats == 0 {
			p.failStmt(s, "the low level of the range has categories, the high level none")
			return false
		}
	}
	return p.verifyLevel(s, low) && p.verifyLevel(s, high)
}

// verifyLevel mirrors __cil_verify_cats_associated_with_sens.
func (p *post) verifyLevel(s stmtID, l *levelVal) bool {
	if l.cats == 0 {
		return true
	}
	var allowed []uint32
	if d := &p.data[l.sens]; d.kind == isSens {
		allowed = p.senses[d.ext].cats
	}
	if len(allowed) == 0 {
		p.failStmt(s, "sensitivity %s is used with categories, and no sensitivitycategory gives it any",
			p.names[p.data[l.sens].name])
		return false
	}
	set := p.catsOfSens[l.sens]
	if set == nil {
		set = newBitset(uint32(len(p.order[orderCat])))
		for _, n := range allowed {
			p.addCats(set, n)
		}
		if p.catsOfSens == nil {
			p.catsOfSens = make(map[datumID]bitset)
		}
		p.catsOfSens[l.sens] = set
	}
	for _, cat := range p.cats[l.cats].list {
		if !set.has(p.data[cat].value) {
			p.failStmt(s, "sensitivity %s cannot have category %s", p.names[p.data[l.sens].name],
				p.names[p.data[cat].name])
			return false
		}
	}
	return true
}

// addCats adds a list of categories to a set of them by their values.
func (p *post) addCats(set bitset, n uint32) {
	for _, cat := range p.cats[n].list {
		set.set(p.data[cat].value)
	}
}

// verifyContexts checks all contexts. It mirrors the second pass of
// cil_post_verify: initial SIDs are not looked at.
func (p *post) verifyContexts() {
	for _, s := range p.few {
		if symID(p.stmts[s].kind) == wContext {
			p.verifyContext(s, p.data[p.datumOf(s)].ext)
		}
	}
	for i := range p.labels {
		l := &p.labels[i]
		for _, ctx := range [2]uint32{l.ctx, l.ctx2} {
			if ctx != 0 && !p.contexts[ctx].named {
				p.verifyContext(l.stmt, ctx)
			}
		}
	}
}

// verifyContext mirrors __cil_verify_context.
func (p *post) verifyContext(s stmtID, n uint32) {
	ctx := &p.contexts[n]
	user := &p.compiler.resolved.users[p.data[ctx.user].ext]
	role := &p.compiler.resolved.roles[p.data[ctx.role].ext]
	name := func(id datumID) string { return p.names[p.data[id].name] }
	switch {
	case !user.hasRoles || !user.roles.has(p.data[ctx.role].value):
		p.failStmt(s, "user %s cannot have role %s", name(ctx.user), name(ctx.role)).
			want("(userrole " + name(ctx.user) + " " + name(ctx.role) + ")")
		return
	case !role.hasTypes || !role.types.has(p.data[ctx.typ].value):
		p.failStmt(s, "role %s cannot have type %s", name(ctx.role), name(ctx.typ)).
			want("(roletype " + name(ctx.role) + " " + name(ctx.typ) + ")")
		return
	case !p.ranges[ctx.levels].named && !p.verifyRange(s, ctx.levels):
		return
	}
	own, of := &p.ranges[ctx.levels], &p.ranges[user.levels]
	in := false
	for _, sens := range p.order[orderSens] {
		if !in {
			switch sens {
			case p.levels[of.low].sens:
				in = true
			case p.levels[own.low].sens:
				p.failStmt(s, "the range of the context is below that of user %s", name(ctx.user))
				return
			}
		}
		if in {
			if sens == p.levels[own.high].sens {
				break
			}
			if sens == p.levels[of.high].sens {
				p.failStmt(s, "the range of the context is above that of user %s", name(ctx.user))
				return
			}
		}
	}
}
