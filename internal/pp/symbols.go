package pp

// The tables of symbols, in the order of the format.
const (
	Commons = iota
	Classes
	Roles
	Types
	Users
	Bools
	Levels
	Categories
	NumTables
)

// Tables are the symbols of a module, or those of one of its blocks.
type Tables struct {
	Commons    Table[Common]
	Classes    Table[Class]
	Roles      Table[Role]
	Types      Table[Type]
	Users      Table[User]
	Bools      Table[Bool]
	Levels     Table[Level]
	Categories Table[Category]
}

// A Table holds symbols of one kind, in the order of the file.
type Table[T any] struct {
	// Values is the number of values in use.
	Values uint32
	Items  []T
	// Buckets is the size of libsepol's table while a module is made; the symbols have its order. 0
	// is the size for that many symbols, as after reading.
	Buckets uint32
}

// A Perm is a permission: Value 1 is the lowest bit.
type Perm struct {
	Name  string
	Value uint32
}

// A Common is a set of permissions that classes share.
type Common struct {
	Name  string
	Value uint32
	Perms Table[Perm]
}

// A Class is an object class. Perms are its own permissions, in a module the required ones; their
// values follow those of the common.
type Class struct {
	Name, Common string
	Value        uint32
	Perms        Table[Perm]
	Constraints  []Constraint
	// The other fields are for a base module: constraints on changes of labels, and where new
	// objects get the parts of their labels from.
	ValidateTrans                                       []Constraint
	DefaultUser, DefaultRole, DefaultType, DefaultRange uint32
}

// A Constraint binds the permissions of a class to an expression in postfix order.
type Constraint struct {
	Perms uint32
	Expr  []ConstraintTerm
}

// A ConstraintTerm is an operator or an operand, with the numbers of the file format.
type ConstraintTerm struct {
	Kind, Attr, Op uint32
	Names          Set
	Types          TypeSet
}

// The kinds of terms, and the parts of their Attr.
const (
	termNot   = 1
	termAnd   = 2
	termOr    = 3
	termAttr  = 4
	termNames = 5

	attrUser    = 1
	attrRole    = 2
	attrType    = 4
	attrTarget  = 8
	attrXTarget = 16
	attrLevels  = 32 // and all bits above

	maxTermDepth = 5
)

// A Role is a role or, if Flavor is RoleAttribute, an attribute of roles.
type Role struct {
	Name          string
	Value, Bounds uint32
	Dominates     Set
	Types         TypeSet
	Flavor        uint32
	Roles         Set
}

// The flavors of a role.
const (
	RoleRole = iota
	RoleAttribute
)

// ObjectR is the role of objects, which has the value 1 in every module.
const ObjectR = "object_r"

// A Type is a type, an attribute or an alias. Primary is not 0 for a symbol with its own value; an
// alias in a module has its own value and the value of its type in Primary. An alias of a type in
// the same module has that type's value.
type Type struct {
	Name                   string
	Value, Primary, Bounds uint32
	Flavor, Flags          uint32
	Types                  Set
}

// The flavors of a type.
const (
	TypeType = iota
	TypeAttribute
	TypeAlias
)

// The flags of a type.
const (
	TypePermissive  = 1
	TypeExpandTrue  = 2
	TypeExpandFalse = 4
	TypeNeveraudit  = 8
)

// The bits for flavor and flags since version 9.
const (
	propertyPrimary    = 1
	propertyAttribute  = 2
	propertyAlias      = 4
	propertyPermissive = 8
	propertyNeveraudit = 16
)

// A User is an SELinux user. Its levels are kept as written in the source.
type User struct {
	Name          string
	Value, Bounds uint32
	Roles         RoleSet
	Range         SemanticRange
	Level         SemanticLevel
	// The levels in version 5, stored as sets.
	OldRange Range
	OldLevel MLSLevel
}

// A Bool is a boolean, or a tunable.
type Bool struct {
	Name         string
	Value, State uint32
	Flags        uint32
}

// BoolTunable is the flag of a tunable.
const BoolTunable = 1

// A Level is a sensitivity with its categories, or an alias of one.
type Level struct {
	Name    string
	IsAlias uint32
	Level   MLSLevel
}

// A Category is a category, or an alias of one.
type Category struct {
	Name           string
	Value, IsAlias uint32
}

// An MLSLevel is a sensitivity and a set of categories.
type MLSLevel struct {
	Sens       uint32
	Categories Set
}

// A Range is a low and a high level. One says that the file stores one level for both.
type Range struct {
	Low, High MLSLevel
	One       bool
}

// A SemanticLevel is a level as written in the source: ranges of categories, in the order of the
// file, which is the reverse of libsepol's.
type SemanticLevel struct {
	Sens       uint32
	Categories []CategoryRange
}

// A CategoryRange is a range of values of categories.
type CategoryRange struct{ Low, High uint32 }

// A SemanticRange is a low and a high level as they are written.
type SemanticRange struct{ Low, High SemanticLevel }

// A TypeSet is a set of types and attributes as written in a rule.
type TypeSet struct {
	Types, Not Set
	Flags      uint32
}

// A RoleSet is a set of roles as written in a rule.
type RoleSet struct {
	Roles Set
	Flags uint32
}

// The flags of sets: all, or all except the listed ones.
const (
	SetStar       = 1
	SetComplement = 2
)

// plain reports whether the set is only a list of names.
func (t *TypeSet) plain() bool { return t.Flags == 0 && t.Not.IsEmpty() }
