package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

func examplePolicy(t testing.TB, bools ...string) *policy.Policy {
	t.Helper()
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	for _, name := range bools {
		id, ok := p.Bool(name)
		if !ok {
			t.Fatalf("no boolean %s", name)
		}
		p = p.WithBools(policy.BoolSetting{Bool: id, On: true})
	}
	return p
}

func newDiagnoser(t testing.TB, bools ...string) *diagnose.Diagnoser {
	return diagnose.New(access.NewDecider(examplePolicy(t, bools...)),
		network.Question{Machine: network.Machine{Host: host.Standard()}})
}

// one returns the only event in a log.
func one(t testing.TB, log string) *audit.Event {
	t.Helper()
	events, stats := audit.Parse(log, audit.Options{})
	if len(events) != 1 {
		t.Fatalf("%d events, %+v: %s", len(events), stats, log)
	}
	return events[0]
}

// avc diagnoses the only denial in a log.
func avc(t testing.TB, g *diagnose.Diagnoser, log string) *diagnose.Diagnosis {
	t.Helper()
	e := one(t, log)
	if len(e.AVCs) != 1 {
		t.Fatalf("%d AVCs: %s", len(e.AVCs), log)
	}
	return g.AVC(e, &e.AVCs[0])
}

// line makes a denial; a bare type becomes a context.
func line(perm, fields, source, target, class string) string {
	full := func(s, role string) string {
		if strings.Contains(s, ":") {
			return s
		}
		return "system_u:" + role + ":" + s + ":s0"
	}
	role := "object_r"
	for _, domain := range []string{"haproxy_t", "httpd_t", "postgresql_t", "init_t", "squid_t", "sshd_t"} {
		if target == domain {
			role = "system_r"
		}
	}
	return "avc:  denied  { " + perm + " } for  pid=812 comm=\"x\" " + fields + " scontext=" +
		full(source, "system_r") + " tcontext=" + full(target, role) +
		" tclass=" + class + " permissive=0"
}

