package remedy

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
)

// Kind is what a fix changes.
type Kind string

// The kinds of fixes.
const (
	OwnType Kind = "own-type" // a port type of its own for the port, and one allow rule
	Label   Kind = "label"    // the port gets an existing type
	Boolean Kind = "boolean"  // booleans are set
	Rule    Kind = "rule"     // an allow rule on the label the port has
)

// Applicability is how freely a fix may be applied.
type Applicability string

// The degrees, the best first.
const (
	Safe   Applicability = "safe"   // it does what was asked and nothing else
	Review Applicability = "review" // it changes something else too: read what
	Never  Applicability = "never"  // it opens far more than was asked
)

// A Fix is one change with its cost.
type Fix struct {
	Kind Kind
	// Type is the port type, for OwnType, Label and Rule.
	Type string
	// Bools are the settings, for Boolean.
	Bools []policy.BoolSetting
	// Module is the CIL of a module, for OwnType and Rule; for OwnType with the
	// portcon last, unless Exists.
	Module []cil.Node
	// Exists says, for Label and OwnType, that the policy has a record for
	// exactly this port, so that a local record must modify it.
	Exists bool
	// Works says that the subject's operation succeeds afterwards, all layers
	// included.
	Works         bool
	Applicability Applicability
	Gain, Lose    Effect // of all domains but the subject
	// SubjectConnect and SubjectBind are the ports that the subject gains.
	SubjectConnect, SubjectBind reach.Ports
	// SubjectLosesConnect and SubjectLosesBind are those it loses.
	SubjectLosesConnect, SubjectLosesBind reach.Ports
}

// An Effect is what domains gain or lose, by name.
type Effect struct {
	Connect, Bind []DomainPorts
}

// A DomainPorts is a set of ports of one domain.
type DomainPorts struct {
	Domain string      `json:"domain"`
	Ports  reach.Ports `json:"ports"`
}

// Domains returns how many domains the effect is on, in either way.
func (e Effect) Domains() int {
	names := make([]string, 0, len(e.Connect)+len(e.Bind))
	for _, d := range slices.Concat(e.Connect, e.Bind) {
		names = append(names, d.Domain)
	}
	slices.Sort(names)
	return len(slices.Compact(names))
}

// ruleMany is the number of ports from which a rule on a label opens so many
// that it is not offered.
const ruleMany = 100

// grade sets the fix's Applicability.
func (f *Fix) grade() {
	touched := f.Gain.Domains() + f.Lose.Domains()
	ports := f.SubjectConnect.Len() + f.SubjectBind.Len()
	switch {
	case f.Kind == Rule && ports >= ruleMany:
		f.Applicability = Never
	case touched == 0 && ports <= 2 && len(f.SubjectLosesConnect)+len(f.SubjectLosesBind) == 0:
		f.Applicability = Safe
	default:
		f.Applicability = Review
	}
}

// better orders fixes: those that work, then by degree, then by how many others
// gain, how many lose, and how many ports the subject gains.
func better(a, b *Fix) int {
	rank := func(a Applicability) int { return slices.Index([]Applicability{Safe, Review, Never}, a) }
	works := func(f *Fix) int {
		if f.Works {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(works(a), works(b)),
		cmp.Compare(rank(a.Applicability), rank(b.Applicability)),
		cmp.Compare(a.Gain.Domains(), b.Gain.Domains()),
		cmp.Compare(a.Lose.Domains(), b.Lose.Domains()),
		cmp.Compare(a.SubjectConnect.Len()+a.SubjectBind.Len(), b.SubjectConnect.Len()+b.SubjectBind.Len()),
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Type, b.Type),
	)
}

// A Problem is an operation that is refused.
type Problem struct {
	network.Question
	// Name is what the subject is called, for names of types made for it.
	Name string
}
