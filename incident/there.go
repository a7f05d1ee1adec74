package incident

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// verdictOn returns what the text has of the policy of its host about a denial, nil for nothing. The words of audit2why
// come before a suggestion of setroubleshoot.
func (log *Log) verdictOn(s *audit.Signature) *audit.HostVerdict {
	var found *audit.HostVerdict
	for i := range log.Verdicts {
		v := &log.Verdicts[i]
		switch {
		case v.Class != s.Class:
		case v.Suggested:
			if found == nil && slices.Contains(strings.Fields(s.Permissions), v.Permissions) {
				found = v
			}
		case v.SourceType == s.SourceType && v.TargetType == s.TargetType && v.Permissions == s.Permissions:
			return v
		}
	}
	return found
}
