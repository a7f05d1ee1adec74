package host

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
)

// An operand is the contents of an nftables register: a field of packets, or a part of it, possibly
// masked.
type operand struct {
	field string // "" for an unknown property of packets
	text  string // the name of an unknown property
	size  int    // the number of bytes
	// from is the offset of the bytes in the whole field, for addresses.
	from  int
	mask  []byte // nil for all bits
	whole int    // bytes of the whole field
	host  bool   // the number is in the byte order of the machine
}

// registers are the 20 words of the registers: four of 16 bytes, which overlap with sixteen of 4
// (nft_parse_register).
type registers [20]*operand

func register(number uint32) int {
	const first32 = 8 // NFT_REG32_00
	switch {
	case number >= first32 && number < first32+16:
		return int(number-first32) + 4
	case number >= 1 && number <= 4:
		return int(number) * 4
	}
	return 0 // the verdict, or none
}

// A nftRule decodes the expressions of one rule.
type nftRule struct {
	order  byteOrder
	family string // the family of the table; for inet, the packet's family once the rule has compared it
	table  *nftTable
	regs   registers
	rules  [][]Step // the rule, once for each element of a verdict map
}

func bigU32(b []byte, order byteOrder, typ uint16) (uint32, bool) {
	content, ok := attribute(b, order, typ)
	if !ok || len(content) < 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(content), true
}

// dataValue returns the value in a nested NFTA_DATA_VALUE.
func dataValue(b []byte, order byteOrder, typ uint16) []byte {
	data, _ := attribute(b, order, typ)
	value, _ := attribute(data, order, 1)
	return value
}

// steps decodes an NFTA_RULE_EXPRESSIONS. A rule with a verdict map becomes one
// rule for each element.
func (r *nftRule) steps(expressions []byte) [][]Step {
	r.rules = [][]Step{nil}
	for t, e := range attributes(expressions, r.order) {
		if t != nftAElement {
			continue
		}
		data, _ := attribute(e, r.order, nftAExprData)
		r.expression(attributeString(e, r.order, nftAExprName), data)
	}
	return r.rules
}

func (r *nftRule) add(s Step) {
	for i := range r.rules {
		r.rules[i] = append(r.rules[i], s)
	}
}

func (r *nftRule) unknown(text string) { r.add(Step{Field: FieldUnknown, Values: []string{text}}) }

// expression decodes one expression. An unknown expression becomes a step that may match or not.
func (r *nftRule) expression(name string, b []byte) {
	switch name {
	case "meta":
		r.meta(b)
	case "ct":
		r.ct(b)
	case "payload":
		r.payload(b)
	case "bitwise":
		r.bitwise(b)
	case "cmp":
		r.cmp(b)
	case "range":
		r.inRange(b)
	case "lookup":
		r.lookup(b)
	case "immediate":
		r.immediate(b)
	case "objref":
		r.objref(b)
	case "match":
		r.xtMatch(b)
	case "target":
		r.xtTarget(b)
	case "notrack":
		r.add(Step{Do: DoUntrack})
	case "reject":
		r.add(Step{Do: DoDrop})
	case "nat", "masq", "redir":
		r.add(Step{Do: DoRewrite})
		r.add(Step{Do: DoAccept})
	case "tproxy": // the rule ends if no socket listens there
		r.add(Step{Do: DoRewrite})
		r.unknown(name)
	case "synproxy": // only packets that make a connection
		r.unknown(name)
		r.add(Step{Do: DoElsewhere})
	case "queue", "fwd":
		r.add(Step{Do: DoElsewhere})
	case "counter", "log", "dup", "last", "flow_offload", "inner":
	case "byteorder", "hash", "numgen", "rt", "fib", "socket", "osf", "tunnel", "xfrm", "exthdr":
		r.load(b, 1, &operand{text: name})
	default: // limit, quota, connlimit, dynset and newer ones
		r.unknown(name)
	}
}

