package compile

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// The kinds of extended permission rules, by their keywords.
var xKinds = map[symID]policydb.AVKind{
	wAllowX: policydb.AVXPermsAllowed, wAuditAllowX: policydb.AVXPermsAuditAllow, wDontAuditX: policydb.AVXPermsDontAudit,
}

const versionXPerms = 30

// emitXRules unites the extended permissions of each key and cuts them into
// records: one for each driver of which some commands are in the set, then one
// for the drivers of which all are. It mirrors __cil_avrulex_ioctl_to_policydb.
func (e *emitter) emitXRules() {
	type union struct {
		set   *ioctlSet
		own   bool
		stmts []stmtID
	}
	sets := make(map[policydb.AVKey]*union)
	var keys []policydb.AVKey
	for i := range e.xrules {
		r := &e.xrules[i]
		if r.kind == wNeverAllowX || r.kind == wDontAuditX && e.opts.DisableDontAudit || e.inCondition(r.stmt) {
			continue
		}
		x := &e.permxs[r.permx]
		classes := e.expandClass(x.class)
		e.eachPair(r.src, r.tgt, func(s, t uint16) {
			for _, c := range classes {
				key := policydb.NewAVKey(s, t, uint16(e.val[c]), xKinds[r.kind])
				u := sets[key]
				if u == nil {
					sets[key] = &union{set: x.perms, stmts: []stmtID{r.stmt}}
					keys = append(keys, key)
					continue
				}
				if !u.own {
					both := *u.set
					u.set, u.own = &both, true
				}
				u.set.or(x.perms)
				u.stmts = append(u.stmts, r.stmt)
			}
		})
	}
	slices.SortStableFunc(keys, func(a, b policydb.AVKey) int { return cmp.Compare(xBucket(a), xBucket(b)) })
	e.xsets = make(map[policydb.AVKey]*ioctlSet, len(keys))
	for _, key := range keys {
		u := sets[key]
		e.xsets[key] = u.set
		for _, x := range ioctlRecords(u.set) {
			e.raw = append(e.raw, rawRule{key: key, stmt: u.stmts[0], x: &xRecord{*x, u.stmts}})
		}
	}
}

// xBucket returns the bucket of a key in the table that libsepol unites extended
// permissions in: rules of one source, target and class come in its order. It
// mirrors avrulex_hash.
func xBucket(k policydb.AVKey) uint32 {
	h := uint32(0)
	for _, v := range [...]uint32{uint32(k.Class()), uint32(k.Target()), uint32(k.Source()), uint32(k.Kind())} {
		v *= 0xcc9e2d51
		v = bits.RotateLeft32(v, 15) * 0x1b873593
		h = bits.RotateLeft32(h^v, 13)*5 + 0xe6546b64
	}
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return (h ^ h>>16) & (1<<10 - 1)
}

// ioctlRecords cuts a set of ioctl commands into records.
func ioctlRecords(set *ioctlSet) []*policydb.XPerms {
	var list []*policydb.XPerms
	var whole *policydb.XPerms
	for d := range uint32(256) {
		switch set.count(d) {
		case 0:
		case 256:
			if whole == nil {
				whole = &policydb.XPerms{Specified: policydb.XPermsIoctlDriver}
			}
			whole.Perms[d/32] |= 1 << (d % 32)
		default:
			x := &policydb.XPerms{Specified: policydb.XPermsIoctlFunction, Driver: uint8(d)}
			for i, w := range set.driver(d) {
				x.Perms[2*i], x.Perms[2*i+1] = uint32(w), uint32(w>>32)
			}
			list = append(list, x)
		}
	}
	if whole != nil {
		list = append(list, whole)
	}
	return list
}
