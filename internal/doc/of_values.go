package doc

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// list returns a list of documents, nil for nil.
func list[In, Out any](in []In, of func(*In) Out) []Out {
	if in == nil {
		return nil
	}
	out := make([]Out, len(in))
	for i := range in {
		out[i] = of(&in[i])
	}
	return out
}

// ptr returns the document of an optional value.
func ptr[In, Out any](in *In, of func(*In) Out) *Out {
	if in == nil {
		return nil
	}
	out := of(in)
	return &out
}

func ptrs[In, Out any](in []*In, of func(*In) Out) []*Out {
	return list(in, func(p **In) *Out { return ptr(*p, of) })
}

func portSetOf(in portset.Set) PortSet { return OrEmpty(list(in, portRangeOf)) }

func exprOf(in *access.Expr) Expr {
	return Expr{
		Op:      in.Op,
		Args:    ptrs(in.Args, exprOf),
		Text:    in.Text,
		Value:   in.Value,
		Failing: in.Failing,
	}
}

func needOf(in *access.Need) Need {
	return Need{
		All:     in.All,
		Args:    ptrs(in.Args, needOf),
		Compare: ptr(in.Compare, exprOf),
		Want:    in.Want,
	}
}

func noteOf(in *diagnose.Note) Note { return Note(*in) }

// EffectsOf returns the documents of effects, [] for none.
func EffectsOf(in []impact.Effect) []Effect { return OrEmpty(list(in, effectOf)) }

func effectOf(in *impact.Effect) Effect {
	return Effect{
		Protocol: in.Protocol, Action: in.Operation, Gain: domainsOf(in.Gain),
		Lose: domainsOf(in.Lose), Addr: in.Addr,
	}
}

// AssumptionsOf returns the documents of assumptions, [] for none.
func AssumptionsOf(in []network.Assumption) []Assumption { return OrEmpty(list(in, assumptionOf)) }

func assumptionOf(in *network.Assumption) Assumption { return Assumption(*in) }

func portRangeOf(in *portset.Range) PortRange { return PortRange(*in) }

func domainsOf(in []reach.DomainPorts) []DomainPorts { return OrEmpty(list(in, domainPortsOf)) }

func domainPortsOf(in *reach.DomainPorts) DomainPorts {
	return DomainPorts{
		Domain: in.Domain,
		Ports:  portSetOf(in.Ports),
	}
}

func beyondPortsOf(in *remedy.Beyond) BeyondPorts { return BeyondPorts(*in) }

func causeOf(in *remedy.Cause) Cause { return Cause(*in) }

func portChoiceOf(in *remedy.Choice) PortChoice { return PortChoice(*in) }

func subjectStepOf(in *subject.Step) SubjectStep { return SubjectStep(*in) }
