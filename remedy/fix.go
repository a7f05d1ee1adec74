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
	OwnType Kind = "own-type" // a new port type for the port, and one allow rule
	Label   Kind = "label"    // the port gets an existing type
	// a local range is cut around the port, which gets the label that the range hid
	Split      Kind = "split"
	Boolean    Kind = "boolean"    // booleans are set
	Rule       Kind = "rule"       // an allow rule for the port's present label
	Interfaces Kind = "interfaces" // a module that calls refpolicy's interfaces
	Level      Kind = "level"      // the level of the port's label, or of the process, changes
	OtherPort  Kind = "other-port" // the program uses another port, and the policy does not change
	Permissive Kind = "permissive" // all denials of the domain are only logged
)

// An Applicability says whether a fix may be applied without review.
type Applicability string

// The degrees, the best first.
const (
	Safe   Applicability = "safe"   // it does what was asked for and nothing else
	Review Applicability = "review" // it also changes something else, which needs review
	Never  Applicability = "never"  // it opens far more than was asked for, has another purpose, or does not help
)

// A Fix is one change with its cost, and all data needed to apply it: set the Bools; install the
// Module, unless the kind is Label; then change the Records, in their order and in one transaction.
// OtherPort, and Level with a ProcessRange, do not change the policy.
type Fix struct {
	Kind Kind
	// Type is the port type, for OwnType, Label and Rule; for Split and Level, the port's type
	// afterwards.
	Type string
	// Bools are the settings, for Boolean.
	Bools []policy.BoolSetting
	// Records are changes of local port records: for Label, Split, a Level of the port, and an
	// OwnType that is Local. For other kinds the list is empty.
	Records []RecordChange
	// Undo are the changes that revert Records, based on the state after Records.
	Undo []RecordChange
	// Module is the CIL of a module, for OwnType, Rule, Interfaces and Permissive; for OwnType its last
	// statement is the portcon, unless Local. For Label it is only the portcon, an alternative to
	// Records, and empty if Local.
	Module []cil.Node
	// ModuleName is the module's name in the store, if Module is not empty: letters, digits, _ and
	// -.
	ModuleName string
	// Calls are the calls of refpolicy's interfaces, and Source is a module with them, for Interfaces; Module is what
	// they become. CallsBeyond counts the permissions for types that they give beyond the need.
	Calls       []string
	Source      string
	CallsBeyond int
	// Domains are the types that are made permissive, for Permissive.
	Domains []string
	// Choices are the ports for which the operation already succeeds, for OtherPort: at least one,
	// the first choice first.
	Choices []Choice
	// ProcessRange is the level or range that the process must run with, for a Level of the
	// process, and ProcessContext its whole context then; else "".
	ProcessRange, ProcessContext string
	// Attributes are those names in Module that are attributes, sorted.
	Attributes []string
	// Range is the level or range of the port's label afterwards, for Label and OwnType, as
	// semanage port accepts it; "" if the policy has no levels.
	Range string
	// Exists says, for all fixes that label the port, that the policy has a record for exactly this
	// port, so that a local record must modify it.
	Exists bool
	// Local says, for the same fixes, that only a local record can label the port: a portcon of a
	// module would be a second one for the port, or would come after a local range.
	Local bool
	// Unsure are, for OwnType, attributes that the policy's compiler made from expressions and that
	// port rules use. The policy does not have the expressions: the new type may be a member
	// although the port's present type is not, so that other domains gain the port.
	Unsure []string
	// Works says that the subject's operation then succeeds in all layers; for OtherPort, on each
	// of Choices. Of fixes that do not work, only the label http_port_t is listed.
	Works         bool
	Applicability Applicability
	Gain, Lose    Effect // of all domains except the subject
	// SubjectConnect and SubjectBind are the ports that the subject gains.
	SubjectConnect, SubjectBind portset.Set
	// SubjectLosesConnect and SubjectLosesBind are those it loses.
	SubjectLosesConnect, SubjectLosesBind portset.Set

	// Beyond lists access other than ports that OwnType and Rule open.
	Beyond []Beyond

	// Standing says how well the fix matches the intention, and Evidence why.
	Standing Standing
	Evidence []Evidence
	// Upkeep lists what an administrator has to maintain after the fix.
	Upkeep Upkeep

	gaining, losing int // numbers of domains, counted once for sorting
	rank            int // within the same Standing
	kin             kin.Kinship
	like            bool // see AlikePort
	typePorts       int  // how many ports have Type today, of all protocols
	wellKnown       int  // how many of these are below 1024
	copied          int  // rules of the policy that Module copies
}

