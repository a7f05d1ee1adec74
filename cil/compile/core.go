package compile

import "github.com/senet-selinux/senet/cil"

type (
	stmtID  uint32
	scopeID uint32
	datumID uint32
	tabID   uint32
)

// A table is one of the symbol tables of a namespace. Blocks, macros and
// optionals share one, as do types, aliases and attributes.
type table uint8

const (
	tBlocks table = iota
	tUsers
	tRoles
	tTypes
	tCommons
	tClasses
	tClassPerms
	tBools
	tTunables
	tSens
	tCats
	tSIDs
	tContexts
	tLevels
	tLevelRanges
	tPolicyCaps
	tIPAddrs
	tNames
	tPermX
	numTables
)

// what names the thing that a declaration declares.
type what uint8

const (
	isNothing what = iota
	isBlock
	isMacro
	isOptional
	isBool
	isTunable
	isPerm
	isMapPerm
	isCommon
	isClass
	isClassMap
	isClassPermission
	isUser
	isUserAttribute
	isRole
	isRoleAttribute
	isType
	isTypeAttribute
	isTypeAlias
	isSens
	isSensAlias
	isCat
	isCatAlias
	isCatSet
	isLevel
	isLevelRange
	isSID
	isName
	isContext
	isIPAddr
	isPolicyCap
	isPermissionX
	numWhats
)

var whatNames = [numWhats]string{
	isBlock: "block", isMacro: "macro", isOptional: "optional", isBool: "boolean", isTunable: "tunable",
	isPerm: "permission", isMapPerm: "permission", isCommon: "common", isClass: "class", isClassMap: "class map",
	isClassPermission: "class permission set", isUser: "user", isUserAttribute: "user attribute", isRole: "role",
	isRoleAttribute: "role attribute", isType: "type", isTypeAttribute: "type attribute",
	isTypeAlias: "type alias", isSens: "sensitivity", isSensAlias: "sensitivity alias", isCat: "category",
	isCatAlias: "category alias", isCatSet: "category set", isLevel: "level", isLevelRange: "level range",
	isSID: "initial SID", isName: "name", isContext: "context", isIPAddr: "address",
	isPolicyCap: "policy capability", isPermissionX: "extended permission set",
}

// A unit is one source in a compilation: its arena, and the numbers in this
// compilation of the symbols of its table, nil if they are those of the table.
type unit struct {
	file *cil.File
	sym  []symID
	// Where the source has changed since, and the statements that are read from it have
	// not: the source as it is now, and how its nodes have moved.
	now   *cil.File
	moves []move
}

// A move says that the nodes of a source from one on have moved.
type move struct{ from, by uint32 }

// placed returns the source that node i is in now, and its number there.
func (u *unit) placed(i uint32) (*cil.File, uint32) {
	if u.now == nil {
		return u.file, i
	}
	for _, m := range u.moves {
		if i >= m.from {
			i += m.by
		}
	}
	return u.now, i
}

// word returns the number of the text of node i, 0 for a list.
func (u *unit) word(i uint32) symID {
	if u.file.IsList(i) {
		return wNone
	}
	n := u.file.Sym(i)
	if u.sym == nil {
		return symID(n)
	}
	return u.sym[n]
}

// A stmt is a statement in a scope. A macro's statement is one for the macro
// and one for each call.
type stmt struct {
	node uint32
	unit uint16
	kind uint8 // the keyword
	// copied says that the statement was copied to where it is.
	copied bool
	scope  scopeID
	next   stmtID // in the scope
	// x is the scope of a statement that holds others, and otherwise the datum
	// of a declaration.
	x uint32
}

