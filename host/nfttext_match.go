package host

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// An nftKey is the left side of a comparison: a field, and what nft asks before it.
type nftKey struct {
	field  string
	before []Step
	name   string
}

// key reads one field. A field that nothing is known of has the name alone.
func (r *nftTextRule) key() (k nftKey, ok bool) {
	family := func(name string) {
		if r.family == "inet" || r.family == "bridge" || r.family == "netdev" {
			k.before = append(k.before, Step{Field: FieldFamily, Values: []string{name}})
		}
	}
	protocol := func(number string) {
		k.before = append(k.before, Step{Field: FieldProtocol, Values: []string{number}})
	}
	first, second := r.peek(0), r.peek(1)
	if first.quoted || first.text == "" {
		return k, false
	}
	two := first.text + " " + second.text
	k.name = two
	switch two {
	case "ip saddr", "ip daddr", "ip protocol":
		family("ip")
		k.field = map[string]string{"saddr": FieldSource, "daddr": FieldDest, "protocol": FieldProtocol}[second.text]
	case "ip6 saddr", "ip6 daddr":
		family("ip6")
		k.field = map[string]string{"saddr": FieldSource, "daddr": FieldDest}[second.text]
	case "tcp sport", "udp sport", "udplite sport", "sctp sport", "dccp sport", "tcp dport", "udp dport",
		"udplite dport", "sctp dport", "dccp dport", "tcp flags":
		protocol(strconv.Itoa(nftProtocols[first.text]))
		k.field = map[string]string{"sport": FieldSPort, "dport": FieldDPort, "flags": FieldTCPFlags}[second.text]
	case "th sport", "th dport":
		k.field = map[string]string{"sport": FieldSPort, "dport": FieldDPort}[second.text]
	case "meta l4proto":
		k.field = FieldProtocol
	case "meta nfproto":
		k.field = FieldFamily
	case "meta secmark":
		k.field = FieldSecmark
	case "ct state":
		k.field = FieldState
	case "ct direction":
		k.field = FieldDirection
	case "meta iifname", "meta oifname", "meta iif", "meta oif":
		k.field = map[string]string{"iifname": FieldIn, "iif": FieldIn}[second.text]
		if k.field == "" {
			k.field = FieldOut
		}
	default:
		switch first.text {
		case "iifname", "iif", "oifname", "oif":
			r.at++
			k.name = first.text
			if k.field = FieldIn; first.text[0] == 'o' {
				k.field = FieldOut
			}
			return k, true
		}
		return k, false
	}
	r.at += 2
	return k, true
}

// keys reads a field, or several with dots between.
func (r *nftTextRule) keys() ([]nftKey, bool) {
	var keys []nftKey
	for {
		k, ok := r.key()
		if !ok {
			return nil, false
		}
		if keys = append(keys, k); !r.take(".") {
			return keys, true
		}
	}
}

// ask adds what nft asks before a comparison.
func (r *nftTextRule) ask(keys []nftKey) {
	for _, k := range keys {
		for _, s := range k.before {
			if r.add(s); s.Field == FieldFamily {
				r.family = s.Values[0] // nft does not ask again
			}
		}
	}
}

