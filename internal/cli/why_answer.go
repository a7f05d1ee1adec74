package cli

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// A whyAnswer is a report on a log with what it takes to print it.
type whyAnswer struct {
	policyName string
	repeat     shell.Command // the flags that ask the same policy and machine again
	// policyRepeat are those that ask the same policy, for commands that take no
	// machine.
	policyRepeat shell.Command
	input        *whyInput
	p            *policy.Policy
	d            *access.Decider
	machine      machine
	report       *incident.Report
}

// whyShown is the number of findings that are printed unless all are asked for.
const whyShown = 10

// options are those that the flags stand for.
func (f *whyFlags) options(m machine, system *subject.System) incident.Options {
	o := incident.Options{Machine: m.question(network.Question{}), System: system, Limit: whyShown, Costs: incident.CostsOfFew}
	if f.all || f.allow != "" {
		o.Limit = 0
	}
	switch {
	case f.fix:
		o.Costs = incident.AllCosts
	case f.output.quiet || f.allow != "":
		o.Costs = incident.NoCosts
	}
	return o
}

// can is the operation of a finding as a whole where it is refused, as senet can
// prints it; else nil.
func (a *whyAnswer) can(f *incident.Finding) *canAnswer {
	if whole := f.Refused(); whole != nil {
		return a.answered(whole)
	}
	return nil
}

// answered is an operation with its answer, as senet can prints it.
func (a *whyAnswer) answered(whole *incident.Whole) *canAnswer {
	c := a.question(&whole.Question)
	c.answer = whole.Answer
	return c
}

func (a *whyAnswer) question(q *network.Question) *canAnswer {
	return &canAnswer{
		policyName: a.policyName, p: a.p, d: a.d, machine: a.machine, repeat: a.repeat, subject: a.subjectOf(q.Subject), op: q.Operation,
		target: senet.Target{Protocol: q.Protocol, Addr: q.Addr, Ports: reach.Interval{Low: q.Port, High: q.Port}},
		port:   q.Port, maker: q.Maker,
	}
}

// subjectOf names a context as commands take it: by its type where that
// suffices.
func (a *whyAnswer) subjectOf(c policy.Context) subject.Subject {
	text := a.p.FormatContext(c)
	usual, ok := subject.FromType(a.p, policy.TypeID(c.Type))
	if ok && a.p.FormatContext(usual) == text {
		return subject.Subject{Name: a.p.TypeName(policy.TypeID(c.Type)), Context: c}
	}
	return subject.Subject{Name: text, Context: c}
}

// costed is the best fix of a finding as senet fix prints it, nil where its cost
// was not looked for.
func (a *whyAnswer) costed(f *incident.Finding) *fixAnswer {
	if !f.Fix.Costed {
		return nil
	}
	fixes := &fixAnswer{can: a.can(f)}
	if f.Fix.Best != nil {
		fixes.fixes = []remedy.Fix{*f.Fix.Best}
	}
	return fixes
}
