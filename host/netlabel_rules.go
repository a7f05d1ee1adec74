package host

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// parseNetLabelRules reads the rules file of the netlabel service: arguments of
// netlabelctl(8), one command a line, applied to the kernel's initial state. It skips
// lines that netlabelctl would refuse.
func parseNetLabelRules(b []byte) *NetLabel {
	n := &NetLabel{Supported: true, AcceptUnlabelled: true, Domains: []DomainMap{{Protocol: "unlabelled"}}}
	for line := range strings.Lines(string(b)) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) < 3 {
			continue
		}
		args := map[string]string{}
		for _, w := range words[2:] {
			k, v, _ := strings.Cut(w, ":")
			args[k] = v
		}
		var doi uint32
		_, _ = fmt.Sscanf(args["doi"], "%d", &doi) // a DOI that cannot be read counts as configured, as 0
		is := func(d uint32) bool { return d == doi }
		switch words[0] + " " + words[1] {
		case "cipsov4 add", "cipso add":
			n.CIPSO = append(n.CIPSO, doi)
			n.Definitions = append(n.Definitions, definitionRule(words[2], doi, args))
		case "cipsov4 del", "cipso del":
			n.CIPSO = slices.DeleteFunc(n.CIPSO, is)
			n.Definitions = slices.DeleteFunc(n.Definitions, func(d CIPSODefinition) bool { return d.DOI == doi })
		case "calipso add":
			n.CALIPSO = append(n.CALIPSO, doi)
		case "calipso del":
			n.CALIPSO = slices.DeleteFunc(n.CALIPSO, is)
		case "unlbl add":
			n.Static = append(n.Static, StaticLabel{args["interface"], prefixText(args["address"]), args["label"]})
		case "unlbl del":
			n.Static = slices.DeleteFunc(n.Static, func(s StaticLabel) bool {
				return s.Interface == args["interface"] && s.Addresses == prefixText(args["address"])
			})
		case "unlbl accept":
			n.AcceptUnlabelled = words[2] == "on"
		case "map add":
			if m, ok := mapRule(args); ok {
				n.Domains = append(n.Domains, m)
			}
		case "map del":
			n.Domains = slices.DeleteFunc(n.Domains, func(m DomainMap) bool { return m.Domain == args["domain"] })
		}
	}
	return n
}

// definitionRule reads a definition of CIPSO: trans doi:1 tags:1 levels:0=0,1=5
// categories:0=7.
func definitionRule(kind string, doi uint32, args map[string]string) CIPSODefinition {
	d := CIPSODefinition{DOI: doi, Map: kind, Levels: pairsRule(args["levels"]),
		Categories: pairsRule(args["categories"])}
	for tag := range strings.SplitSeq(args["tags"], ",") {
		if n, err := strconv.Atoi(tag); err == nil {
			d.Tags = append(d.Tags, n)
		}
	}
	if kind == "local" {
		d.Tags = []int{128}
	}
	return d
}

func pairsRule(s string) (pairs [][2]uint32) {
	for pair := range strings.SplitSeq(s, ",") {
		local, remote, _ := strings.Cut(pair, "=")
		l, err1 := strconv.ParseUint(local, 10, 32)
		r, err2 := strconv.ParseUint(remote, 10, 32)
		if err1 == nil && err2 == nil {
			pairs = append(pairs, [2]uint32{uint32(l), uint32(r)})
		}
	}
	return pairs
}

// mapRule reads an entry of the domain map: domain:x_t address:10.0.0.0/8
// protocol:cipsov4,1.
func mapRule(args map[string]string) (m DomainMap, ok bool) {
	protocol, extra, _ := strings.Cut(args["protocol"], ",")
	doi, err := strconv.ParseUint(extra, 10, 32)
	m = DomainMap{Domain: args["domain"], Addresses: prefixText(args["address"])}
	switch protocol {
	case "unlbl":
		m.Protocol = "unlabelled"
	case "cipsov4", "cipso":
		m.Protocol, m.Family, m.DOI = "cipso", "ip", uint32(doi)
	case "calipso":
		m.Protocol, m.Family, m.DOI = "calipso", "ip6", uint32(doi)
	default:
		return m, false
	}
	if p, err := netip.ParsePrefix(m.Addresses); err == nil {
		if m.Family = "ip"; p.Addr().Is6() {
			m.Family = "ip6"
		}
	}
	return m, m.Protocol == "unlabelled" || err == nil
}

// prefixText writes ADDRESS or ADDRESS/BITS as a prefix; anything else as it is.
func prefixText(s string) string {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()).String()
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked().String()
	}
	return s
}
