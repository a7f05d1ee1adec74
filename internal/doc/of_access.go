package doc

import (
	"strconv"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// AccessOf returns the document of one decision.
func AccessOf(p *policy.Policy, policyName string, d *senet.Decision) Access {
	out := Access{
		Schema: "senet.access/1", Policy: policyName, Verdict: network.Denied,
		Source: p.FormatContext(d.Source), Target: p.FormatContext(d.Target), Class: p.ClassName(d.Class),
		Permissive: d.Permissive(), Words: WordsOf(d.Words), Booleans: AlternativesOf(p, d.Switches),
	}
	if d.Allowed() {
		out.Verdict = network.Allowed
	}
	decider := access.NewDecider(p)
	for i := range d.Perms {
		out.Perms = append(out.Perms, accessPermOf(decider, d, &d.Perms[i]))
	}
	return out
}

func accessPermOf(decider *access.Decider, d *senet.Decision, pc *access.PermCheck) AccessPerm {
	p := decider.Policy()
	out := AccessPerm{Perm: PermOf(p, d.Source, pc)}
	for _, c := range pc.Reason.Constraints {
		reason := decider.ExplainConstraint(c, d.Source, d.Target)
		out.Constraints = append(out.Constraints, Constraint{
			Perms:      PermsOf(p, d.Class, policy.AccessVector(c.Perms)),
			Expression: reason.Expression(), Sentence: reason.Sentence(pc.Name),
			Tree: ptr(reason.Expr, exprOf), Needs: ptr(reason.Needs, needOf),
		})
	}
	if pc.Reason.BoundReason != nil {
		out.Bound, out.BoundReason = p.TypeName(pc.Reason.Bound), pc.Reason.BoundReason.Code
	}
	return out
}

// PermsOf returns the permissions that an access vector has.
func PermsOf(p *policy.Policy, class policy.ClassID, vector policy.AccessVector) []string {
	var list []string
	for i, name := range p.Perms(class) {
		if name != "" && vector>>i&1 != 0 {
			list = append(list, name)
		}
	}
	return list
}

// WordsOf returns the document of the access vectors that the kernel computes.
func WordsOf(d access.Decision) Words {
	hex := func(v policy.AccessVector) string { return strconv.FormatUint(uint64(v), 16) }
	return Words{
		Allowed: hex(d.Allowed), AuditAllow: hex(d.AuditAllow), AuditDeny: hex(d.AuditDeny), Flags: uint32(d.Flags),
	}
}
