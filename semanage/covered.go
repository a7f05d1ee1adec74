package semanage

import "github.com/senet-selinux/senet/portset"

// Covers reports whether the local records give all ports of p the label that p
// gives them, so that a record for p would change nothing, and overlap with them. A
// type may be an alias; a range that p does not say may be any.
func (tx *Tx) Covers(p Port) bool {
	typ := p.Context.Type
	if tx.names != nil {
		typ = tx.names.realType(typ)
	}
	var covered portset.Set
	for _, r := range tx.local[Ports].list {
		have := r.(Port)
		if have.Protocol != p.Protocol || have.Context.Type != typ || p.Context.Range != "" &&
			have.Context.Range != p.Context.Range {
			continue
		}
		covered = covered.Union(portset.Set{have.Range()})
	}
	return len(portset.Set{p.Range()}.Minus(covered)) == 0
}
