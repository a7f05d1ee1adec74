package host

import (
	"encoding/binary"
	"strings"
	"testing"
)

// The structures of matches and targets of xtables that iptables-nft puts into
// rules: sctp, iprange, CT.
func TestXTables(t *testing.T) {
	order := binary.LittleEndian
	sctp := make([]byte, 540)
	order.PutUint16(sctp, 80) // dpts
	order.PutUint16(sctp[2:], 81)
	order.PutUint32(sctp[532:], 1)
	chunks := append([]byte(nil), sctp...)
	order.PutUint32(chunks[532:], 1|4)
	ranges := make([]byte, 68)
	copy(ranges, []byte{10, 0, 0, 1})
	copy(ranges[16:], []byte{10, 0, 0, 9})
	ranges[64] = 1 | 16
	target := func(name string, info []byte) []byte {
		b := appendAttribute(nil, order, nftATargetName, append([]byte(name), 0))
		return appendAttribute(b, order, nftATargetInfo, info)
	}
	match := func(name string, info []byte) []byte {
		b := appendAttribute(nil, order, 1, append([]byte(name), 0))
		return appendAttribute(b, order, 3, info)
	}
	for _, tt := range []struct {
		name   string
		family string
		target bool
		b      []byte
		want   string
	}{
		{"sctp", "ip", false, match("sctp", sctp), "dport=80-81"},
		{"sctp and chunks", "ip", false, match("sctp", chunks), "unknown=match sctp"},
		{"a short sctp", "ip", false, match("sctp", sctp[:20]), "unknown=match sctp"},
		{"iprange", "ip", false, match("iprange", ranges), "saddr!=10.0.0.1-10.0.0.9"},
		{"iprange of no family", "inet", false, match("iprange", ranges), "unknown=match iprange"},
		{"a short iprange", "ip", false, match("iprange", ranges[:40]), "unknown=match iprange"},
		{"notrack", "ip", true, target("CT", []byte{1, 0}), "notrack"},
		{"a zone", "ip", true, target("CT", []byte{0, 0}), ""},
		{"a short CT", "ip", true, target("CT", []byte{1}), ""},
	} {
		r := &nftRule{order: order, family: tt.family, rules: [][]Step{nil}}
		if tt.target {
			r.xtTarget(tt.b)
		} else {
			r.xtMatch(tt.b)
		}
		if got := stepsText(r); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// stepsText writes the only rule that was decoded.
func stepsText(r *nftRule) string {
	text := (&Chain{Rules: []Rule{{Steps: r.rules[0]}}}).text()
	return strings.TrimSpace(text[strings.Index(text, "\n"):])
}

// After objects and maps of objects that may end a rule, the next rule may be reached or not.
func TestObjectsThatEndRules(t *testing.T) {
	order := binary.LittleEndian
	object := func(kind uint32) []byte {
		b := appendAttribute(nil, order, 1, binary.BigEndian.AppendUint32(nil, kind))
		return appendAttribute(b, order, 2, []byte("x\x00"))
	}
	for kind, want := range map[uint32]string{1: "", 2: "unknown=object x", 4: "unknown=object x",
		10: "unknown=synproxy queue"} {
		r := &nftRule{order: order, table: &nftTable{}, rules: [][]Step{nil}}
		r.objref(object(kind))
		if got := stepsText(r); got != want {
			t.Errorf("object of type %d: %q, want %q", kind, got, want)
		}
	}
	r := &nftRule{order: order, table: &nftTable{sets: map[string]*nftSet{"m": {name: "m", objects: 1}}},
		rules: [][]Step{nil}}
	r.objref(appendAttribute(nil, order, 4, []byte("m\x00")))
	if got := stepsText(r); got != "unknown=map m" {
		t.Errorf("a map of counters: %q", got)
	}
}

// Comparisons "less" and "greater" with an address become ranges of all addresses that match.
func TestOrderedAddresses(t *testing.T) {
	o := operand{field: FieldSource, size: 4, whole: 4}
	for _, tt := range []struct {
		op    uint32
		value []byte
		want  string
	}{
		{cmpLess, []byte{127, 0, 0, 1}, "0.0.0.0-127.0.0.0"}, {cmpLessOrEqual, []byte{127, 0, 0, 1},
			"0.0.0.0-127.0.0.1"},
		{cmpGreater, []byte{127, 0, 0, 1}, "127.0.0.2-255.255.255.255"},
		{cmpGreaterOrEqual, []byte{127, 0, 0, 1}, "127.0.0.1-255.255.255.255"},
		{cmpLess, []byte{0, 0, 0, 0}, "never"}, {cmpGreater, []byte{255, 255, 255, 255}, "never"}, {cmpLess,
			[]byte{127, 0}, ""},
	} {
		s, ok := o.compare(tt.op, tt.value, binary.LittleEndian)
		got := strings.Join(s.Values, ",")
		if ok && s.Field == FieldNever {
			got = "never"
		}
		if !ok {
			got = ""
		}
		if got != tt.want {
			t.Errorf("%d %v: %q, want %q", tt.op, tt.value, got, tt.want)
		}
	}
}
