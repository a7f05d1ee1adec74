package compile

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// An emitter writes a resolved policy.
type emitter struct {
	*post
	pol policydb.Policy
	// val holds the value of each datum in the policy, 0 if it is not there.
	val []uint32
	// typeOf holds the type or kept attribute of each value, classOf the class.
	typeOf, classOf []datumID

	raw         []rawRule // the unconditional rules, in the order of insertion
	conditional []int     // the rules of access in booleanifs, by their indexes in rules
	table       []finalRule
	xrecords    []xRecord
	origins     originBuilder
	condTypes   map[policydb.AVKey]uint32
	uncond      map[policydb.AVKey]uint32
	ranks       []uint32
	xtable      xTable // of the unconditional rules
	condOrigins [][2][]stmtID
	condAlso    map[condOrigin][]stmtID
}

// A condOrigin is a conditional rule and the first statement that it comes from.
type condOrigin struct {
	stmt stmtID
	key  policydb.AVKey
}

// emit makes the policy. It mirrors cil_binary_create_allocated_pdb.
func (p *post) emit() (*policydb.Policy, *emitter, error) {
	e := &emitter{post: p, val: make([]uint32, len(p.data))}
	e.pol.Target = p.opts.Target
	e.pol.Version = p.version()
	e.pol.Config = policydb.HeaderConfig(p.mls, p.unknown)
	if err := e.steps(
		e.emitClasses, e.emitLevels, e.emitSymbols, e.emitTypeRules, e.emitRules, e.checkSize,
	); err != nil {
		return nil, nil, err
	}
	join := e.beside()
	err := e.steps(
		e.emitXRules, e.emitRoleRules, e.emitRangeRules, e.dropRanges, e.emitConstraints, e.emitDefaults, e.emitLabels,
		e.sortRules,
	)
	if err := join(err); err != nil {
		return nil, nil, err
	}
	e.checkVersion()
	e.expandOld()
	if p.opts.Optimize {
		e.optimize()
	}
	e.writeTable()
	if err := p.failed(); err != nil {
		return nil, nil, err
	}
	return policydb.Compiled(&e.pol, p.opts.symbolHash()), e, nil
}

// steps takes steps up to the first one in which something is wrong.
func (e *emitter) steps(list ...func()) error {
	for _, step := range list {
		step()
		if err := e.failed(); err != nil {
			return err
		}
	}
	return nil
}

// beside writes the conditionals and checks the neverallow rules on another processor.
// What it returns waits for that, and returns the first error in the order in which
// libsepol does all, given that of the steps in between.
func (e *emitter) beside() (join func(between error) error) {
	rules, shared, both := *e.compiler, *e.post, *e
	shared.compiler, both.post = &rules, &shared
	both.raw = nil // it grows meanwhile
	for i := range e.classes {
		if info := &e.classes[i]; info.maps != nil {
			e.hashOrder(info) // which remembers
		}
	}
	// Those of extended permissions need what emitXRules makes.
	extended := slices.ContainsFunc(e.xrules, func(r avxRule) bool { return r.kind == wNeverAllowX })
	alone := !e.opts.DisableNeverallow && !extended
	var conditionals error
	done := make(chan struct{})
	go func() {
		defer close(done)
		if conditionals = both.steps(both.emitConditionals); conditionals == nil && alone {
			both.checkNeverallows()
		}
	}()
	return func(between error) error {
		<-done
		switch {
		case conditionals != nil:
			return conditionals
		case between != nil:
			return between
		}
		e.pol.Conditionals, e.condOrigins, e.condAlso, e.diags = both.pol.Conditionals, both.condOrigins,
			both.condAlso, rules.diags
		if !e.opts.DisableNeverallow {
			if !alone {
				e.checkNeverallows()
			}
			e.checkBounds()
		}
		return e.failed()
	}
}

// version returns the version of the policy: what is asked for, or the first one
// that can say what the policy says.
func (p *post) version() uint32 {
	if p.opts.Version != 0 {
		return p.opts.Version
	}
	if p.opts.Target == policydb.TargetXen {
		return versionXPerms
	}
	if len(p.neverAudit) > 0 {
		return versionNeverAudit
	}
	for _, r := range p.xrules {
		if p.scopes[p.stmts[r.stmt].scope].boolif != 0 {
			return versionCondXPerms
		}
	}
	return DefaultVersion
}

const versionNeverAudit = 35

// checkVersion refuses versions that libsepol does not write. It comes after all that
// cil_binary_create_allocated_pdb refuses.
func (e *emitter) checkVersion() {
	const versionMLS = 19
	switch v := e.pol.Version; {
	case e.pol.Target == policydb.TargetXen && v != 24 && v != 30:
		e.failPolicy("no policy for Xen has version %d; want 24 or 30", v)
	case e.mls && v < versionMLS:
		e.failPolicy("version %d has no levels, and the policy has some", v)
	}
}

