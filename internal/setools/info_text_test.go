package setools

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// TestConstraintText has a case for each rule of the parentheses of 4.4.1, in postfix order: u, r and t compare
// users, roles and types, l compares levels.
func TestConstraintText(t *testing.T) {
	p := policy.New(&policydb.Policy{})
	for _, c := range []struct{ postfix, want string }{
		{"u", "u1 == u2"}, // one comparison: no parentheses
		// the second comparison follows one of its own precedence
		{"ur&", "u1 == u2 and ( r1 == r2 )"},
		{"ur|", "u1 == u2 or ( r1 == r2 )"},                    //
		{"u!", "not ( u1 == u2 )"},                             // always
		{"u!r&", "not ( u1 == u2 ) and r1 == r2"},              // a comparison after not: no parentheses
		{"ur&t|", "u1 == u2 and ( r1 == r2 ) or ( t1 == t2 )"}, // a comparison after and, or
		{"urt&|", "u1 == u2 or ( r1 == r2 ) and ( t1 == t2 )"},
		{"urt|&", "( u1 == u2 and ( r1 == r2 ) or ( t1 == t2 ) )"},
		{"urt||", "( u1 == u2 or ( r1 == r2 ) or ( t1 == t2 ) )"},
		{"ll!&", "l1 dom h2 and not ( ( l1 dom h2 ) )"},
		{"3", "t3 != "}, // an empty set
		{"&", " and "},  // malformed: what is missing is left out
		{"u&", " and u1 == u2"},
		{"ur", "u1 == u2 ( r1 == r2 )"}, // malformed: what is left over is appended
	} {
		got := string(appendConstraintExpr(nil, p, postfixNodes(c.postfix)))
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.postfix, got, c.want)
		}
	}
}

func postfixNodes(letters string) []policydb.ConstraintNode {
	var nodes []policydb.ConstraintNode
	for _, letter := range letters {
		n := policydb.ConstraintNode{Kind: policydb.ConstraintAttr, Op: policydb.OpEq}
		switch letter {
		case 'u':
			n.Attr = policydb.AttrUser
		case 'r':
			n.Attr = policydb.AttrRole
		case 't':
			n.Attr = policydb.AttrType
		case 'l':
			n.Attr, n.Op = policydb.AttrL1H2, policydb.OpDom
		case '3':
			n.Kind, n.Attr, n.Op = policydb.ConstraintNames, policydb.AttrType+policydb.AttrXTarget, policydb.OpNeq
		case '!':
			n = policydb.ConstraintNode{Kind: policydb.ConstraintNot}
		case '&':
			n = policydb.ConstraintNode{Kind: policydb.ConstraintAnd}
		case '|':
			n = policydb.ConstraintNode{Kind: policydb.ConstraintOr}
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// TestSortAsSymbols: the order of buckets is not that of the names, and depends on the size of the table.
func TestSortAsSymbols(t *testing.T) {
	for _, c := range []struct {
		entries, initial int
		want             []string
	}{
		{8, 16, []string{"p", "a1", "b", "z9"}},  // buckets 0, 1, 2, 9
		{17, 16, []string{"a1", "b", "p", "z9"}}, // 32 buckets: 1, 2, 16, 25
	} {
		names := []string{"z9", "b", "p", "a1"}
		sortAsSymbols(names, c.entries, c.initial)
		if !slices.Equal(names, c.want) {
			t.Errorf("%d symbols, %d buckets at first: %q, want %q", c.entries, c.initial, names, c.want)
		}
	}
}

func TestParseNetwork(t *testing.T) {
	for _, c := range []struct {
		text, want string // want: the network, or the error
		scoped     bool
	}{
		{"10.0.0.0/8", "10.0.0.0/8", false},
		{"10.0.0.0/08", "10.0.0.0/8", false},
		{"10.0.0.0/255.0.0.0", "10.0.0.0/8", false},
		{"10.0.0.0/0.255.255.255", "10.0.0.0/8", false}, // a hostmask
		{"0.0.0.0/0.0.0.0", "0.0.0.0/0", false},
		{"1.2.3.4", "1.2.3.4/32", false},
		{"::1", "::1/128", false},
		{"fe80::/10", "fe80::/10", false},
		{"fe80::%eth0/64", "fe80::/64", true},
		{"10.0.0.1/8", "10.0.0.1/8 has host bits set\n", false},
		{"::ffff:1.2.3.4/96", "::ffff:102:304/96 has host bits set\n", false},
		{"10.0.0.0/33", "'10.0.0.0/33' does not appear to be an IPv4 or IPv6 network\n", false},
		{"10.0.0.0/255.0.255.0", "'10.0.0.0/255.0.255.0' does not appear to be an IPv4 or IPv6 network\n", false},
		{"::/ffff::", "'::/ffff::' does not appear to be an IPv4 or IPv6 network\n", false},
		{"10.0.0/8", "'10.0.0/8' does not appear to be an IPv4 or IPv6 network\n", false},
		{"01.2.3.4", "'01.2.3.4' does not appear to be an IPv4 or IPv6 network\n", false},
		{"/", "'/' does not appear to be an IPv4 or IPv6 network\n", false},
	} {
		network, scoped, err := parseNetwork(c.text)
		got := network.String()
		if err != nil {
			got = err.(*Exit).Stdout
		}
		if got != c.want || scoped != c.scoped {
			t.Errorf("%q: %q, %v; want %q, %v", c.text, got, scoped, c.want, c.scoped)
		}
	}
}

func TestPythonAddr(t *testing.T) {
	for text, want := range map[string]string{"::ffff:1.2.3.4": "::ffff:102:304", "::ffff:0:0": "::ffff:0:0",
		"::1.2.3.4": "::102:304",
		"1.2.3.4":   "1.2.3.4", "fe80:0:0:1::": "fe80:0:0:1::", "1:0:0:2:0:0:3:4": "1::2:0:0:3:4"} {
		if got := pythonAddr(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
