package say

import (
	"strings"

	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// missingInPolicy is the fix of a service that does not start by what an allow rule would grant: where it is as the
// distribution installs it, the rule is missing in the policy. What follows in the log of a service that stops early is
// not known yet.
func (l *Log) missingInPolicy(it *incident.Finding) string {
	text := l.ruleText(it.Denial)
	rule, ok := strings.CutPrefix(text, "an allow rule, if the access is intended: ")
	if !ok {
		return text
	}
	rule, _, _ = strings.Cut(rule, ";")
	source := l.policy().TypeName(policy.TypeID(it.Denial.Source.Type))
	permissive := shell.New("semanage", "permissive")
	return words.Sprintf("update the policy: if the service and its labels are those of the distribution, the policy "+
		"lacks the rule, which is to be reported; until then an allow rule, for all that it needs at once: %s, start "+
		"it, %s, %s (%s)", permissive.Option("-a", source), shell.New("senet", "why", "--allow"),
		permissive.Option("-d", source), rule)
}
