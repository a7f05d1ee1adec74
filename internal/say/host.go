package say

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/words"
)

// hostWriter writes facts in sections, one fact a line: name, value and origin.
type hostWriter struct {
	b *words.Page
	f *host.Facts
}

// Host adds the facts of a machine, one a line with its origin.
func Host(b *words.Page, f *host.Facts) {
	t := hostWriter{b: b, f: f}
	t.b.Printf("HOST  %s\n", f.Source)
	t.kernel()
	t.selinux()
	t.network()
	t.labelling()
	if len(f.Unknown) > 0 {
		t.section("not read")
		for _, u := range f.Unknown {
			t.b.Printf("  %s\n", words.Wrap("assumed: "+u.Text+" ["+u.Code+"]", 2))
			t.b.Printf("      %s\n", words.Wrap("because "+u.Reason, 6))
		}
	}
}

func (t *hostWriter) section(name string) { t.b.Printf("\n%s\n", name) }

// line writes a fact with its origin, if it has one.
func (t *hostWriter) line(name, value string, fact host.Fact) {
	from := ""
	if o, ok := t.f.Origin(fact); ok {
		from = string(o.How) + ": " + o.From
		if o.Note != "" {
			from += " (" + o.Note + ")"
		}
	}
	t.b.Printf("%s\n", strings.TrimRight(words.Sprintf("  %-27s %-24s %s", name, value, from), " "))
}

func (t *hostWriter) plain(name, value, from string) {
	t.b.Printf("%s\n", strings.TrimRight(words.Sprintf("  %-27s %-24s %s", name, value, from), " "))
}

// known returns the value of a fact, or that it is not known.
func (t *hostWriter) known(fact host.Fact, value string) string {
	if _, missing := t.f.Missing(fact); missing {
		return "unknown"
	}
	return value
}

func (t *hostWriter) kernel() {
	k := t.f.Kernel
	if k == nil {
		return
	}
	t.section("kernel")
	t.line("release", k.Release, host.FactKernel)
	t.line("checks TCP Fast Open", string(k.FastOpenCheck), host.FactFastOpen)
	t.line("DCCP", string(k.DCCP), host.FactDCCP)
	if k.PolicyVersion > 0 {
		t.plain("policy version, highest", fmt.Sprint(k.PolicyVersion), "derived: the release")
	}
}

func (t *hostWriter) selinux() {
	t.section("SELinux")
	s := t.f.SELinux
	if s == nil {
		t.line("state", t.known(host.FactSELinux, Either(t.f.Enforcing, "enforcing", "permissive")), host.FactSELinux)
		return
	}
	t.line("state", Either(s.Enabled, "on", "off"), host.FactSELinux)
	if s.Enabled {
		t.line("mode", t.known(host.FactEnforcing, s.Mode), host.FactEnforcing)
	}
	if s.Config != nil {
		t.plain("configured", s.Config.Mode+", "+s.Config.Type, "configured: /etc/selinux/config")
	}
	if s.Mount != "" {
		t.plain("policyvers", fmt.Sprint(s.PolicyVersion), "read: "+s.Mount)
		t.plain("MLS", Either(s.MLS, "on", "off"), "read: "+s.Mount)
		t.plain("unknown permissions", Either(s.RejectUnknown, "reject", Either(s.DenyUnknown, "deny", "allow")),
			"read: "+s.Mount)
	}
	if len(s.PolicyCaps) > 0 {
		var on []string
		for _, c := range s.PolicyCaps {
			if c.On {
				on = append(on, c.Name)
			}
		}
		t.line("policy capabilities on", fmt.Sprint(len(on)), host.FactPolicyCaps)
		t.b.Printf("      %s\n", words.Wrap(strings.Join(on, " "), 6))
	}
	if len(s.Booleans) > 0 {
		t.booleans(s.Booleans)
	}
}