// load puts an operand into the register of an attribute.
func (r *nftRule) load(b []byte, typ uint16, o *operand) {
	n, ok := bigU32(b, r.order, typ)
	at := register(n)
	if !ok || at == 0 {
		return
	}
	for i := 0; i < (o.size+3)/4 || i == 0; i++ {
		if at+i < len(r.regs) {
			r.regs[at+i] = nil
		}
	}
	r.regs[at] = o
}

func (r *nftRule) operandOf(b []byte, typ uint16) *operand {
	n, _ := bigU32(b, r.order, typ)
	if o := r.regs[register(n)]; o != nil {
		return o
	}
	return &operand{text: "register"}
}

func (r *nftRule) meta(b []byte) {
	const dreg, key, sreg = 1, 2, 3
	k, _ := bigU32(b, r.order, key)
	if _, sets := attribute(b, r.order, sreg); sets {
		if k != 14 { // NFT_META_SECMARK
			return
		}
		switch o := r.operandOf(b, sreg); o.field {
		case "ct secmark":
			r.add(Step{Do: DoFromConn})
		case FieldSecmark:
		default:
			r.add(Step{Do: DoAnyLabel, Arg: o.text})
		}
		return
	}
	o := &operand{size: 4, whole: 4, host: true}
	switch k {
	case 4:
		o.field = FieldInIndex
	case 5:
		o.field = FieldOutIndex
	case 6, 7:
		o.field, o.size, o.whole, o.host = FieldIn, 16, 16, false
		if k == 7 {
			o.field = FieldOut
		}
	case 14:
		o.field = FieldSecmark
	case 15:
		o.field, o.size, o.whole = FieldFamily, 1, 1
	case 16:
		o.field, o.size, o.whole = FieldProtocol, 1, 1
	default:
		o.text = "meta key " + strconv.Itoa(int(k))
	}
	r.load(b, dreg, o)
}

func (r *nftRule) ct(b []byte) {
	const dreg, key, sreg = 1, 2, 4
	const state, direction, secmark = 0, 1, 4
	k, _ := bigU32(b, r.order, key)
	if _, sets := attribute(b, r.order, sreg); sets {
		if k != secmark {
			return
		}
		if o := r.operandOf(b, sreg); o.field == FieldSecmark {
			r.add(Step{Do: DoToConn})
		} else {
			r.add(Step{Do: DoAnyLabel, Arg: "connection"})
		}
		return
	}
	o := &operand{size: 4, whole: 4, host: true}
	switch k {
	case state:
		o.field = FieldState
	case direction:
		o.field, o.size, o.whole = FieldDirection, 1, 1
	case secmark:
		o.field = "ct secmark"
	default:
		o.text = "ct key " + strconv.Itoa(int(k))
	}
	r.load(b, dreg, o)
}

func (r *nftRule) payload(b []byte) {
	const dreg, base, offset, length, sreg = 1, 2, 3, 4, 5
	const network, transport = 1, 2
	if _, sets := attribute(b, r.order, sreg); sets {
		r.add(Step{Do: DoRewrite})
		return
	}
	where, _ := bigU32(b, r.order, base)
	at, _ := bigU32(b, r.order, offset)
	size, _ := bigU32(b, r.order, length)
	o := &operand{text: fmt.Sprintf("payload %d, %d bytes at %d", where, size, at), size: int(min(size, 64))}
	part := func(field string, begin, whole uint32) {
		if at >= begin && at+size <= begin+whole {
			o.field, o.from, o.whole = field, int(at-begin), int(whole)
		}
	}
	switch {
	case where == network && r.family == "ip":
		part(FieldSource, 12, 4)
		part(FieldDest, 16, 4)
		if at == 9 && size == 1 {
			o.field, o.whole = FieldProtocol, 1
		}
	case where == network && r.family == "ip6":
		part(FieldSource, 8, 16)
		part(FieldDest, 24, 16)
	case where == transport && size == 2 && at == 0:
		o.field, o.whole = FieldSPort, 2
	case where == transport && size == 2 && at == 2:
		o.field, o.whole = FieldDPort, 2
	case where == transport && size == 1 && at == 13:
		o.field, o.whole = FieldTCPFlags, 1
	}
	r.load(b, dreg, o)
}

