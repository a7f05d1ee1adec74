package diagnose

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// An Invalid is a context that rules gave a new object or a new process, and that is not valid. No allow rule makes
// it so.
type Invalid struct {
	// User, Role and Type are the parts of the context.
	User, Role, Type string
	// Fault is the part at fault: "" where the policy lacks the type, so that only the policy of that host tells.
	Fault Fault
	// Process says that the context is that of a process or its sockets, not of an object with the role object_r.
	Process bool
	// Range is the range of the user in the policy, for FaultRange of a process.
	Range string
	// Service says that system_r, the role of services, may have the type.
	Service bool
}

// A Fault is the part of a context that is not valid.
type Fault string

// The faults, in the order in which the kernel looks (security/selinux/ss/policydb.c, policydb_context_isvalid).
const (
	FaultType  Fault = "type"  // the policy does not have the type
	FaultRole  Fault = "role"  // the role may not have the type
	FaultUser  Fault = "user"  // the user may not have the role
	FaultRange Fault = "range" // the range is not within the user's, or the policy lacks a level
)

// invalid explains a computed context that the policy does not allow.
func (g *Diagnoser) invalid(d *Diagnosis, x *audit.SELinuxError) {
	what := "the new object"
	switch {
	case d.Class == "process":
		what = "the new process"
	case socketClass(x.TClass):
		what = "the new socket"
	}
	parts := invalidOf(x.InvalidContext)
	source, ok := g.context(x.SContext, true)
	if !ok {
		d.missing(g.p, NoSource, x.SContext)
		d.Invalid = parts
		return
	}
	d.Source = source.Context
	if !g.HasType(parts.Type) {
		d.missing(g.p, NoTarget, x.InvalidContext)
		d.Invalid = parts
		return
	}
	if _, err := g.p.ParseContext(g.sameForm(x.InvalidContext)); err != nil {
		d.Verdict = StillDenied
		d.Invalid = parts
		g.fault(parts)
		d.note(NoteNoRecord,
			fmt.Sprintf("the label %s, which rules give %s, is not valid: %v; the call fails without an AVC, for "+
				"permissive domains too", x.InvalidContext, what, err))
		return
	}
	d.Verdict = NowAllowed
	d.note(NoteNoRecord, fmt.Sprintf("the label %s, which rules gave %s, was not valid then; today it is",
		x.InvalidContext, what))
}

// invalidOf returns the parts of a context.
func invalidOf(text string) *Invalid {
	user, rest, _ := strings.Cut(text, ":")
	role, _, _ := strings.Cut(rest, ":")
	return &Invalid{User: user, Role: role, Type: audit.ContextType(text), Process: role != "object_r"}
}

// fault finds the part of a context that the policy does not allow.
func (g *Diagnoser) fault(v *Invalid) {
	user, hasUser := g.p.User(v.User)
	role, hasRole := g.p.Role(v.Role)
	typ, hasType := g.p.Type(v.Type)
	switch {
	case !hasType:
		v.Fault = FaultType
	case v.Process && (!hasRole || !g.p.RoleInfo(role).Types.Has(uint32(typ)-1)):
		v.Fault = FaultRole
		system, ok := g.p.Role("system_r")
		v.Service = ok && g.p.RoleInfo(system).Types.Has(uint32(typ)-1)
	case !hasUser || v.Process && !g.p.UserInfo(user).Roles.Has(uint32(role)-1):
		v.Fault = FaultUser
	case g.p.MLS() && !v.Process:
		v.Fault = FaultRange
	case g.p.MLS():
		v.Fault = FaultRange
		v.Range = g.p.FormatRange(g.p.UserInfo(user).Range)
	}
}

// InvalidContext tells which part of the context of a process or an object a policy does not allow; nil for a context
// that is valid.
func InvalidContext(p *policy.Policy, text string) *Invalid {
	if _, err := p.ParseContext(text); err == nil {
		return nil
	}
	v := invalidOf(text)
	(&Diagnoser{p: p}).fault(v)
	return v
}
