package kernel

import (
	"net/netip"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// testTable checks operations under Debian's policy against known results, in the kernel and in the
// model.
func testTable(t *testing.T, vm *VM, c *counts) {
	db, err := Permissive(open(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	base := policy.New(db)
	labelled := db.Clone()
	web := base.PortLabel(policy.ProtoTCP, 80).Context
	if err := labelled.AddPort(policydb.PortCon{Protocol: uint32(policy.ProtoTCP), Low: 5601, High: 5601,
		Context: web}); err != nil {
		t.Fatal(err)
	}
	on := func(db *policydb.Policy, bools ...string) *policy.Policy {
		p := policy.New(db)
		var settings []policy.BoolSetting
		for _, name := range bools {
			id, ok := p.Bool(name)
			if !ok {
				t.Fatalf("no boolean %s", name)
			}
			settings = append(settings, policy.BoolSetting{Bool: id, On: true})
		}
		return p.WithBools(settings...)
	}
	moved := host.PortRange{Low: 5000, High: 6000}
	wide := host.PortRange{Low: 1024, High: 65535}
	fastOpen := []network.Call{network.CallSocket, network.CallFastOpen}
	unbound := []network.Call{network.CallSocket, network.CallListen, network.CallGetsockname}
	groups := []struct {
		name string
		p    *policy.Policy
		rows []tableRow
	}{
		{"defaults", base, []tableRow{
			{op: network.Connect, port: 8080, want: "EACCES http_cache_port_t tcp_socket name_connect"},
			{op: network.Connect, port: 5601, want: "EACCES unreserved_port_t tcp_socket name_connect"},
			{op: network.Connect, port: 5601, addr: "::1", want: "EACCES unreserved_port_t tcp_socket name_connect"},
			{calls: fastOpen, port: 5601, want: "EACCES unreserved_port_t tcp_socket name_connect"},
			{calls: fastOpen, proto: network.MPTCP, port: 5601,
				want: "EACCES unreserved_port_t tcp_socket name_connect"},
			// no ephemeral exemption
			{op: network.Connect, port: 45000, want: "EACCES unreserved_port_t tcp_socket name_connect"},
			{op: network.Connect, port: 5601, disconnect: true, want: "ok"},
			{op: network.Bind, port: 80, want: "ok"},
			{op: network.Bind, port: 5600, want: "EACCES unreserved_port_t tcp_socket name_bind"},
			{op: network.Bind, port: 0, want: "ok"},
			{op: network.Bind, port: 32768, want: "ok"},
			{op: network.Bind, port: 40000, want: "ok"},
			{op: network.Bind, port: 60999, want: "ok"},
			{op: network.Bind, port: 32767, want: "EACCES unreserved_port_t tcp_socket name_bind"},
			{op: network.Bind, port: 61000, want: "EACCES unreserved_port_t tcp_socket name_bind"},
			{op: network.Bind, port: 40000, local: moved, want: "EACCES unreserved_port_t tcp_socket name_bind"},
			{op: network.Bind, port: 5600, local: moved, want: "ok"},
			{op: network.Bind, port: 9200, local: wide, want: "ok"},
			{calls: unbound, want: "ok"},
			{op: network.Connect, proto: network.UDP, port: 5601, want: "ok"}, // UDP has no check of the port
			{op: network.Send, proto: network.UDP, port: 5601, want: "ok"},
			{op: network.Bind, proto: network.UDP, port: 5600, want: "EACCES unreserved_port_t udp_socket name_bind"},
			{op: network.Bind, proto: network.UDP, port: 40000, want: "EACCES node_t udp_socket node_bind"},
		}},
		{"httpd_can_network_relay", on(db, "httpd_can_network_relay"),
			[]tableRow{{op: network.Connect, port: 8080, want: "ok"}}},
		// dontaudit
		{"allow_ypbind", on(db, "allow_ypbind"), []tableRow{{op: network.Bind, port: 81, want: "EACCES silent"}}},
		{"portcon", on(labelled, "httpd_can_network_relay"), []tableRow{
			{op: network.Bind, port: 5601, want: "ok"},
			{op: network.Connect, port: 5601, want: "ok"},
			{op: network.Connect, proto: network.MPTCP, port: 5601, want: "ok"},
			{op: network.Bind, proto: network.UDP, port: 5601, want: "EACCES unreserved_port_t udp_socket name_bind"},
		}},
	}
	for _, g := range groups {
		j := &judge{vm: vm, c: c, model: network.Ask}
		j.load(t, g.p)
		for _, row := range g.rows {
			j.row(t, row)
		}
	}
}

// A tableRow is an operation of httpd_t: of TCP at 127.0.0.1 on a standard host
// unless it says otherwise.
type tableRow struct {
	op         network.Operation
	calls      []network.Call
	proto      network.Protocol
	port       uint16
	addr       string
	local      host.PortRange
	disconnect bool
	want       string // "ok", or the errno and the target's type, class and permission
}

func (j *judge) row(t *testing.T, row tableRow) {
	t.Helper()
	subject, err := j.p.ParseContext("system_u:system_r:httpd_t:s0")
	if err != nil {
		t.Fatal(err)
	}
	q := network.Question{Subject: subject, Operation: row.op, Calls: row.calls, Protocol: row.proto, Port: row.port,
		Addr: netip.MustParseAddr("127.0.0.1"), Disconnect: row.disconnect, Netif: "lo",
		Machine: network.Machine{Host: host.Standard()}}
	if row.proto == "" {
		q.Protocol = network.TCP
	}
	if row.addr != "" {
		q.Addr = netip.MustParseAddr(row.addr)
	}
	if row.local.High != 0 {
		q.Host.LocalPorts = row.local
	}
	model, real, ran, err := j.ask(q)
	if err != nil {
		t.Errorf("%s: %v", describe(j.p, &q), err)
		return
	}
	j.c.lines.Add(int64(len(real.denials)))
	if !model.equal(&real) {
		t.Errorf("%s\n  model  %s\n  kernel %s", describe(j.p, &q), &model, &real)
	}
	got := "ok"
	if real.errno != "" {
		got = string(real.errno) + " silent"
		for i := range ran.Denials {
			if d := &ran.Denials[i]; networkCheck(d) {
				target, err := j.p.ParseContext(d.Target)
				if err != nil {
					t.Fatal(err)
				}
				got = string(real.errno) + " " + j.p.TypeName(policy.TypeID(target.Type)) + " " + d.Class + " " +
					d.Perms
			}
		}
	}
	if got != row.want {
		t.Errorf("%s: the kernel says %s, want %s", describe(j.p, &q), got, row.want)
	}
}
