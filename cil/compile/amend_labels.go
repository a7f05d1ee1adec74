package compile

import (
	"cmp"
	"errors"
	"slices"
	"strconv"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policydb"
)

// portProtocol returns the number of a protocol that ports have labels in.
func portProtocol(word string) (number uint32, ok bool) {
	switch word {
	case "tcp":
		return 6, true
	case "udp":
		return 17, true
	case "dccp":
		return 33, true
	case "sctp":
		return 132, true
	}
	return 0, false
}

// portCon adds a label of ports at its place among those of the policy; local
// records stay in front.
func (a *amender) portCon(s cil.Node) error {
	list, err := args(s, 3)
	if err != nil {
		return err
	}
	c := policydb.PortCon{}
	var ok bool
	if c.Protocol, ok = portProtocol(list[0].Atom); !ok {
		return errShape
	}
	ports := []cil.Node{list[1], list[1]}
	if list[1].IsList() {
		if ports = list[1].List; len(ports) != 2 {
			return errShape
		}
	}
	for i, to := range []*uint32{&c.Low, &c.High} {
		v, err := strconv.ParseUint(ports[i].Atom, 10, 16)
		if err != nil {
			return errShape
		}
		*to = uint32(v)
	}
	if c.Context, err = a.context(list[2]); err != nil {
		return err
	}
	before := a.p.OContexts.Ports
	if err := a.p.AddPort(c); err != nil {
		return err
	}
	start := len(before)
	for start > 0 && (start == len(before) || comparePorts(&before[start-1], &before[start]) <= 0) {
		start--
	}
	at := start + slices.IndexFunc(before[start:], func(o policydb.PortCon) bool { return comparePorts(&c, &o) <= 0 })
	if at < start {
		at = len(before)
	} else if comparePorts(&c, &before[at]) == 0 {
		return errors.New("the policy has a label of these ports")
	}
	a.p.OContexts.Ports = slices.Insert(slices.Clone(before), at, c)
	return nil
}

// comparePorts mirrors cil_post_portcon_compare.
func comparePorts(a, b *policydb.PortCon) int {
	rank := func(protocol uint32) int { return slices.Index([]uint32{17, 6, 33, 132}, protocol) }
	return cmp.Or(cmp.Compare(a.High-a.Low, b.High-b.Low), cmp.Compare(a.Low, b.Low),
		cmp.Compare(rank(a.Protocol), rank(b.Protocol)))
}

// context looks up a context that is written in place.
func (a *amender) context(n cil.Node) (policydb.Context, error) {
	var c policydb.Context
	if len(n.List) != 4 || len(n.List[3].List) != 2 {
		return c, errShape
	}
	var err error
	if c.User, err = a.userOf(n.List[0]); err != nil {
		return c, err
	}
	if c.Role, err = a.roleOf(n.List[1]); err != nil {
		return c, err
	}
	if c.Type, err = a.typeOf(n.List[2]); err != nil {
		return c, err
	}
	if !a.p.MLS() {
		c.Range = policydb.SingleLevel(policydb.Level{})
		return c, nil
	}
	low, err := a.level(n.List[3].List[0])
	if err != nil {
		return c, err
	}
	high, err := a.level(n.List[3].List[1])
	c.Range = policydb.Range{Low: low, High: high, Single: low == high}
	return c, err
}

// level looks up (SENSITIVITY [(CATEGORY...)]).
func (a *amender) level(n cil.Node) (policydb.Level, error) {
	var l policydb.Level
	if len(n.List) < 1 || len(n.List) > 2 || n.List[0].IsList() {
		return l, errShape
	}
	var err error
	if l.Sens, err = a.sensOf(n.List[0]); err != nil || len(n.List) == 1 {
		return l, err
	}
	for _, cat := range n.List[1].List {
		value, err := a.catOf(cat)
		if err != nil {
			return l, err
		}
		l.Cats = l.Cats.With(value - 1)
	}
	return l, nil
}
