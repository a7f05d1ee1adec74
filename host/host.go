// Package host has the facts of one machine that the kernel's network checks depend on, and reads them: from the
// running system, from a system under a directory, or from a saved file.
//
// Every fact has an [Origin]. It names the file or query that the fact comes from, and says whether the fact was
// read, configured, derived, assumed or could not be read. Facts that could not be read are listed in
// [Facts.Unknown] with a code, and have the value of a standard host.
//
// The parsers are functions of bytes. All access to the system goes through [Root] for files, and through one
// function each for netlink and for commands.
//
// Start here: [Read], [Load] or [Standard].
package host

import "slices"

// Facts are the facts of one machine, or of one network namespace of it.
type Facts struct {
	// Source names the origin of the facts, for a person: "standard host".
	Source string `json:"source"`
	// Enforcing is false if the whole system only logs denials, or if SELinux is off.
	Enforcing bool `json:"enforcing"`
	// LocalPorts is net.ipv4.ip_local_port_range, which also applies to IPv6.
	LocalPorts PortRange `json:"ip_local_port_range"`
	// UnprivilegedPortStart is net.ipv4.ip_unprivileged_port_start: binding a port below it
	// requires the capability net_bind_service.
	UnprivilegedPortStart uint16 `json:"ip_unprivileged_port_start"`
	// PeerLabelling is true if NetLabel or labelled IPsec is configured: the kernel's
	// netlbl_enabled() or selinux_xfrm_refcount > 0.
	PeerLabelling bool `json:"peer_labelling"`
	// Secmark is true if packet filter rules set SECMARK labels: the kernel's
	// selinux_secmark_refcount > 0.
	Secmark bool `json:"secmark"`
	// Assumed says that the facts were not read from a machine.
	Assumed bool `json:"assumed"`

	// The facts above are derived from the following sections. A section is nil if it was not read; Unknown or
	// Origins then says why.

	Kernel       *Kernel       `json:"kernel,omitempty"`
	SELinux      *SELinux      `json:"selinux,omitempty"`
	NetNS        *NetNS        `json:"network_namespace,omitempty"`
	Sysctls      []Sysctl      `json:"sysctls,omitempty"`
	Interfaces   []Interface   `json:"interfaces,omitempty"`
	NetLabel     *NetLabel     `json:"netlabel,omitempty"`
	IPsec        []IPsecLabel  `json:"labelled_ipsec,omitempty"`
	SecmarkRules []SecmarkRule `json:"secmark_rules,omitempty"`
	// Filter is the packet filter, if SecmarkRules has rules of this network namespace.
	Filter *Filter `json:"packet_filter,omitempty"`
	// Routes are the routing tables, if packets are checked or the caller asked for them.
	Routes []Route `json:"routes,omitempty"`
	// Origins has one entry for each fact that Read tried to find, in a fixed order.
	Origins []Origin `json:"origins,omitempty"`
	// Unknown lists the facts that could not be read, in the same order.
	Unknown []Unknown `json:"unknown,omitempty"`
}

// A PortRange is a range of ports, with both ends.
type PortRange struct {
	Low  uint16 `json:"low"`
	High uint16 `json:"high"`
}

// Contains reports whether port lies in the range.
func (r PortRange) Contains(port uint16) bool { return r.Low <= port && port <= r.High }

// Standard returns the facts of a newly installed Linux system: the kernel's default sysctls,
// enforcing, and no labels for packets.
func Standard() Facts {
	return Facts{
		Source:                "standard host",
		Enforcing:             true,
		LocalPorts:            PortRange{32768, 60999},
		UnprivilegedPortStart: 1024,
		Assumed:               true,
	}
}

// Origin returns the source of a fact; ok is false if Read did not try to find it.
func (f *Facts) Origin(fact Fact) (o Origin, ok bool) {
	i := slices.IndexFunc(f.Origins, func(o Origin) bool { return o.Fact == fact })
	if i < 0 {
		return Origin{}, false
	}
	return f.Origins[i], true
}

// Missing returns why a fact is not known; ok is false if it is known.
func (f *Facts) Missing(fact Fact) (u Unknown, ok bool) {
	i := slices.IndexFunc(f.Unknown, func(u Unknown) bool { return u.Fact == fact })
	if i < 0 {
		return Unknown{}, false
	}
	return f.Unknown[i], true
}

// SELinuxOff reports whether the facts come from a machine with SELinux off: then there are no
// checks, and processes have no labels.
func (f *Facts) SELinuxOff() bool { return f.SELinux != nil && !f.SELinux.Enabled }

// Summary returns the facts that verdicts depend on, without the long lists, for the answers of
// commands.
func (f Facts) Summary() Facts {
	f.Sysctls, f.Interfaces, f.Origins, f.Filter, f.Routes = nil, nil, nil, nil, nil
	if f.SELinux != nil {
		s := *f.SELinux
		s.Booleans, s.PolicyCaps = nil, nil
		f.SELinux = &s
	}
	return f
}
