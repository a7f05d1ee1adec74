package compile

import "github.com/senet-selinux/senet/policydb"

// Options are what a compiler can be told. The zero value compiles as secilc
// without options does, but for the version.
type Options struct {
	// Version is the version of the binary policy; 0 means [DefaultVersion].
	Version uint32
	Target  policydb.Target
	// MLS and HandleUnknown override what the policy says of itself, if they are
	// not nil.
	MLS           *bool
	HandleUnknown *policydb.HandleUnknown
	// DisableDontAudit leaves dontaudit rules out.
	DisableDontAudit bool
	// DisableNeverallow does not check neverallow rules and bounds.
	DisableNeverallow bool
	// PreserveTunables makes tunables booleans.
	PreserveTunables bool
	// QualifiedNames allows dots in names, and forbids blocks, blockinherit,
	// blockabstract and in.
	QualifiedNames bool
	// MultipleDecls allows a type or type attribute to be declared again, and
	// merges labels that are given twice with equal contexts.
	MultipleDecls bool
	// ExpandGenerated takes attributes that compilers generate out of the policy.
	ExpandGenerated bool
	// ExpandSize is the number of types below which an attribute is replaced by
	// its types; nil means 1: only attributes without types are.
	ExpandSize *uint32
	// Optimize removes rules that others contain.
	Optimize bool
	// FatalConflicts makes labels that are given twice for the same thing an
	// error, as libsepol does from 3.5, and before it if warnings are shown.
	// Otherwise the first one counts.
	FatalConflicts bool
	// SymbolHash is the order of the symbol tables: which libsepol's.
	SymbolHash policydb.SymbolHash
}

// DefaultVersion is the newest version of the binary policy that libsepol 3.4
// writes.
const DefaultVersion = 33

func (o *Options) version() uint32 {
	if o.Version == 0 {
		return DefaultVersion
	}
	return o.Version
}

func (o *Options) expandSize() int {
	if o.ExpandSize == nil {
		return 1
	}
	return int(*o.ExpandSize)
}
