package remedy

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/policy"
)

// A Standing says how well a fix matches the intention of the operation; fixes are ranked by it
// before their costs.
type Standing string

// The standings, the best first.
const (
	// Meant is a fix for exactly this purpose: the service's own label, a boolean for it, a rule
	// for a port that a service has, a new type for a port that no service has.
	Meant Standing = "meant"
	// Instead is a fix that uses another port, one of the service's own.
	Instead Standing = "instead"
	// Wide is a fix that opens far more ports to the subject than were asked for.
	Wide Standing = "wide"
	// Foreign is a fix for another purpose: the label of another service, or a boolean for domains
	// of all kinds.
	Foreign Standing = "foreign"
	// Unfit is a fix that does not work, or that removes the confinement of the domain.
	Unfit Standing = "unfit"
)

var standings = []Standing{Meant, Instead, Wide, Foreign, Unfit}

// A Reason is a kind of evidence.
type Reason string

// The evidence about labels, booleans, rules and types.
const (
	SameName     Reason = "same-name"     // Type has the same name as the subject
	SameWord     Reason = "same-word"     // the first words of the names of Type and of the subject are the same
	NamedByRule  Reason = "named-by-rule" // an active rule gives Type to the subject by its own name
	AlikePort    Reason = "alike-port"    // Type has the port Ports, with a number similar to the requested one
	OtherService Reason = "other-service" // not the subject's Type; Domain, if any, has the same name as Type
	RegisteredTo Reason = "registered-to" // the port is one of Ports ports with Type; Domain as above
	NoService    Reason = "no-service"    // the port is one of Ports ports with Type, which belong to no service
	MadeForOne   Reason = "made-for-one"  // Boolean is named like the subject
	MadeForFew   Reason = "made-for-few"  // Boolean affects Domains other domains
	MadeForAll   Reason = "made-for-all"  // Boolean affects Domains other domains, of all kinds
	Narrowest    Reason = "narrowest"     // of the booleans that help, this one opens the fewest ports
	Narrower     Reason = "narrower"      // Fix has the same purpose and opens less
)

// An Evidence is one reason for the standing of a fix. The Reason tells which fields are set.
type Evidence struct {
	Reason  Reason
	Type    string
	Boolean string
	Domain  string
	Fix     string // the name of another fix
	Ports   int    // a number of ports, or of a port
	Domains int    // a number of domains
}

// An Upkeep is what an administrator has to maintain after a fix.
type Upkeep struct {
	// Lines is the number of lines of the fix's module, and Copied the number of those that copy
	// rules of the policy: they do not follow later changes of the policy.
	Lines  int
	Copied int
	// NewType is a type that other machines do not have, "" for none.
	NewType string
	// Records is the number of local records and booleans that are set.
	Records int
}

// weight orders upkeeps: a module weighs more than any number of records.
func (u Upkeep) weight() [2]int { return [2]int{u.Lines, u.Records} }

// fewDomains is the number of other domains from which a boolean is for all kinds. A boolean that
// is not named like the subject and opens many ports is for all kinds with any number.
const fewDomains = 20

// widePorts is the number of ports from which a boolean opens far more than a service
// has.
const widePorts = 1000

// judge sets the standing of every fix.
func (f *finder) judge() {
	now := policy.TypeID(f.answer.Port.Context.Type)
	for i := range f.fixes {
		f.weigh(&f.fixes[i], now)
	}
	f.first()
	f.narrow()
	f.offer()
}

// offer makes sure that fixes for another purpose are never offered if there is one for this
// purpose.
func (f *finder) offer() {
	offered := func(fix Fix) bool { return fix.Standing == Meant && fix.Applicability != Never }
	if !slices.ContainsFunc(f.fixes, offered) {
		return
	}
	for i := range f.fixes {
		if fix := &f.fixes[i]; fix.Standing == Foreign {
			fix.Applicability = Never
		}
	}
}

