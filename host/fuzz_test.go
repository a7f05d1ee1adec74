package host

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// Encode writes what Decode accepts, and Decode reads it back unchanged.
func FuzzDecode(f *testing.F) {
	good, err := Encode(Standard())
	if err != nil {
		f.Fatal(err)
	}
	full, err := fixture(f, enforcingHost()).read("")
	if err != nil {
		f.Fatal(err)
	}
	more, err := Encode(full)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(more)
	f.Add([]byte(`{"schema":"senet.facts/1","facts":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		facts, err := Decode(b)
		if err != nil {
			return
		}
		text, err := Encode(facts)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(text)
		if err != nil {
			t.Fatalf("what Encode wrote is refused: %v", err)
		}
		text2, err := Encode(again)
		if err != nil || !bytes.Equal(text, text2) {
			t.Fatalf("%s\n%s\n%v", text, text2, err)
		}
	})
}

// No text makes a parser panic, and no result is larger than the text's number of lines or bytes.
func FuzzText(f *testing.F) {
	for _, s := range []string{iptablesSave, nftJSON, tcpTable, udp6Table, stat812, "0::/system.slice/a.service\n",
		"table inet x { secmark t { \"a:b:c\" } }\ninclude \"x*\"", "net.ipv4.*=1\n-net/ipv4/x\n",
		"SELINUX=enforcing\n",
		"unlbl add interface:lo address:1 label:x\ncipsov4 add doi:1\n", "  policy-label=\"x\"\n",
		" 0 0 2 10 29 3868 0 1234 10.0.0.1\n", "selinuxfs /sys/fs/selinux selinuxfs rw\n", "6.12.97-x", "net:[1]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		lines := bytes.Count(b, []byte("\n")) + 1
		if n := len(parseIPTables(b, "ip", "f")); n > lines {
			t.Errorf("%d rules in %d lines", n, lines)
		}
		if n := len(ParseIPTablesFilter(b, "ip")); n > lines {
			t.Errorf("%d chains in %d lines", n, lines)
		}
		if rules, err := parseNFT(b); err != nil && rules != nil {
			t.Errorf("rules %v and an error %v", rules, err)
		}
		if n := len(parseNFTConf(b, "f")); n > len(b) {
			t.Errorf("%d objects in %d bytes", n, len(b))
		}
		n := &nftSource{vars: make(map[string][]nftToken)}
		if err := n.expand(nftWords(string(b), "f")); err == nil {
			if c, err := parseNFTText(n.tokens, nil); err == nil {
				if n := len(c.filter()); n > len(b) {
					t.Errorf("%d chains in %d bytes", n, len(b))
				}
			}
		}
		settings := parseSysctlConf(b, "f")
		for _, name := range sysctlNames() {
			settings.lookup(name)
		}
		for _, ipv6 := range []bool{false, true} {
			for _, s := range parseSockets(b, "tcp", ipv6, binary.LittleEndian) {
				if s.Local.Addr().Is6() != ipv6 {
					t.Errorf("address %v in a table of IPv6 %v", s.Local, ipv6)
				}
			}
		}
		parseSCTP(b)
		if p, err := parseStat(b); err == nil && p.CPU < 0 {
			t.Errorf("%+v", p)
		}
		parseUnit(b)
		parseUID(b)
		parseNetLabelRules(b)
		parseIPsecConf(b, "f")
		parseMount(b, "selinuxfs")
		parseNetNS(string(b))
		parseSocketLink(string(b))
		if c := parseConfig(b); c.Type == "" {
			t.Error("no policy type")
		}
		k := newKernel(string(b))
		if v, ok := ParseRelease(string(b)); ok && k.Version != v {
			t.Errorf("%v, %v", k, v)
		}
		if r, err := parsePortRange(string(b)); err == nil && r.Low > r.High {
			t.Errorf("range %v", r)
		}
	})
}

// Netlink answers of any bytes.
func FuzzNetlink(f *testing.F) {
	order := binary.LittleEndian
	f.Add([]byte{20, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0})
	header := []byte{36, 0, 0, 0, 16, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0}
	f.Add(append(header, 4, 3, 0, 0, 8, 0, 1, 0, 5, 0, 0, 0, 8, 0, 2, 0, 2, 0, 0, 0))
	recorded := readRecorded(f)
	for _, rule := range recorded.Rules {
		f.Add(rule)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		messages, _ := parseMessages(b, order)
		size := 0
		for _, m := range messages {
			size += len(m.Payload)
		}
		if size > len(b) {
			t.Errorf("%d bytes of payload in %d bytes", size, len(b))
		}
		messages = append(messages, netlinkMessage{Payload: b})
		parseFamily(messages, order)
		parseDOIs(messages, order)
		parseNetLabelProtocols(messages, order)
		parseStatic(messages, order)
		parseDomains(messages, order)
		parseXfrm(messages, order, xfrmStateSize, "state", "f")
		parseXfrm(messages, order, 0, "policy", "f")
		parseNFTObjects(messages, order)
		parseNFTRules(messages, order)
		parseRoutes(messages, order, []Interface{{Index: 1, Name: "lo"}})
		onlyDefaultRules(messages, order)
		parseDefinition(1, messages, order)
		parseDefault(messages, order, familyINET)
		d := &nftDump{tables: messages, chains: messages, sets: messages, objects: messages, rules: messages,
			elements: func(byte, string, string) ([]netlinkMessage, error) { return messages, nil }}
		if _, err := parseNFTFilter(d, order); err != nil {
			t.Error(err)
		}
		// The recorded chains and sets with rules of these bytes.
		d = recorded.dump()
		if len(b) > 0 {
			i := int(b[0]) % len(d.rules)
			d.rules[i].Payload = append(bytes.Clone(d.rules[i].Payload[:min(40, len(d.rules[i].Payload))]), b...)
		}
		if _, err := parseNFTFilter(d, order); err != nil {
			t.Error(err)
		}
		if !bytes.Equal(b, before) {
			t.Error("parsing changed the bytes")
		}
	})
}
