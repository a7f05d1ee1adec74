package senet_test

import (
	"errors"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/network"
)

// TestParseSocketTarget reads each form, and refuses what is near to one.
func TestParseSocketTarget(t *testing.T) {
	const notOne = "not one"
	tests := []struct {
		op   network.Operation
		text string
		want senet.SocketTarget // without Text
		bad  string             // "error", or notOne
	}{
		{network.Connect, "unix:/run/a b.sock", senet.SocketTarget{
			Protocol: network.UnixStream, Path: "/run/a b.sock"}, ""},
		{network.Connect, "unix:app_t", senet.SocketTarget{Protocol: network.UnixStream, Peer: "app_t"}, ""},
		{network.Send, "unix-dgram:/dev/log", senet.SocketTarget{Protocol: network.UnixDgram, Path: "/dev/log"}, ""},
		{network.Listen, "unix", senet.SocketTarget{Protocol: network.UnixStream}, ""},
		{network.Connect, "unix", senet.SocketTarget{}, "error"},
		{network.Connect, "unix:@app", senet.SocketTarget{}, "error"},
		{network.Send, "netlink:route", senet.SocketTarget{Protocol: network.NetRoute}, ""},
		{network.Send, "netlink:ROUTE/write", senet.SocketTarget{
			Protocol: network.NetRoute, Message: "nlmsg_write"}, ""},
		{network.Send, "netlink:audit/relay", senet.SocketTarget{
			Protocol: network.NetAudit, Message: "nlmsg_relay"}, ""},
		{network.Open, "netlink:sock_diag", senet.SocketTarget{Protocol: network.NetDiag}, ""},
		{network.Open, "netlink:netlink_xfrm", senet.SocketTarget{Protocol: network.NetXfrm}, ""},
		{network.Open, "netlink:route/write", senet.SocketTarget{}, "error"}, // nothing is sent
		{network.Send, "netlink:diag/write", senet.SocketTarget{}, "error"},
		{network.Send, "netlink:route/relay", senet.SocketTarget{}, "error"},
		{network.Send, "netlink:generic/write", senet.SocketTarget{}, "error"},
		{network.Open, "netlink", senet.SocketTarget{}, "error"},
		{network.Open, "netlink:tcp", senet.SocketTarget{}, "error"},
		{network.Listen, "netlink:route", senet.SocketTarget{}, "error"},
		{network.Bind, "vsock:80", senet.SocketTarget{Protocol: network.VSock, Port: 80}, ""},
		{network.Connect, "vsock:2:1024", senet.SocketTarget{Protocol: network.VSock, Port: 1024}, ""},
		{network.Bind, "vsock:4294967295", senet.SocketTarget{Protocol: network.VSock, Port: 65535}, ""},
		{network.Bind, "vsock:x", senet.SocketTarget{}, "error"},
		{network.Open, "packet", senet.SocketTarget{Protocol: network.Packet}, ""},
		{network.Listen, "packet", senet.SocketTarget{}, "error"},
		{network.Send, "ping", senet.SocketTarget{Protocol: network.Ping}, ""},
		{network.Send, "raw:80", senet.SocketTarget{}, "error"},
		{network.Open, "tcp", senet.SocketTarget{Protocol: network.TCP}, ""},
		{network.Open, "tcp/80", senet.SocketTarget{}, "error"},
		{network.Set, "so_mark", senet.SocketTarget{Protocol: network.TCP, Option: "SO_MARK"}, ""},
		{network.Set, "udp/IP_TRANSPARENT", senet.SocketTarget{Protocol: network.UDP, Option: "IP_TRANSPARENT"}, ""},
		{network.Set, "SO_NOTHING", senet.SocketTarget{}, "error"},
		{network.Set, "nothing/SO_MARK", senet.SocketTarget{}, "error"},
		{network.Use, "fd:init_t", senet.SocketTarget{Peer: "init_t"}, ""},
		{network.Use, "fd:init_t/tcp", senet.SocketTarget{Peer: "init_t", Protocol: network.TCP}, ""},
		{network.Use, "fd:init_t/nothing", senet.SocketTarget{}, "error"},
		{network.Use, "init_t", senet.SocketTarget{}, "error"},
		{network.Request, "module:sctp", senet.SocketTarget{}, ""},
		{network.Request, "sctp", senet.SocketTarget{}, "error"},
		{network.Connect, "tcp/80", senet.SocketTarget{}, notOne},
		{network.Bind, "8080", senet.SocketTarget{}, notOne},
		{"dance", "raw", senet.SocketTarget{}, notOne},
	}
	for _, tt := range tests {
		got, ok, err := senet.ParseSocketTarget(tt.op, tt.text)
		var bad *senet.TargetError
		switch {
		case tt.bad == notOne:
			if ok || err != nil {
				t.Errorf("%s %s: %+v, %v", tt.op, tt.text, got, err)
			}
		case tt.bad != "":
			if !errors.As(err, &bad) || bad.Text != tt.text {
				t.Errorf("%s %s: no error, but %+v", tt.op, tt.text, got)
			}
		default:
			if tt.want.Text = tt.text; !ok || err != nil || got != tt.want {
				t.Errorf("%s %s: got %+v, %v", tt.op, tt.text, got, err)
			}
		}
	}
}
