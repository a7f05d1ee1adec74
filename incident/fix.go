package incident

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// A Way is the kind of the first change.
type Way string

// The ways. The empty Way is none.
const (
	// PortType: one rule for the port is missing; a new type for the port opens only that port.
	PortType Way = "port-type"
	// SeveralRules: an operation on a port lacks more than one rule.
	SeveralRules Way = "several-rules"
	// Boolean: one of Finding.Switches.
	Boolean Way = "boolean"
	// AllowRule: an allow rule.
	AllowRule Way = "allow-rule"
	// Relabel: the file has a wrong label, or one that tells nothing about it
	// (Finding.Denial.File); a rule is not the right change.
	Relabel Way = "relabel"
	// PacketRule: a SECMARK rule should label the packets with one of Types; an allow rule would
	// open all ports without a label of their own.
	PacketRule Way = "packet-rule"
	// FileAccess: the file of a complaint needs another label, or the domain a boolean; where
	// Finding.Symptom.File.If is set, only if the file has the label of file_contexts.
	FileAccess Way = "file-access"
	// FileMode: the owner or mode of a file denies the access; a capability would bypass the modes
	// of all files.
	FileMode Way = "file-mode"
	// LabelProgram: a daemon runs as what started it (Finding.Denial.Leftover): its program
	// gets a label; no rule is for that.
	LabelProgram Way = "label-program"
	// InsteadOfRule: Finding.Denial.Instead is the right change, and no label, boolean or rule.
	InsteadOfRule Way = "instead"
	// LevelOrAttribute: a constraint refuses it; no rule and no boolean helps.
	LevelOrAttribute Way = "level-or-attribute"
	// BoundRule: the type Bound bounds the source and needs the same rule first.
	BoundRule Way = "bound-rule"
	// RoleAllow: a role allow rule.
	RoleAllow Way = "role-allow"
	// DefinePermission: the policy does not define Permission of the class, and denies permissions
	// that it does not define.
	DefinePermission Way = "define-permission"
)

// A Fix is the first change for a finding.
type Fix struct {
	Way Way
	// Permissive says that the source is permissive today, and need not be after the change.
	Permissive bool
	// Costed says that the best of all fixes was computed; Best is nil if no single fix works
	// without opening far more.
	Costed bool
	Best   *remedy.Fix
	// Bound, Permission and Constraint are set for the ways that use them.
	Bound      policy.TypeID
	Types      []policy.TypeID
	Permission string
	Constraint ConstraintWays
}

// ConstraintWays are the ways to satisfy the constraint that denies an access.
type ConstraintWays struct {
	// Levels are comparisons of levels; one of them must get another result.
	Levels []*access.Expr
	// Source and Target are types and attributes: the source's type, or the target's, needs one of
	// them.
	Source, Target []string
}

// firstFix returns the first change to make, without its cost.
func firstFix(d *access.Decider, f *Finding) Fix {
	if f.Symptom != nil && f.Symptom.Kept != nil {
		return Fix{}
	}
	if f.Symptom != nil {
		if whole := f.Refused(); whole != nil {
			return Fix{Way: portWay(&whole.Answer)}
		}
		if file := f.Symptom.File; file != nil && f.Symptom.Refused() != nil &&
			(f.Symptom.Verdict == diagnose.StillDenied || file.If == diagnose.StillDenied) {
			return Fix{Way: FileAccess}
		}
		return Fix{}
	}
	switch f.Denial.Verdict {
	case diagnose.OnlyLogged:
		if f.Whole != nil {
			return Fix{Way: portWay(&f.Whole.Answer), Permissive: true}
		}
		fix := denialFix(d, f)
		fix.Permissive = true
		return fix
	case diagnose.StillDenied:
	default:
		if !f.StillRefused() {
			return Fix{}
		}
	}
	return denialFix(d, f)
}

// denialFix returns the first change for a denial that the policy refuses today.
func denialFix(d *access.Decider, f *Finding) Fix {
	refused := f.Denial.Refused()
	if refused == nil {
		if whole := f.Refused(); whole != nil {
			return Fix{Way: portWay(&whole.Answer)}
		}
		return Fix{}
	}
	if file := f.Denial.File; file != nil {
		switch {
		case f.Denial.Instead.Alone():
			return Fix{Way: InsteadOfRule}
		case f.Denial.Hook == diagnose.HookCapability && f.Denial.Instead == "":
			return Fix{Way: FileMode}
		case file.Lost, file.Wanted != "" && file.Helps:
			return Fix{Way: Relabel}
		}
	}
	switch d := f.Denial; {
	case d.Instead.Alone():
		return Fix{Way: InsteadOfRule}
	case refused.Reason.Code == access.Constrained: // no domain without these levels helps
	case d.Leftover != "" && !(d.Class == "file" && slices.Contains(d.Permissions, "execute")):
		return Fix{Way: LabelProgram}
	}
	switch refused.Reason.Code {
	case access.Constrained:
		return Fix{Way: LevelOrAttribute, Constraint: constraintWays(d, f.Denial, refused)}
	case access.Bounded:
		return Fix{Way: BoundRule, Bound: refused.Reason.Bound}
	case access.RoleRefused:
		return Fix{Way: RoleAllow}
	case access.UnknownDenied:
		return Fix{Way: DefinePermission, Permission: refused.Name}
	}
	switch whole := f.Refused(); {
	case whole != nil:
		return Fix{Way: portWay(&whole.Answer)}
	case len(f.Switches) > 0:
		return Fix{Way: Boolean}
	}
	if types := packetTypes(d, f.Denial); len(types) > 0 {
		return Fix{Way: PacketRule, Types: types}
	}
	return Fix{Way: AllowRule}
}

