package senet_test

import (
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
)

// TestCanSocket asks Debian's policy what its sources say of these domains: the outcome, and the check
// that refuses.
func TestCanSocket(t *testing.T) {
	s, err := senet.Open(t.Context(), senet.Options{Policy: testenv.Policy(t, "default")})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		who    string
		op     network.Operation
		target string
		want   string // the verdict, and for a denial "class perm"
	}{
		{"httpd_t", network.Connect, "unix:mysqld_t", "allowed"}, // mysql_stream_connect
		{"httpd_t", network.Connect, "unix:sshd_t", "denied unix_stream_socket connectto"},
		{"httpd_t", network.Connect, "unix:/run/mysqld/mysqld.sock", "depends"}, // who listens is not known
		{"dhcpc_t", network.Send, "netlink:route/write", "allowed"},
		{"httpd_t", network.Send, "netlink:route", "allowed"}, // sysnet_dns_name_resolve
		{"httpd_t", network.Send, "netlink:route/write", "denied netlink_route_socket nlmsg_write"},
		{"httpd_t", network.Open, "packet", "denied packet_socket create"},
		{"dhcpc_t", network.Open, "packet", "allowed"},
		{"ping_t", network.Send, "icmp", "allowed"},
		{"ntpd_t", network.Set, "udp/SO_MARK", "denied capability net_admin"},
		{"ntpd_t", network.Set, "udp/SO_REUSEADDR", "allowed"},
		{"httpd_t", network.Use, "fd:init_t", "allowed"},
		{"httpd_t", network.Use, "fd:mysqld_t/tcp", "denied fd use"},
		{"httpd_t", network.Use, "fd:sshd_t/tcp", "denied tcp_socket read"},
		{"httpd_t", network.Request, "module:sctp", "denied system module_request"},
	}
	for _, tt := range tests {
		target, ok, err := senet.ParseSocketTarget(tt.op, tt.target)
		if !ok || err != nil {
			t.Fatalf("%s: %v", tt.target, err)
		}
		a, err := s.CanSocket(t.Context(), senet.SocketQuery{Subject: tt.who, Operation: tt.op, Target: target})
		if err != nil {
			t.Errorf("%s %s %s: %v", tt.who, tt.op, tt.target, err)
			continue
		}
		got := string(a.Verdict)
		if l := a.FirstDenied(); l != nil {
			got += " " + l.Class + " " + l.Perm
		}
		if got != tt.want || a.TargetText() != tt.target {
			t.Errorf("%s %s %s: got %s, want %s", tt.who, tt.op, tt.target, got, tt.want)
		}
	}
	if _, err := s.CanSocket(t.Context(), senet.SocketQuery{Subject: "httpd_t", Operation: network.Open}); err == nil {
		t.Error("no error without a target")
	}
}
