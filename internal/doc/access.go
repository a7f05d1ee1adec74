package doc

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
)

// Access is the document of senet access --json: schema senet.access/1. It has no host: a
// decision depends only on the policy.
type Access struct {
	Schema  string          `json:"schema"`
	Policy  string          `json:"policy"`
	Verdict network.Verdict `json:"verdict"` // allowed or denied; for a permissive source, allowed
	Source  string          `json:"source"`
	Target  string          `json:"target"`
	Class   string          `json:"class"`
	// Permissive says that refusals are only logged: the source's type is
	// permissive.
	Permissive bool         `json:"permissive"`
	Words      Words        `json:"words"`
	Perms      []AccessPerm `json:"perms"`
	// Booleans are the alternatives that would grant the denied access.
	Booleans []map[string]bool `json:"booleans"`
}

// Words is the kernel's av_decision: the words in hexadecimal, as --batch
// prints them.
type Words struct {
	Allowed    string `json:"allowed"`
	AuditAllow string `json:"auditallow"`
	AuditDeny  string `json:"auditdeny"`
	Flags      uint32 `json:"flags"`
}

// An AccessPerm is a permission with the policy's facts about it.
type AccessPerm struct {
	Perm
	Constraints []Constraint `json:"constraints,omitempty"`
	// Bound is the type that lacks the permission, and BoundReason the reason.
	Bound       string      `json:"bound,omitempty"`
	BoundReason access.Code `json:"bound_reason,omitempty"`
}

// A Constraint denies a permission.
type Constraint struct {
	Perms []string `json:"perms"` // the permissions of the constraint
	// Expression is the constraint in the policy's language, the failing part
	// between >> and <<.
	Expression string `json:"expression,omitempty"`
	Sentence   string `json:"sentence"`
	Tree       *Expr  `json:"tree,omitempty"`
	Needs      *Need  `json:"needs,omitempty"`
}

// AccessLine is one answer of senet access --batch --json.
type AccessLine struct {
	Source string `json:"source,omitempty"`
	Target string `json:"target,omitempty"`
	Class  string `json:"class,omitempty"`
	// Perms are the allowed permissions, in the order of their bits.
	Perms []string `json:"perms,omitempty"`
	Words *Words   `json:"words,omitempty"`
	// Error says why there is no answer: "invalid context", "unknown class", or, with the
	// text in Line, a line that is too long or does not have three words.
	Error string `json:"error,omitempty"`
	Line  string `json:"line,omitempty"`
}
