package policy

// A TypeID is the value of a type or an attribute, which share one numbering.
// Like all values of symbols it is 1-based, as in the policy file; 0 is none.
type TypeID uint32

// A ClassID is the value of an object class.
type ClassID uint32

// A RoleID is the value of a role.
type RoleID uint32

// A UserID is the value of an SELinux user.
type UserID uint32

// A BoolID is the value of a boolean: its number, not its state.
type BoolID uint32

// A SensID is the value of a sensitivity. A greater one dominates.
type SensID uint32

// A CatID is the value of a category.
type CatID uint32

// A CondID numbers the conditionals of the policy in the file's order. 0 means the rules outside of
// all conditionals.
type CondID uint32

// An AccessVector is a set of permissions of one class: bit n-1 is the
// permission with the value n.
type AccessVector uint32
