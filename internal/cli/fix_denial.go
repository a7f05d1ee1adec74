package cli

import (
	"errors"
	"slices"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/subject"
)

// askDenial asks the question of a denial as senet why reads it: of the most
// frequent one that a fix can be for. Before a change there may be no other.
func (f *fixFlags) askDenial(a *fixAnswer, p *policy.Policy, name string, args []string, streams ioStreams) error {
	why := whyFlags{policyFlags: f.policyFlags, all: true, output: outputFlags{quiet: true}}
	in, err := why.input(args, streams.stdin)
	if err != nil {
		return err
	}
	defer in.Close()
	a.stdin = slices.Contains(args, "-")
	log, binary, err := readLog(in, incident.KnownTo(p), streams.stderr)
	if err != nil {
		return unreadable(err, "")
	}
	if err := in.Empty(log, binary); err != nil {
		return unreadable(err, noInputHint)
	}
	m, err := f.machine(name)
	if err != nil {
		return err
	}
	m.enforce()
	return a.choose(openedPolicy{p: p, name: name, machine: m}, why.answer(openedPolicy{p: p, name: name, machine: m},
		log), f, args)
}

// choose takes the question of the most frequent denial that is refused today,
// else of one that is not.
func (a *fixAnswer) choose(ask openedPolicy, w *say.Log, f *fixFlags, args []string) error {
	refused, allowed := w.Report.Operations()
	list := refused
	if len(list) == 0 {
		list = allowed
	}
	if len(list) == 0 {
		next := words.Lines("senet why - explains what was read")
		if !slices.Contains(args, "-") {
			next = words.Format("senet why explains: %s", shell.New("senet", "why").Arg(args...))
		}
		return unreadable(errors.New("no denial of an operation on a port whose number is known, which is what fixes are for"), next)
	}
	a.can = answered(ask, w, list[0])
	for _, whole := range refused[min(1, len(refused)):] {
		a.others = append(a.others, (&fixAnswer{can: answered(ask, w, whole)}).question())
	}
	if len(a.others) > 0 && (f.apply != "" || f.plan > 0) {
		return usage(errors.New("more than one operation was refused"), words.Format("one at a time:\n%s", a.commands(f)))
	}
	return nil
}

// answered is the operation of a finding, as if it had been asked for.
func answered(ask openedPolicy, w *say.Log, whole *incident.Whole) *canAnswer {
	o := w.Operation(whole)
	q := &o.Question
	return &canAnswer{
		policyName: ask.name, p: ask.p, d: w.Decider, machine: ask.machine, repeat: w.Again,
		subject: subject.Subject{Name: o.Name, Context: q.Subject}, op: q.Operation, port: q.Port, maker: q.Maker,
		target: senet.Target{Protocol: q.Protocol, Addr: q.Addr, Ports: portset.Range{Low: q.Port, High: q.Port}},
		answer: whole.Answer,
	}
}

// maxOthers is how many further questions are listed.
const maxOthers = 9

// commands are the commands for each of the questions, one a line.
func (a *fixAnswer) commands(f *fixFlags) words.Lines {
	var b words.Page
	b.Printf("%s", a.question().command(f.repeat()))
	for i, q := range a.others {
		if i == maxOthers {
			b.Printf("\nand %s more", say.Number(len(a.others)-i))
			break
		}
		b.Printf("\n%s", q.command(f.repeat()))
	}
	return b.Lines()
}
