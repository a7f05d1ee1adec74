package host

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// comparison reads a comparison, or a verdict by a map.
func (r *nftTextRule) comparison() bool {
	switch first := r.peek(0); {
	case first.quoted:
		return false
	case first.is("icmp"), first.is("icmpv6"), first.is("esp"), first.is("ah"), first.is("comp"), first.is("igmp"):
		// senet does not know the compared field, but it knows the protocol of the packets.
		if r.family != "ip" && r.family != "ip6" && (first.is("icmp") || first.is("igmp")) {
			r.add(Step{Field: FieldFamily, Values: []string{"ip"}})
		} else if r.family != "ip" && r.family != "ip6" && first.is("icmpv6") {
			r.add(Step{Field: FieldFamily, Values: []string{"ip6"}})
		}
		r.add(Step{Field: FieldProtocol, Values: []string{strconv.Itoa(nftProtocol(first.text))}})
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

// operator takes a comparison operator; "" stands for "equal".
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

// match makes the steps that compare fields with a key of a set: words joined by dots.
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
