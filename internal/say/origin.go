package say

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// maxOrigins bounds how many statements of a rule are named.
const maxOrigins = 3

// Origins names the statements of modules that a rule comes from, one a line, for the permissions
// in asked; none if find is nil.
func Origins(find *provenance.Finder, p *policy.Policy, r policy.Rule, asked policy.AccessVector) []string {
	if find == nil {
		return nil
	}
	list := find.Find(provenance.Of(p, r, asked))
	if len(list) == 0 {
		return []string{"not found in these modules"}
	}
	var lines []string
	for i := range list {
		if i == maxOrigins {
			lines = append(lines, words.Sprintf("and %s more (--json names them)", Plural(len(list)-i, "place")))
			break
		}
		lines = append(lines, "in "+list[i].String())
	}
	return lines
}

// origins adds the rules that grant some permissions, with the statements that they come from.
func (l *Log) origins(b *words.Page, checks []access.PermCheck) {
	if l.Modules == nil {
		return
	}
	p := l.policy()
	for i := range checks {
		reason := &checks[i].Reason
		for _, rules := range [][]policy.Rule{reason.Rules, reason.DontAudit} {
			for _, r := range rules {
				asked, _ := p.Perm(r.Class, checks[i].Name)
				b.Line("rule", "%s", Rule(p, r, asked))
				for _, line := range Origins(l.Modules, p, r, asked) {
					b.Line("", "%s", line)
				}
			}
		}
	}
}
