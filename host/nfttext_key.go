package host

import "strconv"

// An nftKey is the left side of a comparison: a field, and the comparisons that nft adds before it.
type nftKey struct {
	field  string
	before []Step
	name   string
}

// key reads one field. An unknown field has only its name.
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
		protocol(strconv.Itoa(nftProtocol(first.text)))
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

// keys reads a field, or several fields joined by dots.
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

// ask adds the comparisons that nft adds before a comparison.
func (r *nftTextRule) ask(keys []nftKey) {
	for _, k := range keys {
		for _, s := range k.before {
			if r.add(s); s.Field == FieldFamily {
				r.family = s.Values[0] // nft does not add this comparison again
			}
		}
	}
}