// One case for each hook, by what tells it apart: the class, the permission and
// the fields that the kernel writes (security/lsm_audit.c).
func TestHooks(t *testing.T) {
	g := newDiagnoser(t)
	for _, c := range []struct {
		name, line string
		want       diagnose.Diagnosis
		port       uint16
	}{
		{"socket(): no fields", line("create", "", "named_t", "named_t", "sctp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookCreate, Layer: network.LayerSocket, Call: network.CallSocket,
				Protocol: network.SCTP}, 0},
		{"lport and a domain: the socket layer", line("listen", "lport=8080", "filebeat_t", "filebeat_t", "tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookSocket, Layer: network.LayerSocket, Call: network.CallListen,
				Operation: network.Listen, Protocol: network.TCP}, 8080},
		{"connect of the socket layer", line("connect", "laddr=10.0.0.1 lport=4000 faddr=10.0.0.7 fport=80",
			"postgresql_t", "postgresql_t", "tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookSocket, Layer: network.LayerSocket, Call: network.CallConnect,
				Operation: network.Connect, Protocol: network.TCP}, 80},
		{"accept", line("accept", "lport=22", "filebeat_t", "filebeat_t", "tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookSocket, Layer: network.LayerSocket, Call: network.CallAccept,
				Operation: network.Listen, Protocol: network.TCP}, 22},
		{"getopt", line("getopt", "lport=22", "named_t", "squid_t", "tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookSocket, Layer: network.LayerSocket, Call: network.CallGetsockopt,
				Protocol: network.TCP}, 22},
		{"shutdown", line("shutdown", "lport=22", "named_t", "squid_t", "tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookSocket, Layer: network.LayerSocket, Call: network.CallShutdown,
				Protocol: network.TCP}, 22},
		{"src and a port type", line("name_bind", "src=5601", "haproxy_t", "unreserved_port_t", "tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookNameBind, Layer: network.LayerPort, Call: network.CallBind,
				Operation: network.Bind, Protocol: network.TCP}, 5601},
		{"saddr and a node type", line("node_bind", "saddr=10.0.0.7 src=9200", "elasticsearch_t", "node_t",
			"tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookNodeBind, Layer: network.LayerNode, Call: network.CallBind,
				Operation: network.Bind, Protocol: network.TCP}, 9200},
		{"0.0.0.0 is left out", line("node_bind", "src=9200", "elasticsearch_t", "node_t", "tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookNodeBind, Layer: network.LayerNode, Call: network.CallBind,
				Operation: network.Bind, Protocol: network.TCP}, 9200},
		{"dest and a port type", line("name_connect", "dest=5601", "haproxy_t", "unreserved_port_t", "tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookNameConnect, Layer: network.LayerPort, Call: network.CallConnect,
				Operation: network.Connect, Protocol: network.TCP}, 5601},
		{"name_connect of SCTP", line("name_connect", "dest=80", "asterisk_t", "reserved_port_t", "sctp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookNameConnect, Layer: network.LayerPort, Call: network.CallConnect,
				Operation: network.Connect, Protocol: network.SCTP}, 80},
		{"a unix socket's other end", line("connectto", `path="/run/haproxy.sock"`, "httpd_t", "haproxy_t",
			"unix_stream_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookUnix, Layer: network.LayerSocket, Call: network.CallConnect,
				Operation: network.Connect, Protocol: network.UnixStream}, 0},
		{"a unix datagram", line("sendto", `path="/run/log"`, "httpd_t", "haproxy_t", "unix_dgram_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookUnix, Layer: network.LayerSocket, Call: network.CallSend,
				Operation: network.Send, Protocol: network.UnixDgram}, 0},
		{"a netlink message", line("nlmsg_write", "", "named_t", "named_t", "netlink_route_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookNetlink, Layer: network.LayerSocket, Call: network.CallSend,
				Operation: network.Send, Protocol: network.NetRoute}, 0},
		{"an inherited socket", line("read write", `path="socket:[4711]" dev="sockfs" ino=4711`, "httpd_t", "init_t",
			"tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookSocketFile, Layer: network.LayerSocket, Call: network.CallReceive,
				Operation: network.Recv, Protocol: network.TCP}, 0},
		{"a passed descriptor", line("use", `path="socket:[4711]" dev="sockfs" ino=4711`, "httpd_t", "sshd_t", "fd"),
			diagnose.Diagnosis{Hook: diagnose.HookFD}, 0},
		{"a capability of the network", line("net_bind_service", "capability=10", "elasticsearch_t",
			"elasticsearch_t", "capability"),
			diagnose.Diagnosis{Hook: diagnose.HookCapability, Layer: network.LayerCapability, Call: network.CallBind,
				Operation: network.Bind}, 0},
		{"another capability", line("sys_admin", "capability=21", "squid_t", "squid_t", "capability"),
			diagnose.Diagnosis{Hook: diagnose.HookCapability}, 0},
		{"netif: a packet", line("ingress", "saddr=10.0.0.7 src=80 daddr=10.0.0.1 dest=40000 netif=eth0",
			"system_u:object_r:netlabel_peer_t:s0", "netif_t", "netif"),
			diagnose.Diagnosis{Hook: diagnose.HookNetif, Layer: network.LayerNetif, Call: network.CallIngress,
				Operation: network.Recv}, 80},
		{"node: a packet", line("sendto", "saddr=10.0.0.1 daddr=10.0.0.7 netif=eth0", "squid_t", "node_t", "node"),
			diagnose.Diagnosis{Hook: diagnose.HookNode, Layer: network.LayerNode, Call: network.CallEgress,
				Operation: network.Send}, 0},
		{"peer", line("recv", "saddr=10.0.0.7 src=40000 daddr=10.0.0.1 dest=3128 netif=eth0", "squid_t",
			"netlabel_peer_t", "peer"),
			diagnose.Diagnosis{Hook: diagnose.HookPeer, Layer: network.LayerPeer, Call: network.CallIngress,
				Operation: network.Recv}, 3128},
		{"peer without network_peer_controls", line("recvfrom",
			"saddr=10.0.0.7 src=40000 daddr=10.0.0.1 dest=3128 netif=eth0", "squid_t", "netlabel_peer_t", "tcp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookPeer, Layer: network.LayerPeer, Call: network.CallIngress,
				Operation: network.Recv, Protocol: network.TCP}, 3128},
		{"packet", line("send", "saddr=10.0.0.1 src=40000 daddr=10.0.0.7 dest=80 netif=eth0", "squid_t",
			"http_client_packet_t", "packet"),
			diagnose.Diagnosis{Hook: diagnose.HookPacket, Layer: network.LayerPacket, Call: network.CallEgress,
				Operation: network.Send}, 80},
		{"loading a SECMARK rule", line("relabelto", "", "squid_t", "http_client_packet_t", "packet"),
			diagnose.Diagnosis{Hook: diagnose.HookSecmarkRule}, 0},
		{"association", line("recvfrom", "saddr=10.0.0.7 netif=eth0", "squid_t", "unlabeled_t", "association"),
			diagnose.Diagnosis{Hook: diagnose.HookAssociation, Layer: network.LayerAssociation,
				Call: network.CallIngress, Operation: network.Recv}, 0},
		{"polmatch", line("polmatch", "", "squid_t", "unlabeled_t", "association"),
			diagnose.Diagnosis{Hook: diagnose.HookIPsec, Layer: network.LayerAssociation}, 0},
		{"a second SCTP association", line("association", "", "system_u:object_r:netlabel_peer_t:s0", "unlabeled_t",
			"sctp_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookSCTP, Layer: network.LayerSocket, Protocol: network.SCTP}, 0},
		{"a tun device", line("relabelfrom", "", "squid_t", "init_t", "tun_socket"),
			diagnose.Diagnosis{Hook: diagnose.HookTun, Layer: network.LayerSocket}, 0},
		{"InfiniBand", line("access", "pkey=0xffff subnet_prefix=fe80::", "squid_t", "unlabeled_t",
			"infiniband_pkey"), diagnose.Diagnosis{Hook: diagnose.HookInfiniband}, 0},
		{"a module", line("module_request", `kmod="net-pf-10"`, "squid_t", "system_u:system_r:kernel_t:s0", "system"),
			diagnose.Diagnosis{Hook: diagnose.HookModule}, 0},
		{"a file", line("read", `name="x" dev="sda1" ino=1`, "squid_t", "etc_t", "file"),
			diagnose.Diagnosis{Hook: diagnose.HookOther}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := avc(t, g, c.line)
			if got.Hook != c.want.Hook || got.Layer != c.want.Layer || got.Call != c.want.Call ||
				got.Operation != c.want.Operation || got.Protocol != c.want.Protocol || got.Port != c.port {
				t.Errorf("got %s, layer %q, call %q, %q, %q, port %d", got.Hook, got.Layer, got.Call, got.Operation,
					got.Protocol, got.Port)
			}
			if got.Verdict == diagnose.UnknownHere {
				t.Errorf("unknown: %v", got.Missing)
			}
			if network := got.Hook.Network(); network == slices.Contains([]diagnose.Hook{diagnose.HookFD,
				diagnose.HookCapability, diagnose.HookModule, diagnose.HookOther}, got.Hook) {
				t.Errorf("Network is %v", network)
			}
			if got.Hook != diagnose.HookOther && got.Hook.Mirrors() == "" {
				t.Error("no function of the kernel")
			}
		})
	}
}

// A record of a program that enforces the policy is none of the kernel's.
func TestUserspace(t *testing.T) {
	got := avc(t, newDiagnoser(t),
		`type=USER_AVC msg=audit(1700000000.000:7): pid=1 uid=0 auid=4294967295 ses=4294967295 `+
			`subj=system_u:system_r:init_t:s0 msg='avc:  denied  { start } for auid=n/a uid=0 gid=0 `+
			`path="/usr/lib/systemd/system/x.service" scontext=system_u:system_r:squid_t:s0 `+
			`tcontext=system_u:object_r:etc_t:s0 tclass=service exe="/usr/lib/systemd/systemd" sauid=0'`)
	if got.Hook != diagnose.HookUserspace || got.Verdict != diagnose.StillDenied ||
		!noted(got, diagnose.NoteUserspace) {
		t.Errorf("%+v", got)
	}
}

func noted(d *diagnose.Diagnosis, code diagnose.NoteCode) bool {
	return slices.ContainsFunc(d.Notes, func(n diagnose.Note) bool { return n.Code == code })
}
