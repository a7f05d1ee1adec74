package host

import "errors"

// A Fact is the fixed name of a fact that the network checks depend on.
type Fact string

// The facts, in the order in which they are listed.
const (
	FactKernel                Fact = "kernel"
	FactFastOpen              Fact = "fast_open_check"
	FactDCCP                  Fact = "dccp"
	FactSELinux               Fact = "selinux"
	FactEnforcing             Fact = "enforcing"
	FactBooleans              Fact = "booleans"
	FactPolicyCaps            Fact = "policy_capabilities"
	FactNetNS                 Fact = "network_namespace"
	FactLocalPorts            Fact = "ip_local_port_range"
	FactUnprivilegedPortStart Fact = "ip_unprivileged_port_start"
	FactSysctls               Fact = "sysctls"
	FactInterfaces            Fact = "interfaces"
	FactNetLabel              Fact = "netlabel"
	FactIPsec                 Fact = "labelled_ipsec"
	FactSecmark               Fact = "secmark"
	FactOtherNetNS            Fact = "other_network_namespaces"
	FactRoutes                Fact = "routes"
	FactFilter                Fact = "packet_filter"
)

// How is the way in which a value was found.
type How string

// The ways.
const (
	HowRead       How = "read"       // from the running kernel
	HowConfigured How = "configured" // from a configuration file; the running state may differ
	HowDerived    How = "derived"    // derived from another fact
	HowDefault    How = "default"    // nothing sets it: the standard host's value
	HowUnreadable How = "unreadable" // could not be read: the standard host's value is assumed
)

// An Origin is the source of a fact's value.
type Origin struct {
	Fact Fact `json:"fact"`
	How  How  `json:"how"`
	// From is a path, a command, or the netlink query.
	From string `json:"from"`
	// Note is a remark for a person, "" if there is none.
	Note string `json:"note,omitempty"`
}

// An Unknown is a fact that could not be read. Answers that depend on it use the
// assumption Text.
type Unknown struct {
	Fact Fact `json:"fact"`
	// Code is the fixed name of the assumption: SN-A-...
	Code string `json:"code"`
	// Text is the assumption made instead.
	Text string `json:"text"`
	// Reason is why the fact could not be read.
	Reason string `json:"reason"`
}

// code returns the code of the assumption that replaces a fact.
func (f Fact) code() string {
	switch f {
	case FactKernel:
		return "SN-A-KERNEL"
	case FactFastOpen:
		return "SN-A-FASTOPEN"
	case FactDCCP:
		return "SN-A-DCCP"
	case FactSELinux:
		return "SN-A-SELINUX"
	case FactEnforcing:
		return "SN-A-ENFORCING"
	case FactBooleans:
		return "SN-A-BOOLEANS"
	case FactPolicyCaps:
		return "SN-A-POLICYCAPS"
	case FactNetNS:
		return "SN-A-NETNS"
	case FactLocalPorts:
		return "SN-A-LOCAL-PORTS"
	case FactUnprivilegedPortStart:
		return "SN-A-PRIVILEGED-PORTS"
	case FactSysctls:
		return "SN-A-SYSCTLS"
	case FactInterfaces:
		return "SN-A-INTERFACES"
	case FactNetLabel:
		return "SN-A-NETLABEL"
	case FactIPsec:
		return "SN-A-IPSEC"
	case FactSecmark:
		return "SN-A-SECMARK"
	case FactOtherNetNS:
		return "SN-A-OTHER-NETNS"
	case FactRoutes:
		return "SN-A-ROUTES"
	case FactFilter:
		return "SN-A-FILTER"
	}
	return "SN-A-HOST"
}

// assumption returns the assumption that replaces an unknown fact.
func (f Fact) assumption() string {
	switch f {
	case FactKernel:
		return "a kernel of the version that the policy needs"
	case FactFastOpen:
		return "the kernel checks name_connect for TCP Fast Open"
	case FactDCCP:
		return "the kernel may have DCCP"
	case FactSELinux:
		return "SELinux is on"
	case FactEnforcing:
		return "enforcing"
	case FactBooleans:
		return "booleans as the policy file has them"
	case FactPolicyCaps:
		return "policy capabilities as the policy file has them"
	case FactNetNS:
		return "the initial network namespace"
	case FactLocalPorts:
		return "ip_local_port_range 32768-60999"
	case FactUnprivilegedPortStart:
		return "ip_unprivileged_port_start 1024"
	case FactSysctls:
		return "the kernel's default sysctls"
	case FactInterfaces:
		return "packets pass an interface without a netifcon"
	case FactNetLabel:
		return "no NetLabel configuration"
	case FactIPsec:
		return "no labelled IPsec"
	case FactSecmark:
		return "no SECMARK rules"
	case FactOtherNetNS:
		return "no SECMARK rules and no labelled IPsec in other network namespaces"
	case FactRoutes:
		return "packets to other machines may pass any interface"
	case FactFilter:
		return "SECMARK rules may give packets any label"
	}
	return "as on a standard host"
}

// facts is a Facts while it is being read.
type facts struct {
	Facts
	// ownSecmark says that the namespace itself has rules or objects with labels.
	ownSecmark bool
}

func (f *facts) from(fact Fact, how How, from, note string) {
	f.Origins = append(f.Origins, Origin{fact, how, from, note})
}

// missing records that a fact could not be read from a place.
func (f *facts) missing(fact Fact, from string, err error) {
	f.Origins = append(f.Origins, Origin{fact, HowUnreadable, from, reason(err)})
	f.Unknown = append(f.Unknown, Unknown{fact, fact.code(), fact.assumption(), from + ": " + reason(err)})
}

// reason returns the innermost error, without the path, which From already has.
func reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
