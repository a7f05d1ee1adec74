package host

import (
	"encoding/binary"
	"fmt"
)

const (
	nftGetTable    = 10<<8 | 1
	nftGetChain    = 10<<8 | 4
	nftGetSet      = 10<<8 | 10
	nftGetElements = 10<<8 | 13
	nftARuleHandle = 3
)

// nftDump has all nftables answers of one network namespace.
type nftDump struct {
	tables, chains, sets, objects, rules []netlinkMessage
	// elements returns the elements of a set.
	elements func(family byte, table, set string) ([]netlinkMessage, error)
}

// parseNFTFilter makes chains from the kernel's answers.
func parseNFTFilter(d *nftDump, order byteOrder) ([]Chain, error) {
	type key struct{ family, table string }
	tables := make(map[key]*nftTable)
	tableOf := func(family, name string) *nftTable {
		t := tables[key{family, name}]
		if t == nil {
			t = &nftTable{labels: make(map[string]string), sets: make(map[string]*nftSet)}
			tables[key{family, name}] = t
		}
		return t
	}
	for _, o := range parseNFTObjects(d.objects, order) {
		tableOf(o.Family, o.Table).labels[o.Name] = o.Context
	}
	for _, s := range parseNFTSets(d.sets, order) {
		elements, err := d.elements(s.family, s.table, s.name)
		if err != nil {
			return nil, fmt.Errorf("set %s of table %s: %w", s.name, s.table, err)
		}
		s.parseElements(elements, order)
		tableOf(nftFamily(s.family), s.table).sets[s.name] = s
	}
	dormant := dormantTables(d.tables, order)
	var list []Chain
	at := make(map[[3]string]int)
	for _, c := range parseNFTChains(d.chains, order) {
		if dormant[[2]string{c.chain.Family, c.chain.Table}] {
			continue
		}
		at[[3]string{c.chain.Family, c.chain.Table, c.chain.Name}] = len(list)
		list = append(list, c.chain)
	}
	for _, m := range d.rules {
		if len(m.Payload) < nfgenHeader {
			continue
		}
		b, family := m.Payload[nfgenHeader:], nftFamily(m.Payload[0])
		i, ok := at[[3]string{family, attributeString(b, order, nftATable), attributeString(b, order, nftAName)}]
		if !ok {
			continue
		}
		name := "rule"
		if h, ok := attribute(b, order, nftARuleHandle); ok && len(h) >= 8 {
			name = fmt.Sprintf("handle %d", binary.BigEndian.Uint64(h))
		}
		expressions, _ := attribute(b, order, nftAExpressions)
		r := nftRule{order: order, family: family, table: tableOf(family, list[i].Table)}
		for _, steps := range r.steps(expressions) {
			list[i].Rules = append(list[i].Rules, Rule{Name: name, Steps: steps})
		}
	}
	return list, nil
}

// askNFTFilter reads all of nftables in the thread's network namespace.
func (r *reader) askNFTFilter() ([]Chain, error) {
	order := binary.NativeEndian
	dump := func(typ uint16, family byte, attributes []byte) ([]netlinkMessage, error) {
		return r.netlink(netlinkRequest{protocol: protoNetfilter, typ: typ, dump: true,
			payload: append([]byte{family, 0, 0, 0}, attributes...)})
	}
	d := nftDump{elements: func(family byte, table, set string) ([]netlinkMessage, error) {
		b := appendAttribute(nil, order, 1, append([]byte(table), 0))
		return dump(nftGetElements, family, appendAttribute(b, order, 2, append([]byte(set), 0)))
	}}
	for _, q := range []struct {
		typ uint16
		to  *[]netlinkMessage
	}{{nftGetTable, &d.tables}, {nftGetChain, &d.chains}, {nftGetSet, &d.sets}, {nftGetObject,
		&d.objects}, {nftGetRule, &d.rules}} {
		m, err := dump(q.typ, 0, nil)
		if err != nil {
			return nil, err
		}
		*q.to = m
	}
	return parseNFTFilter(&d, order)
}
