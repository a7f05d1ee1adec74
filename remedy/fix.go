package remedy

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// A Kind is the kind of change that a fix makes.
type Kind string

// The kinds of fixes.
const (
	OwnType Kind = "own-type" // a port type of its own for the port, and one allow rule
	Label   Kind = "label"    // the port gets an existing type
	// a local record of a range is cut around the port, which gets the label that was under it
	Split      Kind = "split"
	Boolean    Kind = "boolean"    // booleans are set
	Rule       Kind = "rule"       // an allow rule on the label the port has
	Level      Kind = "level"      // the level of the port's label, or of the process, is another one
	OtherPort  Kind = "other-port" // the program uses another port, and the policy stays
	Permissive Kind = "permissive" // denials of the domain are logged only, all of them
)

// An Applicability tells whether a fix may be applied without a look.
type Applicability string

// The degrees, the best first.
const (
	Safe   Applicability = "safe"   // it does what was asked and nothing else
	Review Applicability = "review" // it changes something else too: read what
	Never  Applicability = "never"  // it opens far more than was asked, means something else, or does not help
)

// A Fix is one change with its cost, and all that it takes to apply it: Bools are
// set; the Module, unless the kind is Label, is installed; then the Records are
// changed, in their order and in one transaction. OtherPort, and Level with a
// ProcessRange, change nothing that is the policy's.
type Fix struct {
	Kind Kind
	// Type is the port type, for OwnType, Label and Rule; for Split and Level the
	// one that the port has afterwards.
	Type string
	// Bools are the settings, for Boolean.
	Bools []policy.BoolSetting
	// Records are changes of local records of ports: for Label, Split, a Level of
	// the port, and an OwnType that is Local. For the others the list is empty.
	Records []RecordChange
	// Undo are the changes that take Records back, made on what Records left.
	Undo []RecordChange
	// Module is the CIL of a module, for OwnType, Rule and Permissive; for OwnType
	// with the portcon last, unless Local. For Label it is the portcon alone, a way
	// of doing without Records, and empty if Local.
	Module []cil.Node
	// ModuleName is the module's name in the store, if Module is not empty: letters, digits, _ and
	// -.
	ModuleName string
	// Domains are the types that are made permissive, for Permissive.
	Domains []string
	// Choices are the ports that the operation succeeds for as things are, for
	// OtherPort: at least one, the first choice first.
	Choices []Choice
	// ProcessRange is the level or range that the process has to run with, for a
	// Level that is not the port's, and ProcessContext its whole context then; else
	// "".
	ProcessRange, ProcessContext string
	// Attributes are those names in Module that are attributes, in order.
	Attributes []string
	// Range is the level or range of the port's label afterwards, for Label and
	// OwnType, as semanage port takes it; "" where the policy has no levels.
	Range string
	// Exists says, for all that label the port, that the policy has a record for
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
	// included; for OtherPort that it does on each of Choices. Only http_port_t, as a
	// label, is listed without.
	Works         bool
	Applicability Applicability
	Gain, Lose    Effect // of all domains but the subject
	// SubjectConnect and SubjectBind are the ports that the subject gains.
	SubjectConnect, SubjectBind portset.Set
	// SubjectLosesConnect and SubjectLosesBind are those it loses.
	SubjectLosesConnect, SubjectLosesBind portset.Set

	// Beyond lists the rights besides ports that OwnType and Rule open.
	Beyond []Beyond

	// Standing is how well the fix says what is meant, and Evidence what that follows
	// from.
	Standing Standing
	Evidence []Evidence
	// Upkeep lists the things that have to be looked after once it is made.
	Upkeep Upkeep

	gaining, losing int // domains, counted once for the order
	rank            int // within the Standing
	kin             kin.Kinship
	like            bool // see AlikePort
	typePorts       int  // how many ports Type labels today, of all protocols
	wellKnown       int  // how many of these are below 1024
	copied          int  // rules of the policy that Module repeats
}

// A Choice is a port that may be used instead.
type Choice struct {
	Port uint16
	Type string // of its label
}

