package senet

import (
	"context"
	"strconv"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/subject"
)

// A Machine has the facts, besides the policy, that answers depend on.
type Machine struct {
	network.Machine
	// Notes are the assumptions that were made while the facts were read.
	Notes []network.Assumption
}

// Machine returns the machine for questions without a process.
func (s *Session) Machine(ctx context.Context) (Machine, error) {
	if err := ctx.Err(); err != nil {
		return Machine{}, err
	}
	s.machineOnce.Do(func() { s.machine, s.machineErr = s.readMachine(s.options.NetNS) })
	return s.machine, s.machineErr
}

// standard reports whether to use the standard host: a policy file does not belong to a machine,
// and this machine's facts would be a guess.
func (s *Session) standard() bool {
	return s.options.Host == nil && s.options.Root == "" && s.options.NetNS == "" && !s.source.Installed
}

func (s *Session) readMachine(netns string) (Machine, error) {
	m := Machine{Machine: network.Machine{Strict: s.options.Strict || s.options.Host != nil}}
	switch {
	case s.standard():
		m.Host = host.Standard()
		return m, nil
	case s.options.Host != nil:
		m.Host = *s.options.Host
	default:
		var err error
		if m.Host, err = host.Read(host.Options{Root: s.root, NetNS: netns}); err != nil {
			return m, &MachineError{err}
		}
		if !s.root.Live() {
			if db := s.installed(); db != nil {
				m.Host = WithPolicy(m.Host, db)
			}
		}
	}
	if m.Host.SELinuxOff() {
		m.Host.Enforcing = true
		m.Notes = append(m.Notes, network.AssumeSELinux())
	}
	for _, u := range m.Host.Unknown {
		if !m.Strict && decisive(u.Fact) {
			m.Notes = append(m.Notes, network.AssumeFact(u))
		}
	}
	m.Prepare() // once for all questions
	return m, nil
}

// enforce makes a permissive machine count as enforcing.
func (m *Machine) enforce() {
	if !m.Host.Enforcing {
		m.Host.Enforcing = true
		m.Notes = append(m.Notes[:len(m.Notes):len(m.Notes)], network.AssumeEnforcing())
	}
}

// enforcing returns the machine for questions about operations.
func (s *Session) enforcing(m Machine) Machine {
	if !s.options.AsIs {
		m.enforce()
	}
	return m
}

// Assumptions are the assumptions about the machine.
func (m *Machine) Assumptions() []network.Assumption {
	var list []network.Assumption
	if m.Host.Assumed {
		list = append(list, network.AssumeHost(&m.Host))
	}
	return append(list, m.Notes...)
}

// installed returns the policy of the system under Options.Root, nil if it cannot be read: opening
// the policy for a question reports the error.
func (s *Session) installed() *policydb.Policy {
	if s.source.Installed && s.policy != nil {
		return s.policy.DB()
	}
	file, err := policyfile.Find(s.options.Root)
	if err != nil {
		return nil
	}
	db, err := file.Open()
	if err != nil {
		return nil
	}
	return db
}

// MachineOf returns the machine for a process: with the parameters of its network namespace, unless
// the options name another one.
func (s *Session) MachineOf(ctx context.Context, who subject.Subject) (Machine, error) {
	m, err := s.Machine(ctx)
	p := who.Process
	if err != nil || p == nil || m.Host.Assumed || s.options.Host != nil || s.options.NetNS != "" {
		return m, err
	}
	if m.Host.NetNS != nil && p.NetNS != 0 && p.NetNS != m.Host.NetNS.Inode {
		own, err := s.readMachine(strconv.Itoa(p.PID))
		if err != nil {
			m.Notes = append(m.Notes[:len(m.Notes):len(m.Notes)], network.AssumeNetNS(p.PID))
			return m, nil
		}
		m = own
	}
	m.UserNamespace = p.InUserNamespace() && m.Host.NetNS != nil && !m.Host.NetNS.Initial
	return m, nil
}

// decisive reports whether a fact can change an answer.
func decisive(fact host.Fact) bool {
	switch fact {
	case host.FactLocalPorts, host.FactUnprivilegedPortStart, host.FactNetLabel, host.FactIPsec, host.FactSecmark,
		host.FactEnforcing:
		return true
	}
	return false
}

// WithPolicy adds to the facts of a system that is not running what selinuxfs would show about its
// policy. As in selinuxfs (sel_read_handle_unknown), deny_unknown is also set if the policy refuses
// to be loaded by a kernel that has more permissions.
func WithPolicy(facts host.Facts, db *policydb.Policy) host.Facts {
	if facts.SELinux == nil || !facts.SELinux.Enabled || facts.SELinux.Mount != "" {
		return facts
	}
	state := *facts.SELinux
	state.MLS = db.MLS()
	state.DenyUnknown = db.HandleUnknown() != policydb.UnknownAllow
	state.RejectUnknown = db.HandleUnknown() == policydb.UnknownReject
	facts.SELinux = &state
	return facts
}

// fastOpenUnchecked reports whether the kernel is known not to check Fast Open.
func (m *Machine) fastOpenUnchecked() bool {
	return m.Host.Kernel != nil && m.Host.Kernel.FastOpenCheck == host.No
}
