// Package host holds the facts of one machine that the kernel's network checks
// depend on.
package host

// Facts are the facts of one machine, or of one network namespace of it.
type Facts struct {
	// Source says where the facts come from, for a person: "standard host".
	Source string `json:"source"`
	// Enforcing is false where the whole system only logs what it would deny.
	Enforcing bool `json:"enforcing"`
	// LocalPorts is net.ipv4.ip_local_port_range, which holds for IPv6 as well.
	LocalPorts PortRange `json:"ip_local_port_range"`
	// UnprivilegedPortStart is net.ipv4.ip_unprivileged_port_start: binding a
	// port below it takes the capability net_bind_service.
	UnprivilegedPortStart uint16 `json:"ip_unprivileged_port_start"`
	// PeerLabelling is true where NetLabel or labelled IPsec is configured.
	PeerLabelling bool `json:"peer_labelling"`
	// Secmark is true where packet filter rules set SECMARK labels.
	Secmark bool `json:"secmark"`
	// Assumed says that the facts were not read from a machine.
	Assumed bool `json:"assumed"`
}

// A PortRange is the ports from Low to High, both included.
type PortRange struct {
	Low  uint16 `json:"low"`
	High uint16 `json:"high"`
}

// Contains reports whether port lies in the range.
func (r PortRange) Contains(port uint16) bool { return r.Low <= port && port <= r.High }

// Standard returns the facts of a Linux system as it is installed: the kernel's
// default sysctls, enforcing, nothing configured that labels packets.
func Standard() Facts {
	return Facts{
		Source:                "standard host",
		Enforcing:             true,
		LocalPorts:            PortRange{32768, 60999},
		UnprivilegedPortStart: 1024,
		Assumed:               true,
	}
}
