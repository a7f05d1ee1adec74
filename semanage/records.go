package semanage

import (
	"net/netip"

	"github.com/senet-selinux/senet/policydb"
)

// PolicyRecords returns the records of one kind that a policy has, in its order,
// in which the kernel tries them. Those of a store's kernel policy are the
// policy's own and the local ones together (semanage_port_list and the like).
func PolicyRecords(db *policydb.Policy, kind Kind) []Record {
	t := newContextTexts(db)
	o := &db.OContexts
	var list []Record
	switch kind {
	case Booleans:
		for i := range db.Bools.Items {
			b := &db.Bools.Items[i]
			list = append(list, Boolean{b.Name, b.State != 0})
		}
	case Users: // whose prefixes are not of the policy
		for i := range db.Users.Items {
			list = append(list, t.names.userRecord(&db.Users.Items[i], nil))
		}
	case Interfaces:
		for i := range o.Netifs {
			c := &o.Netifs[i]
			list = append(list, Interface{c.Name, t.text(c.If), t.text(c.Packet)})
		}
	case Ports:
		list = make([]Record, 0, len(o.Ports))
		for i := range o.Ports {
			c := &o.Ports[i]
			list = append(list, Port{Protocol(c.Protocol), uint16(c.Low), uint16(c.High), t.text(c.Context)})
		}
	case Nodes:
		for i := range o.Nodes {
			c := &o.Nodes[i]
			list = append(list, Node{netip.AddrFrom4(c.Addr), netip.AddrFrom4(c.Mask), t.text(c.Context)})
		}
		for i := range o.Nodes6 {
			c := &o.Nodes6[i]
			list = append(list, Node{netip.AddrFrom16(c.Addr), netip.AddrFrom16(c.Mask), t.text(c.Context)})
		}
	case IBEndPorts:
		for i := range o.IBEndPorts {
			c := &o.IBEndPorts[i]
			list = append(list, IBEndPort{c.Device, uint8(c.Port), t.text(c.Context)})
		}
	case IBPKeys:
		for i := range o.IBPKeys {
			c := &o.IBPKeys[i]
			list = append(list, IBPKey{c.SubnetPrefix, uint16(c.Low), uint16(c.High), t.text(c.Context)})
		}
	}
	return list
}

// contextTexts prints the contexts of one policy, each distinct one once.
type contextTexts struct {
	names policyNames
	known map[policydb.Context]Context
}

func newContextTexts(db *policydb.Policy) *contextTexts {
	return &contextTexts{policyNames{db: db}, map[policydb.Context]Context{}}
}

func (t *contextTexts) text(c policydb.Context) Context {
	got, ok := t.known[c]
	if !ok {
		got = t.names.contextText(c)
		t.known[c] = got
	}
	return got
}

// TypeFor returns the name of the type that a record of that kind gets for a
// name, which may be an alias, also where the error wraps ErrType because records
// of the kind may not have that type.
func (tx *Tx) TypeFor(kind Kind, name string) (string, error) {
	if err := tx.ready(); err != nil {
		return name, err
	}
	if kind.info().attribute != "" {
		name = tx.names.realType(name)
	}
	_, err := tx.recordType(kind, name)
	return name, err
}

// BooleanName returns the present name of a boolean that had another one
// (booleans.subs_dist), else name.
func (tx *Tx) BooleanName(name string) string { return tx.booleanName(name) }

// Defined reports whether a record with the key is defined, as Add and Modify
// see it (see [Tx.Strict]), and whether there is a local one now.
func (tx *Tx) Defined(k Key) (defined, local bool) {
	if tx.names == nil {
		return false, false
	}
	if b, ok := k.(BooleanKey); ok {
		k = BooleanKey(tx.booleanName(string(b)))
	}
	return tx.exists(k), tx.local[k.Kind()].find(k) >= 0
}
