package compile

import (
	"fmt"

	"github.com/senet-selinux/senet/policydb"
)

// Options are the settings of a compilation. The zero value compiles as secilc without options
// does, except for the version.
type Options struct {
	// Libsepol is the release of libsepol whose language is compiled and whose
	// order the policy is written in.
	Libsepol Release
	// Order is the release whose order symbols are written in, if it is not that of
	// Libsepol. The order changed in 3.6; no kernel looks at it.
	Order Release
	// Version is the version of the binary policy; 0 means [DefaultVersion], or
	// the first one that can say what the policy says.
	Version uint32
	Target  policydb.Target
	// MLS and HandleUnknown override the policy's own statements, if they are not nil.
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
	// error. libsepol does so from 3.5, and before it if warnings are shown;
	// otherwise the first one counts.
	FatalConflicts bool
	// FirstConflict takes the first of such labels in every release; [Result.Conflicts]
	// lists the others. FatalConflicts goes before it.
	FirstConflict bool
}

// DefaultVersion is the version of a binary policy that needs no newer one: every
// kernel since 5.5 loads it.
const DefaultVersion = 33

// DefaultOptions returns the options of senet compile without flags: the newest language,
// written as the tools of libsepol 3.4 write it, which those who hold senet's policies
// against theirs expect; and the first of labels that are given twice counts.
func DefaultOptions() Options {
	return Options{Libsepol: NewestRelease, Order: OldestRelease, FirstConflict: true}
}

// Check returns an error if no policy has the version of the options, or the release does
// not write it.
func (o *Options) Check() error {
	switch newest := o.Libsepol.Version(); {
	case o.Version != 0 && o.Version < policydb.MinVersion || o.Version > policydb.MaxVersion:
		return fmt.Errorf("no policy has version %d", o.Version)
	case o.Version > newest:
		return fmt.Errorf("the newest version of a policy that libsepol %s writes is %d", o.Libsepol, newest)
	}
	return nil
}

func (o *Options) symbolHash() policydb.SymbolHash {
	if o.Order != 0 {
		return o.Order.SymbolHash()
	}
	return o.Libsepol.SymbolHash()
}

func (o *Options) fatalConflicts() bool {
	return o.FatalConflicts || o.since(5) && !o.FirstConflict
}

func (o *Options) expandSize() int {
	if o.ExpandSize == nil {
		return 1
	}
	return int(*o.ExpandSize)
}
