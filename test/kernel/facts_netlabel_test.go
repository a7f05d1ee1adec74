package kernel

import (
	"math/rand/v2"
	"net/netip"
)

// randomStatic returns static labels of the loopback interface or of all others:
// longest prefix first or last.
func randomStatic(rng *rand.Rand) []StaticLabel {
	var list []StaticLabel
	label := func(prefix string, everywhere bool) {
		list = append(list, StaticLabel{From: netip.MustParsePrefix(prefix), Everywhere: everywhere,
			Context: "u:r:" + pick(rng, []string{"peer_t", "q_t"}) + ":" + pick(rng, []string{"s0", "s0", "s1",
				"s0:c0", "s0-s1:c0.c1"})})
	}
	prefixes := []string{"127.0.0.0/8", "127.0.0.1/32", "192.0.2.0/24", "0.0.0.0/0", "::1/128", "2001:db8::/32", "::/0"}
	only := rng.IntN(5) == 0 // the loopback interface has none of its own
	for _, prefix := range prefixes {
		if rng.IntN(2) == 0 && !only {
			label(prefix, false)
		}
		if rng.IntN(5) == 0 || only && rng.IntN(2) == 0 {
			label(prefix, true)
		}
	}
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if len(list) == 0 {
		label("127.0.0.0/8", false)
	}
	return list
}

// randomCIPSO adds a domain of interpretation, with the domains that use it.
func (s *setUp) randomCIPSO(rng *rand.Rand, kind string) {
	d := &cipsoDefinition{kind: cipsoLocal, tags: []byte{tagLocal}}
	switch kind {
	case "cipso pass":
		d.kind = cipsoPass
	case "cipso trans":
		d.kind = cipsoTrans
		// Local and remote numbers: those of the policy less one.
		d.levels = pick(rng, [][][2]uint32{{{0, 5}, {1, 6}}, {{0, 1}, {1, 0}}, {{0, 3}}})
		d.categories = pick(rng, [][][2]uint32{{{0, 10}, {1, 11}}, {{0, 1}, {1, 0}}, {{0, 7}}, nil})
	}
	switch kind {
	case "cipso trans":
		d.tags = []byte{1} // the kernel takes no other
	case "cipso pass":
		d.tags = pick(rng, [][]byte{{1}, {1}, {2}, {5}, {2, 1}, {5, 1}})
	}
	s.doi = d
	s.domains = append(s.domains, randomDomains(rng, protocolCIPSO)...)
	if rng.IntN(5) == 0 {
		s.standard = &DomainMap{Protocol: protocolCIPSO}
	}
}

// randomDomains chooses the domains that use a protocol: for all addresses or some.
func randomDomains(rng *rand.Rand, protocol uint32) []DomainMap {
	v4, v6 := []string{"127.0.0.0/8", "127.0.0.1/32", "192.0.2.0/24", "0.0.0.0/0"}, []string{"::1/128",
		"2001:db8::/32", "::/0"}
	var list []DomainMap
	for _, t := range []string{"d_t", "s_t", "h_t", "g_t"} {
		prefixes := v4
		if protocol == protocolCALIPSO {
			prefixes = v6
		}
		switch rng.IntN(6) {
		case 0, 1:
		case 2: // by address, CIPSO to some and nothing to others
			for _, prefix := range prefixes {
				if rng.IntN(2) == 0 {
					d := DomainMap{Domain: t, Addresses: netip.MustParsePrefix(prefix), Protocol: protocol}
					if rng.IntN(3) == 0 {
						d.Protocol = protocolUnlabelled
					}
					list = append(list, d)
				}
			}
		case 3:
			list = append(list, DomainMap{Domain: t, Protocol: pick(rng, []uint32{protocol, protocolUnlabelled})})
		default:
			list = append(list, DomainMap{Domain: t, Protocol: protocol})
		}
	}
	return list
}

// randomXfrm returns labelled policies of IPsec, of which IPv4 over the loopback
// interface is to take no notice, but for the checks of peers that they switch on.
func randomXfrm(rng *rand.Rand) []string {
	context := "u:object_r:" + pick(rng, packetTypes) + ":s0"
	var list []string
	for _, addr := range []string{"127.0.0.0/8", "192.0.2.1/32", "::1/128", "2001:db8::/32"} {
		for _, dir := range []string{"in", "out"} {
			if rng.IntN(2) == 0 {
				list = append(list, "policy add src "+addr+" dst "+addr+" dir "+dir+" ctx "+context+" action "+pick(rng,
					[]string{"allow", "block"}))
			}
		}
	}
	if len(list) == 0 {
		list = append(list, "policy add src 127.0.0.1/32 dst 127.0.0.1/32 dir out ctx "+context+" action block")
	}
	return list
}
