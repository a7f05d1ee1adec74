package host

import (
	"bytes"
	"fmt"
	"slices"
)

// An nftTable holds the sets and chains that the rules of one table of nftables refer to.
type nftTable struct {
	labels map[string]string // secmark objects: their contexts
	sets   map[string]*nftSet
}

// label returns the step of a secmark object.
func (t *nftTable) label(name string) Step {
	context, ok := t.labels[name]
	if !ok {
		return Step{Do: DoAnyLabel, Arg: name}
	}
	return Step{Do: DoLabel, Arg: context}
}

// An nftSet is a set or map with its elements.
type nftSet struct {
	family   byte
	table    string
	name     string
	interval bool
	verdicts bool   // a map to verdicts
	objects  uint32 // the type of the objects in a map to objects, else 0
	keySize  int
	// changes says that packets add elements, or that elements expire.
	changes  bool
	elements []nftElement
}

// An nftElement is a key or a range of keys, with its value in a map.
type nftElement struct {
	low, high []byte
	catchall  bool
	verdict   []byte // NFTA_DATA_VERDICT
	object    string
}

// parseNFTSets returns the sets in an answer to NFT_MSG_GETSET, without elements.
func parseNFTSets(messages []netlinkMessage, order byteOrder) []*nftSet {
	const (
		table, name, flags, keyLen, dataType, objType = 1, 2, 3, 5, 6, 15
		flagInterval, flagTimeout, flagEval           = 4, 0x10, 0x20
		typeVerdict                                   = 0xffffff00
	)
	var list []*nftSet
	for _, m := range messages {
		if len(m.Payload) < nfgenHeader {
			continue
		}
		b := m.Payload[nfgenHeader:]
		f, _ := bigU32(b, order, flags)
		size, _ := bigU32(b, order, keyLen)
		s := &nftSet{
			family: m.Payload[0], table: attributeString(b, order, table), name: attributeString(b, order, name),
			interval: f&flagInterval != 0, changes: f&(flagTimeout|flagEval) != 0, keySize: int(size),
		}
		data, _ := bigU32(b, order, dataType)
		s.verdicts = data == typeVerdict
		s.objects, _ = bigU32(b, order, objType)
		list = append(list, s)
	}
	return list
}

// parseElements adds the elements in an answer to NFT_MSG_GETSETELEM.
func (s *nftSet) parseElements(messages []netlinkMessage, order byteOrder) {
	const (
		elements                                 = 3
		key, data, flags, timeout, object, keyTo = 1, 2, 3, 4, 9, 10
		flagEnd, flagCatchall                    = 1, 2
		dataVerdict                              = 2
	)
	type bound struct {
		nftElement
		end bool
	}
	var bounds []bound
	for _, m := range messages {
		if len(m.Payload) < nfgenHeader {
			continue
		}
		list, _ := attribute(m.Payload[nfgenHeader:], order, elements)
		for t, e := range attributes(list, order) {
			if t != nftAElement {
				continue
			}
			f, _ := bigU32(e, order, flags)
			if _, ok := attribute(e, order, timeout); ok {
				s.changes = true
			}
			d, _ := attribute(e, order, data)
			verdict, _ := attribute(d, order, dataVerdict)
			x := bound{end: f&flagEnd != 0}
			x.nftElement = nftElement{low: dataValue(e, order, key), high: dataValue(e, order, keyTo),
				catchall: f&flagCatchall != 0, verdict: verdict, object: attributeString(e, order, object)}
			if x.high == nil && (!s.interval || x.catchall) {
				x.high = x.low
			}
			bounds = append(bounds, x)
		}
	}
	// A tree of ranges has a start for each range and an end after its last element.
	slices.SortStableFunc(bounds, func(a, b bound) int {
		if c := bytes.Compare(a.low, b.low); c != 0 {
			return c
		}
		switch {
		case a.end == b.end:
			return 0
		case a.end: // the end of the previous range
			return -1
		}
		return 1
	})
	for i, x := range bounds {
		if x.end {
			continue
		}
		e := x.nftElement
		if e.high == nil {
			e.high = bytes.Repeat([]byte{0xff}, len(e.low))
			if i+1 < len(bounds) {
				e.high = lessOne(bounds[i+1].low)
			}
		}
		s.elements = append(s.elements, e)
	}
}

// lessOne returns the bytes of the number minus one.
func lessOne(b []byte) []byte {
	out := bytes.Clone(b)
	for i := len(out) - 1; i >= 0; i-- {
		out[i]--
		if out[i] != 0xff {
			break
		}
	}
	return out
}

// An nftBase has the fields of a chain in an answer to NFT_MSG_GETCHAIN.
type nftBase struct {
	family byte
	chain  Chain
}

// parseNFTChains returns the chains in an answer to NFT_MSG_GETCHAIN.
func parseNFTChains(messages []netlinkMessage, order byteOrder) []nftBase {
	const table, name, hook, policy, kind, hookNum, priority = 1, 3, 4, 5, 7, 1, 2
	var list []nftBase
	for _, m := range messages {
		if len(m.Payload) < nfgenHeader {
			continue
		}
		b := m.Payload[nfgenHeader:]
		c := Chain{Family: nftFamily(m.Payload[0]), Table: attributeString(b, order, table),
			Name: attributeString(b, order, name)}
		if h, ok := attribute(b, order, hook); ok {
			n, _ := bigU32(h, order, hookNum)
			p, _ := bigU32(h, order, priority)
			c.Hook, c.Priority, c.Policy = nftHook(c.Family, n), int(int32(p)), "accept"
			c.NAT = attributeString(b, order, kind) == "nat"
			if p, ok := bigU32(b, order, policy); ok && p == 0 {
				c.Policy = "drop"
			}
		}
		list = append(list, nftBase{m.Payload[0], c})
	}
	return list
}

func nftHook(family string, n uint32) string {
	if family == "netdev" {
		if n == 1 {
			return "egress"
		}
		return "ingress"
	}
	names := [...]string{"prerouting", "input", "forward", "output", "postrouting", "ingress"}
	if int(n) < len(names) {
		return names[n]
	}
	return fmt.Sprintf("hook %d", n)
}

// dormantTables returns the tables of an answer to NFT_MSG_GETTABLE whose chains
// no packet enters.
func dormantTables(messages []netlinkMessage, order byteOrder) map[[2]string]bool {
	const name, flags, dormant = 1, 2, 1
	set := make(map[[2]string]bool)
	for _, m := range messages {
		if len(m.Payload) < nfgenHeader {
			continue
		}
		b := m.Payload[nfgenHeader:]
		if f, _ := bigU32(b, order, flags); f&dormant != 0 {
			set[[2]string{nftFamily(m.Payload[0]), attributeString(b, order, name)}] = true
		}
	}
	return set
}
