package doc

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
)

// Access is the document of senet access --json: schema senet.access/1. It has
// no host: a decision rests on the policy alone.
type Access struct {
	Schema  string          `json:"schema"`
	Policy  string          `json:"policy"`
	Verdict network.Verdict `json:"verdict"` // allowed or denied; what a permissive source asks is allowed
	Source  string          `json:"source"`
	Target  string          `json:"target"`
	Class   string          `json:"class"`
	// Permissive says that refusals are only logged: the source's type is
	// permissive.
	Permissive bool         `json:"permissive"`
	Words      Words        `json:"words"`
	Perms      []AccessPerm `json:"perms"`
	// Booleans are the alternatives that would grant what is refused.
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

// An AccessPerm is a permission with all that the policy says of it.
type AccessPerm struct {
	Perm
	Constraints []Constraint `json:"constraints,omitempty"`
	// Bound is the type that lacks the permission, and BoundReason why.
	Bound       string      `json:"bound,omitempty"`
	BoundReason access.Code `json:"bound_reason,omitempty"`
}

// A Constraint refuses a permission.
type Constraint struct {
	Perms []string `json:"perms"` // that the constraint is on
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
	// Perms are the permissions that are allowed, by the order of their bits.
	Perms []string `json:"perms,omitempty"`
	Words *Words   `json:"words,omitempty"`
	// Error is why there is no answer: "invalid context", "unknown class", or
	// for a line that is not three words long or too long, which Line then holds.
	Error string `json:"error,omitempty"`
	Line  string `json:"line,omitempty"`
}
