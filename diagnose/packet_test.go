package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/kernel/probe"
)

// Records about packets are asked with the labels that packets have today: by
// SECMARK rules, by NetLabel, or none at all.
func TestPacketsToday(t *testing.T) {
	p := probe.Lab{Rules: "(roletype r unlabeled_t)"}.Policy(t)
	plain := host.Standard()
	plain.Assumed, plain.Source = false, "this machine"
	secmark := func(rules string) host.Facts {
		h := plain
		h.Secmark = true
		h.Filter = &host.Filter{Chains: host.ParseIPTablesFilter([]byte("*security\n:INPUT ACCEPT [0:0]\n:OUTPUT "+
			"ACCEPT [0:0]\n"+rules), "ip")}
		return h
	}
	labelled := plain
	labelled.PeerLabelling = true
	labelled.NetLabel = &host.NetLabel{Supported: true, AcceptUnlabelled: true,
		Static: []host.StaticLabel{{Interface: "eth0", Addresses: "10.0.0.2/32", Context: "u:r:peer_t:s0"}}}
	packet := func(perm, source, target, class string) string {
		fields := "saddr=10.0.0.1 src=40000 daddr=10.0.0.2 dest=443 netif=eth0"
		if perm == "recv" || perm == "ingress" || perm == "recvfrom" {
			fields = "saddr=10.0.0.2 src=443 daddr=10.0.0.1 dest=40000 netif=eth0"
		}
		return "avc:  denied  { " + perm + " } for  pid=7 comm=\"x\" " + fields + " scontext=u:r:" + source +
			":s0 tcontext=u:object_r:" + target + ":s0 tclass=" + class + " permissive=0\n"
	}
	const rule = "-A OUTPUT -m multiport --dports 443 -j SECMARK --selctx u:object_r:packet_t:s0\n"
	for _, c := range []struct {
		name           string
		facts          host.Facts
		log            string
		want           diagnose.Verdict
		source, target string // their types today
		note           string
	}{
		{"no facts", host.Standard(), packet("send", "d_t", "unlabeled_t", "packet"), diagnose.StillDenied, "d_t",
			"unlabeled_t", ""},
		{"nothing is labelled", plain, packet("send", "d_t", "unlabeled_t", "packet"), diagnose.NotAsked, "d_t",
			"unlabeled_t", "no rule labels packets"},
		{"a rule labels it since", secmark(rule), packet("send", "d_t", "unlabeled_t", "packet"),
			diagnose.StillDenied, "d_t", "packet_t",
			"today it is labelled packet_t"},
		{"the same label as then", secmark(rule), packet("send", "d_t", "packet_t", "packet"), diagnose.StillDenied,
			"d_t", "packet_t",
			"labelled by the SECMARK rule ip security OUTPUT"},
		{"a label of another policy", secmark(rule), packet("send", "d_t", "no_such_t", "packet"),
			diagnose.StillDenied, "d_t", "packet_t", "no_such_t"},
		{"a rule for others", secmark(strings.Replace(rule, "443", "80", 1)), packet("send", "d_t", "packet_t",
			"packet"), diagnose.StillDenied, "d_t", "unlabeled_t",
			"no SECMARK rule labels the packet"},
		{"no labels of senders", plain, packet("recv", "d_t", "unlabeled_t", "peer"), diagnose.NotAsked, "d_t",
			"unlabeled_t", "packets carry no labels"},
		{"a static label since", labelled, packet("recv", "d_t", "unlabeled_t", "peer"), diagnose.StillDenied, "d_t",
			"peer_t", "10.0.0.2/32"},
		{"the sender of a packet that arrives", labelled, packet("ingress", "unlabeled_t", "netif_t", "netif"),
			diagnose.StillDenied, "peer_t", "netif_t", "today such a packet is labelled peer_t"},
		{"and of the address", labelled, packet("recvfrom", "unlabeled_t", "node_t", "node"), diagnose.StillDenied,
			"peer_t", "node_t", "today such a packet"},
		{"a packet that leaves has its socket's", labelled, packet("egress", "d_t", "netif_t", "netif"),
			diagnose.StillDenied, "d_t", "netif_t", ""},
		{"interfaces are not asked", plain, packet("egress", "d_t", "netif_t", "netif"), diagnose.NotAsked, "d_t",
			"netif_t", "packets carry no labels"},
		{"addresses are not asked", plain, packet("sendto", "d_t", "node_t", "node"), diagnose.NotAsked, "d_t",
			"node_t", "packets carry no labels"},
	} {
		d := avc(t, diagnose.New(access.NewDecider(p), network.Question{Machine: network.Machine{Host: c.facts}}),
			c.log)
		source, target := p.TypeName(policy.TypeID(d.Source.Type)), p.TypeName(policy.TypeID(d.Target.Type))
		if d.Verdict != c.want || source != c.source || target != c.target {
			t.Errorf("%s: %s %s %s, want %s %s %s; missing %v", c.name, d.Verdict, source, target, c.want, c.source,
				c.target, d.Missing)
		}
		notes := ""
		for _, n := range d.Notes {
			notes += n.Text + "\n"
		}
		if !strings.Contains(notes, c.note) {
			t.Errorf("%s: no note says %q:\n%s", c.name, c.note, notes)
		}
	}
}

// TestPeerOfAnotherHost: the label of a peer is that of the record where the facts are those of an image, which labels
// no packets: the log is from a host that does.
func TestPeerOfAnotherHost(t *testing.T) {
	p := probe.Lab{Rules: "(roletype r unlabeled_t)"}.Policy(t)
	facts := host.Standard()
	facts.Assumed, facts.Source = false, "an image"
	root, err := host.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	g := diagnose.New(access.NewDecider(p), network.Question{Machine: network.Machine{Host: facts}})
	const peer = "avc:  denied  { recv } for  pid=7 comm=\"x\" saddr=10.0.0.2 src=443 daddr=10.0.0.1 dest=40000 " +
		"netif=eth0 scontext=u:r:d_t:s0 tcontext=u:object_r:peer_t:s0 tclass=peer permissive=0\n"
	if d := avc(t, g, peer); d.Verdict != diagnose.NotAsked {
		t.Errorf("of this host: %s", d.Verdict)
	}
	if d := avc(t, g.In(&subject.System{Root: root}), peer); d.Verdict != diagnose.StillDenied || d.Was != "" {
		t.Errorf("of an image: %s, was %q", d.Verdict, d.Was)
	}
}
