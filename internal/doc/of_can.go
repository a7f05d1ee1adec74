package doc

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
)

// CanOf returns the document of an answer of the policy with a name.
func CanOf(policyName string, a *senet.Answer) Can {
	p, own := a.Policy(), say.OperationOf(a)
	out := Can{
		Head:    HeadOf("senet.can/1", policyName, &a.Machine.Host, a.Assumptions),
		Verdict: a.Together(), Question: newQuestion(own), Reason: ReasonOf(own),
		Steps:      list(a.Subject.Steps, subjectStepOf),
		OwnVerdict: a.Verdict, OnlyLogged: a.OnlyLogged, Filtered: a.Filtered, MayFilter: a.MayFilter,
		PortLabel: LabelOf(p, a.Answer.Port), Layers: LayersOf(p, network.Groups(a.Layers), a.Calls),
		Booleans: AlternativesOf(p, a.Switches()),
	}
	if a.Named != "" {
		out.PortLabel = Label{}
	}
	if o := say.PeerOf(a); o != nil {
		out.Peer = &Peer{
			Question: newQuestion(o), Verdict: o.Answer.Verdict, Reason: ReasonOf(o),
			Layers: LayersOf(p, network.Groups(o.Answer.Layers), a.Calls),
		}
	}
	return out
}

// QuestionOf returns the document of a question.
func QuestionOf(q senet.Query) Question {
	return Question{Subject: q.Subject, Action: string(q.Operation), Target: q.Target.String()}
}

func newQuestion(o *say.Operation) Question {
	q := &o.Question
	return Question{
		Subject: o.Decider.Policy().FormatContext(q.Subject), Action: string(q.Operation), Target: o.Target,
	}
}

// HeadOf returns the head of a document.
func HeadOf(schema, policyName string, facts *host.Facts, assumptions []network.Assumption) Head {
	return Head{Schema: schema, Policy: policyName, Host: facts.Summary(), Assumptions: AssumptionsOf(assumptions)}
}
