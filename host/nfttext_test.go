package host

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestNFTText: the chains for statements of nftables that label packets, and the statements that senet does not
// know.
func TestNFTText(t *testing.T) {
	const table = "table inet t {\n secmark web { \"u:r:web_t:s0\" }\n secmark db {\n  \"u:r:db_t:s0\"\n }\n" +
		" map m { type inet_service : secmark; elements = { 80 : \"web\", 3306-3307 : \"db\" }; }\n" +
		" chain c { type filter hook input priority security;\n"
	for _, c := range []struct{ rule, want string }{
		{`tcp dport 80 meta secmark set "web"`, "protocol=6 dport=80 secmark u:r:web_t:s0"},
		{`tcp dport { $one, 81 } meta secmark set "web" accept`, "protocol=6 dport=8080,81 secmark u:r:web_t:s0 " +
			"accept"},
		{`meta secmark set "db"`, "secmark u:r:db_t:s0"},
		{`secmark set "none"`, "label of none"},
		{`meta secmark set tcp dport map @m`, "dport=80 secmark u:r:web_t:s0\n  dport=3306-3307 secmark u:r:db_t:s0"},
		{`ip saddr $net meta secmark set "db"`, "family=ip saddr=10.0.0.0/8,::1 secmark u:r:db_t:s0"},
		{`ct state new meta secmark set "web" ct secmark set meta secmark`, "ct state=new secmark u:r:web_t:s0 to ct"},
		{`ct state established meta secmark set ct secmark`, "ct state=established from ct"},
		{`meta length > 100 meta secmark set "web"`, `unknown=meta length > 100 meta secmark set "web" secmark ` +
			"u:r:web_t:s0"},
		{`rt type 0 meta secmark set numgen inc mod 2 map { 0 : "web" } drop`, "unknown=rt type 0 meta secmark " +
			"set numgen " +
			`inc mod 2 map { 0 : "web" } drop label of numgen inc mod 2 map { 0 : "web" } drop drop`},
		{"tcp dport\\\n 80 meta secmark\\\nset \"web\"", "protocol=6 dport=80 secmark u:r:web_t:s0"},
		{`tcp dport $none accept`, "unknown=tcp dport $none accept accept"},
		{`tcp dport nosuchservice accept`, "unknown=tcp dport nosuchservice accept accept"},
		{`tcp dport 80 log prefix "accept " meta secmark set "web" # drop`, "protocol=6 dport=80 secmark u:r:web_t:s0"},
		{`ip daddr www.example.org drop`, "unknown=ip daddr www.example.org drop drop"},
	} {
		chains, err := textOf(t,
			"define one = 8080\ndefine net = { 10.0.0.0/8,\n ::1 }\n"+table+"  "+c.rule+"\n }\n}\n")
		if err != nil {
			t.Errorf("%s: %v", c.rule, err)
			continue
		}
		want := "inet t c input accept\n  " + c.want
		if got := chains[0].text(); got != want {
			t.Errorf("%s\n got  %q\n want %q", c.rule, got, want)
		}
	}
	for _, c := range []struct{ text, problem string }{
		{"table inet t {\n chain c {\n  type filter hook input priority nosuch;\n }\n}\n", "nftables.conf:3"},
		{"tabel inet t { }\n", `/etc/nftables.conf:1: "tabel"`},
		{"include \"/etc/no.nft\"\n", "/etc/nftables.conf:1: include: "},
		{"include \"/etc/nft.d/*.nft\"\ntable inet t { chain c { accept\n }\n", "nftables.conf:"},
		{"include \"/etc/nftables.conf\"\n", "more than senet reads"},
		{"table inet t { wat x { }\n}\n", `"wat"`},
	} {
		_, err := textOf(t, c.text)
		if err == nil || !strings.Contains(err.Error(), c.problem) {
			t.Errorf("%q: %v, want %q", c.text, err, c.problem)
		}
	}
}

// TestNFTTextBounds: the products of variables, sets and maps are bounded.
func TestNFTTextBounds(t *testing.T) {
	const end = "}\n chain c { type filter hook input priority 0;\n"
	bomb := "define a0 = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }\n"
	for i := range 12 {
		v := fmt.Sprintf("$a%d", i)
		bomb += fmt.Sprintf("define a%d = { %s }\n", i+1, strings.Join([]string{v, v, v, v, v, v, v, v}, ", "))
	}
	if _, err := textOf(t, bomb+"table ip t { set s { elements = $a12\n"+end+" }\n}\n"); !errors.Is(err, errNFTLarge) {
		t.Errorf("variables: %v", err)
	}
	var set, rules strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&set, "%d, ", i+1)
		rules.WriteString("tcp dport @s accept\n")
	}
	chains, err := textOf(t, "table ip t { set s { type inet_service; elements = { "+set.String()+"}\n"+end+
		rules.String()+" }\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range chains[0].Rules {
		for _, s := range r.Steps {
			n += len(s.Values)
		}
	}
	last := chains[0].Rules[len(chains[0].Rules)-1].Steps
	if n > 2*maxNFTTokens || last[1].Field != FieldUnknown || last[2].Do != DoAccept {
		t.Errorf("%d values, %+v", n, last)
	}
}

// TestNFTTextIncludes: an included text takes the place of its include statement, and files come in the order of
// their names. A dormant table and a flushed table have no effect.
func TestNFTTextIncludes(t *testing.T) {
	chains, err := textOf(t, "table ip old { chain x { drop\n }\n}\nflush ruleset\ninclude \"/etc/nft.d/*.nft\"\n"+
		"add rule ip t c tcp dport $p drop\ninsert rule t c accept\ntable ip d { flags dormant; chain x { "+
		"accept\n }\n}\n",
		"nft.d/b.nft", "table ip t {\n chain c {\n  udp dport $p return\n }\n}\n", "nft.d/a.nft", "define p = 7\n",
		"nft.d/.hidden.nft", "wat\n", "nft.d/x.conf", "wat\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range chains {
		got = append(got, chains[i].text())
	}
	const want = "ip t c\n  accept\n  protocol=17 dport=7 return\n  protocol=6 dport=7 drop"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got  %q\nwant %q", s, want)
	}
}