// An Action is a change of a local record.
type Action string

// The actions, with the meaning of semanage port's.
const (
	AddRecord    Action = "add"    // no record, local or the policy's, has the key
	ModifyRecord Action = "modify" // one has; a local record then overrides the policy's own
	DeleteRecord Action = "delete" // a local one has
)

// A RecordChange is a change of one local record of a port or a range of ports, as
// semanage port makes it. The key of a record is its protocol and exact range of
// ports; no two local records of a protocol overlap, or libsemanage refuses all of
// them.
type RecordChange struct {
	Action Action
	// Port is the record as it is afterwards; of a DeleteRecord as it was. User and
	// role of its context are system_u and object_r but for pieces of a range that had
	// others; its range is "" where the policy has no levels.
	semanage.Port
}

// An Effect is what domains gain or lose, by name.
type Effect struct {
	Connect, Bind []reach.DomainPorts
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
	ports := f.ports()
	switch {
	case !f.Works || f.Kind == Permissive || f.Kind == Rule && ports >= ruleMany:
		f.Applicability = Never
	case f.ProcessRange != "": // what a level means for all else that a process does is not counted
		f.Applicability = Review
	case counted && f.gaining+f.losing == 0 && ports <= 2 &&
		len(f.SubjectLosesConnect)+len(f.SubjectLosesBind)+len(f.Unsure) == 0:
		f.Applicability = Safe
	default:
		f.Applicability = Review
	}
}

// ports is the number of ports that the subject gains, in both ways.
func (f *Fix) ports() int { return f.SubjectConnect.Len() + f.SubjectBind.Len() }

// A price is what fixes are ranked by, the lower the better: whether it works,
// its degree, how many others gain, how many lose, and how many ports the subject
// gains. Another port, which is not what was asked, comes after all that is
// offered.
type price [5]int

func (f *Fix) cost() price {
	works, degree := 0, slices.Index([]Applicability{Safe, Review, "", Never}, f.Applicability)
	if !f.Works {
		works = 1
	}
	if f.Kind == OtherPort {
		degree = 2
	}
	return price{works, degree, f.gaining, f.losing, f.ports()}
}

func (p price) compare(q price) int { return slices.Compare(p[:], q[:]) }

// better orders fixes by what they mean, and those that mean the same by their
// price. Of labels the one that is called most like the subject comes first, then one
// that has a port of a like number, then the one with the most ports below 1024,
// then with the most at all, which is the service's main one. Of equals a boolean comes
// first, which the author of the policy provided, then a type that says what the port
// is, and one local record less before one more.
func better(a, b *Fix) int {
	kinds := []Kind{Boolean, OwnType, Split, Label, Level, Rule, OtherPort, Permissive}
	return cmp.Or(
		cmp.Compare(slices.Index(standings, a.Standing), slices.Index(standings, b.Standing)),
		cmp.Compare(a.rank, b.rank),
		cmp.Compare(a.kin, b.kin), compareBool(b.like, a.like), cmp.Compare(b.wellKnown, a.wellKnown),
		cmp.Compare(b.typePorts, a.typePorts),
		a.cost().compare(b.cost()),
		cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.Type, b.Type),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// A Problem is an operation that is refused.
type Problem struct {
	network.Question
	// Name is the subject's name, for the names of types made for it.
	Name string
	// LocalPorts are the local records of ports, in the order in which they win:
	// what a policy store's ports.local has. They are in the policy too, where
	// libsemanage puts them in front of its own. nil if they are not known, and not
	// nil if there are none. Where they are known a record of a range that lies in
	// the way is cut around the port, in Records; else it is not known whether
	// libsemanage will take the record.
	LocalPorts []policydb.PortCon
}

// A Cause is something outside of the policy by which an operation that SELinux
// allows may still fail.
type Cause struct {
	// Code is stable: SN-E-CAPABILITY, SN-E-ADDRESS-IN-USE and others.
	Code string
	// Errno is what the program sees then, "" where it sees nothing but a timeout.
	Errno string
	Text  string // one sentence
}
