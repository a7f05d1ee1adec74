package incident

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// KnownTo returns a function that reports whether a policy has the names of a denial: both types, the class and every
// permission. It is for [audit.FolderOptions]: many denials with invented names must not push out those that the
// policy knows.
func KnownTo(p *policy.Policy) func(*audit.Signature) bool {
	return func(s *audit.Signature) bool {
		for _, name := range [...]string{s.SourceType, s.TargetType} {
			if _, ok := p.Type(name); !ok {
				return false
			}
		}
		class, ok := p.Class(s.Class)
		if !ok {
			return false
		}
		for perm := range strings.FieldsSeq(s.Permissions) {
			if _, ok := p.Perm(class, perm); !ok && !strings.HasPrefix(perm, "0x") {
				return false
			}
		}
		return true
	}
}
