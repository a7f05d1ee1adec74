package host

import (
	"strings"
	"testing"
)

// The labels of a rules file count if the boot loads the file: a unit of systemd wants its service, and the service
// is not masked. Without systemd's units that is not known. Then the rules count, because more checks are then
// made.
func TestFilterAtBoot(t *testing.T) {
	const rules = "*security\n-A INPUT -j SECMARK --selctx u:r:t:s0\nCOMMIT\n"
	const nft = "table inet x {\n secmark s { \"u:r:t:s0\" }\n}\n"
	wants := "etc/systemd/system/multi-user.target.wants/"
	for _, tt := range []struct {
		name   string
		files  map[string]string
		labels bool
		note   string
	}{
		{"Debian's, enabled", map[string]string{"etc/iptables/rules.v4": rules,
			wants + "netfilter-persistent.service": "-> /usr/lib/systemd/system/netfilter-persistent.service"},
			true, ""},
		{"Debian's, not enabled", map[string]string{"etc/iptables/rules.v4": rules, wants + "other.service": "-> x"},
			false, "/etc/iptables/rules.v4: netfilter-persistent.service is not enabled"},
		{"Debian's, masked", map[string]string{"etc/iptables/rules.v4": rules,
			"etc/systemd/system/netfilter-persistent.service": "-> /dev/null",
			wants + "netfilter-persistent.service":            "-> x"},
			false, "netfilter-persistent.service is masked"},
		{"required by a unit of the distribution", map[string]string{"etc/sysconfig/ip6tables": rules,
			"usr/lib/systemd/system/basic.target.requires/ip6tables.service": "-> x"}, true, ""},
		{"the service of the other family", map[string]string{"etc/sysconfig/ip6tables": rules,
			wants + "iptables.service": "-> x"}, false, "ip6tables.service is not enabled"},
		{"Arch Linux's", map[string]string{"etc/iptables/iptables.rules": rules,
			wants + "iptables.service": "-> x"}, true, ""},
		{"nftables, enabled", map[string]string{"etc/nftables.conf": nft, wants + "nftables.service": "-> x"},
			true, ""},
		{"nftables, not enabled", map[string]string{"etc/nftables.conf": nft, wants + "x.service": "-> x"}, false,
			"/etc/nftables.conf: nftables.service is not enabled"},
		{"no units", map[string]string{"etc/iptables/rules.v4": rules}, true,
			"/etc/iptables/rules.v4: it is not known whether the system loads it"},
	} {
		tt.files["etc/selinux/config"] = "SELINUX=enforcing\n"
		f, err := Read(Options{Root: tree(t, tt.files)})
		if err != nil {
			t.Fatal(err)
		}
		o, _ := f.Origin(FactSecmark)
		if f.Secmark != tt.labels || !strings.Contains(o.Note, tt.note) ||
			tt.note == "" && strings.Contains(o.Note, ".service") {
			t.Errorf("%s: labels %v, %+v", tt.name, f.Secmark, o)
		}
	}
}
