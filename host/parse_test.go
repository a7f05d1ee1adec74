package host

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestParseRelease(t *testing.T) {
	for release, want := range map[string]Version{
		"6.12.97-amd64":              {6, 12, 97},
		"5.14.0-427.13.1.el9.x86_64": {5, 14, 0},
		"6.1":                        {6, 1, 0},
		"7.2.0-rc3+":                 {7, 2, 0},
		"6.18-rc1":                   {6, 18, 0},
		"2.6.32-754.el6":             {2, 6, 32},
	} {
		if got, ok := ParseRelease(release); !ok || got != want {
			t.Errorf("%s: %v, %v; want %v", release, got, ok, want)
		}
	}
	for _, release := range []string{"", "linux", "6", "6.", ".6.1", "99999.1.1", "6-1"} {
		if v, ok := ParseRelease(release); ok {
			t.Errorf("%q is a release: %v", release, v)
		}
	}
}

// Debian's patch level is in /proc/version; the release has another number.
func TestDebianVersion(t *testing.T) {
	for _, tt := range []struct {
		release, proc string
		want          State
	}{
		{"6.1.0-56-cloud-amd64",
			"Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12, GNU ld 2.40) #1 SMP " +
				"PREEMPT_DYNAMIC Debian 6.1.192-1 (2026-10-11)\n", Yes},
		{"6.1.0-37-amd64", "Linux version 6.1.0-37-amd64 (x) (gcc) #1 SMP Debian 6.1.140-1 (2025-05-22)", No},
		{"6.12.43+deb13-amd64",
			"Linux version 6.12.43+deb13-amd64 (x) (gcc (Debian 14.2.0-19) 14.2.0) #1 SMP Debian 6.12.43-1 " +
				"(2025-08-27)", No},
		// a text of another release
		{"6.1.0-37-amd64", "Linux version 6.1.0-37-amd64 (gcc) #1 SMP Debian 5.10.1-1", StateUnknown},
		{"6.1.0-37-amd64", "Linux version 6.1.0-37-amd64 Debian ", StateUnknown},
		{"6.1.0-37-amd64", "", StateUnknown},
	} {
		k := newKernel(tt.release)
		k.patched(tt.proc)
		if k.FastOpenCheck != tt.want {
			t.Errorf("%s, %s: %s, want %s", tt.release, tt.proc, k.FastOpenCheck, tt.want)
		}
	}
}

// The releases with the check of TCP Fast Open, the removal of DCCP, and the versions of the policy format.
func TestNewKernel(t *testing.T) {
	for _, tt := range []struct {
		release        string
		fastOpen, dccp State
		policy         int
	}{
		{"6.12.97-amd64", Yes, StateUnknown, 33},
		{"6.12.96-amd64", No, StateUnknown, 33},
		{"6.1.192", Yes, StateUnknown, 33},
		{"6.1.177", No, StateUnknown, 33},
		{"7.2.0", Yes, No, 35},
		{"7.1.9", StateUnknown, No, 35},
		{"6.16.1", StateUnknown, No, 34},
		{"6.15.0", StateUnknown, StateUnknown, 34},
		{"5.14.0-427.el9", StateUnknown, StateUnknown, 33},
		{"4.18.0-553.el8", StateUnknown, StateUnknown, 31},
		{"6.1.0-37-amd64", StateUnknown, StateUnknown, 33}, // the number of Debian's ABI
		{"nonsense", StateUnknown, StateUnknown, 0},
	} {
		k := newKernel(tt.release)
		if k.FastOpenCheck != tt.fastOpen || k.DCCP != tt.dccp || k.PolicyVersion != tt.policy {
			t.Errorf("%+v, want %+v", k, tt)
		}
	}
	if !parseProtocols([]byte("protocol  size\nTCPv6   2400\nDCCP  1300\n"), "DCCP") ||
		parseProtocols([]byte("DCCPv6 1\n"), "DCCP") {
		t.Error("/proc/net/protocols")
	}
}

