package cli

import (
	"strconv"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/policy"
)

func newAccessWords(d access.Decision) doc.Words {
	hex := func(v policy.AccessVector) string { return strconv.FormatUint(uint64(v), 16) }
	return doc.Words{Allowed: hex(d.Allowed), AuditAllow: hex(d.AuditAllow), AuditDeny: hex(d.AuditDeny),
		Flags: uint32(d.Flags)}
}

func (q *accessQuestion) json() doc.Access {
	out := doc.Access{
		Schema: "senet.access/1", Policy: q.policyName, Verdict: "denied",
		Source: q.p.FormatContext(q.source), Target: q.p.FormatContext(q.target), Class: q.p.ClassName(q.class),
		Permissive: q.permissive(), Words: newAccessWords(q.decision), Booleans: []map[string]bool{},
	}
	if q.allowed() {
		out.Verdict = "allowed"
	}
	for i := range q.perms {
		out.Perms = append(out.Perms, q.permJSON(&q.perms[i]))
	}
	for _, settings := range q.switches() {
		out.Booleans = append(out.Booleans, doc.SettingsOf(q.p, settings))
	}
	return out
}

func (q *accessQuestion) permJSON(pc *access.PermCheck) doc.AccessPerm {
	out := doc.AccessPerm{Perm: doc.Perm{Name: pc.Name, Allowed: pc.Allowed, Reason: pc.Reason.Code,
		Logged: q.logged(pc)}}
	for _, r := range pc.Reason.Rules {
		out.Rules = append(out.Rules, doc.RuleOf(q.p, r))
	}
	for _, c := range pc.Reason.Constraints {
		reason := q.d.ExplainConstraint(c, q.source, q.target)
		out.Constraints = append(out.Constraints, doc.Constraint{
			Perms:      permsOf(q.p, q.class, policy.AccessVector(c.Perms)),
			Expression: reason.Expression(), Sentence: reason.Sentence(pc.Name),
			Tree: reason.Expr, Needs: reason.Needs,
		})
	}
	if pc.Reason.BoundReason != nil {
		out.Bound, out.BoundReason = q.p.TypeName(pc.Reason.Bound), pc.Reason.BoundReason.Code
	}
	return out
}

// logged reports whether a refusal is in the audit log.
func (q *accessQuestion) logged(pc *access.PermCheck) bool {
	return !pc.Allowed && len(pc.Reason.DontAudit) == 0 && !q.p.IsNeverAudit(policy.TypeID(q.source.Type))
}

func permsOf(p *policy.Policy, class policy.ClassID, vector policy.AccessVector) []string {
	var list []string
	for i, name := range p.Perms(class) {
		if name != "" && vector>>i&1 != 0 {
			list = append(list, name)
		}
	}
	return list
}
