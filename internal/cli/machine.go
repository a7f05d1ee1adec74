package cli

import (
	"context"
	"errors"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// machineFlags say for which machine a command answers.
type machineFlags struct {
	file   string
	netns  string
	strict bool
}

func (f *machineFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.file, "host", "", "answer for the machine whose facts were saved in `FILE`")
	flags.StringVar(&f.netns, "netns", "", "answer for the network namespace of a process or of that name: `PID|NAME`")
	flags.BoolVar(&f.strict, "strict", false, "say that it depends where a fact of the machine is not known")
}

// repeat returns the flags as one would type them again.
func (f *machineFlags) repeat() shell.Command {
	var c shell.Command
	if f.file != "" {
		c = c.Option("--host", f.file)
	}
	if f.netns != "" {
		c = c.Option("--netns", f.netns)
	}
	if f.strict {
		c = c.Flag("--strict")
	}
	return c
}

// A machine is what an answer rests on apart from the policy.
type machine struct {
	facts  host.Facts
	strict bool
	notes  []network.Assumption
	// userNamespace says that the network namespace belongs to a user namespace
	// other than the first.
	userNamespace bool
	kept          network.Machine // for the next question
}

// session is the policy that was opened, on the machine that the flags name.
func (f *policyFlags) session(p *policy.Policy, policyName string) (*senet.Session, error) {
	o, err := f.options()
	if err != nil {
		return nil, err
	}
	o.Booleans = nil // which p has
	s, err := senet.OpenPolicy(p, senet.Source{Name: policyName, Installed: f.path == "" && policyName != exampleName}, o)
	if err != nil {
		return nil, unreadable(err, "")
	}
	return s, nil
}

// machine reads the facts. Where only a policy was named, or none was found, the
// standard host holds and this machine is not looked at.
func (f *policyFlags) machine(policyName string) (machine, error) {
	return f.machineOf(policyName, subject.Subject{})
}

// machineOf reads the facts for a subject: those of the network namespace that a
// process is in, where no other was asked for.
func (f *policyFlags) machineOf(policyName string, who subject.Subject) (machine, error) {
	s, err := f.session(f.installed, policyName)
	if err != nil {
		return machine{}, err
	}
	m, err := s.MachineOf(context.Background(), who)
	if err != nil {
		return machine{}, unreadable(err, netnsHint)
	}
	return newMachine(m), nil
}

func newMachine(m senet.Machine) machine {
	return machine{facts: m.Host, strict: m.Strict, notes: m.Notes, userNamespace: m.UserNamespace}
}

// asked is the machine as questions name it.
func (m *machine) asked() network.Machine {
	m.kept.Host, m.kept.Strict, m.kept.UserNamespace = m.facts, m.strict, m.userNamespace
	m.kept.Prepare()
	return m.kept
}

// question is a question about this machine.
func (m *machine) question(q network.Question) network.Question {
	q.Machine = m.asked()
	q.FastOpenUnchecked = m.facts.Kernel != nil && m.facts.Kernel.FastOpenCheck == host.No
	return q
}

const netnsHint words.Lines = "lsns -t net lists the network namespaces; entering one takes root"

// questionProblem adds a way out to what is wrong with a question.
func questionProblem(err error) error {
	var unknown *senet.UnknownError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unknown):
		hint := nearest(unknown.Near)
		if hint == "" {
			hint = "ps -eZ shows what processes run as; senet info -t lists the types"
		}
		return usage(err, hint)
	case isA[*senet.MachineError](err):
		return unreadable(err, netnsHint)
	case isA[*senet.SubjectError](err), errors.Is(err, senet.ErrNoSubject):
		return usage(err,
			"a subject is a type (haproxy_t), a context, pid:812, unit:haproxy.service or exe:/usr/sbin/haproxy")
	}
	return err
}

// assumptions are what is taken for granted of the machine.
func (m *machine) assumptions() []network.Assumption {
	list := []network.Assumption{}
	if m.facts.Assumed {
		list = append(list, network.AssumeHost(&m.facts))
	}
	return append(list, m.notes...)
}
