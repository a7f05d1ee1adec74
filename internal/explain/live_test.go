package explain

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
)

func layerStates(v *View) map[string]Asked {
	states := map[string]Asked{}
	for _, r := range v.Layers() {
		for _, perm := range r.Perms {
			states[r.Class+" "+perm] = r.Asked
		}
	}
	return states
}

// TestLayers checks which layers are live: on the standard host those of socket,
// port, node_bind and capability; with always_check_network all; without
// network_peer_controls association in place of netif, node and peer; with
// SECMARK rules, or labelled networking, those alone.
func TestLayers(t *testing.T) {
	always := func(db *policydb.Policy) { db.PolicyCaps = db.PolicyCaps.With(uint32(policy.CapAlwaysCheckNetwork)) }
	noControls := func(db *policydb.Policy) {
		db.PolicyCaps = db.PolicyCaps.Without(uint32(policy.CapNetworkPeerControls))
	}
	secmark, labelled := host.Standard(), host.Standard()
	secmark.Secmark, labelled.PeerLabelling = true, true
	for _, c := range []struct {
		name                        string
		edit                        func(*policydb.Policy)
		host                        host.Facts
		peers, packets, association Asked // "" for a layer that is not shown
	}{
		{"standard", nil, host.Standard(), AskedNo, AskedNo, ""},
		{"always_check_network", always, host.Standard(), AskedYes, AskedYes, ""},
		{"no network_peer_controls", noControls, host.Standard(), AskedNo, AskedNo, AskedYes},
		{"SECMARK", nil, secmark, AskedNo, AskedYes, ""},
		{"labelled networking", nil, labelled, AskedYes, AskedNo, ""},
	} {
		v := exampleView(t, c.edit)
		v.host = c.host
		states := layerStates(v)
		for check, want := range map[string]Asked{
			"tcp_socket create": AskedYes, "tcp_socket connect": AskedYes, "tcp_socket listen": AskedYes,
			"tcp_socket name_connect": AskedYes, "tcp_socket name_bind": AskedPartly, "tcp_socket node_bind": AskedYes,
			"capability net_bind_service": AskedPartly,
			"netif egress":                c.peers, "netif ingress": c.peers, "node sendto": c.peers,
			"peer recv":   c.peers,
			"packet send": c.packets, "packet recv": c.packets, "association sendto": c.association,
		} {
			if states[check] != want {
				t.Errorf("%s: %s is %q, want %q", c.name, check, states[check], want)
			}
		}
	}
}

// TestPermState checks who asks for a permission of a class, by the rule that
// decides it.
func TestPermState(t *testing.T) {
	v := exampleView(t, nil)
	for _, c := range []struct{ class, perm, state, by string }{
		{"tcp_socket", "name_connect", "asked", "connect()"},
		{"udp_socket", "name_connect", "", ""},           // no such check
		{"rawip_socket", "name_bind", "asked", "bind()"}, // every socket of IP
		{"unix_stream_socket", "name_bind", "never", ""}, // no port
		{"unix_stream_socket", "connectto", "asked", ""},
		{"tcp_socket", "connectto", "dead", ""}, // the same name, another class
		{"tcp_socket", "send_msg", "dead", ""},
		{"netif", "tcp_send", "dead", ""},
		{"node", "enforce_dest", "dead", ""},
		{"packet", "flow_in", "absent", ""},
		{"tcp_socket", "sendto", "never", ""},
		{"unix_dgram_socket", "sendto", "asked", ""},
		{"node", "sendto", "not asked", "each packet that leaves"},
		{"association", "sendto", "not asked", "each packet that leaves"},
		{"key_socket", "create", "asked", "socket()"}, // a class that package network has no socket of
		{"key_socket", "node_bind", "", ""},
		{"netlink_route_socket", "nlmsg_read", "asked", "sendto()"},
		{"netlink_route_socket", "nlmsg", "not asked", "sendto()"}, // without netlink_xperm
		{"tcp_socket", "nlmsg_read", "", ""},
		{"tcp_socket", "lock", "asked", "flock(), fcntl() locks"},
		{"file", "entrypoint", "", ""},
	} {
		st := v.permState(c.class, c.perm)
		if st.State != c.state || c.by != "" && !slices.Contains(st.By, c.by) {
			t.Errorf("%s:%s is %+v, want %s by %s", c.class, c.perm, st, c.state, c.by)
		}
	}
}

// TestDead has the permissions that no kernel since 2.6.30 asks for (section 4.2
// of the model of the kernel's checks), all of them, and some that are not dead.
func TestDead(t *testing.T) {
	b, v := open(t), exampleView(t, nil)
	dead := []string{"node:enforce_dest", "tcp_socket:connectto", "tcp_socket:newconn", "tcp_socket:acceptfrom",
		"unix_stream_socket:newconn",
		"unix_stream_socket:acceptfrom", "tcp_socket:send_msg", "udp_socket:recv_msg", "sctp_socket:send_msg"}
	for _, class := range []string{"netif", "node"} {
		for _, p := range []string{"tcp", "udp", "rawip", "dccp"} {
			dead = append(dead, class+":"+p+"_send", class+":"+p+"_recv")
		}
	}
	for _, word := range dead {
		a, err := b.Explain(word, v.opener())
		if err != nil || a.State != "dead" || a.Title != "no kernel since 2.6.30 asks for it" {
			t.Errorf("%s: %q %q %v", word, a.State, a.Title, err)
		}
	}
	for _, word := range []string{"netif:egress", "node:sendto", "unix_stream_socket:connectto",
		"tcp_socket:name_connect", "sendto"} {
		if a, err := b.Explain(word, v.opener()); err != nil || a.State == "dead" {
			t.Errorf("%s: %q %v", word, a.State, err)
		}
	}
}

