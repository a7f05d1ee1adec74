package complaint

import "strings"

// straceLine reads a system call on a socket or a file that strace shows as failed with
// EACCES:
//
//	[pid 812] connect(3, {sa_family=AF_INET, sin_port=htons(5601), sin_addr=inet_addr("10.0.0.7")}, 16) = -1 EACCES
//
// (Permission denied)
//
// Process ids and time stamps may stand before it. nil for all other lines.
func straceLine(m string) *Symptom {
	head, _, ok := strings.Cut(m, "= -1 EACCES")
	if !ok {
		return nil
	}
	head = strings.TrimRight(head, " \t")
	if !strings.HasSuffix(head, ")") && !strings.HasSuffix(head, ">") {
		return nil
	}
	s := &Symptom{Errno: "EACCES", Text: m[:min(len(m), maxText)], Strace: true}
	call := straceCall(head, s)
	if s.straceFile(head, call) {
		return s
	}
	if s.Operation = operationOf(call); s.Operation == "" {
		return nil
	}
	s.straceAddress(head)
	return s
}

// straceCall returns the name of the call, after process id and time.
func straceCall(head string, s *Symptom) string {
	if rest, ok := strings.CutPrefix(head, "[pid"); ok {
		inside, after, ok := strings.Cut(rest, "]")
		if ok {
			s.PID, _ = pid(strings.TrimSpace(word(strings.TrimLeft(inside, " "), "<")))
			head = strings.TrimLeft(after, " ")
		}
	}
	for first := true; len(head) > 0 && head[0] >= '0' && head[0] <= '9'; first = false {
		w, rest, ok := strings.Cut(head, " ")
		if !ok {
			return ""
		}
		if n, num := pid(w); num && first {
			s.PID = n
		}
		head = strings.TrimLeft(rest, " ")
	}
	if rest, ok := strings.CutPrefix(head, "<... "); ok {
		return word(rest, " ")
	}
	i := strings.IndexByte(head, '(')
	if i < 0 {
		return ""
	}
	return head[:i]
}

// operationOf returns the operation that a system call is, "" for one that is
// not the network's.
func operationOf(call string) string {
	switch call {
	case "connect", "bind", "listen", "shutdown", "setsockopt", "getsockopt", "getsockname", "getpeername":
		return call
	case "accept", "accept4":
		return "accept"
	case "send", "sendto", "sendmsg", "sendmmsg":
		return "send"
	case "recv", "recvfrom", "recvmsg", "recvmmsg":
		return "recv"
	case "socket", "socketpair":
		return "create"
	}
	return ""
}

// straceAddress reads the address, the protocol and what -yy adds to the
// descriptor.
func (s *Symptom) straceAddress(m string) {
	for _, k := range [...][2]string{{"sin_port=htons(", ")"}, {"sin6_port=htons(", ")"}} {
		if _, rest, ok := strings.Cut(m, k[0]); ok {
			s.Port, _ = port(word(rest, k[1]))
		}
	}
	if _, rest, ok := strings.Cut(m, `inet_addr("`); ok {
		s.Addr, _ = address(word(rest, `"`))
	}
	if _, rest, ok := strings.Cut(m, `inet_pton(AF_INET6, "`); ok {
		s.Addr, _ = address(word(rest, `"`))
	}
	if _, rest, ok := strings.Cut(m, "sun_path="); ok {
		s.Protocol = "unix"
		at, rest, _ := strings.Cut(rest, `"`)
		s.Path, _, _ = strings.Cut(rest, `"`)
		if strings.HasSuffix(at, "@") {
			s.Path = "@" + s.Path
		}
	}
	for _, k := range [...][2]string{
		{"<TCP", "tcp"}, {"<UDP", "udp"}, {"<SCTP", "sctp"}, {"<UNIX", "unix"}, {"<NETLINK", "netlink"},
		{"AF_NETLINK", "netlink"}, {"AF_UNIX", "unix"},
		{"IPPROTO_TCP", "tcp"}, {"IPPROTO_UDP", "udp"}, {"IPPROTO_SCTP", "sctp"},
	} {
		if strings.Contains(m, k[0]) {
			s.Protocol = k[1]
			return
		}
	}
	if s.Operation != "create" || !strings.Contains(m, "AF_INET") {
		return
	}
	switch {
	case strings.Contains(m, "SOCK_STREAM"):
		s.Protocol = "tcp"
	case strings.Contains(m, "SOCK_DGRAM"):
		s.Protocol = "udp"
	}
}
