package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// ask asks the question, or that of the denial, that the arguments are.
func (f *fixFlags) ask(args []string, streams ioStreams) (*fixAnswer, error) {
	question := len(args) == 3 && isQuestion(args)
	switch {
	case question:
		if _, _, err := f.protocol.question(args); err != nil {
			return nil, err
		}
	case len(args) == 0:
		return nil, usage(errors.New("senet fix takes a question, or a denial"), fixExample)
	case !isDenial(args):
		return nil, usage(fmt.Errorf("senet fix takes 3 arguments, or a denial, not %d arguments", len(args)), fixExample)
	}
	a := &fixAnswer{whatIf: len(f.bools) > 0, flags: f.write}
	p, name, err := f.openFor(a, streams.stderr)
	if err != nil {
		return nil, err
	}
	if question {
		a.can, err = f.askCanOf(p, name, args)
	} else {
		err = f.askDenial(a, p, name, args, streams)
	}
	if err != nil {
		return nil, err
	}
	return a, a.find(f.write.storeFlags)
}

// isQuestion reports whether three arguments are meant as SUBJECT ACTION TARGET.
func isQuestion(args []string) bool {
	return slices.Contains(network.Operations(), network.Operation(args[1])) || !strings.Contains(strings.Join(args, " "), "=")
}

// isDenial reports whether arguments can be a denial: a file, standard input, or
// text.
func isDenial(args []string) bool {
	return len(args) == 1 || strings.Contains(strings.Join(args, " "), "=") ||
		!slices.ContainsFunc(args, func(arg string) bool { return arg != "-" && !incident.IsFile(arg) })
}

// openFor opens the policy to ask: the store's, where one is and no other was
// named.
func (f *fixFlags) openFor(a *fixAnswer, stderr io.Writer) (*policy.Policy, string, error) {
	if f.path == "" {
		var err error
		if a.store, err = openFixStore(f.write, f.apply != "", stderr); err == nil {
			p, err := f.setBools(policy.New(a.store.db))
			return p, a.store.kern(), err
		}
		a.store, a.storeErr = nil, err
		if f.write.store != "" || errors.Is(err, semanage.ErrLocked) && f.apply != "" {
			return nil, "", err
		}
	}
	return f.open(stderr)
}

// find finds the fixes of the question.
func (a *fixAnswer) find(store storeFlags) error {
	q := a.can
	if store.store != "" {
		q.repeat = q.repeat.Option("--store", store.store)
	}
	if q.target.Ports.Len() > 1 {
		return usage(fmt.Errorf("senet fix takes one port, not a range"), fixExample)
	}
	if !q.machine.facts.Enforcing {
		q.machine.enforce()
		var err error
		if q.answer, err = network.Ask(q.d, q.question()); err != nil {
			return err
		}
	}
	problem := remedy.Problem{Question: q.question(), Name: q.p.TypeName(subjectType(q))}
	if a.store != nil {
		local, err := a.store.Local(semanage.Ports)
		if err != nil {
			return store.storeProblem(err)
		}
		problem.LocalPorts = senet.LocalPorts(q.p, local)
	}
	r, err := remedy.Find(q.d, problem)
	a.fixes = r.Fixes
	return err
}

// enforce takes a permissive machine to be enforcing, since it refuses nothing
// that a fix could be for.
func (m *machine) enforce() {
	if !m.facts.Enforcing {
		m.facts.Enforcing = true
		m.notes = append(m.notes, network.AssumeEnforcing())
	}
}

// again asks the question of the policy that the store has now.
func (f *fixFlags) again(a *fixAnswer, p *policy.Policy, name string) (*canAnswer, error) {
	now, err := f.askCanOf(p, name, a.question().args())
	if err != nil {
		return nil, err
	}
	now.subject.Name, now.subject.Assumed = a.can.subject.Name, a.can.subject.Assumed
	now.machine, now.repeat, now.maker = a.can.machine, a.can.repeat, a.can.maker
	now.answer, err = network.Ask(now.d, now.question())
	return now, err
}
