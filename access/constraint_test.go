package access_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policydb"
)

// checkConstraintReason checks that a constraint that fails is explained: its
// failing part would make it hold, if each needed comparison came out as wanted.
func checkConstraintReason(t *testing.T, d *access.Decider, q query, c *policydb.Constraint) {
	t.Helper()
	p := d.Policy()
	r := d.ExplainConstraint(c, q.source, q.target)
	sentence := r.Sentence("perm")
	if r.Holds || r.Needs == nil || !strings.HasPrefix(sentence, "perm needs the ") &&
		!strings.HasPrefix(sentence, "perm needs source and ") &&
		!strings.HasPrefix(sentence, "perm needs both ") && !strings.HasPrefix(sentence, "perm needs all ") ||
		!strings.Contains(sentence, "; ") {
		t.Fatalf("%s: holds %v: %q", q.text(p), r.Holds, sentence)
	}
	if !strings.Contains(r.Expression(), ">> ") || strings.Contains(sentence, "@") || strings.Contains(sentence, "  ") {
		t.Fatalf("%s: %q, %q", q.text(p), r.Expression(), sentence)
	}
	turned := map[*access.Expr]bool{}
	if !needsNothing(r.Needs) {
		t.Fatalf("%s: %q: a comparison comes out as wanted already", q.text(p), sentence)
	}
	turnNeeded(r.Needs, turned)
	if !valueWith(r.Expr, turned) {
		t.Fatalf("%s: %s: the failing part is not enough: %q", q.text(p), r.Expression(), sentence)
	}
}

// needsNothing reports whether every comparison of a need has not the value it
// should have.
func needsNothing(n *access.Need) bool {
	if n.Compare != nil {
		return n.Compare.Value != n.Want && n.Compare.Failing
	}
	for _, arg := range n.Args {
		if !needsNothing(arg) {
			return false
		}
	}
	return len(n.Args) > 1
}

// turnNeeded collects the comparisons of one way to fulfil a need.
func turnNeeded(n *access.Need, turned map[*access.Expr]bool) {
	if n.Compare != nil {
		turned[n.Compare] = true
		return
	}
	for _, arg := range n.Args {
		turnNeeded(arg, turned)
		if !n.All {
			return
		}
	}
}

func valueWith(e *access.Expr, turned map[*access.Expr]bool) bool {
	switch e.Op {
	case access.ExprNot:
		return !valueWith(e.Args[0], turned)
	case access.ExprAnd:
		for _, arg := range e.Args {
			if !valueWith(arg, turned) {
				return false
			}
		}
		return true
	case access.ExprOr:
		for _, arg := range e.Args {
			if valueWith(arg, turned) {
				return true
			}
		}
		return false
	}
	return e.Value != turned[e]
}

