package network

import (
	"errors"
	"sync"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/packetfilter"
)

// A Machine has everything, besides the policy and the question, that the kernel's checks depend
// on: the facts of one host or network namespace, and how to treat unknown ones. The zero Machine
// is invalid: questions about it are errors.
type Machine struct {
	Host host.Facts
	// Strict makes the result of a check unknown if its condition depends on a fact of Host that
	// was not read. Without Strict the check uses the assumption instead of the fact.
	Strict bool
	// UserNamespace says that the network namespace of the process belongs to a user namespace
	// other than the initial one, as in rootless containers: capabilities then have the class
	// cap_userns (cred_has_capability).
	UserNamespace bool

	prepared *prepared
}

// ErrNoHost says that a question has no machine. Its Host is the zero Facts, which would mean a permissive system
// without ports.
var ErrNoHost = errors.New("the question has no facts of a host")

// ErrNoContext says that a question has the zero Context as a label. That context is invalid: no user, role or type
// has the value 0.
var ErrNoContext = errors.New("the question has no context")

// Prepare compiles the packet filter of the machine once, for many questions. Without it each
// question compiles the filter again. Host must not change afterwards.
func (m *Machine) Prepare() {
	if m.prepared == nil && m.Host.Filter != nil {
		m.prepared = &prepared{rules: packetfilter.New(m.Host.Filter), walks: make(map[flow][]outcome)}
	}
}

// PortCuts returns the ports at which the labels from the packet filter change, in ascending order. It returns nil
// if the filter sets no labels.
func (m *Machine) PortCuts() []int {
	if m.Host.Filter == nil {
		return nil
	}
	m.Prepare()
	return m.prepared.rules.PortCuts()
}

// check refuses a machine that was never set.
func (m *Machine) check() error {
	if m.Host.Source == "" {
		return ErrNoHost
	}
	return nil
}

// prepared is the packet filter of a machine with the cached walks through it.
type prepared struct {
	rules *packetfilter.Ruleset
	mu    sync.Mutex
	walks map[flow][]outcome
}

// maxWalks bounds the cached walks.
const maxWalks = 1 << 16

// walk returns the results of the packet filter for the packets of a flow.
func (p *prepared) walk(f flow) []outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, ok := p.walks[f]
	if !ok {
		list = f.walk(p.rules)
		if len(p.walks) < maxWalks {
			p.walks[f] = list
		}
	}
	return list
}