// comparison reads a comparison, or a verdict by a map.
func (r *nftTextRule) comparison() bool {
	switch first := r.peek(0); {
	case first.quoted:
		return false
	case first.is("icmp"), first.is("icmpv6"), first.is("esp"), first.is("ah"), first.is("comp"), first.is("igmp"):
		// What is asked for is not known, of which packets is.
		if r.family != "ip" && r.family != "ip6" && (first.is("icmp") || first.is("igmp")) {
			r.add(Step{Field: FieldFamily, Values: []string{"ip"}})
		} else if r.family != "ip" && r.family != "ip6" && first.is("icmpv6") {
			r.add(Step{Field: FieldFamily, Values: []string{"ip6"}})
		}
		r.add(Step{Field: FieldProtocol, Values: []string{strconv.Itoa(nftProtocols[first.text])}})
		return false
	case first.is("ip"), first.is("ip6"):
		if _, known := r.key(); !known {
			if r.family != "ip" && r.family != "ip6" {
				r.add(Step{Field: FieldFamily, Values: []string{first.text}})
			}
			return false
		}
		r.at -= 2
	}
	keys, ok := r.keys()
	if !ok {
		return false
	}
	if r.take("vmap") {
		set, ok := r.mapping()
		if !ok {
			return false
		}
		r.ask(keys)
		r.expand(keys, set, r.decide)
		return true
	}
	k := &keys[0]
	if k.field == FieldTCPFlags && len(keys) == 1 {
		s, ok := r.flags()
		if ok {
			r.ask(keys)
			r.add(s)
		}
		return ok
	}
	op := r.operator()
	if name := r.peek(0); r.peek(0).is("{") || strings.HasPrefix(name.text, "@") && !name.quoted {
		set, ok := r.mapping()
		if !ok || op != "" && op != "!=" {
			return false
		}
		r.ask(keys)
		return r.lookup(keys, set, op == "!=")
	}
	if len(keys) > 1 {
		words := []nftToken{}
		for i := range keys {
			if i > 0 && !r.take(".") {
				return false
			}
			words = append(words, *r.peek(0), nftToken{text: "."})
			r.at++
		}
		steps, ok := r.match(keys, words[:len(words)-1])
		if !ok || op != "" {
			return false
		}
		r.ask(keys)
		for _, s := range steps {
			r.add(s)
		}
		return true
	}
	words := []nftToken{*r.peek(0)}
	for r.at++; r.take(","); r.at++ { // bits of a mask
		words = append(words, nftToken{text: ","}, *r.peek(0))
	}
	s, ok := r.compare(k, op, words)
	if !ok {
		return false
	}
	r.ask(keys)
	r.add(s)
	if s.Field == FieldFamily && !s.Not && len(s.Values) == 1 {
		r.family = s.Values[0]
	}
	return true
}

// operator takes a sign of comparison; "" stands for being equal.
func (r *nftTextRule) operator() string {
	op := r.peek(0)
	if op.quoted {
		return ""
	}
	switch op.text {
	case "!=", "ne":
		r.at++
		return "!="
	case "==", "eq":
		r.at++
		return ""
	case "<", ">", "<=", ">=":
		r.at++
		return op.text
	case "lt", "gt", "le", "ge":
		r.at++
		return map[string]string{"lt": "<", "gt": ">", "le": "<=", "ge": ">="}[op.text]
	}
	return ""
}

// compare makes the step of one field and one value.
func (r *nftTextRule) compare(k *nftKey, op string, words []nftToken) (Step, bool) {
	s := Step{Field: k.field, Not: op == "!="}
	if len(words) > 1 {
		if k.field != FieldState {
			return s, false
		}
		for _, w := range words {
			if !w.is(",") {
				v, ok := r.value(k.field, w)
				if !ok {
					return s, false
				}
				s.Values = append(s.Values, v)
			}
		}
		slices.SortFunc(s.Values, func(a, b string) int {
			return slices.Index(stateOrder, a) - slices.Index(stateOrder, b)
		})
		return s, true
	}
	v, ok := r.value(k.field, words[0])
	if !ok {
		return s, false
	}
	if op == "" || op == "!=" {
		s.Values = []string{v}
		return s, true
	}
	return ordered(k.field, op, v)
}

// stateOrder are the states of a connection, in the order of their bits in the kernel.
var stateOrder = []string{"invalid", "established", "related", "new", "untracked"}

