package compile

import "net/netip"

// An exprRef is an expression: a piece of resolved.exprs.
type exprRef struct{ start, end uint32 }

// An expression is a list of tokens: a list stands as tokenList with the index
// of the token after it, followed by what it holds; an operator comes first in
// its list.
const (
	tokenDatum   uint32 = iota << 28 // a datum
	tokenList                        // a list
	tokenOp                          // an operator, by its word
	tokenOperand                     // u1 to h2, by their words
	tokenKind    uint32 = 0xf << 28
	tokenValue   uint32 = 1<<28 - 1
)

// A classPerm is a class with permissions, or the name of a set of such.
type classPerm struct {
	class datumID // a class or class map, or 0
	set   datumID // a class permission set, or 0
	mask  uint32  // of a class: the access vector
	maps  uint32  // of a class map: index of the list of permissions
}

// The targets of rules that are no types.
const (
	toSelf    datumID = 0         // the source itself
	toNotSelf datumID = 1<<32 - 1 // all other types
	toOther   datumID = 1<<32 - 2 // the other types of the source
)

// named reports whether the target of a rule is a type or attribute.
func named(tgt datumID) bool { return tgt != toSelf && tgt < toOther }

// An avRule is an allow, auditallow, dontaudit, neverallow or deny.
type avRule struct {
	stmt     stmtID
	src, tgt datumID
	cp       classPerm
	kind     symID
}

// A permX is a set of extended permissions: the class and where its expression
// is written.
type permX struct {
	class datumID
	unit  uint16
	node  uint32
	kind  symID // ioctl or nlmsg
	perms *xpermSet
}

// An avxRule is an allowx, auditallowx, dontauditx or neverallowx.
type avxRule struct {
	stmt     stmtID
	src, tgt datumID
	permx    uint32
	kind     symID
}

// A typeRule is a typetransition, typechange or typemember, or a typetransition
// with a name.
type typeRule struct {
	stmt             stmtID
	src, tgt, class  datumID
	result, fileName datumID
	kind             symID
}

type rangeRule struct {
	stmt            stmtID
	src, tgt, class datumID
	levels          uint32
}

type roleRule struct {
	stmt                    stmtID
	src, tgt, class, result datumID
}

type constraintRule struct {
	stmt stmtID
	cp   classPerm // of constrain
	expr exprRef
	kind symID
	// class is that of a validatetrans.
	class datumID
}

// A pair is two names that a statement joins.
type pair struct {
	stmt stmtID
	a, b datumID
}

// A catList is a set of categories: an expression, and what it comes to.
type catList struct {
	expr exprRef
	list []datumID
	done bool
}

type levelVal struct {
	sens datumID
	cats uint32 // index of the categories, 0 for none
}

type rangeVal struct {
	low, high uint32
	named     bool
}

type contextVal struct {
	user, role, typ datumID
	levels          uint32
	named           bool
	unit            uint16
	node            uint32
	stmt            stmtID
}

// An attrInfo holds the additional fields of an attribute of types, roles or users.
type attrInfo struct {
	exprs []exprRef
	set   bitset
	done  bool
}

// A userInfo holds the additional fields of a user.
type userInfo struct {
	level, levels uint32
	roles         bitset
	hasRoles      bool
}

// A roleInfo holds the additional fields of a role.
type roleInfo struct {
	types    bitset
	hasTypes bool
}

// A sensInfo holds the additional fields of a sensitivity: the categories that it may be combined
// with.
type sensInfo struct {
	cats []uint32
}

// A label is a filecon, portcon, nodecon or one of their like.
type label struct {
	stmt    stmtID
	kind    symID // of the statement
	a       uint32
	lo, hi  uint64
	text    string
	path    string
	addr    netip.Addr
	mask    netip.Addr
	ctx     uint32 // 0: none
	ctx2    uint32
	sortKey [3]int
}

type defaultRule struct {
	stmt    stmtID
	kind    symID
	classes []datumID
	value   uint32
}

type boolIf struct {
	stmt stmtID
	expr exprRef
}

type seUser struct {
	stmt   stmtID
	name   string
	user   datumID
	levels uint32
	dflt   bool
}

// resolved has the results of looking up the names of the statements. It is filled anew in each
// round of resolving.
type resolved struct {
	exprs    []uint32
	mapLists [][]uint32

	rules      []avRule
	sets       []attributeSet
	xrules     []avxRule
	typeRules  []typeRule
	rangeRules []rangeRule
	roleRules  []roleRule
	roleAllows []pair
	roleTypes  []pair
	userRoles  []pair
	permissive []pair
	neverAudit []pair
	denies     []avRule
	cons       []constraintRule
	labels     []label
	defaults   []defaultRule
	boolIfs    []boolIf
	seUsers    []seUser
	prefixes   []seUser

	permxs   []permX
	cats     []catList
	levels   []levelVal
	ranges   []rangeVal
	contexts []contextVal

	attrs    []attrInfo
	permSets [][]classPerm
	setSeen  []bool
	users    []userInfo
	roles    []roleInfo
	senses   []sensInfo
	sidCtx   map[datumID]uint32

	// How many of each are declared or arguments, and stay from round to round.
	keptPermxs, keptCats, keptLevels, keptRanges, keptContexts int

	orders [4]orderLists
	order  [4][]datumID // of SIDs, classes, categories and sensitivities

	miss      symID // the name that was not found last
	missTable table
	missClass datumID // where that is a permission: its class
}

