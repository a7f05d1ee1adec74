package semanage

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// buildPolicy makes the kernel policy: the linked policy, in libsepol's
// writing order, with the local records of each kind merged in the order of
// semanage_base_merge_components. Booleans that the policy no longer has are
// returned; libsemanage drops them from the local records.
//
// libsepol puts a record at the head of its list, so the last of a file comes
// first in the policy, and readers take the first that matches.
func buildPolicy(linked *policydb.Policy, local *[kinds]table) (db *policydb.Policy, obsolete []BooleanKey,
	err error) {
	db = linked.Clone()
	if err := mergeUsers(db, local[Users].list); err != nil {
		return nil, nil, err
	}
	db = policydb.Canonical(db)
	obsolete, err = mergeLocal(db, [kinds][]Record{
		Booleans: local[Booleans].list, Interfaces: local[Interfaces].list, Ports: local[Ports].list,
		Nodes: local[Nodes].list, IBEndPorts: local[IBEndPorts].list, IBPKeys: local[IBPKeys].list,
	})
	if err != nil {
		return nil, nil, err
	}
	return db, obsolete, nil
}

// mergeLocal merges the local records of each kind.
func mergeLocal(db *policydb.Policy, local [kinds][]Record) (obsolete []BooleanKey, err error) {
	m := merger{db: db, contexts: contexts{names: &policyNames{db: db}}}
	m.ports(local[Ports])
	m.interfaces(local[Interfaces])
	for _, r := range local[Booleans] {
		b := r.(Boolean)
		now := m.contexts.names.boolean(b.Name)
		switch {
		case now == nil:
			obsolete = append(obsolete, BooleanKey(b.Name))
		case (now.State != 0) != b.On:
			m.try(r, db.SetBool(b.Name, b.On))
		}
	}
	m.nodes(local[Nodes])
	m.infiniband(local[IBPKeys], local[IBEndPorts])
	return obsolete, m.err
}

// A merger puts records into a policy until one cannot be.
type merger struct {
	db       *policydb.Policy
	contexts contexts
	err      error
}

func (m *merger) try(r Record, err error) {
	if err != nil && m.err == nil {
		m.err = &RecordError{Op: "merge", Key: r.Key(), Err: err}
	}
}

func (m *merger) context(r Record, text Context) policydb.Context {
	c, err := m.contexts.resolve(text)
	m.try(r, err)
	return c
}

func (m *merger) ports(list []Record) {
	if len(list) == 0 {
		return
	}
	merged := make([]policydb.PortCon, 0, len(list)+len(m.db.OContexts.Ports))
	for _, r := range slices.Backward(list) {
		merged = append(merged, r.(Port).merge(m.context(r, r.context())))
	}
	m.db.OContexts.Ports = append(merged, m.db.OContexts.Ports...)
}

// interfaces replaces a record of the same name where it stands
// (sepol_iface_modify).
func (m *merger) interfaces(list []Record) {
	if len(list) == 0 {
		return
	}
	merged := slices.Clone(m.db.OContexts.Netifs)
	for _, r := range list {
		i := r.(Interface)
		c := policydb.NetifCon{Name: i.Name, If: m.context(r, i.Context), Packet: m.context(r, i.Message)}
		at := slices.IndexFunc(merged, func(c policydb.NetifCon) bool { return c.Name == i.Name })
		if at >= 0 {
			merged[at] = c
			continue
		}
		merged = slices.Insert(merged, 0, c)
	}
	m.db.OContexts.Netifs = merged
}

func (m *merger) nodes(list []Record) {
	if len(list) == 0 {
		return
	}
	sorted := make([]Node, len(list))
	for i, r := range list {
		sorted[i] = r.(Node)
	}
	slices.SortStableFunc(sorted, compareNodes)
	var v4 []policydb.NodeCon
	var v6 []policydb.NodeCon6
	for _, n := range slices.Backward(sorted) {
		c := m.context(n, n.Context)
		if n.Addr.Is4() {
			v4 = append(v4, n.merge4(c))
		} else {
			v6 = append(v6, n.merge6(c))
		}
	}
	m.db.OContexts.Nodes = append(v4, m.db.OContexts.Nodes...)
	m.db.OContexts.Nodes6 = append(v6, m.db.OContexts.Nodes6...)
}

// versionInfiniBand is the first policy version with InfiniBand records.
const versionInfiniBand = 31

func (m *merger) infiniband(pkeys, endPorts []Record) {
	if len(pkeys)+len(endPorts) == 0 {
		return
	}
	if m.db.Version < versionInfiniBand {
		m.try(append(pkeys, endPorts...)[0], fmt.Errorf("policy version %d has no InfiniBand records", m.db.Version))
		return
	}
	var keys []policydb.IBPKeyCon
	for _, r := range slices.Backward(pkeys) {
		keys = append(keys, r.(IBPKey).merge(m.context(r, r.context())))
	}
	m.db.OContexts.IBPKeys = append(keys, m.db.OContexts.IBPKeys...)
	var ends []policydb.IBEndPortCon
	for _, r := range slices.Backward(endPorts) {
		ends = append(ends, r.(IBEndPort).merge(m.context(r, r.context())))
	}
	m.db.OContexts.IBEndPorts = append(ends, m.db.OContexts.IBEndPorts...)
}