// ordered makes the step of a comparison by size.
func ordered(field, op, value string) (Step, bool) {
	o := operand{field: field}
	code := map[string]uint32{"<": cmpLess, "<=": cmpLessOrEqual, ">": cmpGreater, ">=": cmpGreaterOrEqual}[op]
	s := Step{Field: field}
	switch field {
	case FieldSPort, FieldDPort, FieldProtocol:
		n, err := strconv.ParseUint(value, 10, 16)
		if err != nil {
			return s, false
		}
		b := []byte{byte(n >> 8), byte(n)}
		if o.size, o.whole = 2, 2; field == FieldProtocol {
			b, o.size, o.whole = b[1:], 1, 1
		}
		ok := o.ordered(&s, code, b)
		return s, ok
	case FieldSource, FieldDest:
		a, err := netip.ParseAddr(value)
		if err != nil {
			return s, false
		}
		o.size, o.whole = len(a.AsSlice()), len(a.AsSlice())
		ok := o.ordered(&s, code, a.AsSlice())
		return s, ok
	}
	return s, false
}

// lookup makes the step of a set.
func (r *nftTextRule) lookup(keys []nftKey, set *nftTextSet, not bool) bool {
	if set.changes {
		r.add(Step{Field: FieldUnknown, Values: []string{"set " + set.name + ", which changes"}})
		return true
	}
	if len(set.elements) == 0 {
		r.add(Step{Field: FieldNever, Not: not})
		return true
	}
	if len(keys) > 1 {
		if not {
			return false
		}
		r.expand(keys, set, nil)
		return true
	}
	all := Step{Field: keys[0].field, Not: not}
	if r.config.values += len(set.elements); r.config.values > maxNFTTokens {
		r.add(Step{Field: FieldUnknown, Values: []string{"set " + set.name + ", which is large"}})
		return true
	}
	for i := range set.elements {
		steps, ok := r.match(keys, set.elements[i].key)
		if !ok {
			return false
		}
		all.Values = append(all.Values, steps[0].Values...)
	}
	r.add(all)
	return true
}

// match makes the steps that compare fields with a key of a set: words with dots between.
func (r *nftTextRule) match(keys []nftKey, words []nftToken) (steps []Step, ok bool) {
	for i, w := range words {
		if w.is("comment") || w.is("counter") {
			words = words[:i]
			break
		}
	}
	if len(words) != 2*len(keys)-1 {
		return nil, false
	}
	for i := range keys {
		if i > 0 && !words[2*i-1].is(".") {
			return nil, false
		}
		v, ok := r.value(keys[i].field, words[2*i])
		if !ok {
			return nil, false
		}
		steps = append(steps, Step{Field: keys[i].field, Values: []string{v}})
	}
	return steps, true
}

// nftProtocols are the numbers of the protocols that files name.
var nftProtocols = map[string]int{"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "dccp": 33, "gre": 47, "esp": 50, "ah": 51,
	"icmpv6": 58, "ipv6-icmp": 58, "comp": 108, "sctp": 132, "udplite": 136}