// The indexes of orders.
const (
	orderSID = iota
	orderClass
	orderCat
	orderSens
)

// An orderLists are the order statements of one kind.
type orderLists struct {
	lists     []orderList
	unordered []orderList
}

type orderList struct {
	stmt   stmtID
	items  []datumID
	merged bool
}

// reset prepares a round of resolving.
func (c *compiler) reset() {
	r := &c.resolved
	c.keep()
	r.xrules, r.typeRules = r.xrules[:0], r.typeRules[:0]
	r.rangeRules, r.roleRules, r.roleAllows = r.rangeRules[:0], r.roleRules[:0], r.roleAllows[:0]
	r.roleTypes, r.userRoles, r.permissive = r.roleTypes[:0], r.userRoles[:0], r.permissive[:0]
	r.neverAudit, r.denies = r.neverAudit[:0], r.denies[:0]
	r.cons, r.labels, r.defaults = r.cons[:0], r.labels[:0], r.defaults[:0]
	r.boolIfs, r.seUsers, r.prefixes = r.boolIfs[:0], r.seUsers[:0], r.prefixes[:0]

	r.permxs = r.permxs[:r.keptPermxs]
	r.cats, r.levels = r.cats[:r.keptCats], r.levels[:r.keptLevels]
	r.ranges, r.contexts = r.ranges[:r.keptRanges], r.contexts[:r.keptContexts]
	for i := range r.permxs {
		r.permxs[i].class = 0
	}
	for i := range r.cats {
		r.cats[i] = catList{}
	}
	for i := range r.levels {
		r.levels[i] = levelVal{}
	}
	for i := range r.ranges {
		r.ranges[i] = rangeVal{named: r.ranges[i].named}
	}
	for i := range r.contexts {
		r.contexts[i] = contextVal{named: r.contexts[i].named}
	}
	for i := range r.attrs {
		r.attrs[i] = attrInfo{}
	}
	for i := range r.permSets {
		r.permSets[i], r.setSeen[i] = nil, false
	}
	clear(r.users)
	clear(r.roles)
	clear(r.senses)
	clear(r.sidCtx)
	r.orders = [4]orderLists{}
	for i := range c.data {
		d := &c.data[i]
		d.used, d.actual, d.bounds, d.order = 0, 0, 0, false
	}
	for i := range c.classes {
		info := &c.classes[i]
		info.common, info.num, info.bits = 0, uint32(len(info.names)), info.bits[:0]
		clear(info.maps)
		clear(info.seen)
	}
}

// keep remembers how many of each kind of value are there before the first
// round. Index 0 of each is nothing.
func (c *compiler) keepValues() {
	r := &c.resolved
	r.keptPermxs, r.keptCats, r.keptLevels = len(r.permxs), len(r.cats), len(r.levels)
	r.keptRanges, r.keptContexts = len(r.ranges), len(r.contexts)
	r.sidCtx = make(map[datumID]uint32)
}

// newValue makes the value of a declared or anonymous datum.
func (c *compiler) newValue(id datumID) {
	r := &c.resolved
	d := &c.data[id]
	named := d.name != wNone
	switch d.kind {
	case isLevel:
		d.ext = uint32(len(r.levels))
		r.levels = append(r.levels, levelVal{})
	case isLevelRange:
		d.ext = uint32(len(r.ranges))
		r.ranges = append(r.ranges, rangeVal{named: named})
	case isContext:
		d.ext = uint32(len(r.contexts))
		r.contexts = append(r.contexts, contextVal{named: named})
	case isCatSet:
		d.ext = uint32(len(r.cats))
		r.cats = append(r.cats, catList{})
	case isPermissionX:
		d.ext = uint32(len(r.permxs))
		r.permxs = append(r.permxs, permX{})
	case isClassPermission:
		d.ext = uint32(len(r.permSets))
		r.permSets = append(r.permSets, nil)
		r.setSeen = append(r.setSeen, false)
	case isTypeAttribute, isRoleAttribute, isUserAttribute:
		d.ext = uint32(len(r.attrs))
		r.attrs = append(r.attrs, attrInfo{})
	case isUser:
		d.ext = uint32(len(r.users))
		r.users = append(r.users, userInfo{})
	case isRole:
		d.ext = uint32(len(r.roles))
		r.roles = append(r.roles, roleInfo{})
	case isSens:
		d.ext = uint32(len(r.senses))
		r.senses = append(r.senses, sensInfo{})
	}
}