// A Choice is a port that can be used instead.
type Choice struct {
	Port uint16
	Type string // of its label
}

// An Action is a change of a local record.
type Action string

// The actions, with the meanings of semanage port.
const (
	AddRecord    Action = "add"    // no record, local or of the policy, has the key
	ModifyRecord Action = "modify" // a record has the key; a local record then overrides the policy's own
	DeleteRecord Action = "delete" // a local record has the key
)

// A RecordChange is a change of one local record of a port or a range of ports, as
// semanage port makes it. The key of a record is its protocol and exact range of
// ports; no two local records of a protocol overlap, or libsemanage refuses all of
// them.
type RecordChange struct {
	Action Action
	// Port is the record afterwards; for DeleteRecord the record before. User and role of its
	// context are system_u and object_r, except for pieces of a range with others; its range is ""
	// if the policy has no levels.
	semanage.Port
}

// An Effect lists the domains that gain or lose, by name.
type Effect struct {
	Connect, Bind []reach.DomainPorts
}

// Domains returns the number of domains that gain or lose.
func (e Effect) Domains() int { return len(e.Names()) }

// Names returns the domains that gain or lose, sorted.
func (e Effect) Names() []string {
	names := make([]string, 0, len(e.Connect)+len(e.Bind))
	for _, d := range slices.Concat(e.Connect, e.Bind) {
		names = append(names, d.Domain)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ruleMany is the number of ports at which a rule for a label opens too many to be offered.
const ruleMany = 100

// grade sets the fix's Applicability; counted says that its cost is known.
func (f *Fix) grade(counted bool) {
	f.gaining, f.losing = f.Gain.Domains(), f.Lose.Domains()
	ports := f.ports()
	switch {
	case !f.Works || f.Kind == Permissive || (f.Kind == Rule || f.Kind == Interfaces) && ports >= ruleMany:
		f.Applicability = Never
	case f.ProcessRange != "": // the effect of a level on other access of a process is not counted
		f.Applicability = Review
	case counted && f.gaining+f.losing == 0 && ports <= 2 &&
		len(f.SubjectLosesConnect)+len(f.SubjectLosesBind)+len(f.Unsure) == 0:
		f.Applicability = Safe
	default:
		f.Applicability = Review
	}
}

// ports returns the number of ports that the subject gains, for both operations.
func (f *Fix) ports() int { return f.SubjectConnect.Len() + f.SubjectBind.Len() }

// A price ranks fixes, the lower the better: whether it works, its applicability, how many others
// gain, how many lose, and how many ports the subject gains. Another port, which was not asked for,
// comes after all that are offered.
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

// better orders fixes by their standing, and those of equal standing by their price. Of labels, the
// one with the name most similar to the subject's comes first, then one with a port of a similar
// number, then the one with the most ports below 1024, then with the most at all, which is the
// service's main one. Of equals, a boolean comes first, since the author of the policy provided it,
// then a type that describes the port, and fewer local records before more.
func better(a, b *Fix) int {
	kinds := []Kind{Boolean, OwnType, Split, Label, Level, Rule, Interfaces, OtherPort, Permissive}
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

// A Problem is a refused operation.
type Problem struct {
	network.Question
	// Name is the subject's name, used in the names of new types.
	Name string
	// Interfaces, if not nil, returns calls of refpolicy's interfaces that grant access, as a module with a name; nil
	// if there are none.
	Interfaces func(name string, needs []Need) *Calls
	// LocalPorts are the local port records in their order of priority, as in a policy store's
	// ports.local. The policy has them too: libsemanage puts them before its own. nil if they are
	// not known, not nil if there are none. If they are known, Records cut a local range around the
	// port; else it is not known whether libsemanage will accept the record.
	LocalPorts []policydb.PortCon
}

// A Cause is a reason, outside of the policy, why an operation that SELinux allows may still fail.
type Cause struct {
	// Code does not change: SN-E-CAPABILITY, SN-E-ADDRESS-IN-USE and others.
	Code string
	// Errno is the error that the program then gets, "" if it sees only a timeout.
	Errno string
	Text  string // one sentence
}
