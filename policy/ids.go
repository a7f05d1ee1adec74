package policy

// A TypeID is the value of a type or an attribute, which share one numbering.
// Like all values of symbols it is 1-based, as in the policy file; 0 is none.
type TypeID uint32

// The values of the other kinds of symbols.
type (
	ClassID  uint32 // an object class
	RoleID   uint32
	UserID   uint32
	BoolID   uint32
	SensID   uint32 // a sensitivity
	CatID    uint32 // a category
	CommonID uint32
)

// A CondID numbers the conditionals of the policy in the file's order. 0 stands
// for the rules outside of all conditionals.
type CondID uint32

// An AccessVector is a set of permissions of one class: bit n-1 is the
// permission with the value n.
type AccessVector uint32
