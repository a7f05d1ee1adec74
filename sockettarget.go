package senet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/network"
)

// A SocketTarget is the object of an operation that is about no port of IP: a unix, netlink, vsock,
// raw, packet or ICMP socket, a socket option, a descriptor of another process, a kernel module. The
// zero SocketTarget is invalid.
type SocketTarget struct {
	Text     string // as a command names it
	Protocol network.Protocol
	// Path is the path of a unix socket, "" for none.
	Path string
	// Peer names the process that listens at a unix socket, or that opened a descriptor, as for
	// [Session.Subject]; "" if none was named.
	Peer string
	// Message is the permission for a netlink message: nlmsg_read, nlmsg_write, nlmsg_relay.
	Message string
	// Option is a socket option, one of [network.Options].
	Option string
	// Port is a port of vsock; those from 1024 on are alike.
	Port uint16
}

// netlinkFamily returns the protocol for a word for a family of netlink, beside the protocol's own name; "" for others.
func netlinkFamily(name string) network.Protocol {
	switch name {
	case "diag", "sock_diag", "inet_diag":
		return network.NetDiag
	case "uevent":
		return network.NetUevent
	case "fib":
		return network.NetFIB
	case "other", "usersock":
		return network.NetOther
	}
	return ""
}

// ParseSocketTarget reads the target of an operation that is about no port of IP:
//
//	unix:/run/app.sock, unix:app_t, unix    a stream or seqpacket socket, by its path or who listens
//	unix-dgram:/dev/log, unix-dgram:syslogd_t
//	netlink:route, netlink:route/write      a family, and for send what the message does
//	vsock:1024, raw, packet, icmp
//	SO_MARK, udp/SO_MARK                    with the action set; tcp if no protocol is named
//	fd:init_t, fd:init_t/tcp                with use: any descriptor, or a socket
//	module, module:sctp                     with request
//	tcp, udp, sctp, ...                     with open
//
// ok is false if the text is not in one of these forms, and then it may be a [Target].
func ParseSocketTarget(op network.Operation, text string) (t SocketTarget, ok bool, err error) {
	t = SocketTarget{Text: text}
	if op != network.Open && op != network.Set && op != network.Use && op != network.Request &&
		!slices.Contains(network.Operations(), op) {
		return t, false, nil
	}
	word, rest, _ := strings.Cut(text, ":")
	switch op {
	case network.Set:
		return t, true, t.option()
	case network.Use:
		if word != "fd" || rest == "" {
			return t, true, &TargetError{text, fmt.Errorf("a descriptor looks like fd:init_t, or fd:init_t/tcp")}
		}
		t.Peer, rest, _ = strings.Cut(rest, "/")
		t.Protocol = network.Protocol(rest)
		if _, known := network.SocketOf(t.Protocol); !known && rest != "" {
			return t, true, &TargetError{text, fmt.Errorf("%q is not a kind of socket", rest)}
		}
		return t, true, nil
	case network.Request:
		if word != "module" {
			return t, true, &TargetError{text, fmt.Errorf("a module looks like module:sctp")}
		}
		return t, true, nil
	}
	switch word {
	case "unix", "unix-stream", "unix-dgram":
		t.Protocol = network.UnixStream
		if word == "unix-dgram" {
			t.Protocol = network.UnixDgram
		}
		return t, true, t.unix(op, rest)
	case "netlink":
		return t, true, t.netlink(op, rest)
	case "vsock":
		return t, true, t.vsock(rest)
	case "raw", "packet", "icmp", "ping":
		t.Protocol = network.Protocol(word)
		if word == "ping" {
			t.Protocol = network.Ping
		}
		return t, true, t.rest(op, rest)
	}
	if op == network.Open {
		t.Protocol = network.Protocol(strings.ToLower(text))
		if _, known := network.SocketOf(t.Protocol); !known {
			err = &TargetError{text, fmt.Errorf(
				"it is no kind of socket, such as tcp, raw, packet, netlink:route, unix")}
		}
		return t, true, err
	}
	return t, false, nil
}

