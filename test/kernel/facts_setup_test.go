package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A setUp is a machine's configuration for packets, in the words of its tools.
type setUp struct {
	kinds    []string
	nft      string
	tables   []tables
	static   []StaticLabel
	xfrm     []string // what ip xfrm is told
	refuses  bool     // packets without a label are not accepted
	doi      *cipsoDefinition
	calipso  bool
	domains  []DomainMap
	standard *DomainMap // in place of the domain map's default
}

func (s *setUp) String() string {
	text := strings.Join(s.kinds, ", ") + "\n" + s.nft
	for _, x := range s.tables {
		text += x.program + "\n" + x.rules
	}
	text += fmt.Sprintf("xfrm %q static %v refuses %v domains %v standard %v", s.xfrm, s.static, s.refuses,
		s.domains, s.standard)
	if s.doi != nil {
		text += fmt.Sprintf(" doi %+v", *s.doi)
	}
	return text
}

// packetTypes are the types of packets that rules give.
var packetTypes = []string{"p1_t", "p2_t", "p3_t", "packet_t"}

// randomSetUp returns a set-up of one or two kinds.
func randomSetUp(rng *rand.Rand) *setUp {
	s := &setUp{}
	kinds := []string{"nft", "nft", "nft", "legacy", "iptables-nft", "ip6 legacy", "ip6tables-nft", "static",
		"static", "cipso local", "cipso pass",
		"cipso trans", "calipso", "ipsec", "nothing"}
	for range 1 + rng.IntN(2) {
		kind := pick(rng, kinds)
		if slices.Contains(s.kinds, kind) {
			continue
		}
		s.kinds = append(s.kinds, kind)
		switch kind {
		case "nft":
			s.nft = randomNFT(rng)
		case "legacy":
			s.tables = append(s.tables, tables{"iptables-legacy-restore", randomIPTables(rng, false)})
		case "ip6 legacy":
			s.tables = append(s.tables, tables{"ip6tables-legacy-restore", randomIPTables(rng, true)})
		case "iptables-nft":
			s.tables = append(s.tables, tables{"iptables-nft-restore", randomIPTables(rng, false)})
		case "ip6tables-nft":
			s.tables = append(s.tables, tables{"ip6tables-nft-restore", randomIPTables(rng, true)})
		case "static":
			s.static = randomStatic(rng)
			s.refuses = rng.IntN(8) == 0
		case "cipso local", "cipso pass", "cipso trans":
			if s.doi == nil {
				s.randomCIPSO(rng, kind)
			}
		case "ipsec":
			s.xfrm = randomXfrm(rng)
		case "calipso":
			s.calipso = true
			s.domains = append(s.domains, randomDomains(rng, protocolCALIPSO)...)
		}
	}
	return s
}

func packetContext(rng *rand.Rand) string {
	return "u:object_r:" + pick(rng, packetTypes) + ":" + pick(rng, []string{"s0", "s0", "s0", "s1", "s0:c0"})
}

// the ports that operations are about, and ranges around them.
var factsPorts = []uint16{80, 8080, 9000, 40000, 40001}

func randomPorts(rng *rand.Rand, sep string) string {
	switch rng.IntN(5) {
	case 0:
		return fmt.Sprintf("1%s1023", sep)
	case 1:
		return fmt.Sprintf("8000%s8100", sep)
	case 2:
		return fmt.Sprintf("32768%s60999", sep)
	}
	return fmt.Sprint(pick(rng, factsPorts))
}
