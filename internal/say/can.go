package say

import (
	"cmp"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// Can adds an answer: the verdict, the reason, the layers, the changes that would help, the answer
// for the other end, the assumptions. modules, if not nil, finds the statements of the rules.
func Can(b *words.Page, a *senet.Answer, modules *provenance.Finder) {
	p, own := a.Policy(), OperationOf(a)
	own.Modules = modules
	b.Printf("%s\n", own.Headline())
	Pieces(b, p, a.Pieces)
	own.why(b)
	own.Layers(b)
	for _, s := range a.Switches() {
		b.Printf("bool  %s would allow it\n", Settings(p, s, " and "))
	}
	if filter := cmp.Or(a.Filtered, a.MayFilter); filter != "" {
		b.Printf("note  %s\n", words.Wrap("whatever SELinux says, "+filter, 6))
	}
	if peer := PeerOf(a); peer != nil {
		peer.Modules = modules
		b.Printf("peer  %s\n", peer.Headline())
		peer.why(b)
		peer.Layers(b)
	}
	Steps(b, a.Subject.Steps)
	Assumptions(b, a.Assumptions)
}

// AnswerHead adds the first line of an answer.
func AnswerHead(b *words.Page, a *senet.Answer) {
	head, may := "YES", "may"
	switch a.Verdict {
	case network.Denied:
		head, may = "NO", "may not"
	case network.Depends:
		head, may = "DEPENDS", "may perhaps"
	}
	b.Line(head, "%s %s %s %s%s", a.Subject.Name, may, Action(a.Query.Operation), a.Query.Target,
		onlyLogged(a.OnlyLogged))
}

// Question returns a question as a user types it: SUBJECT ACTION TARGET.
func Question(q senet.Query) string {
	return q.Subject + " " + string(q.Operation) + " " + q.Target.String()
}
