package host

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// A SecmarkRule is a packet filter rule or object with a SECMARK label. One such rule in any
// network namespace makes the kernel check the labels of all packets.
type SecmarkRule struct {
	Family  string `json:"family"` // ip, ip6, inet, arp, bridge, netdev
	Table   string `json:"table"`
	Chain   string `json:"chain,omitempty"` // "" for an nftables object
	Name    string `json:"name,omitempty"`  // of an nftables object
	Context string `json:"context"`         // "" if it could not be determined
	From    string `json:"from"`
}

// nft, iptables-save and ip6tables-save are searched only in these directories.
func programDirs() []string {
	return []string{"/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin"}
}

// readSecmark collects the labels of nftables and of iptables.
func (r *reader) readSecmark(f *facts) {
	if !r.live {
		r.configuredSecmark(f)
		return
	}
	rules, from, err := r.secmarkRules()
	if err != nil {
		f.missing(FactSecmark, from, err)
		return
	}
	f.SecmarkRules, f.ownSecmark = rules, len(rules) > 0
	f.Secmark = f.Secmark || len(rules) > 0
	f.from(FactSecmark, HowRead, from, "")
}

// secmarkRules reads the rules of the thread's network namespace: nftables by netlink, or by nft if
// netlink is not permitted; the tables of the older iptables by iptables-save, which lists only
// existing tables.
func (r *reader) secmarkRules() (rules []SecmarkRule, from string, err error) {
	from = "netlink NFTABLES"
	rules, err = r.askNFTables()
	if err != nil {
		nftErr := err
		var out []byte
		if out, err = r.command("nft", "-j", "list", "ruleset"); err != nil {
			return nil, from, needs(nftErr, "CAP_NET_ADMIN")
		}
		from = "nft -j list ruleset"
		if rules, err = parseNFT(out); err != nil {
			return nil, from, err
		}
	}
	for _, legacy := range legacyTables {
		names, err := r.root.ReadFile(legacy.names, maxSmall)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, legacy.names, needs(err, "CAP_NET_ADMIN")
		}
		from += ", " + legacy.names
		if !labelsInLegacy(names) {
			continue
		}
		out, program, err := r.legacySave(legacy.program)
		if err != nil {
			return nil, program, err
		}
		from += ", " + program
		rules = append(rules, parseIPTables(out, legacy.family, program)...)
	}
	return rules, from, nil
}

// readFilter reads the packet filter of the thread's network namespace.
func (r *reader) readFilter(f *facts) {
	const from = "netlink NFTABLES"
	chains, err := r.askNFTFilter()
	if err != nil && !nftMissing(err) {
		f.missing(FactFilter, from, needs(err, "CAP_NET_ADMIN"))
		return
	}
	where := from
	for _, legacy := range legacyTables {
		names, err := r.root.ReadFile(legacy.names, maxSmall)
		if err != nil || !labelsInLegacy(names) {
			continue // secmarkRules has reported the error
		}
		out, program, err := r.legacySave(legacy.program)
		if err != nil {
			f.missing(FactFilter, program, err)
			return
		}
		where += ", " + program
		chains = append(chains, ParseIPTablesFilter(out, legacy.family)...)
	}
	f.Filter = &Filter{Chains: chains}
	f.from(FactFilter, HowRead, where, "")
}

// legacyTables are the files in which the older iptables lists its tables.
var legacyTables = [...]struct{ family, names, program string }{
	{"ip", "/proc/thread-self/net/ip_tables_names", "iptables-save"},
	{"ip6", "/proc/thread-self/net/ip6_tables_names", "ip6tables-save"},
}

// labelsInLegacy reports whether one of the two tables with the target SECMARK exists.
func labelsInLegacy(names []byte) bool {
	return slices.ContainsFunc(strings.Fields(string(names)),
		func(t string) bool { return t == "security" || t == "mangle" })
}

// legacySave runs the variant of iptables-save that reads the tables of
// ip_tables rather than of nftables.
func (r *reader) legacySave(program string) (out []byte, name string, err error) {
	legacy := strings.Replace(program, "tables-save", "tables-legacy-save", 1)
	if out, err = r.command(legacy); err == nil || !errors.Is(err, errNotInstalled) {
		return out, legacy, err
	}
	out, err = r.command(program)
	return out, program, err
}

// A savedFilter is a file of packet filter rules with the service that loads it.
type savedFilter struct{ family, file, service string }

// savedFilters returns the files that iptables-restore reads when a system of Debian, Fedora
// or Arch Linux starts.
func savedFilters() []savedFilter {
	return []savedFilter{
		{"ip", "/etc/iptables/rules.v4", "netfilter-persistent.service"},
		{"ip6", "/etc/iptables/rules.v6", "netfilter-persistent.service"},
		{"ip", "/etc/sysconfig/iptables", "iptables.service"},
		{"ip6", "/etc/sysconfig/ip6tables", "ip6tables.service"},
		{"ip", "/etc/iptables/iptables.rules", "iptables.service"},
		{"ip6", "/etc/iptables/ip6tables.rules", "ip6tables.service"},
	}
}

const nftService = "nftables.service"

// configuredSecmark reads the packet filter files that are loaded at boot. A file that no enabled service loads has
// no effect. Rules of firewalld or scripts are not read.
func (r *reader) configuredSecmark(f *facts) {
	read, note := "", "files only: firewalld and scripts are not read"
	var filter []Chain
	// add reads a file that is loaded at boot; it returns false if the file cannot be read.
	add := func(file string, parse func([]byte) []SecmarkRule) bool {
		b, err := r.root.ReadFile(file, maxText)
		if errors.Is(err, fs.ErrNotExist) {
			return true
		}
		if err != nil {
			f.missing(FactSecmark, file, err)
			return false
		}
		read = file
		f.SecmarkRules = append(f.SecmarkRules, parse(b)...)
		return true
	}
	boot := r.root.boot()
	loads := func(service, file string) bool {
		starts, why := boot.starts(service)
		if why != "" && r.root.Exists(file) {
			note += "; " + file + ": " + why
		}
		return starts
	}
	var unread error // why nftables' files could not be read completely
	for _, file := range nftConfFiles() {
		if !r.root.Exists(file) || !loads(nftService, file) {
			continue
		}
		config, files, err := r.root.nftConfig(file)
		if err != nil {
			// The labels still count, as far as they are found.
			unread = err
			for _, file := range files {
				if !add(file, func(b []byte) []SecmarkRule { return parseNFTConf(b, file) }) {
					return
				}
			}
			continue
		}
		read = file
		f.SecmarkRules = append(f.SecmarkRules, config.labels()...)
		filter = append(filter, config.filter()...)
	}
	for _, saved := range savedFilters() {
		if !loads(saved.service, saved.file) {
			continue
		}
		if !add(saved.file, func(b []byte) []SecmarkRule {
			filter = append(filter, ParseIPTablesFilter(b, saved.family)...)
			return parseIPTables(b, saved.family, saved.file)
		}) {
			return
		}
	}
	f.Secmark = len(f.SecmarkRules) > 0
	switch {
	case f.Secmark && unread != nil:
		f.missing(FactFilter, "nftables", errors.New(unread.Error())) // the text has the place
	case f.Secmark:
		f.Filter = &Filter{Chains: filter}
		f.from(FactFilter, HowConfigured, read, "")
	}
	if read == "" {
		note = "no saved rules of nftables or iptables are loaded; " + note
		f.from(FactSecmark, HowDefault, "the kernel's default", note)
		return
	}
	f.from(FactSecmark, HowConfigured, read, note)
}
