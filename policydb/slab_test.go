package policydb

import "testing"

// A slab gives every taker zeroes that nobody else has, short or long, and no room to
// append into the next one's.
func TestSlab(t *testing.T) {
	var s slab[Perm]
	var all [][]Perm
	for n := range 400 {
		part := s.take(n)
		if len(part) != n || cap(part) != n {
			t.Fatalf("take(%d): %d of %d", n, len(part), cap(part))
		}
		for i := range part {
			if part[i] != (Perm{}) {
				t.Fatalf("take(%d): %d is in use", n, i)
			}
			part[i].Value = uint32(n)
		}
		all = append(all, part)
	}
	for n, part := range all {
		for i := range part {
			if part[i].Value != uint32(n) {
				t.Fatalf("%d of %d was given away twice", i, n)
			}
		}
	}
}

// A table whose pages were asked for at once is a table of zeroes, of every size from
// one page to more than is asked for.
func TestNewTable(t *testing.T) {
	for _, n := range []int{0, 1, 100, 3000, 200_000} {
		list := newTable[Type](n)
		if len(list) != n {
			t.Fatalf("%d of %d", len(list), n)
		}
		for i := range list {
			if list[i] != (Type{}) {
				t.Fatalf("%d: item %d is %+v", n, i, list[i])
			}
		}
	}
}

// Equal expressions share their nodes, those that differ in what may be named do not.
func TestSharedExpressions(t *testing.T) {
	one := "\x01\x00\x00\x00" + "\x04\x00\x00\x00" + "\x04\x00\x00\x00" + "\x01\x00\x00\x00" // t1 == t2
	two := "\x01\x00\x00\x00" + "\x04\x00\x00\x00" + "\x04\x00\x00\x00" + "\x02\x00\x00\x00" // t1 != t2
	d := &decoder{cursor: cursor{s: one + two + one + one}, p: &Policy{Version: 33}}
	a, b, c, e := d.sharedExpr(false), d.sharedExpr(false), d.sharedExpr(false), d.sharedExpr(true)
	if d.err != nil || d.off != len(d.s) {
		t.Fatalf("%v at %d of %d", d.err, d.off, len(d.s))
	}
	if &a[0] != &c[0] || &a[0] == &b[0] || &a[0] == &e[0] {
		t.Error("shared what differs, or not what is equal")
	}
	if a[0].Op != OpEq || b[0].Op != OpNeq || e[0].Op != OpEq {
		t.Errorf("%+v %+v %+v", a, b, e)
	}
}
