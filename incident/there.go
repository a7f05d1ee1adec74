package incident

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// verdictOn returns what the text has of the policy of its host about a denial, nil for nothing. The words of audit2why
// come before a suggestion of setroubleshoot. report is the report that stands for the denial, nil for none.
func (log *Log) verdictOn(s *audit.Signature, report *audit.Report) *audit.HostVerdict {
	var found *audit.HostVerdict
	if report != nil && report.Boolean != "" {
		found = &audit.HostVerdict{Class: s.Class, Permissions: s.Permissions, Kind: audit.AnswerBoolean,
			Booleans: []string{report.Boolean}, Suggested: true}
	}
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