// A scope is a statement that holds others: the root, a container, a call or a
// blockinherit with what it copied.
type scope struct {
	kind       symID // the keyword; wNone for the root
	stmt       stmtID
	parent     scopeID
	head, tail stmtID
	tab        tabID   // where declarations in the scope go
	datum      datumID // of a block, macro or optional
	// The nearest scope of each kind that holds this one, itself included.
	block, macro, optional, boolif, tunif scopeID
	// The nearest that a search for a name looks into, itself included.
	names  scopeID
	target datumID // the block that is inherited, the macro that is called
	args   []argument
	after  bool // of in: after inheritance
	dead   bool // what it held has been taken away
	doomed bool // of an optional: it goes away after this pass
}

// An argument is the value of a call for one parameter of its macro.
type argument struct {
	param symID
	table table
	text  symID   // what was written; 0 if it was written in place
	datum datumID // what it stands for
}

// A parameter is one of a macro's.
type parameter struct {
	kind what
	name symID
}

// A datum is something declared.
type datum struct {
	kind  what
	name  symID
	table table
	used  uint8  // of a type attribute: see the use constants
	wide  bool   // of a type attribute: rules of access are written for its types
	tab   tabID  // the table that holds it; 0 when it was taken out
	inner tabID  // of a block or macro: its own table
	first stmtID // the first statement that declares it
	more  []stmtID
	fqn   string

	actual datumID // of an alias: what it stands for
	bounds datumID // of a user, role or type: its parent
	value  uint32  // its number among those of its kind, from 0
	ext    uint32  // index of what else its kind has
	keep   bool    // of a type attribute: it is in the policy
	order  bool    // it is in the order of its kind
	state  bool    // of a boolean or tunable

	abstract bool // of a block
}

// The ways in which a type attribute is used (CIL_ATTR_*).
const (
	usedInRule = 1 << iota
	usedInNeverallow
	usedInConstraint
	expandTrue
	expandFalse
)

// A blockInfo holds the additional fields of a block's datum.
type blockInfo struct {
	inherits []stmtID // the blockinherit statements that name it
}

// A classInfo holds the additional fields of a class, class map or common.
type classInfo struct {
	common datumID
	names  []symID // its own permissions, in order
	bits   []uint8 // by permNum: the bit + 1 of a permission, with its common's; filled when asked for
	num    uint32  // how many with its common's
	copied bool    // declared by a copy, as a tunableif makes it: see copiedperms.go
	maps   [][]classPerm
	seen   []bool   // of a class map: a classmapping names the permission
	hashed []uint32 // of a class map: see hashOrder
}

// An anon is the content of a datum that was written in place of a name.
type anon struct {
	datum datumID
	unit  uint16
	node  uint32
}

// A compiler holds one compilation.
type compiler struct {
	opts  Options
	units []unit
	forms []*form // by unit
	// What mending needs: the modules, the one that mends while it goes on, and how many
	// blocks are inherited.
	parts     []part
	memo      *memo
	mending   *mender
	inherited int
	counts    keywords   // of all statements that are declared
	permNum   []uint16   // by symID: the number of a name among those of permissions, 0 if it has none
	perms     int        // how many permNum has, and 1
	table     *cil.Table // of the names
	names     []string
	legal     []uint8 // by symID: 1 a legal name, 2 not

	stmts  []stmt
	scopes []scope
	data   []datum
	root   [numTables][]datumID // the root's tables, by symID
	shared [numTables]bool      // those that others have too
	tabs   []map[tabKey]datumID // all others
	owner  []scopeID            // by tabID: a scope with the table

	blocks  []blockInfo
	macros  [][]parameter
	classes []classInfo
	anons   []anon

	exploded bool // calls make too much, which has been reported
	inAfter  bool // the pass of in statements "after"
	calling  bool // the pass of calls: what they copy is checked when the walk comes to it

	// The statements to resolve, by pass, in the order of the tree.
	todo [numPass][]stmtID
	// All live statements in the order of the tree.
	live []stmtID
	// The declarations that must be in the order of their kind, in macros and
	// abstract blocks too.
	mustOrder []stmtID
	gone      []goneOptional

	resolved
	last  kept
	diags diagnostics
}

type tabKey struct {
	table table
	name  symID
}

const rootTab tabID = 1
const rootScope scopeID = 1
