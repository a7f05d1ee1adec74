package cli

import (
	"errors"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/network"
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

// machine reads the facts. Where only a policy was named, or none was found, the
// standard host holds and this machine is not looked at.
func (f *policyFlags) machine(policyName string) (machine, error) {
	m := machine{strict: f.machineFlags.strict || f.file != ""}
	facts := hostFlags{file: f.file, root: f.root, netns: f.netns}
	switch {
	case f.file == "" && f.root == "" && f.netns == "" && (f.path != "" || policyName == exampleName):
		m.facts = host.Standard()
		return m, nil
	case f.file != "" && f.root != "":
		facts.root = "" // --root names the policy's system, --host the machine
	}
	var err error
	if m.facts, err = facts.read(); err != nil {
		return m, err
	}
	if facts.root != "" {
		addInstalled(&m.facts, facts.root, f.installed)
	}
	if m.facts.SELinuxOff() {
		m.facts.Enforcing = true
		m.notes = append(m.notes, network.AssumeSELinux())
	}
	for _, u := range m.facts.Unknown {
		if !m.strict && decisive(u.Fact) {
			m.notes = append(m.notes, network.AssumeFact(u))
		}
	}
	return m, nil
}

// machineOf reads the facts for a subject: those of the network namespace that a
// process is in, where no other was asked for.
func (f *policyFlags) machineOf(policyName string, s subject.Subject) (machine, error) {
	m, err := f.machine(policyName)
	if p := s.Process; err != nil || p == nil || m.facts.Assumed || f.file != "" || f.netns != "" {
		return m, err
	} else if m.facts.NetNS != nil && p.NetNS != 0 && p.NetNS != m.facts.NetNS.Inode {
		there := *f
		there.netns = strconv.Itoa(p.PID)
		own, err := there.machine(policyName)
		if err != nil {
			m.notes = append(m.notes, network.AssumeNetNS(p.PID))
			return m, nil
		}
		m = own
	}
	m.userNamespace = s.Process.InUserNamespace() && m.facts.NetNS != nil && !m.facts.NetNS.Initial
	return m, nil
}

// decisive reports whether a fact can change an answer.
func decisive(fact host.Fact) bool {
	switch fact {
	case host.FactLocalPorts, host.FactUnprivilegedPortStart, host.FactNetLabel, host.FactIPsec, host.FactSecmark, host.FactEnforcing:
		return true
	}
	return false
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

// find finds the subject that a person named, with a hint where there is none.
func (f *policyFlags) find(d *access.Decider, name string) (subject.Subject, error) {
	root, err := host.OpenRoot(f.root)
	if err != nil {
		return subject.Subject{}, unreadable(err, "")
	}
	s, err := subject.System{Root: root}.Find(d, name)
	switch {
	case err == nil:
		return s, nil
	case errors.Is(err, subject.ErrUnknown):
		hint := didYouMean(name, typeNames(d.Policy()))
		if hint == "" {
			hint = "ps -eZ shows what processes run as; senet info -t lists the types"
		}
		return s, usage(err, hint)
	}
	return s, usage(err, "a subject is a type (haproxy_t), a context, pid:812, unit:haproxy.service or exe:/usr/sbin/haproxy")
}

// assumptions are what is taken for granted of the machine.
func (m *machine) assumptions() []network.Assumption {
	list := []network.Assumption{}
	if m.facts.Assumed {
		list = append(list, network.AssumeHost(&m.facts))
	}
	return append(list, m.notes...)
}