// weigh sets the standing of one fix, as far as it does not depend on the others.
func (f *finder) weigh(fix *Fix, now policy.TypeID) {
	fix.Upkeep.Records = len(fix.Records) + len(fix.Bools)
	if len(fix.Records) == 0 {
		fix.Upkeep.Lines = lines(fix.Module)
	}
	if fix.Kind == Label && !fix.Local {
		fix.Upkeep.Lines = 0 // the module is an alternative to the record
		fix.Upkeep.Records = 1
	}
	switch fix.Kind {
	case OwnType:
		fix.Upkeep.Lines = lines(fix.Module)
		fix.Upkeep.Copied, fix.Upkeep.NewType = fix.copied, fix.Type
		fix.Standing, fix.rank = Meant, rankOwnType
		if f.registered {
			fix.rank = rankTaken
		}
		fix.Evidence = append(fix.Evidence, f.aboutPort(now))
	case Label:
		f.weighLabel(fix)
	case Split:
		fix.Standing = Meant
	case Level:
		fix.Standing, fix.rank = Meant, rankLabel
	case Boolean:
		f.weighBoolean(fix)
	case Rule, Interfaces:
		fix.Standing, fix.rank = Meant, rankRule
		if fix.Applicability == Never {
			fix.Standing = Wide
		}
		if f.onPort {
			fix.Evidence = append(fix.Evidence, f.aboutPort(now))
		}
	case OtherPort:
		fix.Standing = Instead
	default:
		fix.Standing = Unfit
	}
	if !fix.Works {
		fix.Standing = Unfit
	}
}

// The ranks within the standing Meant, the best first.
const (
	rankMade      = iota // a boolean for this purpose that is not wide
	rankLabel            // the service's own label, for a port that it serves
	rankOwnType          // a type for a port that no service has
	rankWide             // the service's own boolean, which opens all or many ports
	rankPeerLabel        // the service's own label, for another service's port that it connects to
	rankRule             // a rule for a port that another service has
	rankTaken            // a type for a port that another service has
	rankSecond           // another label that the service uses, besides its first
	rankStop             // a boolean for how the service is stopped
)

// weighLabel distinguishes the service's own label from others.
func (f *finder) weighLabel(fix *Fix) {
	id, _ := f.p.Type(fix.Type)
	k := f.kinOf(id)
	if k == kin.Stranger {
		fix.Standing = Foreign
		fix.Evidence = append(fix.Evidence, Evidence{Reason: OtherService, Type: fix.Type, Domain: f.ownerOf(id)})
		return
	}
	reason := [...]Reason{SameName, SameWord, NamedByRule}[k]
	fix.Standing, fix.rank = Meant, rankLabel
	fix.Evidence = append(fix.Evidence, Evidence{Reason: reason, Type: fix.Type})
	if f.connects() {
		fix.rank = rankPeerLabel
		if f.registered { // it would take the port from its service
			fix.Standing = Foreign
		}
	}
	if k == kin.Served && !f.connects() && f.registered && fix.losing > 0 {
		fix.rank = rankSecond // others would lose the port that the policy gave them
	}
	fix.kin = k
	fix.typePorts, fix.wellKnown = f.allPorts(id)
	if port := f.likePort(id); port != 0 {
		fix.like = true
		fix.Evidence = append(fix.Evidence, Evidence{Reason: AlikePort, Type: fix.Type, Ports: int(port)})
	}
}

// weighBoolean distinguishes a boolean for the service from one for all.
func (f *finder) weighBoolean(fix *Fix) {
	others := f.unrelated(fix.Gain)
	fix.Standing, fix.rank = Meant, rankMade
	if fix.ports() >= widePorts {
		fix.rank = rankWide
	}
	for _, s := range fix.Bools {
		name := f.p.BoolName(s.Bool)
		e := Evidence{Reason: MadeForFew, Boolean: name, Domains: others}
		own := kin.Of(f.subjectName(), strings.TrimPrefix(name, "allow_")) < kin.Stranger
		switch {
		case others >= fewDomains, !own && others > 0 && fix.rank == rankWide:
			e.Reason = MadeForAll
			fix.Standing = Foreign
		case own && strings.HasSuffix(name, "_graceful_shutdown"): // it connects to its own ports to stop
			e.Reason = MadeForOne
			fix.rank = rankStop
		case own:
			e.Reason = MadeForOne
		case fix.rank == rankWide:
			fix.Standing = Wide
		}
		fix.Evidence = append(fix.Evidence, e)
	}
}

// unrelated counts the domains of an effect whose names begin with another word than the subject's.
func (f *finder) unrelated(e Effect) int {
	var names []string
	for _, d := range slices.Concat(e.Connect, e.Bind) {
		if kin.Of(f.subjectName(), d.Domain) == kin.Stranger {
			names = append(names, d.Domain)
		}
	}
	slices.Sort(names)
	return len(slices.Compact(names))
}

