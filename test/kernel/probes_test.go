package kernel

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/probe"
)

// notStaged are the probes about hosts that these kernels cannot be made, with
// the reason.
var notStaged = map[string]string{
	"6 older kernel":                   "both kernels check Fast Open",
	"privileged port inside the range": "the sysctls refuse such a range",
	"the range is upside down":         "the sysctl refuses it",
}

// The situations in which a naive model of the kernel is wrong, and what runs each
// on the kernels. "probes" is testProbes with the probes of package probe that
// begin with the number, or have the name; "table" testTable under Debian's policy;
// "specials" testSpecials, by the name of the case.
//
//	 1 name_bind and ip_local_port_range            probes 1, table, verdicts at random
//	 2 other ranges, ip_unprivileged_port_start     probes 2, table; a range of another namespace: specials
//	 3 listen() on an unbound socket                probes 3, table
//	 4 node_bind always                             probes 4
//	 5 name_connect, AF_UNSPEC, answers             probes 5, table
//	 6 TCP Fast Open                                probes 6, table; both kernels check it; TCP_FASTOPEN_CONNECT:
// specials
//	 7 no port of UDP's other end                   probes 7, table
//	 8 no packet checks on an ordinary host         probes 8, verdicts as it is
//	 9 packets that arrive, labelled by NetLabel    probes 9, packets, CIPSO
//	10 packets with SECMARK, always_check_network   probes 10, packets, verdicts
//	11 without network_peer_controls                probes 11, packets, verdicts
//	12 without extended_socket_class                probes 12, packets, unknown, verdicts
//	13 sockets with another label                   probes 13, mutations, packets
//	14 order of portcons, MPTCP's protocol          probes 14, table, mutations
//	15 handle_unknown                               probes 15, unknown (with reject)
//
//	fd passing, inheritance                         specials (read, write, passed socket), exec
//	IPv4-mapped bind                                probes "node ::ffff:127.0.0.1", verdicts
//	IPPROTO_SMC, AF_SMC                             specials, packets
//	auditallowxperm alone                           specials "ioctl, the command audited"
//	bounds                                          probes "bounds", decisions
//	io_uring                                        specials

// testProbes asks the kernel what package network is asked by its own tests, each
// probe under its own policy: in enforcing mode against what is known of it, and
// then both ways against the model. The order is that of what they switch on,
// which the kernel switches off again only after a while.
func testProbes(t *testing.T, vm *VM, c *counts) {
	l := newLabels(t, vm)
	j := &judge{vm: vm, c: c, model: network.Ask, helper: "u:r:h_t:s0"}
	staged := 0
	for _, pr := range slices.Concat(probe.Probes(), probe.Edges()) {
		if notStaged[pr.Name] != "" {
			continue
		}
		staged++
		pr.Lab.Helped = pr.Name != "bounds" // d_t may have no more than its parent there
		pr.Lab.Rules += kernelMayStop       // and is not permissive, so that its own sockets are judged
		p := pr.Lab.Policy(t)
		if pr.With != nil {
			db := p.DB().Clone()
			db.OContexts.Ports = pr.With(t, p).Ports()
			p = policy.New(db)
		}
		q := pr.Ask(t, p)
		if q.Subject == (policy.Context{}) {
			q.Subject = probe.Context(t, p, "d_t")
		}
		if q.Host.Source == "" {
			q.Host = host.Standard()
		}
		q.Netif = "lo"
		if s, _ := network.SocketOf(q.Protocol); s.Inet && checksPackets(p, &q.Host) {
			if !q.Addr.IsValid() {
				q.Addr = netip.MustParseAddr("192.0.2.1") // of node_t
			}
			if q.Port == 0 {
				q.Port = 40000 // somewhere to connect to, which nothing is asked about
			}
		}
		if !q.Addr.IsValid() {
			q.Addr = netip.IPv4Unspecified()
		}
		l.clear(t)
		j.load(t, p)
		l.stage(t, p, &q)
		model, real, _, err := j.ask(q)
		if err != nil {
			t.Errorf("%s: %v", pr.Name, err)
			continue
		}
		j.c.lines.Add(int64(len(real.denials)))
		if got := real.text(); !model.equal(&real) || got != pr.Want && got != silent(pr.Want) {
			t.Errorf("%s: %s\n  want   %s\n  kernel %s\n  model  %s", pr.Name, describe(p, &q), pr.Want, got, &model)
		}
		q.Host.Enforcing = !q.Host.Enforcing
		j.compare(t, q)
	}
	l.clear(t)
	t.Logf("%d probes; not staged: %v", staged, notStaged)
}

// text writes an outcome as probe.Outcome writes an answer.
func (o *outcome) text() string {
	var list []string
	for _, key := range o.denials {
		words := strings.Fields(key)
		var types [2]string
		for i := range types {
			types[i] = strings.Split(words[i], ":")[2]
		}
		list = append(list, types[0]+" "+types[1]+":"+words[2]+" "+words[3])
	}
	switch {
	case o.errno == "":
		return strings.Join(append([]string{"ok"}, list...), ", logged ")
	case len(list) == 0:
		return string(o.errno) + " silent"
	}
	return string(o.errno) + " " + list[len(list)-1]
}

// silent returns the visible part of an outcome that leaves no AVC: "" for one that does.
func silent(want string) string {
	errno, rest, _ := strings.Cut(want, " ")
	if !strings.HasSuffix(rest, " silent") {
		return ""
	}
	return errno + " silent"
}
