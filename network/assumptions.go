package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/host"
)

// An Assumption is something that an answer assumes. senet explain has a page about its code.
type Assumption struct {
	Code string
	Text string
}

// The codes of the assumptions, in the order of answers. Codes for facts that could not be read are in package host
// ([host.Fact.Code]).
const (
	AssumedContext    = "SN-A-CONTEXT"     // the context of the process
	AssumedAddress    = "SN-A-ADDRESS"     // the address that is bound
	AssumedModule     = "SN-A-MODULE"      // the kernel has a protocol, or can load it
	AssumedMessages   = "SN-A-MESSAGES"    // the checks for messages of a netlink family
	AssumedSELinux    = "SN-A-SELINUX"     // SELinux is on
	AssumedNetNS      = "SN-A-NETNS"       // another network namespace's parameters
	AssumedHost       = "SN-A-HOST"        // the facts of a standard host
	AssumedCapability = "SN-A-CAPABILITY"  // the process has a capability
	AssumedPackets    = "SN-A-PACKETS"     // the interface and the labels of packets
	AssumedClientPort = "SN-A-CLIENT-PORT" // the port of another machine's client
	AssumedLoaded     = "SN-A-LOADED"      // the labels in files are loaded
	AssumedConfig     = "SN-A-CONFIG"      // the endpoint that a line of a configuration means
	AssumedFileLabel  = "SN-A-FILE-LABEL"  // files have the labels of file_contexts
	AssumedTypeName   = "SN-A-TYPE-NAME"   // a label has another name in this policy
	AssumedLevelName  = "SN-A-LEVEL-NAME"  // a record has a name for a level
)

var assumptionOrder = [...]string{AssumedContext, AssumedAddress, AssumedModule, AssumedMessages, AssumedSELinux,
	AssumedNetNS, "",
	AssumedHost,
	AssumedCapability, AssumedPackets, AssumedLoaded, AssumedClientPort, AssumedConfig,
	AssumedFileLabel, AssumedTypeName, AssumedLevelName}

// SortAssumptions sorts assumptions into the order of all answers: first what the question lacks, then what the
// host's facts lack, then the rest.
func SortAssumptions(list []Assumption) {
	rank := func(a Assumption) int {
		if i := slices.Index(assumptionOrder[:], a.Code); i >= 0 {
			return i
		}
		return slices.Index(assumptionOrder[:], "") // a fact of the host
	}
	slices.SortStableFunc(list, func(a, b Assumption) int { return rank(a) - rank(b) })
}

// AssumeContext is the assumption that a process runs in a context. The policy alone does not determine the
// context.
func AssumeContext(context string) Assumption {
	return Assumption{AssumedContext, "the context " + context}
}

// AssumeServiceContexts is the same for every domain.
func AssumeServiceContexts() Assumption {
	return Assumption{AssumedContext, "every domain in the context of a system service"}
}

// AssumeSELinux is the assumption if SELinux is off: the answer is for a system with SELinux on and
// enforcing.
func AssumeSELinux() Assumption {
	return Assumption{AssumedSELinux, "SELinux is off on this machine; the answer is for when it is on and enforcing"}
}

// AssumeEnforcing is the same for a permissive system.
func AssumeEnforcing() Assumption {
	return Assumption{AssumedSELinux, "SELinux is permissive on this machine; the answer is for when it is enforcing"}
}

// AssumeNetNS is the assumption that a process has the parameters of senet's network namespace, if
// its own could not be entered.
func AssumeNetNS(pid int) Assumption {
	return Assumption{AssumedNetNS,
		fmt.Sprintf("the parameters of senet's network namespace: that of process %d could not be read", pid)}
}

// AssumeFact is the assumption that replaces a fact that could not be read.
func AssumeFact(u host.Unknown) Assumption { return Assumption{u.Code, u.Text} }

// AssumeHost is the assumption of a standard host, in the short form of answers
// about many ports.
func AssumeHost(f *host.Facts) Assumption {
	return Assumption{AssumedHost, fmt.Sprintf("a standard host, ip_local_port_range %d-%d", f.LocalPorts.Low,
		f.LocalPorts.High)}
}

// assumptions returns the assumptions of an answer.
func (a *asking) assumptions(layers []LayerAnswer) []Assumption {
	q := &a.q
	var list []Assumption
	if a.noAddr && a.s.Inet && (q.Operation == Bind || q.Operation == Listen || q.Operation == Recv) {
		list = append(list, Assumption{AssumedAddress, "the address 0.0.0.0"})
	}
	if a.s.Protocol == SCTP || a.s.Protocol == DCCP {
		list = append(list, Assumption{AssumedModule, "the kernel has the protocol " + string(a.s.Protocol) +
			" loaded"})
	}
	if q.Operation == Send && !a.s.TakesMessages() {
		list = append(list, Assumption{AssumedMessages, "this netlink family has no further checks of its messages"})
	}
	if q.Host.Assumed {
		list = append(list, Assumption{AssumedHost, fmt.Sprintf(
			"a standard host: ip_local_port_range %d-%d, ip_unprivileged_port_start %d, enforcing, no labelled "+
				"networking, no SECMARK rules",
			q.Host.LocalPorts.Low, q.Host.LocalPorts.High, q.Host.UnprivilegedPortStart)})
	}
	for i := range layers {
		if l := &layers[i]; l.Layer == LayerCapability && l.Consulted && !l.Excused {
			list = append(list, Assumption{AssumedCapability, "the process holds the capability " + l.Perm})
		}
	}
	if a.alwaysCheck && q.Host.Assumed {
		list = append(list, Assumption{AssumedPackets,
			"packets pass an interface without a netifcon and carry no label"})
	}
	list = append(list, a.assumeLoaded(layers)...)
	if q.Host.Filter != nil && a.s.Inet && a.serving && !a.traffic().local && q.PacketLabel == nil &&
		consults(layers, LayerPacket) {
		list = append(list, Assumption{AssumedClientPort,
			fmt.Sprintf("clients of other machines have a port of %d-%d", q.Host.LocalPorts.Low,
				q.Host.LocalPorts.High)})
	}
	return list
}

// assumeLoaded is the assumption that the files with the rules for packet labels are loaded, if
// checks of packets depend on files.
func (a *asking) assumeLoaded(layers []LayerAnswer) []Assumption {
	var files []string
	add := func(facts ...host.Fact) {
		for _, o := range a.q.Host.Origins {
			if o.How == host.HowConfigured && slices.Contains(facts, o.Fact) && !slices.Contains(files, o.From) {
				files = append(files, o.From)
			}
		}
	}
	if consults(layers, LayerPacket) {
		add(host.FactSecmark, host.FactFilter)
	}
	if consults(layers, LayerPeer) || consults(layers, LayerNetif) {
		add(host.FactNetLabel, host.FactIPsec)
	}
	if len(files) == 0 {
		return nil
	}
	return []Assumption{{AssumedLoaded, "how packets are labelled is read from " + strings.Join(files, " and ") +
		", which may not be loaded"}}
}

// consults reports whether a check of a layer is made.
func consults(layers []LayerAnswer, layer Layer) bool {
	return slices.ContainsFunc(layers, func(l LayerAnswer) bool { return l.Layer == layer && l.Consulted })
}
