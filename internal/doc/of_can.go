package doc

import (
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A CanAnswer is what the document of senet can is made of.
type CanAnswer struct {
	Policy      string // its name
	Host        host.Facts
	Assumptions []network.Assumption
	Verdict     network.Verdict // of both ends
	Own         *say.Operation
	Peer        *say.Operation // nil where no other end was asked
	Steps       []subject.Step
	Switches    [][]policy.BoolSetting
}

// CanOf returns the document of an answer.
func CanOf(a *CanAnswer) Can {
	p := a.Own.Decider.Policy()
	out := Can{
		Head:    HeadOf("senet.can/1", a.Policy, &a.Host, a.Assumptions),
		Verdict: a.Verdict, Question: newQuestion(a.Own), Reason: ReasonOf(a.Own), Steps: a.Steps,
		OwnVerdict: a.Own.Answer.Verdict, Filtered: a.Own.Answer.Filtered, MayFilter: a.Own.Answer.MayFilter,
		PortLabel: LabelOf(p, a.Own.Answer.Port), Layers: LayersOf(p, network.Groups(a.Own.Answer.Layers)),
		Booleans: AlternativesOf(p, a.Switches),
	}
	if o := a.Peer; o != nil {
		out.Peer = &Peer{
			Question: newQuestion(o), Verdict: o.Answer.Verdict, Reason: ReasonOf(o),
			Layers: LayersOf(p, network.Groups(o.Answer.Layers)),
		}
	}
	return out
}

func newQuestion(o *say.Operation) Question {
	q := &o.Question
	return Question{
		Subject: o.Decider.Policy().FormatContext(q.Subject), Action: string(q.Operation), Target: o.Target,
	}
}

// HeadOf returns the head of a document.
func HeadOf(schema, policyName string, facts *host.Facts, assumptions []network.Assumption) Head {
	return Head{Schema: schema, Policy: policyName, Host: facts.Summary(), Assumptions: OrEmpty(assumptions)}
}