// aboutPort says to which service the port belongs.
func (f *finder) aboutPort(now policy.TypeID) Evidence {
	e := Evidence{Reason: NoService, Type: f.p.TypeName(now), Ports: f.labelled(uint32(now)).Len()}
	if f.registered {
		e.Reason, e.Domain = RegisteredTo, f.ownerOf(now)
	}
	return e
}

// first keeps one label first of those that only rules give to the service: the one with the most
// ports, which is the service's main one.
func (f *finder) first() {
	var best *Fix
	for i := range f.fixes {
		fix := &f.fixes[i]
		if fix.Kind != Label || fix.Standing != Meant {
			continue
		}
		if best == nil || better(fix, best) < 0 {
			best = fix
		}
	}
	for i := range f.fixes {
		if fix := &f.fixes[i]; fix.Kind == Label && fix.Standing == Meant && fix != best && fix.kin == kin.Served {
			fix.rank = rankSecond
		}
	}
}

// narrow compares fixes with the same purpose by what they open: a boolean that opens far more than
// another one for this purpose is wide, and so is a boolean for a port that the service's own label
// opens.
func (f *finder) narrow() {
	var least *Fix
	for i := range f.fixes {
		fix := &f.fixes[i]
		if fix.Standing != Meant || fix.Kind != Boolean && (fix.Kind != Label || f.connects()) && fix.Kind != Split {
			continue
		}
		if least == nil || fix.rank < least.rank || fix.rank == least.rank && fix.cost().compare(least.cost()) < 0 {
			least = fix
		}
	}
	if least == nil {
		return
	}
	booleans := 0
	for i := range f.fixes {
		fix := &f.fixes[i]
		if fix.Kind != Boolean || !fix.Works {
			continue
		}
		booleans++
		if fix != least && fix.ports() >= widePorts && least.ports() < fix.ports() && least.rank < rankWide {
			if fix.Standing == Meant {
				fix.Standing = Wide
			}
			fix.Evidence = append(fix.Evidence, Evidence{Reason: Narrower, Fix: least.Name(f.p)})
		}
	}
	if least.Kind == Boolean && booleans > 1 {
		least.Evidence = append(least.Evidence, Evidence{Reason: Narrowest, Boolean: f.p.BoolName(least.Bools[0].Bool),
			Ports: least.ports()})
	}
}

// lines counts the lines of a module.
func lines(module []cil.Node) int { return strings.Count(cil.Format(module), "\n") }

// BoolName returns the name of a fix that sets booleans: bool:NAME, bool:NAME=off to
// clear it, more than one joined by +.
func BoolName(p *policy.Policy, settings []policy.BoolSetting) string {
	names := make([]string, len(settings))
	for i, s := range settings {
		if names[i] = p.BoolName(s.Bool); !s.On {
			names[i] += "=off"
		}
	}
	return "bool:" + strings.Join(names, "+")
}

// Name returns the name of the fix among those of one problem, which does not depend on the other
// fixes: own-type, label:TYPE, bool:NAME (bool:NAME=off to clear it; more than one joined by +),
// rule:TYPE, interfaces, split, level:RANGE, process-level:RANGE, other-port, permissive.
func (f *Fix) Name(p *policy.Policy) string {
	switch f.Kind {
	case Label:
		return "label:" + f.Type
	case Boolean:
		return BoolName(p, f.Bools)
	case Rule:
		return "rule:" + f.Type
	case Level:
		if f.ProcessRange != "" {
			return "process-level:" + f.ProcessRange
		}
		return "level:" + f.Range
	}
	return string(f.Kind)
}

// LeastOpen and LeastUpkeep return the indexes of the fixes that open the least and that need the
// least upkeep, among those for this purpose; -1 if there is none.
func LeastOpen(fixes []Fix) int {
	return least(fixes, func(a, b *Fix) int { return a.cost().compare(b.cost()) })
}

// LeastUpkeep is described at [LeastOpen].
func LeastUpkeep(fixes []Fix) int {
	return least(fixes, func(a, b *Fix) int {
		x, y := a.Upkeep.weight(), b.Upkeep.weight()
		return slices.Compare(x[:], y[:])
	})
}

func least(fixes []Fix, compare func(a, b *Fix) int) int {
	best := -1
	for i := range fixes {
		if fixes[i].Standing == Meant && (best < 0 || compare(&fixes[i], &fixes[best]) < 0) {
			best = i
		}
	}
	return best
}