// bitwise decodes the form with a mask: dreg = (sreg & mask) ^ 0.
func (r *nftRule) bitwise(b []byte) {
	const sreg, dreg, mask, xor, op = 1, 2, 4, 5, 6
	o := *r.operandOf(b, sreg)
	kind, _ := bigU32(b, r.order, op)
	o.mask = dataValue(b, r.order, mask)
	flip := bytes.Trim(dataValue(b, r.order, xor), "\x00")
	if kind != 0 || len(flip) > 0 || len(o.mask) != o.size {
		o.field, o.text = "", o.field+o.text+", changed bits"
	}
	r.load(b, dreg, &o)
}

// immediate decodes verdicts; other values matter only to unknown expressions.
func (r *nftRule) immediate(b []byte) {
	const dreg, data, verdict = 1, 2, 2
	if n, _ := bigU32(b, r.order, dreg); n != 0 {
		r.load(b, dreg, &operand{text: "immediate"})
		return
	}
	d, _ := attribute(b, r.order, data)
	v, _ := attribute(d, r.order, verdict)
	r.add(r.verdict(v))
}

func (r *nftRule) verdict(v []byte) Step {
	const code, chain = 1, 2
	n, _ := bigU32(v, r.order, code)
	to := attributeString(v, r.order, chain)
	switch int32(n) {
	case -3:
		return Step{Do: DoJump, Arg: to}
	case -4:
		return Step{Do: DoGoto, Arg: to}
	case -5:
		return Step{Do: DoReturn}
	case -1:
		return Step{Field: FieldNever, Not: true}
	case -2:
		return Step{Field: FieldNever}
	}
	switch n & 0xff {
	case 0:
		return Step{Do: DoDrop}
	case 1:
		return Step{Do: DoAccept}
	}
	return Step{Do: DoElsewhere}
}

func (r *nftRule) objref(b []byte) {
	const immType, immName, sreg, setName = 1, 2, 3, 4
	if kind, ok := bigU32(b, r.order, immType); ok {
		switch kind {
		case nftObjSecmark:
			r.add(r.table.label(attributeString(b, r.order, immName)))
		case 2, 4, 5: // NFT_OBJECT_QUOTA, _LIMIT, _CONNLIMIT: the rule ends if the limit is exceeded
			r.unknown("object " + attributeString(b, r.order, immName))
		case 10: // NFT_OBJECT_SYNPROXY
			r.expression("synproxy", nil)
		}
		return
	}
	set := r.table.sets[attributeString(b, r.order, setName)]
	switch {
	case set == nil:
		r.unknown("a map that could not be read")
		r.add(Step{Do: DoAnyLabel, Arg: "a map"})
	case set.objects == nftObjSecmark:
		n, _ := bigU32(b, r.order, sreg)
		r.expand(register(n), set, func(e *nftElement) Step { return r.table.label(e.object) })
	default: // the rule ends if the map has no element
		r.unknown("map " + set.name)
	}
}

func (r *nftRule) lookup(b []byte) {
	const setName, sreg, dreg, flags = 1, 2, 3, 5
	set := r.table.sets[attributeString(b, r.order, setName)]
	if set == nil {
		r.unknown("a set that could not be read")
		return
	}
	from, _ := bigU32(b, r.order, sreg)
	if n, maps := bigU32(b, r.order, dreg); maps {
		if n != 0 || !set.verdicts {
			r.unknown("map " + set.name)
			r.load(b, dreg, &operand{text: "map " + set.name})
			return
		}
		r.expand(register(from), set, func(e *nftElement) Step { return r.verdict(e.verdict) })
		return
	}
	inverted, _ := bigU32(b, r.order, flags)
	not := inverted&1 != 0
	if set.changes {
		r.unknown("set " + set.name + ", which changes")
		return
	}
	if len(set.elements) == 0 {
		r.add(Step{Field: FieldNever, Not: not})
		return
	}
	all := Step{Not: not}
	for i := range set.elements {
		steps, ok := r.key(register(from), set, &set.elements[i])
		switch {
		case ok && len(steps) == 1:
			all.Field, all.Values = steps[0].Field, append(all.Values, steps[0].Values...)
			continue
		case ok && !not: // several fields: a rule for each element
			r.expand(register(from), set, nil)
			return
		}
		r.unknown("set " + set.name)
		return
	}
	r.asks(all)
	r.add(all)
}

