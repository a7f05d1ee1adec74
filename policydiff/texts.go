package policydiff

import (
	"net/netip"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// Texts write parts of statements. Different values must have different texts.
type Texts interface {
	Context(*policy.Policy, *policydb.Context) string
	Level(*policy.Policy, *policydb.Level) string
	Range(*policy.Policy, *policydb.Range) string
	Constraint(*policy.Policy, *query.Constraint) string
	InitialSID(p *policy.Policy, sid uint32) string
	Addr(netip.Addr) string
}

// plainTexts write the policy language.
type plainTexts struct{}

// Context writes a context.
func (plainTexts) Context(p *policy.Policy, c *policydb.Context) string { return p.FormatContext(*c) }

// Level writes a level.
func (plainTexts) Level(p *policy.Policy, l *policydb.Level) string { return p.FormatLevel(*l) }

// Range writes a range.
func (plainTexts) Range(p *policy.Policy, r *policydb.Range) string { return p.FormatRange(*r) }

// InitialSID writes the name of an initial SID.
func (plainTexts) InitialSID(p *policy.Policy, sid uint32) string {
	return query.InitialSIDName(p.DB().Target, sid)
}

// Addr writes an address.
func (plainTexts) Addr(a netip.Addr) string { return a.String() }