// fqn returns the full name of a datum.
func (e *emitter) fqn(id datumID) string { return e.data[id].fqn }

// emitClasses gives classes their values in their order, and commons theirs
// when a class first uses them.
func (e *emitter) emitClasses() {
	order := e.order[orderClass]
	e.classOf = append(make([]datumID, 1, len(order)+1), order...)
	perms := func(info *classInfo, shift uint32) []policydb.Perm {
		list := make([]policydb.Perm, len(info.names))
		for n, name := range info.names {
			list[n] = policydb.Perm{Name: e.names[name], Value: uint32(n) + shift + 1}
		}
		return list
	}
	for n, id := range order {
		info := &e.classes[e.data[id].ext]
		class := policydb.Class{Name: e.fqn(id), Value: uint32(n + 1), PermNPrim: info.num}
		shift := uint32(0)
		if info.common != 0 {
			common := &e.classes[e.data[info.common].ext]
			class.Common = e.fqn(info.common)
			shift = common.num
			if e.val[info.common] == 0 {
				e.pol.Commons.NPrim++
				e.val[info.common] = e.pol.Commons.NPrim
				e.pol.Commons.Items = append(e.pol.Commons.Items, policydb.Common{
					Name: class.Common, Value: e.pol.Commons.NPrim, PermNPrim: common.num, Perms: perms(common, 0),
				})
			}
		}
		class.Perms = perms(info, shift)
		e.val[id] = uint32(n + 1)
		e.pol.Classes.Items = append(e.pol.Classes.Items, class)
	}
	e.pol.Classes.NPrim = uint32(len(order))
}

// emitLevels writes sensitivities and categories, if the policy has levels.
func (e *emitter) emitLevels() {
	if !e.mls {
		return
	}
	for n, id := range e.order[orderCat] {
		e.val[id] = uint32(n + 1)
		e.pol.Categories.Items = append(e.pol.Categories.Items,
			policydb.Category{Name: e.fqn(id), Value: uint32(n + 1)})
	}
	e.pol.Categories.NPrim = uint32(len(e.order[orderCat]))
	for n, id := range e.order[orderSens] {
		e.val[id] = uint32(n + 1)
		e.pol.Sensitivities.Items = append(e.pol.Sensitivities.Items,
			policydb.Sensitivity{Name: e.fqn(id), Level: e.sensLevel(id)})
	}
	e.pol.Sensitivities.NPrim = uint32(len(e.order[orderSens]))
	for _, s := range e.few {
		id := e.datumOf(s)
		switch symID(e.stmts[s].kind) {
		case wCategoryAlias:
			e.pol.Categories.Items = append(e.pol.Categories.Items, policydb.Category{
				Name: e.fqn(id), Value: e.val[e.data[id].actual], IsAlias: 1,
			})
		case wSensitivityAlias:
			e.pol.Sensitivities.Items = append(e.pol.Sensitivities.Items, policydb.Sensitivity{
				Name: e.fqn(id), IsAlias: 1, Level: e.sensLevel(e.data[id].actual),
			})
		}
	}
}

func (e *emitter) sensLevel(id datumID) policydb.Level {
	set := newBitset(uint32(len(e.order[orderCat])))
	for _, n := range e.senses[e.data[id].ext].cats {
		for _, cat := range e.cats[n].list {
			set.set(e.data[cat].value)
		}
	}
	return policydb.Level{Sens: e.val[id], Cats: policydb.BitmapOfWords(set)}
}

func (e *emitter) level(n uint32) policydb.Level {
	if !e.mls {
		return policydb.Level{}
	}
	l := &e.levels[n]
	out := policydb.Level{Sens: e.val[l.sens]}
	if l.cats != 0 {
		set := newBitset(uint32(len(e.order[orderCat])))
		for _, cat := range e.cats[l.cats].list {
			set.set(e.data[cat].value)
		}
		out.Cats = policydb.BitmapOfWords(set)
	}
	return out
}

func (e *emitter) levelRange(n uint32) policydb.Range {
	if !e.mls {
		return policydb.SingleLevel(policydb.Level{})
	}
	low, high := e.level(e.ranges[n].low), e.level(e.ranges[n].high)
	return policydb.Range{Low: low, High: high, Single: low == high}
}

func (e *emitter) context(n uint32) policydb.Context {
	ctx := &e.contexts[n]
	return policydb.Context{
		User: e.val[ctx.user], Role: e.val[ctx.role], Type: e.val[ctx.typ], Range: e.levelRange(ctx.levels),
	}
}
