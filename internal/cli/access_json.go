package cli

import (
	"strconv"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/policy"
)

// accessJSON is what senet access --json prints: schema senet.access/1. It has
// no host: a decision rests on the policy alone.
type accessJSON struct {
	Schema  string `json:"schema"`
	Policy  string `json:"policy"`
	Verdict string `json:"verdict"` // allowed or denied; what a permissive source asks is allowed
	Source  string `json:"source"`
	Target  string `json:"target"`
	Class   string `json:"class"`
	// Permissive says that refusals are only logged: the source's type is
	// permissive.
	Permissive bool             `json:"permissive"`
	Words      accessWords      `json:"words"`
	Perms      []accessPermJSON `json:"perms"`
	// Booleans are the alternatives that would grant what is refused.
	Booleans []map[string]bool `json:"booleans"`
}

// accessWords is the kernel's av_decision: the words in hexadecimal, as --batch
// prints them.
type accessWords struct {
	Allowed    string `json:"allowed"`
	AuditAllow string `json:"auditallow"`
	AuditDeny  string `json:"auditdeny"`
	Flags      uint32 `json:"flags"`
}

func newAccessWords(d access.Decision) accessWords {
	hex := func(v policy.AccessVector) string { return strconv.FormatUint(uint64(v), 16) }
	return accessWords{hex(d.Allowed), hex(d.AuditAllow), hex(d.AuditDeny), uint32(d.Flags)}
}

type accessPermJSON struct {
	Name    string      `json:"name"`
	Allowed bool        `json:"allowed"` // by policy: permissive is not looked at
	Reason  access.Code `json:"reason"`
	// Rules grant the permission, or would if booleans were set otherwise.
	Rules       []ruleJSON       `json:"rules,omitempty"`
	Constraints []constraintJSON `json:"constraints,omitempty"`
	// Bound is the type that lacks the permission, and BoundReason why.
	Bound       string      `json:"bound,omitempty"`
	BoundReason access.Code `json:"bound_reason,omitempty"`
	// NotLogged says that a dontaudit rule keeps a refusal out of the log.
	NotLogged bool `json:"not_logged,omitempty"`
}

type constraintJSON struct {
	Perms []string `json:"perms"` // that the constraint is on
	// Expression is the constraint in the policy's language, the failing part
	// between >> and <<.
	Expression string       `json:"expression,omitempty"`
	Sentence   string       `json:"sentence"`
	Tree       *access.Expr `json:"tree,omitempty"`
	Needs      *access.Need `json:"needs,omitempty"`
}

func (q *accessQuestion) json() accessJSON {
	out := accessJSON{
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
		m := map[string]bool{}
		for _, s := range settings {
			m[q.p.BoolName(s.Bool)] = s.On
		}
		out.Booleans = append(out.Booleans, m)
	}
	return out
}

func (q *accessQuestion) permJSON(pc *access.PermCheck) accessPermJSON {
	out := accessPermJSON{Name: pc.Name, Allowed: pc.Allowed, Reason: pc.Reason.Code, NotLogged: len(pc.Reason.DontAudit) > 0}
	for _, r := range pc.Reason.Rules {
		rule := ruleJSON{
			Rule:   say.Rule(q.p, r, q.p.AllPerms(q.class)),
			Source: q.p.TypeName(r.Source), Target: q.p.TypeName(r.Target),
			Enabled: q.p.Enabled(r),
		}
		if r.Cond != 0 {
			rule.Conditional = say.Condition(q.p, r)
		}
		out.Rules = append(out.Rules, rule)
	}
	for _, c := range pc.Reason.Constraints {
		reason := q.d.ExplainConstraint(c, q.source, q.target)
		out.Constraints = append(out.Constraints, constraintJSON{
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

func permsOf(p *policy.Policy, class policy.ClassID, vector policy.AccessVector) []string {
	var list []string
	for i, name := range p.Perms(class) {
		if name != "" && vector>>i&1 != 0 {
			list = append(list, name)
		}
	}
	return list
}
