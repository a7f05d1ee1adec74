package setools

// RuleKinds is a set of the rule types that sesearch can be asked for.
type RuleKinds uint16

// The rule types, in the order of sesearch's help. The set has no order: SETools sorts what it prints.
const (
	Allow RuleKinds = 1 << iota
	AllowXperm
	AuditAllow
	AuditAllowXperm
	DontAudit
	DontAuditXperm
	// NeverAllow and NeverAllowXperm are accepted as 4.4.1 accepts them. A binary policy holds no such rules, so
	// they find nothing, but the names in the criteria are looked up all the same.
	NeverAllow
	NeverAllowXperm
	TypeTransition
	TypeChange
	TypeMember
	RoleAllow
	RoleTransition
	RangeTransition
)

// The three searches of sesearch; each kind belongs to exactly one.
const (
	TERules = Allow | AllowXperm | AuditAllow | AuditAllowXperm | DontAudit | DontAuditXperm |
		NeverAllow | NeverAllowXperm | TypeTransition | TypeChange | TypeMember
	RBACRules = RoleAllow | RoleTransition
	MLSRules  = RangeTransition
)

// Has reports whether any kind of other is in k.
func (k RuleKinds) Has(other RuleKinds) bool { return k&other != 0 }