// TestDeadRules counts rules in a policy that has one dead permission more.
func TestDeadRules(t *testing.T) {
	if n := exampleView(t, nil).deadRules(); n != 0 {
		t.Errorf("the example policy has %d rules with dead permissions", n)
	}
	v := exampleView(t, func(db *policydb.Policy) {
		for i := range db.Classes.Items {
			if c := &db.Classes.Items[i]; c.Name == "netif" {
				c.Perms[0].Name = "tcp_send"
			}
		}
	})
	class, _ := v.p.Class("netif")
	bit, ok := v.p.Perm(class, "tcp_send")
	if !ok {
		t.Fatal("the edit made no tcp_send")
	}
	want := v.grant(class, bit).Rules
	if n := v.deadRules(); n != want || n == 0 {
		t.Errorf("%d rules with dead permissions, want %d", n, want)
	}
}

// TestWhoMay compares the counts of domains with package reach.
func TestWhoMay(t *testing.T) {
	views := map[string]*View{"example": exampleView(t, nil)}
	t.Run("default", func(t *testing.T) {
		db, err := policyfile.Open(testenv.Policy(t, "default"))
		if err != nil {
			t.Fatal(err)
		}
		views["default"] = NewView(policy.New(db), "default", host.Standard())
	})
	for name, v := range views {
		for _, typeName := range []string{"http_port_t", "reserved_port_t", "unreserved_port_t", "dns_port_t"} {
			id, ok := v.p.Type(typeName)
			if !ok {
				t.Fatalf("%s has no %s", name, typeName)
			}
			facts, err := v.typeFacts(id)
			if err != nil {
				t.Fatal(err)
			}
			if len(facts.Ports) == 0 {
				t.Errorf("%s: %s has no ports", name, typeName)
			}
			for _, pp := range facts.Ports {
				if pp.Connect >= 0 {
					compareWho(t, v, pp, network.Connect, pp.Connect)
				}
				compareWho(t, v, pp, network.Bind, pp.Bind)
			}
		}
	}
}

func compareWho(t *testing.T, v *View, pp ProtocolPorts, op network.Operation, got int) {
	t.Helper()
	rows, err := reach.New(v.d).Who(pp.Ports, reach.Query{Protocol: pp.Protocol, Operation: op,
		Machine: network.Machine{Host: v.host}})
	if err != nil {
		t.Fatal(err)
	}
	want := len(slices.DeleteFunc(rows, func(r reach.Row) bool { return len(r.Access.Allowed) == 0 }))
	if got != want {
		t.Errorf("%s: %s %v: %d domains, reach has %d", v.name, op, pp.Ports, got, want)
	}
}

// TestBoolean: what the booleans of the example policy's section 13 switch.
func TestBoolean(t *testing.T) {
	v := exampleView(t, nil)
	facts := func(name string) *BooleanFacts {
		id, ok := v.p.Bool(name)
		if !ok {
			t.Fatalf("no boolean %s", name)
		}
		return v.booleanFacts(id)
	}
	// It is on, and its false branch has another rule.
	if f := facts("squid_connect_any"); !f.State || !f.Default ||
		!slices.Equal(f.On.Connect, []string{"port_type"}) || !slices.Equal(f.Off.Connect, []string{"http_port_t"}) {
		t.Errorf("squid_connect_any: %+v", f)
	}
	// Connect and bind at once.
	if f := facts("haproxy_connect_any"); len(f.On.Connect) == 0 || len(f.On.Bind) == 0 || f.Off.Rules != 0 {
		t.Errorf("haproxy_connect_any: %+v", f)
	}
	// Another boolean vetoes it: alone it puts nothing in force.
	if f := facts("secure_mode"); f.On.Rules != 0 || !slices.Equal(f.With, []string{"sshd_port_forwarding"}) {
		t.Errorf("secure_mode: %+v", f)
	}
}

// TestDomain: a domain that only listens, and one that only connects.
func TestDomain(t *testing.T) {
	v := exampleView(t, nil)
	for name, want := range map[string][2]bool{"postgresql_t": {false, true}, "filebeat_t": {true, false},
		"haproxy_t": {true, true}} {
		id, _ := v.p.Type(name)
		f, err := v.domainFacts(id)
		if err != nil || f == nil {
			t.Fatal(name, f, err)
		}
		if f.Client != want[0] || f.Server != want[1] {
			t.Errorf("%s: client %v, server %v", name, f.Client, f.Server)
		}
	}
	id, _ := v.p.Type("http_port_t")
	if f, err := v.domainFacts(id); f != nil || err != nil {
		t.Errorf("http_port_t is a domain: %v, %v", f, err)
	}
}