// value writes a value as steps have it.
func (r *nftTextRule) value(field string, w nftToken) (string, bool) {
	if w.text == "" {
		return "", false
	}
	switch field {
	case FieldIn, FieldOut:
		return w.text, !strings.Contains(strings.TrimSuffix(w.text, "*"), "*") && !strings.Contains(w.text, `\`)
	case FieldSource, FieldDest:
		return nftAddress(w.text)
	case FieldState:
		return w.text, slices.Contains(stateOrder, w.text)
	case FieldDirection:
		return w.text, w.is("original") || w.is("reply")
	case FieldFamily:
		switch w.text {
		case "ipv4", "2":
			return "ip", true
		case "ipv6", "10":
			return "ip6", true
		}
		return "", false
	case FieldSecmark:
		return "none", w.is("0") || w.is("0x0") || w.is("0x00000000")
	case FieldTCPFlags:
		n, ok := flagBits(w.text)
		return fmt.Sprintf("0xff/%#x", n), ok
	}
	low, high, isRange := strings.Cut(w.text, "-")
	if _, named := nftProtocols[w.text]; named || r.config.ports[w.text] != 0 {
		low, high, isRange = w.text, "", false // ipv6-icmp
	}
	a, ok1 := r.number(field, low)
	b, ok2 := a, ok1
	if isRange {
		b, ok2 = r.number(field, high)
	}
	return rangeText(a, b), ok1 && ok2 && a <= b
}

// number reads a number or the name of a port or protocol.
func (r *nftTextRule) number(field, s string) (uint64, bool) {
	if n, err := strconv.ParseUint(s, 0, 16); err == nil {
		return n, field != FieldProtocol || n < 256
	}
	if field == FieldProtocol {
		n, ok := nftProtocols[s]
		return uint64(n), ok
	}
	p, ok := r.config.ports[s]
	return uint64(p), ok
}

// nftAddress writes an address, a prefix or a range.
func nftAddress(s string) (string, bool) {
	if low, high, isRange := strings.Cut(s, "-"); isRange {
		a, err1 := netip.ParseAddr(low)
		b, err2 := netip.ParseAddr(high)
		return a.String() + "-" + b.String(), err1 == nil && err2 == nil && a.Compare(b) <= 0
	}
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return "", false
		}
		return p.Masked().String(), true
	}
	a, err := netip.ParseAddr(s)
	return a.String(), err == nil && a.Zone() == ""
}

// nftTCPFlags are the flags of TCP, the lowest bit first.
var nftTCPFlags = []string{"fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"}

func flagBits(s string) (uint64, bool) {
	if i := slices.Index(nftTCPFlags, s); i >= 0 {
		return 1 << i, true
	}
	n, err := strconv.ParseUint(s, 0, 8)
	return n, err == nil
}

// flags reads what follows tcp flags: syn; ! syn; == syn; syn / syn,ack; & (syn|ack) == syn; { syn, ack }.
func (r *nftTextRule) flags() (Step, bool) {
	s := Step{Field: FieldTCPFlags}
	list := func(separators ...string) (bits uint64, ok bool) {
		for {
			b, known := flagBits(r.peek(0).text)
			if !known {
				return 0, false
			}
			r.at++
			bits |= b
			if !slices.ContainsFunc(separators, func(sep string) bool { return r.take(sep) }) {
				return bits, true
			}
		}
	}
	exact := func(mask, value uint64) { s.Values = []string{fmt.Sprintf("%#x/%#x", mask, value)} }
	anyOf := func(bits uint64) {
		for bit := uint64(1); bit < 256; bit <<= 1 {
			if bits&bit != 0 {
				s.Values = append(s.Values, fmt.Sprintf("%#x/%#x", bit, bit))
			}
		}
	}
	if r.take("&") {
		open := r.take("(")
		mask, ok := list("|", ",")
		if !ok || open && !r.take(")") {
			return s, false
		}
		s.Not = r.take("!=")
		if !s.Not && !r.take("==") {
			return s, false
		}
		value, ok := list("|", ",")
		if s.Not && value == 0 { // any of them
			s.Not = false
			anyOf(mask)
		} else {
			exact(mask, value)
		}
		return s, ok
	}
	if r.peek(0).is("{") || r.peek(0).is("!=") && r.peek(1).is("{") {
		s.Not = r.take("!=")
		set, ok := r.mapping()
		for i := range set.elements {
			v := uint64(0)
			for _, w := range set.elements[i].key {
				if w.is("|") {
					continue
				}
				n, known := flagBits(w.text)
				v, ok = v|n, ok && known
			}
			s.Values = append(s.Values, fmt.Sprintf("0xff/%#x", v))
		}
		return s, ok
	}
	switch {
	case r.take("!="):
		s.Not = true
		fallthrough
	case r.take("=="):
		value, ok := list("|")
		exact(0xff, value)
		if r.take("/") {
			mask, known := list(",")
			exact(mask, value)
			ok = ok && known
		}
		return s, ok
	}
	none := r.take("!")
	value, ok := list(",")
	switch {
	case !ok:
		return s, false
	case r.take("/"):
		mask, ok := list(",")
		exact(mask, value)
		return s, ok && !none
	case none:
		exact(value, 0)
		return s, true
	}
	anyOf(value)
	return s, true
}
