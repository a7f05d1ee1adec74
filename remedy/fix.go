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
	Never  Applicability = "never"  // it opens far more than was asked, or does not help
)

// A Fix is one change with its cost.
type Fix struct {
	Kind Kind
	// Type is the port type, for OwnType, Label and Rule.
	Type string
	// Bools are the settings, for Boolean.
	Bools []policy.BoolSetting
	// Module is the CIL of a module, for OwnType and Rule; for OwnType with the
	// portcon last, unless Local. For Label it is the portcon alone, empty if
	// Local.
	Module []cil.Node
	// Attributes are those names in Module that are attributes, in order.
	Attributes []string
	// Range is the level or range of the port's label afterwards, for Label and
	// OwnType, as semanage port takes it; "" where the policy has no levels.
	Range string
	// Exists says, for Label and OwnType, that the policy has a record for
	// exactly this port, so that a local record must modify it.
	Exists bool
	// Local says, for the same, that only a local record can label the port: a
	// portcon of a module would be a second one for the port, or come after a
	// local record of a range.
	Local bool
	// Unsure are, for OwnType, attributes that the compiler of the policy made of
	// expressions and that rules for ports name: what the expressions are the
	// policy does not say, and the new type may be in them where the one that
	// labels the port now is not, so that others gain the port.
	Unsure []string
	// Works says that the subject's operation succeeds afterwards, all layers
	// included. Only http_port_t, as a label, is listed without.
	Works         bool
	Applicability Applicability
	Gain, Lose    Effect // of all domains but the subject
	// SubjectConnect and SubjectBind are the ports that the subject gains.
	SubjectConnect, SubjectBind reach.Ports
	// SubjectLosesConnect and SubjectLosesBind are those it loses.
	SubjectLosesConnect, SubjectLosesBind reach.Ports

	gaining, losing int // domains, counted once for the order
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

// grade sets the fix's Applicability; counted says that its cost is known.
func (f *Fix) grade(counted bool) {
	f.gaining, f.losing = f.Gain.Domains(), f.Lose.Domains()
	ports := f.SubjectConnect.Len() + f.SubjectBind.Len()
	switch {
	case !f.Works || f.Kind == Rule && ports >= ruleMany:
		f.Applicability = Never
	case counted && f.gaining+f.losing == 0 && ports <= 2 && len(f.SubjectLosesConnect)+len(f.SubjectLosesBind)+len(f.Unsure) == 0:
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
		cmp.Compare(a.gaining, b.gaining),
		cmp.Compare(a.losing, b.losing),
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