// sysctl.d(5): a setting that names a parameter takes precedence over patterns, wherever it stands. Of several
// settings, or several patterns, the last one counts. If the first separator is a slash, dots are part of a name. A
// dash excludes a name.
func TestSysctlSettings(t *testing.T) {
	const name = "net.ipv4.ip_local_port_range"
	for _, tt := range []struct{ conf, want string }{
		{"net.ipv4.ip_local_port_range=1 2\nnet.ipv4.ip_local_port_range = 3 4", "3 4"},
		{"net/ipv4/ip_local_port_range=5 6", "5 6"},
		{"-net.ipv4.ip_local_port_range=7 8", "7 8"},
		{"net.ipv4.ip_local_port_range=1 2\nnet.ipv4.*=9 9", "1 2"},
		{"net.ipv4.*=9 9\nnet.*.ip_local_port_range=8 8", "8 8"},
		{"net.ipv4.*=9 9\n-net.ipv4.ip_local_port_range", ""},
		{"net.*=9", ""}, // one * is one element
		{"# net.ipv4.ip_local_port_range=1 2\n;net.ipv4.ip_local_port_range=1 2\nnonsense\n=\n[x]", ""},
	} {
		got, ok := parseSysctlConf([]byte(tt.conf), "f").lookup(name)
		if got.Value != tt.want || ok != (tt.want != "") {
			t.Errorf("%q: %+v, %v; want %q", tt.conf, got, ok, tt.want)
		}
	}
	for text, want := range map[string]PortRange{"1 65535": {1, 65535}, "32768\t60999\n": {32768, 60999},
		"5 5": {5, 5}} {
		if got, err := parsePortRange(text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "2 1", "1 65536", "a b", "1 2 3", "-1 5"} {
		if got, err := parsePortRange(text); err == nil {
			t.Errorf("%q is a range: %v", text, got)
		}
	}
}

func TestParseUnit(t *testing.T) {
	for cgroup, want := range map[string]string{
		"0::/system.slice/haproxy.service\n":                                       "haproxy.service",
		"0::/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service\n": "foo.service",
		"0::/user.slice/user-1000.slice/session-3.scope\n":                         "session-3.scope",
		"12:cpuset:/\n1:name=systemd:/system.slice/ssh.service\n":                  "ssh.service",
		"4:memory:/system.slice/a.service\n0::/\n":                                 "",
		"0::/system.slice/system-getty.slice/getty@tty1.service\n":                 "getty@tty1.service",
		"0::/system.slice/docker.service/x:y\n":                                    "docker.service",
		"0::/init.scope\n":                                                         "init.scope",
		"0::/\n":                                                                   "",
		"nonsense":                                                                 "",
	} {
		if got := parseUnit([]byte(cgroup)); got != want {
			t.Errorf("%q: %q, want %q", cgroup, got, want)
		}
	}
}

func TestParseStat(t *testing.T) {
	p, err := parseStat([]byte(stat812))
	if err != nil || p.PID != 812 || p.PPID != 1 || p.Comm != "ha (p) roxy" {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err = parseStat([]byte("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0")); err != nil || !p.Kernel ||
		p.TTY != "?" {
		t.Errorf("%+v, %v", p, err)
	}
	for _, text := range []string{"", "1", "1 (x", "x (y) S", "1 (y) S 0 0", ") 1 ("} {
		if _, err := parseStat([]byte(text)); err == nil {
			t.Errorf("%q is a stat", text)
		}
	}
	for dev, want := range map[int64]string{0: "?", 1025: "tty1", 1088: "ttyS0", 1281: "console", 34816: "pts/0",
		34821: "pts/5", 34816 + 1<<20: "pts/256", 52288: "ttyAMA0", 58624: "hvc0"} {
		if got := ttyName(dev); got != want {
			t.Errorf("terminal %d: %s, want %s", dev, got, want)
		}
	}
}

const tcpTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000` +
	`   113        0 2481 1 0000000000000000 100 0 0 10 0
   1: 0100007F:C350 0700000A:15E1 01 00000000:00000000 00:00000000 00000000` +
	`     0        0 99 1 0000000000000000 100 0 0 10 0
   2: 0100007F:C350 0700000A:15E1 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000
   3: 0100007F:ZZZZ 0700000A:15E1 06 0 0 0 0 0 0
   garbage
`

const udp6Table = `  sl  local_address                         remote_address                        ` +
	`st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 4451: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000 ` +
	`00:00000000 00000000` +
	`   101        0 555 2 0000000000000000 0
`

func TestParseSockets(t *testing.T) {
	got := parseSockets([]byte(tcpTable), "tcp", false, binary.LittleEndian)
	want := []Socket{
		{Protocol: "tcp", Local: netip.MustParseAddrPort("0.0.0.0:80"), Remote: netip.MustParseAddrPort("0.0.0.0:0"),
			State: "LISTEN", Inode: 2481, UID: 113},
		{Protocol: "tcp", Local: netip.MustParseAddrPort("127.0.0.1:50000"),
			Remote: netip.MustParseAddrPort("10.0.0.7:5601"), State: "ESTABLISHED", Inode: 99},
		{Protocol: "tcp", Local: netip.MustParseAddrPort("127.0.0.1:50000"),
			Remote: netip.MustParseAddrPort("10.0.0.7:5601"), State: "TIME_WAIT"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("tcp: %+v", got)
	}
	if !got[0].Waiting() || got[1].Waiting() {
		t.Error("which of the TCP sockets waits")
	}
	// The same socket as a big-endian machine writes it.
	if big := parseSockets([]byte(strings.Replace(tcpTable, "0100007F", "7F000001", 1)), "tcp", false,
		binary.BigEndian); big[1].Local != want[1].Local {
		t.Errorf("big endian: %+v", big[1])
	}
	udp := parseSockets([]byte(udp6Table), "udp", true, binary.LittleEndian)
	if len(udp) != 1 || udp[0].Local != netip.MustParseAddrPort("[::1]:53") || !udp[0].Waiting() {
		t.Errorf("udp6: %+v", udp)
	}
	sctp := parseSCTP(
		[]byte(" ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS\n 0 0 2 10 29 3868 0 1234 10.0.0.1 fd00::1\n"))
	if len(sctp) != 2 || sctp[0].Local != netip.MustParseAddrPort("10.0.0.1:3868") || !sctp[1].IPv6 ||
		!sctp[0].Waiting() {
		t.Errorf("sctp: %+v", sctp)
	}
	// One namespace is read twice, once through a process that senet could not look at. The reading that knows the
	// namespace stays.
	twice := append(slices.Clone(got), got...)
	twice[0].NetNS = 7
	if once := dedupe(twice); len(once) != 4 || once[slices.IndexFunc(once,
		func(s Socket) bool { return s.Inode == 2481 })].NetNS != 7 {
		t.Errorf("deduped: %+v", once)
	}
}

const iptablesSave = `# Generated by iptables-save v1.8.9 (nf_tables) on Sun Nov 22 09:26:38 2026
*mangle
:INPUT ACCEPT [0:0]
-A INPUT -p tcp -m tcp --dport 80 -m comment --comment "-j SECMARK --selctx no" -j AUDIT --type accept
COMMIT
*security
:INPUT ACCEPT [0:0]
[12:340] -A INPUT -p tcp -m tcp --dport 80 -j SECMARK --selctx system_u:object_r:http_server_packet_t:s0
-A INPUT -j SECMARK --selctx "system_u:object_r:\"odd\"_t:s0:c1, c2"
-A INPUT -j CONNSECMARK --save
-N SECMARK
COMMIT
`

func TestParseIPTables(t *testing.T) {
	got := parseIPTables([]byte(iptablesSave), "ip", "iptables-save")
	want := []SecmarkRule{
		{Family: "ip", Table: "security", Chain: "INPUT", Context: "system_u:object_r:http_server_packet_t:s0",
			From: "iptables-save"},
		{Family: "ip", Table: "security", Chain: "INPUT", Context: `system_u:object_r:"odd"_t:s0:c1, c2`,
			From: "iptables-save"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

// The output of nft 1.0.6 for a rule that iptables-nft made, with its target renamed, and an object in the form of
// libnftables-json(5).
const nftJSON = `{"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}},
{"table": {"family": "ip", "name": "mangle", "handle": 2}},
{"counter": {"family": "inet", "name": "c1", "table": "filter", "handle": 2, "packets": 0, "bytes": 0}},
{"secmark": {"family": "inet", "name": "sshtag", "table": "x", "handle": 1, "context": ` +
	`"system_u:object_r:ssh_server_packet_t:s0"}},
{"rule": {"family": "inet", "table": "filter", "chain": "in", "handle": 3, "expr": [{"match": {"op": ` +
	`"==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 22}}, {"counter": "c1"}, ` +
	`{"accept": null}]}},
{"rule": {"family": "ip", "table": "mangle", "chain": "INPUT", "handle": 2, "expr": [{"counter": ` +
	`{"packets": 0, "bytes": 0}}, {"xt": {"type": "target", "name": "SECMARK"}}]}},
{"rule": {"family": "ip", "table": "mangle", "chain": "INPUT", "handle": 3, "expr": [{"xt": {"type": ` +
	`"target", "name": "CONNSECMARK"}}]}}]}`

func TestParseNFT(t *testing.T) {
	got, err := parseNFT([]byte(nftJSON))
	want := []SecmarkRule{
		{Family: "inet", Table: "x", Name: "sshtag", Context: "system_u:object_r:ssh_server_packet_t:s0",
			From: "nft -j list ruleset"},
		{Family: "ip", Table: "mangle", Chain: "INPUT", From: "nft -j list ruleset"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, text := range []string{"", "{}", "[]", `{"nftables": 1}`, `{"nftables": [{"secmark": 1}]}`} {
		if got, err := parseNFT([]byte(text)); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestParseNFTConf(t *testing.T) {
	const conf = `#!/usr/sbin/nft -f
flush ruleset
table inet x {
  # secmark commented { "no" }
  secmark sshtag {
    "system_u:object_r:ssh_server_packet_t:s0"
  }
  secmark httptag { "a:b:c:s0" }
  map m { type inet_service : secmark; elements = { 22 : "sshtag" } }
  chain in {
    ct state new meta secmark set tcp dport map @m
    ct state new ct secmark set meta secmark
  }
}
table filter { secmark t { "d:e:f:s0" } }
add secmark ip6 y other { "g:h:i:s0" }
`
	got := parseNFTConf([]byte(conf), "f")
	want := []SecmarkRule{
		{Family: "inet", Table: "x", Name: "sshtag", Context: "system_u:object_r:ssh_server_packet_t:s0", From: "f"},
		{Family: "inet", Table: "x", Name: "httptag", Context: "a:b:c:s0", From: "f"},
		{Family: "ip", Table: "filter", Name: "t", Context: "d:e:f:s0", From: "f"},
		{Family: "ip6", Table: "y", Name: "other", Context: "g:h:i:s0", From: "f"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func message(payload []byte) []netlinkMessage { return []netlinkMessage{{Payload: payload}} }

// Recorded answers of Linux 6.18 on amd64.
func TestRecordedNetlink(t *testing.T) {
	order := binary.LittleEndian
	family := message(unhex(t,
		"010200000f0002004e4c424c5f554e4c424c00000600010019000000080003000300000008000400000000000800050007000000"))
	if id, ok := parseFamily(family, order); !ok || id != 25 {
		t.Errorf("family %d, %v", id, ok)
	}
	if got := parseDOIs(message(unhex(t, "0403000008000100050000000800020002000000")), order); !slices.Equal(got,
		[]uint32{5}) {
		t.Errorf("DOIs %v", got)
	}
	protocols := append(append(message(unhex(t, "070300000800020005000000")),
		message(unhex(t, "070300000800020003000000"))...), message(unhex(t, "070300000800020007000000"))...)
	if got := parseNetLabelProtocols(protocols, order); !slices.Equal(got, []string{"unlabelled", "cipso", "calipso"}) {
		t.Errorf("protocols %v", got)
	}
	if got := parseDomains(message(unhex(t, "0603000006000b00020000000800020005000000")), order); !slices.Equal(got,
		[]DomainMap{{Protocol: "unlabelled", Family: "ip"}}) {
		t.Errorf("domains %+v", got)
	}
	// A counter is an object, but not a label.
	if got := parseNFTObjects(
		message(unhex(t,
			"010000030b00010066696c7465720000070002006331000008000300000000010c0006000000000000000002"+
				"08000500000000011c0004000c00010000000000000000000c0002000000000000000000")), order); got != nil {
		t.Errorf("a counter: %+v", got)
	}
	// A rule of iptables-nft with the target AUDIT; the same with its name replaced.
	audit := "020000030b0001006d616e676c6500000a000200494e5055540000000c000300000000000000000214010400" +
		"24000100090001006d6574610000000014000200080002000000001008000100000000012c00010008000100636d70002000" +
		"0200080001000000000108000200000000000c0003000500010006000000" +
		"340001000c0001007061796c6f61640024000200080001000000000108000200000000020800030000000002080004000000" +
		"00022c00010008000100636d700020000200080001000000000108000200000000000c0003000600010000500000" +
		"2c0001000c000100636f756e746572001c0002000c00010000000000000000000c0002000000000000000000" +
		"340001000b0001007461726765740000240002000a000100415544495400000008000200000000000c0003000000000000000000"
	if got := parseNFTRules(message(unhex(t, audit)), order); got != nil {
		t.Errorf("AUDIT: %+v", got)
	}
	b := unhex(t, audit)
	info := slices.Concat([]byte{1}, []byte("u:r:t:s0"), make([]byte, 251))
	target := appendAttribute(nil, order, nftATargetName, []byte("SECMARK\x00"))
	target = appendAttribute(target, order, nftATargetRev, []byte{0, 0, 0, 1})
	target = appendAttribute(target, order, nftATargetInfo, info)
	expr := appendAttribute(nil, order, nftAExprName, []byte("target\x00"))
	expr = appendAttribute(expr, order, nftAExprData, target)
	b = append(b[:40], appendAttribute(nil, order, nftAExpressions, appendAttribute(nil, order, nftAElement, expr))...)
	want := []SecmarkRule{{Family: "ip", Table: "mangle", Chain: "INPUT", Context: "u:r:t:s0",
		From: "netlink NFT_MSG_GETRULE"}}
	if got := parseNFTRules(message(b), order); !slices.Equal(got, want) {
		t.Errorf("SECMARK: %+v", got)
	}
}

// Answers that a kernel without SELinux cannot give, built according to the kernel's headers.
func TestBuiltNetlink(t *testing.T) {
	order := binary.BigEndian
	object := appendAttribute([]byte{1, 0, 0, 0}, order, nftATable, []byte("x\x00"))
	object = appendAttribute(object, order, nftAName, []byte("sshtag\x00"))
	object = appendAttribute(object, order, nftAObjType, []byte{0, 0, 0, nftObjSecmark})
	object = appendAttribute(object, order, nftAObjData, appendAttribute(nil, order, nftASecmarkCtx,
		[]byte("u:r:t:s0\x00")))
	if got := parseNFTObjects(message(object), order); len(got) != 1 ||
		got[0] != (SecmarkRule{Family: "inet", Table: "x", Name: "sshtag", Context: "u:r:t:s0",
			From: "netlink NFT_MSG_GETOBJ"}) {
		t.Errorf("secmark object %+v", got)
	}
	ctx := append([]byte{0, 17, 0, 8, 1, 1, 0, 9}, "u:r:t:s0\x00"...)
	policy := appendAttribute(make([]byte, xfrmPolicySize), order, 16, make([]byte, 6))
	policy = appendAttribute(policy, order, xfrmASecCtx, ctx)
	if got := parseXfrm(message(policy), order, xfrmPolicySize, "policy", "x"); !slices.Equal(got,
		[]IPsecLabel{{Kind: "policy", Context: "u:r:t:s0", From: "x"}}) {
		t.Errorf("IPsec %+v", got)
	}
	// The actions of policies: a policy with templates needs a state.
	for _, tt := range []struct {
		action    byte
		templates bool
		want      string
	}{{0, false, "allow"}, {1, false, "block"}, {0, true, "transform"}, {1, true, "block"}, {2, false, ""}} {
		fixed := make([]byte, xfrmPolicySize)
		order.PutUint16(fixed[40:], familyINET6)
		fixed[42], fixed[43], fixed[160], fixed[161] = 128, 64, 1, tt.action
		if tt.templates {
			fixed = appendAttribute(fixed, order, xfrmATemplates, make([]byte, 64))
		}
		want := IPsecLabel{Kind: "policy", Context: "u:r:t:s0", From: "x", Source: "::/64", Dest: "::/128",
			Direction: "out", Action: tt.want}
		if got := parseXfrm(message(appendAttribute(fixed, order, xfrmASecCtx, ctx)), order, xfrmPolicySize, "policy",
			"x"); !slices.Equal(got, []IPsecLabel{want}) {
			t.Errorf("%+v: %+v", tt, got)
		}
	}
	if got := parseXfrm(message(policy[:100]), order, xfrmPolicySize, "policy", "x"); got != nil {
		t.Errorf("IPsec cut short: %+v", got)
	}
	static := appendAttribute([]byte{5, 3, 0, 0}, order, unlblAInterface, []byte("eth0\x00"))
	static = appendAttribute(static, order, unlblAIPv4, []byte{10, 1, 0, 0})
	static = appendAttribute(static, order, unlblAIPv4Mask, []byte{255, 254, 0, 0})
	static = appendAttribute(static, order, unlblAContext, []byte("u:r:peer_t:s0\x00"))
	odd := appendAttribute([]byte{8, 3, 0, 0}, order, unlblAIPv6, make([]byte, 16))
	odd = appendAttribute(odd, order, unlblAIPv6Mask, append([]byte{0, 255}, make([]byte, 14)...))
	want := []StaticLabel{{"eth0", "10.1.0.0/15", "u:r:peer_t:s0"}, {"", ":: mask ff::", ""}}
	if got := parseStatic(append(message(static), message(odd)...), order); !slices.Equal(got, want) {
		t.Errorf("static %+v", got)
	}
	n := &NetLabel{Static: want}
	if !n.Enabled() || (&NetLabel{Domains: []DomainMap{{}}}).Enabled() || (*NetLabel)(nil).Enabled() {
		t.Error("what enables NetLabel's checks")
	}
	selector := appendAttribute(appendAttribute(nil, order, mgmtAProtocol, []byte{0, 0, 0, 3}), order, mgmtACIPSO,
		[]byte{0, 0, 0, 9})
	domain := appendAttribute([]byte{3, 3, 0, 0}, order, mgmtADomain, []byte("foo_t\x00"))
	domain = appendAttribute(domain, order, mgmtASelectors, appendAttribute(nil, order, mgmtASelector, selector))
	if got := parseDomains(message(domain), order); !slices.Equal(got,
		[]DomainMap{{Domain: "foo_t", Protocol: "cipso", DOI: 9}}) {
		t.Errorf("domain by address %+v", got)
	}
}
