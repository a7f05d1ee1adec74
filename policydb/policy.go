package policydb

// A Policy is one decoded kernel policy: every section of the file, in the
// file's order.
//
// Treat the contents of the fields as read-only, and edit through the methods: slices and views
// are shared between a policy and its clones.
//
// Values of symbols are 1-based and follow the file: Types.Items[i].Value need
// not be i+1. A number that names a symbol elsewhere in the policy lies in
// 1..NPrim of its table, but a table may have holes: a value that no item has
// (attributes before version 24 are such values).
type Policy struct {
	Target  Target
	Version uint32
	// Config is the header's config word as read: bit 0 MLS, bits 1 and 2
	// [HandleUnknown], all others unused by every known reader and kept.
	Config uint32

	PolicyCaps Bitmap // capability numbers (bit n is capability n), v22+
	Permissive Bitmap // type values (bit n is type n: 1-based, unlike all others), v23+
	NeverAudit Bitmap // type values, as Permissive, v35+

	Commons       Symbols[Common]
	Classes       Symbols[Class]
	Roles         Symbols[Role]
	Types         Symbols[Type]
	Users         Symbols[User]
	Bools         Symbols[Bool]        // v16+
	Sensitivities Symbols[Sensitivity] // v19+
	Categories    Symbols[Category]    // v19+

	AVTab           AVTab  // the unconditional rules
	Conditionals    []Cond // v16+
	RoleTransitions []RoleTransition
	RoleAllows      []RoleAllow
	FilenameTrans   FilenameTransTab  // v25+
	OContexts       OContexts         // contexts of things outside the file system
	GenFS           []GenFS           // contexts of files in pseudo file systems
	RangeTrans      []RangeTransition // v19+

	// TypeAttrMap has one set for each type value: item i holds, for the type
	// i+1, the bits of its attributes and its own. Empty before version 20.
	TypeAttrMap []Bitmap

	// Trailing is whatever follows the last section. The kernel and libsepol
	// ignore it; Encode writes it back.
	Trailing string
}

// MLS reports whether the policy has levels: if not, every Range is void.
func (p *Policy) MLS() bool { return p.Config&configMLS != 0 }

// HandleUnknown returns what becomes of accesses the policy does not define.
// A file that sets both bits rejects, as the kernel tests that bit first.
func (p *Policy) HandleUnknown() HandleUnknown {
	if p.Config&uint32(UnknownReject) != 0 {
		return UnknownReject
	}
	return HandleUnknown(p.Config & uint32(UnknownAllow))
}

// Clone returns a policy that can be edited without changing p. It costs a few
// hundred bytes, whatever the policy's size.
func (p *Policy) Clone() *Policy {
	clone := *p
	return &clone
}

// maxSymbols bounds the values of types and classes: rules name them by 16 bits,
// so no policy can use more. maxOtherSymbols bounds those of all other tables,
// far beyond every policy, so that tables by value stay small.
const (
	maxSymbols      = 1<<16 - 1
	maxOtherSymbols = 1<<20 - 1
)
