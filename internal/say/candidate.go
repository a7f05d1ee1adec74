package say

import (
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// maxCandidates bounds the endpoints that are listed.
const maxCandidates = 9

// candidates adds which endpoint of a configuration a line without a port is taken to be about, or all that
// it may be about: the refused ones if the policy refuses any.
func candidates(b *words.Page, list []diagnose.Candidate, assumed []network.Assumption) {
	Assumptions(b, assumed)
	if len(assumed) > 0 || len(list) == 0 {
		return
	}
	shown := diagnose.Refused(list)
	if len(shown) == 0 {
		shown = list
	}
	for i := range shown {
		if i == maxCandidates {
			b.Line("", "and %s more", Plural(len(shown)-i, "endpoint"))
			break
		}
		b.Line("maybe", "%s", candidate(&shown[i]))
	}
	b.Line("note", "the line names no port: it may be about each of these [%s]", network.AssumedConfig)
}

// candidate describes an endpoint of a configuration, and today's verdict.
func candidate(c *diagnose.Candidate) string {
	text := words.Sprintf("%s: %s %s/%d (%s), ", c.Place(), c.Operation, c.Protocol, c.Port, c.Directive)
	switch {
	case c.Open != "":
		return words.Sprintf("%s: %s %s (%s): the port depends on %s", c.Place(), c.Operation, c.Protocol, c.Directive,
			c.Open)
	case c.Verdict == network.Denied:
		return text + "refused today"
	case c.Verdict == network.Depends:
		return text + "not known today"
	}
	return text + "allowed today"
}