// TestConstraintSentences has a case for every operator on every thing it
// compares, for sets of names and for and, or and not.
func TestConstraintSentences(t *testing.T) {
	p := open(t, "../examples/example.policy")
	d := access.NewDecider(p)
	value := func(name string) uint32 {
		id, ok := p.TypeOrAttribute(name)
		if !ok {
			t.Fatal(name)
		}
		return uint32(id) - 1
	}
	const (
		httpd = "system_u:system_r:httpd_t:s0"
		user  = "user_u:user_r:user_t:s0"
		low   = "system_u:object_r:port_t:s0"
		c1    = "system_u:object_r:port_t:s0:c1"
		c12   = "system_u:system_r:httpd_t:s0:c1,c2"
		wide  = "system_u:system_r:httpd_t:s0-s0:c0.c1023"
		c3    = "system_u:system_r:httpd_t:s0:c3"
	)
	attr := func(attr, op uint32) policydb.ConstraintNode {
		return policydb.ConstraintNode{Kind: policydb.ConstraintAttr, Attr: attr, Op: op}
	}
	names := func(attr, op uint32, set ...uint32) policydb.ConstraintNode {
		return policydb.ConstraintNode{Kind: policydb.ConstraintNames, Attr: attr, Op: op,
			Names: policydb.BitmapOf(set...)}
	}
	written := func(op uint32, set policydb.TypeSet, expanded ...uint32) policydb.ConstraintNode {
		n := names(policydb.AttrType, op, expanded...)
		n.TypeNames = set
		return n
	}
	op := func(kind policydb.ConstraintKind) policydb.ConstraintNode {
		return policydb.ConstraintNode{Kind: kind}
	}
	not, and, or := op(policydb.ConstraintNot), op(policydb.ConstraintAnd), op(policydb.ConstraintOr)
	systemU, _ := p.User("system_u")
	userU, _ := p.User("user_u")
	systemR, _ := p.Role("system_r")
	tests := []struct {
		name           string
		source, target string
		expr           []policydb.ConstraintNode
		marked, want   string
	}{
		{"h1 dom h2", httpd, c1, []policydb.ConstraintNode{attr(policydb.AttrH1H2, policydb.OpDom)},
			">> h1 dom h2 <<",
			"p needs the source's high level to dominate the target's high level (h1 dom h2); s0 does not dominate " +
				"s0:c1"},
		{"l1 domby l2", c12, c1, []policydb.ConstraintNode{attr(policydb.AttrL1L2, policydb.OpDomBy)},
			">> l1 domby l2 <<",
			"p needs the source's low level to be dominated by the target's low level (l1 domby l2); s0:c1,c2 is " +
				"not dominated by s0:c1"},
		{"l1 eq h2", httpd, c1, []policydb.ConstraintNode{attr(policydb.AttrL1H2, policydb.OpEq)},
			">> l1 eq h2 <<",
			"p needs the source's low level to equal the target's high level (l1 eq h2); s0 is not s0:c1"},
		{"h1 neq l2", httpd, low, []policydb.ConstraintNode{attr(policydb.AttrH1L2, policydb.OpNeq)},
			">> h1 neq l2 <<",
			"p needs the source's high level to differ from the target's low level (h1 neq l2); both are s0"},
		{"l1 incomp l2", c12, c1, []policydb.ConstraintNode{attr(policydb.AttrL1L2, policydb.OpIncomp)},
			">> l1 incomp l2 <<",
			"p needs the source's low level to be incomparable with the target's low level (l1 incomp l2); " +
				"s0:c1,c2 is comparable with s0:c1"},
		{"not l1 incomp l2", c3, c1, []policydb.ConstraintNode{attr(policydb.AttrL1L2, policydb.OpIncomp), not},
			"not >> l1 incomp l2 <<",
			"p needs the source's low level not to be incomparable with the target's low level (not l1 incomp l2); " +
				"s0:c3 is incomparable with s0:c1"},
		{"l1 eq h1, of the source alone", wide, low, []policydb.ConstraintNode{attr(policydb.AttrL1H1, policydb.OpEq)},
			">> l1 eq h1 <<",
			"p needs the source's low level to equal its high level (l1 eq h1); s0 is not s0:c0.c1023"},
		{"l2 dom h2, of the target alone", httpd, wide,
			[]policydb.ConstraintNode{attr(policydb.AttrL2H2, policydb.OpDom)},
			">> l2 dom h2 <<",
			"p needs the target's low level to dominate its high level (l2 dom h2); s0 does not dominate s0:c0.c1023"},
		{"not h1 dom l2", httpd, low, []policydb.ConstraintNode{attr(policydb.AttrH1L2, policydb.OpDom), not},
			"not >> h1 dom l2 <<",
			"p needs the source's high level not to dominate the target's low level (not h1 dom l2); s0 dominates s0"},
		{"u1 == u2", user, low, []policydb.ConstraintNode{attr(policydb.AttrUser, policydb.OpEq)},
			">> u1 == u2 <<", "p needs source and target to have the same user (u1 == u2); user_u is not system_u"},
		{"u1 != u2", httpd, low, []policydb.ConstraintNode{attr(policydb.AttrUser, policydb.OpNeq)},
			">> u1 != u2 <<", "p needs source and target to have different users (u1 != u2); both are system_u"},
		{"r1 == r2", httpd, low, []policydb.ConstraintNode{attr(policydb.AttrRole, policydb.OpEq)},
			">> r1 == r2 <<", "p needs source and target to have the same role (r1 == r2); system_r is not object_r"},
		{"r1 dom r2", httpd, low, []policydb.ConstraintNode{attr(policydb.AttrRole, policydb.OpDom)},
			">> r1 dom r2 <<",
			"p needs the source's role to dominate the target's role (r1 dom r2); system_r does not dominate object_r"},
		{"r1 domby r2", httpd, low, []policydb.ConstraintNode{attr(policydb.AttrRole, policydb.OpDomBy)},
			">> r1 domby r2 <<",
			"p needs the source's role to be dominated by the target's role (r1 domby r2); system_r is not " +
				"dominated by object_r"},
		{"not r1 incomp r2", httpd, low, []policydb.ConstraintNode{attr(policydb.AttrRole, policydb.OpIncomp), not},
			"not >> r1 incomp r2 <<",
			"p needs the source's role not to be incomparable with the target's role (not r1 incomp r2); system_r " +
				"is incomparable with object_r"},
		{"t1 == t2", httpd, low, []policydb.ConstraintNode{attr(policydb.AttrType, policydb.OpEq)},
			">> t1 == t2 <<", "p needs source and target to have the same type (t1 == t2); httpd_t is not port_t"},
		{"not t1 != t2", httpd, low, []policydb.ConstraintNode{attr(policydb.AttrType, policydb.OpNeq), not},
			"not >> t1 != t2 <<",
			"p needs source and target to have the same type (not t1 != t2); httpd_t is not port_t"},
		{"one user", httpd, low, []policydb.ConstraintNode{names(policydb.AttrUser, policydb.OpEq, uint32(userU)-1)},
			">> u1 == user_u <<", "p needs the source user to be user_u; system_u is not user_u"},
		{"users of the target", httpd, low, []policydb.ConstraintNode{names(policydb.AttrUser|policydb.AttrTarget,
			policydb.OpNeq, uint32(userU)-1, uint32(systemU)-1)},
			">> u2 != { system_u user_u } <<",
			"p needs the target user not to be system_u or user_u; system_u is system_u or user_u"},
		{"one role", user, low, []policydb.ConstraintNode{names(policydb.AttrRole, policydb.OpEq, uint32(systemR)-1)},
			">> r1 == system_r <<", "p needs the source role to be system_r; user_r is not system_r"},
		{"one type", httpd, low, []policydb.ConstraintNode{names(policydb.AttrType|policydb.AttrTarget, policydb.OpEq,
			value("node_t"))},
			">> t2 == node_t <<", "p needs the target type to be node_t; port_t is not node_t"},
		{"an attribute as written", httpd, low, []policydb.ConstraintNode{written(policydb.OpEq,
			policydb.TypeSet{Types: policydb.BitmapOf(value("port_type"))}, value("port_t"))},
			">> t1 == port_type <<", "p needs the source type to be in port_type; httpd_t is not in port_type"},
		{"all types but one", httpd, low, []policydb.ConstraintNode{written(policydb.OpNeq,
			policydb.TypeSet{Flags: 1, Negset: policydb.BitmapOf(value("port_t"))}, value("httpd_t"))},
			">> t1 != { * -port_t } <<",
			"p needs the source type not to be in { * -port_t }; httpd_t is in { * -port_t }"},
		{"a complement", httpd, low, []policydb.ConstraintNode{written(policydb.OpEq,
			policydb.TypeSet{Flags: 2, Types: policydb.BitmapOf(value("httpd_t"))}, value("port_t"))},
			">> t1 == ~{ httpd_t } <<",
			"p needs the source type to be in ~{ httpd_t }; httpd_t is not in ~{ httpd_t }"},
		{"no type at all", httpd, low, []policydb.ConstraintNode{names(policydb.AttrType, policydb.OpEq)},
			">> t1 == { } <<", "p needs the source type to be in the empty set; httpd_t is not in the empty set"},
		{"or: every alternative fails", httpd, c1, []policydb.ConstraintNode{attr(policydb.AttrH1H2, policydb.OpDom),
			names(policydb.AttrType, policydb.OpEq, value("port_t")), or},
			">> h1 dom h2 << or >> t1 == port_t <<",
			"p needs the source's high level to dominate the target's high level (h1 dom h2), or the source type " +
				"to be port_t; s0 does not dominate s0:c1 and httpd_t is not port_t"},
		{"and: what holds is left out", httpd, c1, []policydb.ConstraintNode{attr(policydb.AttrL1L2,
			policydb.OpDomBy), attr(policydb.AttrH1H2, policydb.OpDom), and},
			"l1 domby l2 and >> h1 dom h2 <<",
			"p needs the source's high level to dominate the target's high level (h1 dom h2); s0 does not dominate " +
				"s0:c1"},
		{"and: both fail", user, c1, []policydb.ConstraintNode{attr(policydb.AttrUser, policydb.OpEq),
			attr(policydb.AttrH1H2, policydb.OpDom), and},
			">> u1 == u2 << and >> h1 dom h2 <<",
			"p needs both source and target to have the same user (u1 == u2) and the source's high level to " +
				"dominate the target's high level (h1 dom h2); user_u is not system_u and s0 does not dominate s0:c1"},
		{"not of an or: what is false already is left out", httpd, low,
			[]policydb.ConstraintNode{attr(policydb.AttrUser, policydb.OpEq), attr(policydb.AttrType, policydb.OpEq),
				or, not},
			"not ( >> u1 == u2 << or t1 == t2 )",
			"p needs source and target to have different users (not u1 == u2); both are system_u"},
		{"not of an and: either will do", httpd, low, []policydb.ConstraintNode{attr(policydb.AttrUser,
			policydb.OpEq), attr(policydb.AttrL1L2, policydb.OpEq), and, not},
			"not ( >> u1 == u2 << and >> l1 eq l2 << )",
			"p needs source and target to have different users (not u1 == u2), or the source's low level to differ " +
				"from the target's low level (not l1 eq l2); both are system_u and both are s0"},
		{"an and inside an or", user, c1, []policydb.ConstraintNode{attr(policydb.AttrUser, policydb.OpEq),
			attr(policydb.AttrH1H2, policydb.OpDom), and, attr(policydb.AttrType, policydb.OpEq), or},
			"( >> u1 == u2 << and >> h1 dom h2 << ) or >> t1 == t2 <<",
			"p needs both source and target to have the same user (u1 == u2) and the source's high level to " +
				"dominate the target's high level (h1 dom h2), or source and target to have the same type (t1 == " +
				"t2); user_u is not system_u, s0 does not dominate s0:c1 and user_t is not port_t"},
		{"two sets for one type", httpd, low, []policydb.ConstraintNode{names(policydb.AttrType, policydb.OpEq,
			value("port_t")), names(policydb.AttrType, policydb.OpEq, value("node_t")), or},
			">> t1 == port_t << or >> t1 == node_t <<",
			"p needs the source type to be port_t or node_t; the source type is httpd_t"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := p.ParseContext(tt.source)
			if err != nil {
				t.Fatal(err)
			}
			o, err := p.ParseContext(tt.target)
			if err != nil {
				t.Fatal(err)
			}
			c := &policydb.Constraint{Perms: 1, Expr: tt.expr}
			r := d.ExplainConstraint(c, s, o)
			if got := r.Expression(); got != tt.marked {
				t.Errorf("marked\n %s, want\n %s", got, tt.marked)
			}
			if got := r.Sentence("p"); got != tt.want {
				t.Errorf("says\n %s, want\n %s", got, tt.want)
			}
			checkConstraintReason(t, d, query{s, o, 1}, c)
			// The contrary holds and is not explained.
			contrary := &policydb.Constraint{Perms: 1, Expr: append(tt.expr[:len(tt.expr):len(tt.expr)], not)}
			if r := d.ExplainConstraint(contrary, s, o); !r.Holds || r.Needs != nil || r.Sentence("p") != "" ||
				strings.Contains(r.Expression(), ">>") {
				t.Errorf("the contrary: %+v", r)
			}
		})
	}
}

// TestConstraintTooLong is an expression that has no tree.
func TestConstraintTooLong(t *testing.T) {
	p := open(t, "../examples/example.policy")
	c := &policydb.Constraint{Perms: 1, Expr: []policydb.ConstraintNode{{Kind: policydb.ConstraintAttr,
		Attr: policydb.AttrType, Op: policydb.OpEq}}}
	for range 600 {
		c.Expr = append(c.Expr, policydb.ConstraintNode{Kind: policydb.ConstraintNot})
	}
	s, err := p.ParseContext("system_u:system_r:httpd_t:s0")
	if err != nil {
		t.Fatal(err)
	}
	o := s
	id, _ := p.Type("sshd_t")
	o.Type = uint32(id)
	r := access.NewDecider(p).ExplainConstraint(c, s, o)
	if r.Holds || r.Expr != nil ||
		r.Sentence("p") != "p is refused by a constraint of 601 elements, which is too long to describe" {
		t.Errorf("%+v %q", r, r.Sentence("p"))
	}
	if r := access.NewDecider(p).ExplainConstraint(c, s, s); !r.Holds {
		t.Errorf("%+v", r)
	}
}
