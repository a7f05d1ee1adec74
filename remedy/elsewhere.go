package remedy

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/network"
)

// Elsewhere lists other possible causes of a failure if SELinux allows an operation,
// judged by its system calls: the most likely first, none for sockets other than IP.
func Elsewhere(q network.Question) []Cause {
	s, _ := network.SocketOf(q.Protocol)
	if !s.Inet {
		return nil
	}
	calls := q.Calls
	if calls == nil {
		calls = q.Operation.Calls(s)
	}
	var list []Cause
	if slices.Contains(calls, network.CallSocket) && (q.Protocol == network.Raw) {
		list = append(list, Cause{"SN-E-CAPABILITY", "EPERM",
			"the process does not have the capability net_raw: SELinux allows its use, but does not grant it"})
	}
	if slices.Contains(calls, network.CallBind) && s.PortProtocol != 0 {
		list = append(list, bindCauses(q)...)
	}
	if slices.Contains(calls, network.CallConnect) && s.Stream {
		list = append(list,
			Cause{"SN-E-NO-LISTENER", "ECONNREFUSED", fmt.Sprintf(
				"nobody listens on %s/%d at the address, or a packet filter on the way rejects the packets",
				q.Protocol, q.Port)},
			Cause{"SN-E-PACKET-FILTER", "",
				"a packet filter, here or on the way, drops the packets: the connection times out (ETIMEDOUT)"},
		)
	}
	if slices.Contains(calls, network.CallConnect) || slices.Contains(calls, network.CallSend) {
		list = append(list,
			Cause{"SN-E-NO-ROUTE", "ENETUNREACH", "there is no route to the address"},
			Cause{"SN-E-LOCAL-FILTER", "EPERM",
				"a packet filter on this host drops what the program sends, or its cgroup may not use the address " +
					"(IPAddressDeny=)"},
		)
		if !s.Stream {
			list = append(list, Cause{"SN-E-BROADCAST", "EACCES",
				"the address is a broadcast address and the socket lacks SO_BROADCAST"})
		}
	}
	return append(list, Cause{"SN-E-OTHER-MODULE", "EACCES",
		"another security module or sandbox of the process refuses: Landlock, AppArmor, BPF, seccomp " +
			"(RestrictAddressFamilies= is EAFNOSUPPORT)"})
}

func bindCauses(q network.Question) (list []Cause) {
	if start := q.Host.UnprivilegedPortStart; q.Port != 0 && q.Port < start {
		list = append(list, Cause{"SN-E-CAPABILITY", "EACCES",
			fmt.Sprintf(
				"port %d is below ip_unprivileged_port_start (%d) and the process does not hold the capability "+
					"net_bind_service", q.Port, start)})
	}
	if q.Port != 0 {
		list = append(list, Cause{"SN-E-ADDRESS-IN-USE", "EADDRINUSE",
			fmt.Sprintf("another socket holds %s/%d", q.Protocol, q.Port)})
	}
	if q.Addr.IsValid() && !q.Addr.IsUnspecified() {
		list = append(list, Cause{"SN-E-NOT-OUR-ADDRESS", "EADDRNOTAVAIL",
			fmt.Sprintf("%s is not an address of this host", q.Addr)})
	}
	return append(list, Cause{"SN-E-SOCKET-BIND", "EPERM", "the cgroup of the process may not bind the port " +
		"(SocketBindDeny=)"})
}