func (t *hostWriter) booleans(list []host.Boolean) {
	on := 0
	var pending []string
	for _, b := range list {
		if b.On {
			on++
		}
		if b.On != b.Pending {
			pending = append(pending, b.Name+"="+Either(b.Pending, "on", "off"))
		}
	}
	t.line("booleans", words.Sprintf("%d, %d on", len(list), on), host.FactBooleans)
	if len(pending) > 0 {
		t.b.Printf("      %s\n", words.Wrap("pending: "+strings.Join(pending, " "), 6))
	}
}

// Either returns one of two words.
func Either(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

func (t *hostWriter) network() {
	t.section("network namespace")
	if ns := t.f.NetNS; ns != nil {
		t.line("inode", words.Sprintf("%d%s", ns.Inode, Either(ns.Initial, ", initial", "")), host.FactNetNS)
	}
	t.line("ip_local_port_range", words.Sprintf("%d-%d", t.f.LocalPorts.Low, t.f.LocalPorts.High), host.FactLocalPorts)
	t.line("ip_unprivileged_port_start", fmt.Sprint(t.f.UnprivilegedPortStart), host.FactUnprivilegedPortStart)
	for _, s := range t.f.Sysctls {
		name := s.Name[strings.LastIndexByte(s.Name, '.')+1:]
		if name != "ip_local_port_range" && name != "ip_unprivileged_port_start" {
			t.plain(strings.TrimPrefix(strings.TrimPrefix(s.Name, "net.ipv4."), "net."), s.Value, s.From)
		}
	}
	for _, i := range t.f.Interfaces {
		t.plain("interface "+i.Name, Either(i.Up, "up", "down")+Either(i.Loopback, ", loopback", ""),
			strings.Join(i.Addresses, " "))
	}
}

func (t *hostWriter) labelling() {
	f := t.f
	t.section("labelled networking")
	t.line("NetLabel", t.known(host.FactNetLabel, Either(f.NetLabel.Enabled(), "configured", "not configured")),
		host.FactNetLabel)
	if n := f.NetLabel; n != nil {
		for _, doi := range n.CIPSO {
			t.plain("  CIPSO", words.Sprintf("DOI %d", doi), "")
		}
		for _, doi := range n.CALIPSO {
			t.plain("  CALIPSO", words.Sprintf("DOI %d", doi), "")
		}
		for _, s := range n.Static {
			t.plain("  static", s.Addresses, strings.TrimSpace(s.Interface+" "+s.Context))
		}
		if n.Supported && !n.AcceptUnlabelled {
			t.plain("  unlabelled packets", "dropped", "")
		}
	}
	t.line("labelled IPsec", t.known(host.FactIPsec, counted(len(f.IPsec))), host.FactIPsec)
	for _, l := range f.IPsec {
		t.plain("  "+l.Kind, l.Context, l.From)
	}
	t.line("SECMARK rules", t.known(host.FactSecmark, counted(len(f.SecmarkRules))), host.FactSecmark)
	for _, r := range f.SecmarkRules {
		where := []string{r.Family, r.Table, r.Chain, r.Name}
		where = slices.DeleteFunc(where, func(s string) bool { return s == "" })
		t.plain("  "+strings.Join(where, " "), r.Context, r.From)
	}
	if o, ok := f.Origin(host.FactOtherNetNS); ok {
		t.line("other network namespaces", t.known(host.FactOtherNetNS, Either(o.How == host.HowRead, "read", "")),
			host.FactOtherNetNS)
	}
	t.gate("peer, netif, node checks", f.PeerLabelling, host.FactNetLabel, host.FactIPsec, host.FactOtherNetNS)
	t.gate("packet checks", f.Secmark, host.FactSecmark, host.FactOtherNetNS)
}

// gate says whether a group of checks is made, according to some facts.
func (t *hostWriter) gate(name string, on bool, facts ...host.Fact) {
	value := Either(on, "made", "not made")
	for _, fact := range facts {
		if _, missing := t.f.Missing(fact); missing && !on {
			value = "assumed not made"
		}
	}
	t.plain(name, value, Either(on, "", "unless the policy has always_check_network"))
}

func counted(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}