// packetTypes returns the types of packets that the source may send or receive, at most
// MaxPacketTypes, for a denial of a packet without a label.
func packetTypes(d *access.Decider, denial *diagnose.Diagnosis) (list []policy.TypeID) {
	p := d.Policy()
	unlabeled, ok := p.InitialSID(policy.SIDUnlabeled)
	if denial.Hook != diagnose.HookPacket || !ok || denial.Target.Type != unlabeled.Type {
		return nil
	}
	for id := range p.Types() {
		object := unlabeled
		object.Type = uint32(id)
		if object.Type == unlabeled.Type || p.ValidateContext(object) != nil {
			continue
		}
		granted := true
		for _, perm := range d.Check(denial.Source, object, denial.Class, denial.Permissions...).Perms {
			granted = granted && perm.Allowed
		}
		if granted {
			if list = append(list, id); len(list) == MaxPacketTypes {
				break
			}
		}
	}
	return list
}

// MaxPacketTypes bounds Fix.Types.
const MaxPacketTypes = 4

// portWay returns the first change for an operation on a port.
func portWay(a *network.Answer) Way {
	denied := 0
	for i := range a.Layers {
		l := &a.Layers[i]
		if !l.Consulted || l.Check.Allowed {
			continue
		}
		if code := l.Check.Reason.Code; l.Layer != network.LayerPort || code != access.NoRule &&
			code != access.BoolOff {
			return SeveralRules
		}
		denied++
	}
	if denied > 0 {
		return PortType
	}
	return SeveralRules
}

// constraintWays returns the ways to satisfy the first constraint that refuses an access.
func constraintWays(d *access.Decider, denial *diagnose.Diagnosis, refused *access.PermCheck) ConstraintWays {
	reason := d.ExplainConstraint(refused.Reason.Constraints[0], denial.Source, denial.Target)
	var ways ConstraintWays
	var walk func(n *access.Need)
	walk = func(n *access.Need) {
		for _, arg := range n.Args {
			walk(arg)
		}
		if n.Compare == nil {
			return
		}
		switch c := reason.Compared(n.Compare); {
		case c.Levels && n.Want:
			ways.Levels = append(ways.Levels, n.Compare)
		case c.Equal != n.Want:
		case c.Target:
			ways.Target = append(ways.Target, c.Types...)
		default:
			ways.Source = append(ways.Source, c.Types...)
		}
	}
	if reason.Needs != nil {
		walk(reason.Needs)
	}
	return ways
}

// switches returns the settings of booleans that would allow the access: the whole operation, if it
// is known.
func switches(d *access.Decider, f *Finding) [][]policy.BoolSetting {
	if whole := f.Refused(); whole != nil {
		return remedy.Switches(d, whole.Question, &whole.Answer)
	}
	if f.Denial == nil || f.Denial.Question != nil {
		return nil
	}
	list := f.Denial.Switches()
	source := d.Policy().TypeName(policy.TypeID(f.Denial.Source.Type))
	slices.SortStableFunc(list, func(a, b []policy.BoolSetting) int {
		return cmp.Compare(strangeness(d.Policy(), source, a), strangeness(d.Policy(), source, b))
	})
	return list
}

// strangeness is how far the names of booleans are from the subject's: that of the
// farthest.
func strangeness(p *policy.Policy, source string, settings []policy.BoolSetting) (most kin.Kinship) {
	for _, s := range settings {
		most = max(most, kin.Of(source, strings.TrimPrefix(p.BoolName(s.Bool), "allow_")))
	}
	return most
}

// A costKey is equal for problems with the same fixes, which differ at most in the port.
type costKey struct {
	subject, label string
	op             network.Operation
	protocol       network.Protocol
	addr           string
	record         int
	// Facts of the host that distinguish ports with one label.
	privileged, local bool
	// The number counts only for labels that a server uses.
	port uint16
}

// costs computes the best fix of every refused port operation. Ports with one label are one
// problem: their fixes differ only in names.
func (x *examination) costs() {
	known := make(map[costKey]*remedy.Fix)
	for i := range x.report.Findings {
		f := &x.report.Findings[i]
		whole := f.Refused()
		if whole == nil || f.Fix.Way == LabelProgram || f.Fix.Way == InsteadOfRule {
			continue
		}
		q := &whole.Question
		key := costKey{
			x.p.FormatContext(q.Subject), x.p.FormatContext(whole.Answer.Port.Context), q.Operation, q.Protocol,
			q.Addr.String(), whole.Answer.Port.Record,
			q.Port < q.Host.UnprivilegedPortStart, q.Host.LocalPorts.Contains(q.Port), 0,
		}
		if q.Operation == network.Bind || q.Operation == network.Listen {
			key.port = q.Port
		}
		best, ok := known[key]
		if !ok {
			fix, found, err := remedy.Best(x.d, remedy.Problem{Question: *q,
				Name: x.p.TypeName(policy.TypeID(q.Subject.Type))})
			if err != nil {
				continue
			}
			if found {
				best = &fix
			}
			known[key] = best
		}
		f.Fix.Costed, f.Fix.Best = true, best
	}
}