// key returns the steps that compare the registers, from index at on, with a key of a set. ok is false if senet
// does not know their meaning.
func (r *nftRule) key(at int, set *nftSet, e *nftElement) (steps []Step, ok bool) {
	if set.changes || e.catchall || len(e.low) == 0 || len(e.low) != len(e.high) {
		return nil, false
	}
	for low, high := e.low, e.high; len(low) > 0; {
		if at <= 0 || at >= len(r.regs) || r.regs[at] == nil {
			return nil, false
		}
		o := r.regs[at]
		padded := (o.size + 3) &^ 3
		if len(low) == o.size { // the only field, or the last
			padded = o.size
		}
		if o.size == 0 || len(low) < padded {
			return nil, false
		}
		values, known := o.between(low[:o.size], high[:o.size], r.order)
		if !known {
			return nil, false
		}
		steps = append(steps, Step{Field: o.field, Values: values})
		low, high, at = low[padded:], high[padded:], at+(o.size+3)/4
	}
	return steps, true
}

// expand makes one rule for each element of a set or map. Elements do not overlap, and the earlier steps have the
// same effect when they are repeated.
func (r *nftRule) expand(at int, set *nftSet, do func(*nftElement) Step) {
	before := r.rules
	r.rules = nil
	for i := range set.elements {
		e := &set.elements[i]
		steps, ok := r.key(at, set, e)
		if !ok {
			steps = []Step{{Field: FieldUnknown, Values: []string{"map " + set.name}}}
		}
		if do != nil {
			steps = append(steps, do(e))
		}
		for _, old := range before {
			if len(r.rules) == maxExpanded {
				r.unknown("map " + set.name + ", which is large")
				return
			}
			r.rules = append(r.rules, append(old[:len(old):len(old)], steps...))
		}
	}
	switch {
	case len(set.elements) == 0 && set.changes:
		r.rules = before
		r.unknown("map " + set.name)
	case len(set.elements) == 0:
		r.rules = before
		r.add(Step{Field: FieldNever})
	}
}

// maxExpanded bounds the rules that maps make from one rule.
const maxExpanded = 4096

// asks records the family of packets that the rule can match after a step.
func (r *nftRule) asks(s Step) {
	if s.Field == FieldFamily && !s.Not && len(s.Values) == 1 {
		r.family = s.Values[0]
	}
}

func (r *nftRule) cmp(b []byte) {
	const sreg, op, data = 1, 2, 3
	o, value := r.operandOf(b, sreg), dataValue(b, r.order, data)
	kind, _ := bigU32(b, r.order, op)
	s, ok := o.compare(kind, value, r.order)
	if !ok {
		r.unknown(o.field + o.text)
		return
	}
	r.asks(s)
	r.add(s)
}

func (r *nftRule) inRange(b []byte) {
	const sreg, op, from, to = 1, 2, 3, 4
	o := r.operandOf(b, sreg)
	kind, _ := bigU32(b, r.order, op)
	values, ok := o.between(dataValue(b, r.order, from), dataValue(b, r.order, to), r.order)
	if !ok || o.field == "" {
		r.unknown(o.field + o.text)
		return
	}
	r.add(Step{Field: o.field, Values: values, Not: kind == 1})
}

// addr writes bytes of an address at their offset, and fill for the other bytes.
func (o *operand) addr(b []byte, fill byte) (netip.Addr, bool) {
	if o.from+len(b) > o.whole || len(b) > o.size {
		return netip.Addr{}, false
	}
	full := bytes.Repeat([]byte{fill}, o.whole)
	if o.from > 0 {
		return netip.Addr{}, false // the middle of an address
	}
	copy(full, b)
	return netip.AddrFromSlice(full)
}
