package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
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
func (f *machineFlags) repeat() string {
	s := ""
	if f.file != "" {
		s += " --host " + f.file
	}
	if f.netns != "" {
		s += " --netns " + f.netns
	}
	if f.strict {
		s += " --strict"
	}
	return s
}

// A machine is what an answer rests on apart from the policy.
type machine struct {
	facts  host.Facts
	strict bool
	notes  []network.Assumption
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
	if m.facts.SELinuxOff() {
		m.facts.Enforcing = true
		m.notes = append(m.notes, network.Assumption{Code: "SN-A-SELINUX", Text: "SELinux is off on this machine; the answer is for when it is on and enforcing"})
	}
	for _, u := range m.facts.Unknown {
		if !m.strict && decisive(u.Fact) {
			m.notes = append(m.notes, network.Assumption{Code: u.Code, Text: u.Text})
		}
	}
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

// question is a question about this machine.
func (m *machine) question(q network.Question) network.Question {
	q.Host, q.Strict = m.facts, m.strict
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
		list = append(list, network.Assumption{Code: "SN-A-HOST", Text: fmt.Sprintf("a standard host, ip_local_port_range %d-%d", m.facts.LocalPorts.Low, m.facts.LocalPorts.High)})
	}
	return append(list, m.notes...)
}
