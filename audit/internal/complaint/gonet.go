package complaint

import "strings"

// goNet reads the errors of Go's package net (net.OpError): OPERATION NETWORK [SOURCE->]ADDRESS:
// CALL: permission denied.
//
//	dial tcp 10.0.0.7:5601: connect: permission denied
//	listen tcp :81: socket: permission denied
//	write udp 10.9.9.9:40000->10.0.0.2:53: write: permission denied
func (s *Symptom) goNet(m string, e *endpoint) bool {
	for _, k := range [...][2]string{{"dial ", "connect"}, {"listen ", "bind"}, {"accept ", "accept"},
		{"read ", "recv"}, {"write ", "send"}, {"set ", "setsockopt"}} {
		// The innermost is the last: lookup x on 10.0.0.2:53: dial udp 10.0.0.2:53: connect: ...
		i := strings.LastIndex(m, k[0])
		if i < 0 || i > 0 && isLetter(m[i-1]) {
			continue
		}
		network, rest, ok := strings.Cut(m[i+len(k[0]):], " ")
		network = strings.TrimSuffix(network, ":")
		protocol := ""
		switch network {
		case "tcp", "tcp4", "tcp6":
			protocol = "tcp"
		case "udp", "udp4", "udp6":
			protocol = "udp"
		case "unix", "unixgram", "unixpacket":
			protocol = "unix"
		case "sctp", "sctp4", "sctp6":
			protocol = "sctp"
		default:
			continue
		}
		if !ok {
			continue
		}
		s.Operation, s.Protocol = k[1], protocol
		place, why, _ := strings.Cut(rest, ": ")
		for _, call := range [...][2]string{{"socket: ", "create"}, {"bind: ", "bind"}, {"listen: ", "listen"},
			{"connect: ", "connect"}, {"setsockopt: ", "setsockopt"}} {
			if strings.HasPrefix(why, call[0]) && (k[1] == "connect" || k[1] == "bind") {
				s.Operation = call[1]
			}
		}
		if _, peer, ok := strings.Cut(place, "->"); ok {
			place = peer
		}
		if protocol == "unix" {
			e.path = place
		} else {
			*e = hostPort(place)
		}
		return true
	}
	return false
}