// rest refuses what follows the name of a socket without ports, and connecting one without an end.
func (t *SocketTarget) rest(op network.Operation, rest string) error {
	switch {
	case rest != "":
		return &TargetError{t.Text, fmt.Errorf("sockets of %s have no ports", t.Protocol)}
	case t.Protocol == network.Packet && (op == network.Connect || op == network.Listen),
		op == network.Listen:
		return &TargetError{t.Text, fmt.Errorf("sockets of %s do not %s: ask for open, send, recv or bind", t.Protocol,
			op)}
	}
	return nil
}

func (t *SocketTarget) option() error {
	proto, name, ok := strings.Cut(t.Text, "/")
	if !ok {
		proto, name = string(network.TCP), t.Text
	}
	t.Protocol, t.Option = network.Protocol(strings.ToLower(proto)), strings.ToUpper(name)
	if _, known := network.SocketOf(t.Protocol); !known {
		return &TargetError{t.Text, fmt.Errorf("%q is not a kind of socket", proto)}
	}
	if !slices.Contains(network.Options(), t.Option) {
		return &TargetError{t.Text, fmt.Errorf("senet knows the checks of these options: %s",
			strings.Join(network.Options(), ", "))}
	}
	return nil
}

func (t *SocketTarget) unix(op network.Operation, rest string) error {
	switch {
	case strings.HasPrefix(rest, "/"):
		t.Path = rest
	case strings.HasPrefix(rest, "@"):
		return &TargetError{t.Text, fmt.Errorf("an abstract socket has no label: name who listens, as in unix:app_t")}
	default:
		t.Peer = rest
	}
	needs := op == network.Connect || op == network.Send && t.Protocol == network.UnixDgram
	if rest == "" && (needs || op == network.Send) {
		return &TargetError{t.Text, fmt.Errorf("who listens decides: name the path or the type, as in " +
			"unix:/run/app.sock or unix:app_t")}
	}
	return nil
}

func (t *SocketTarget) netlink(op network.Operation, rest string) error {
	name, message, _ := strings.Cut(strings.ToLower(rest), "/")
	name = strings.TrimPrefix(name, "netlink_")
	t.Protocol = netlinkFamily(name)
	if t.Protocol == "" && name != "" {
		t.Protocol = network.Protocol("netlink_" + name)
	}
	s, known := network.SocketOf(t.Protocol)
	if !known || !s.IsNetlink() {
		return &TargetError{t.Text, fmt.Errorf("the families are %s", strings.Join(netlinkFamilies(), ", "))}
	}
	switch op {
	case network.Listen, network.Connect:
		return &TargetError{t.Text, fmt.Errorf("netlink sockets do not %s: ask for open, bind, send or recv", op)}
	}
	if message == "" {
		return nil
	}
	t.Message = "nlmsg_" + strings.TrimPrefix(message, "nlmsg_")
	changes := t.Message == "nlmsg_write" && (t.Protocol == network.NetRoute || t.Protocol == network.NetXfrm)
	audit := t.Protocol == network.NetAudit && slices.Contains([]string{"nlmsg_write", "nlmsg_relay", "nlmsg_readpriv",
		"nlmsg_tty_audit"}, t.Message)
	if op != network.Send || !s.Netlink || t.Message != "nlmsg_read" && !changes && !audit {
		return &TargetError{t.Text, fmt.Errorf("with send, route and xfrm have the messages read and write, " +
			"diag has read, audit has read, write, relay, readpriv and tty_audit; the others have none of their own")}
	}
	return nil
}

// netlinkFamilies returns the words for families of netlink.
func netlinkFamilies() []string {
	var names []string
	for _, p := range network.Protocols() {
		if name, ok := strings.CutPrefix(string(p), "netlink_"); ok {
			names = append(names, name)
		}
	}
	return append(names, "other")
}

func (t *SocketTarget) vsock(rest string) error {
	t.Protocol = network.VSock
	if rest == "" {
		return nil
	}
	if i := strings.LastIndex(rest, ":"); i >= 0 { // an address: CID and port
		rest = rest[i+1:]
	}
	n, err := strconv.ParseUint(rest, 10, 32)
	if err != nil {
		return &TargetError{t.Text, fmt.Errorf(
			"%q is not a port of vsock: vsock:1024, or with a CID vsock:2:1024", rest)}
	}
	t.Port = uint16(min(n, 1<<16-1))
	return nil
}
