package pp

// The versions of module policies.
const (
	versionMLS           = 5  // levels, validatetrans
	versionRanges        = 6  // range transitions in blocks, levels as written in the source
	versionCapabilities  = 7  // policy capabilities
	versionPermissive    = 8  // permissive types
	versionBounds        = 9  // bounds
	versionBoundsAlias   = 10 // the primary type of an alias, stored with its properties
	versionFilenames     = 11 // type transitions by the name of the new object
	versionRoleClasses   = 12 // classes of role transitions
	versionRoleAttribute = 13 // attributes of roles
	versionTunables      = 14 // tunables separate from booleans
	versionDefaults      = 15 // defaults for users, roles and ranges of new objects
	versionDefaultType   = 16 // and for their types
	versionXperms        = 18 // extended permissions
	versionInfiniband    = 19 // infiniband labels
	versionSelf          = 21 // self as the target of type transitions
	versionCondXperms    = 22 // extended permissions in conditionals
	versionNeveraudit    = 23 // types that are not audited
	// Version 24 allows attributes in attributes.

	// MinVersion and MaxVersion bound the versions that are read and written; SourceVersion is the
	// newest that checkmodule 3.4 writes.
	MinVersion    = 4
	SourceVersion = 21
	MaxVersion    = 24
)

// A Module is a module policy.
type Module struct {
	// Base says that it is a base module, which has no name and no version.
	Base bool
	// Version is the version of the format, MinVersion to MaxVersion.
	Version uint32
	// MLS says that the policy has levels.
	MLS bool
	// HandleUnknown is the treatment of unknown classes: 0 deny, 2 reject, 4 allow.
	HandleUnknown uint32

	Name, ModuleVersion string

	Capabilities Set
	Tables       Tables
	Blocks       []Block
	Scopes       [NumTables][]Scope
	Contexts     [NumContexts][]Context
	FileSystems  []FileSystem
	// OldRanges are the range transitions of a base module of version 5.
	OldRanges []OldRangeTransition
}

// A Scope lists the blocks in which a symbol is declared or required.
type Scope struct {
	Name string
	Kind uint32
	// Decls are the ids of the branches that declare or require the symbol.
	Decls []uint32
}

// The kinds of scopes.
const (
	ScopeRequired = 1
	ScopeDeclared = 2
)

// A Block is the global block, which comes first, or an optional.
type Block struct {
	// Decls are the branches: the block itself, and the branch after "else".
	Decls []Decl
}

// A Decl is the content of one branch of a block.
type Decl struct {
	ID, Enabled        uint32
	Conditionals       []Conditional
	Rules              []Rule
	RoleTransitions    []RoleTransition
	RoleAllows         []RoleAllow
	Filenames          []FilenameTransition
	Ranges             []RangeTransition
	Required, Declared ScopeIndex
	Tables             Tables
}

// A ScopeIndex holds the symbols that a block may use.
type ScopeIndex struct {
	Symbols [NumTables]Set
	// Perms are the permissions, by the value of the class minus 1.
	Perms []Set
}

// A Rule is an access vector rule, a type rule, or a rule of extended permissions.
type Rule struct {
	Kind, Flags      uint32
	Sources, Targets TypeSet
	Classes          []ClassData
	Xperms           *Xperms
	// File and Line are the place of the rule in a source; no file stores them.
	File string
	Line int
}

// The kinds of rules.
const (
	RuleAllow       = 0x0001
	RuleAuditAllow  = 0x0002
	RuleAuditDeny   = 0x0004
	RuleDontAudit   = 0x0008
	RuleTransition  = 0x0010
	RuleMember      = 0x0020
	RuleChange      = 0x0040
	RuleNeverallow  = 0x0080
	RuleAllowX      = 0x0100
	RuleAuditAllowX = 0x0200
	RuleDontAuditX  = 0x0400
	RuleNeverallowX = 0x0800

	ruleTypes  = RuleTransition | RuleMember | RuleChange
	ruleAV     = RuleAllow | RuleAuditAllow | RuleAuditDeny | RuleDontAudit | RuleNeverallow
	ruleXperms = RuleAllowX | RuleAuditAllowX | RuleDontAuditX | RuleNeverallowX
)

// RuleSelf is the flag of a rule with self among its targets, RuleNotSelf that of a neverallow rule
// for all targets except self.
const (
	RuleSelf    = 1
	RuleNotSelf = 2
)

// A ClassData is a class with the permissions of a rule, or with its new type.
type ClassData struct{ Class, Data uint32 }

// Xperms are extended permissions of one driver, or a set of whole drivers.
type Xperms struct {
	Kind, Driver uint8
	Perms        [8]uint32
}

// The kinds of extended permissions.
const (
	XpermsFunction = 1
	XpermsDriver   = 2
	XpermsNetlink  = 3 // messages of netlink
)

// Has reports whether bit, 0 to 255, is set.
func (x *Xperms) Has(bit int) bool { return x.Perms[bit>>5]>>(bit&31)&1 != 0 }

// Add sets a bit, 0 to 255.
func (x *Xperms) Add(bit int) { x.Perms[bit>>5] |= 1 << (bit & 31) }

// A Conditional holds rules that depend on booleans, or on tunables. Expr is in
// postfix order.
type Conditional struct {
	State       uint32
	Expr        []CondTerm
	True, False []Rule
	Flags       uint32
}

// A CondTerm is an operator, or the value of a boolean.
type CondTerm struct{ Kind, Bool uint32 }

// The kinds of terms of a condition.
const (
	CondBool = iota + 1
	CondNot
	CondOr
	CondAnd
	CondXor
	CondEq
	CondNeq
)

// The largest depth of a condition's stack.
const maxCondDepth = 10

// CondTunable is the flag of a conditional whose booleans are tunables.
const CondTunable = 1

// A RoleTransition gives a process another role.
type RoleTransition struct {
	Roles   RoleSet
	Types   TypeSet
	Classes Set
	New     uint32
}

// A RoleAllow lets a process change from some roles to others.
type RoleAllow struct{ From, To RoleSet }

// A FilenameTransition is a type transition for new objects with one name.
type FilenameTransition struct {
	Name             string
	Sources, Targets TypeSet
	Class, New       uint32
	Flags            uint32
}

// A RangeTransition gives a process another range.
type RangeTransition struct {
	Sources, Targets TypeSet
	Classes          Set
	Range            SemanticRange
}

// An OldRangeTransition is a range transition of a base module of version 5.
type OldRangeTransition struct {
	Source, Target uint32
	Range          Range
}

// The tables of labels of a base module, in the order of the format.
const (
	ContextsSID = iota
	ContextsFS
	ContextsPort
	ContextsNetif
	ContextsNode
	ContextsFSUse
	ContextsNode6
	ContextsIBPKey
	ContextsIBEndport
	NumContexts
)

// A Context is the label of something that is not in a file. The meaning of the numbers depends on
// the table: a SID; protocol, low and high port; an address and a mask in network order; the
// behavior of a filesystem; a subnet prefix, low and high key; a port of a device.
type Context struct {
	Name    string
	Numbers [8]uint32
	Labels  [2]Label
}

// A Label is a security context.
type Label struct {
	User, Role, Type uint32
	Range            Range
}

// A FileSystem has the labels of the files of a filesystem by their paths.
type FileSystem struct {
	Type  string
	Paths []PathLabel
}

// A PathLabel labels the files below a path; Class is 0 for all classes.
type PathLabel struct {
	Path  string
	Class uint32
	Label Label
}
