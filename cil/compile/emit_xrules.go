package compile

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

const (
	versionXPerms     = 30
	versionCondXPerms = 34
)

// An xKey is what extended permissions are united by: a rule's key, and whether
// they are of ioctl or of nlmsg.
type xKey struct {
	policydb.AVKey
	kind symID
}

// An xUnion holds the extended permissions of one key and the statements that
// they come from.
type xUnion struct {
	set   *xpermSet
	own   bool // the set is not that of a statement
	stmts []stmtID
}

// An xTable unites the extended permissions of the unconditional rules, or of one
// branch of a conditional.
type xTable struct {
	keys   []xKey
	unions map[xKey]*xUnion
}

// addX adds a rule to a table. It mirrors cil_avrulex_to_hashtable.
func (e *emitter) addX(t *xTable, r *avxRule) {
	if t.unions == nil {
		t.unions = make(map[xKey]*xUnion)
	}
	x := &e.permxs[r.permx]
	classes := e.expandClass(x.class)
	e.eachPair(r.src, r.tgt, func(src, tgt uint16) {
		for _, c := range classes {
			key := xKey{policydb.NewAVKey(src, tgt, uint16(e.val[c]), ruleKind(r.kind)), x.kind}
			u := t.unions[key]
			if u == nil {
				t.unions[key] = &xUnion{set: x.perms, stmts: []stmtID{r.stmt}}
				t.keys = append(t.keys, key)
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

// records cuts what was united into records, in the order in which libsepol
// inserts them: those of ioctl, then those of nlmsg.
func (t *xTable) records(yield func(key policydb.AVKey, r *xRecord)) {
	slices.SortStableFunc(t.keys, func(a, b xKey) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(xBucket(a.AVKey), xBucket(b.AVKey)))
	})
	for _, key := range t.keys {
		u := t.unions[key]
		for _, x := range u.set.records(key.kind) {
			yield(key.AVKey, &xRecord{*x, u.stmts})
		}
	}
}

// emitXRules unites the extended permissions of the unconditional rules and cuts
// them into records.
func (e *emitter) emitXRules() {
	for i := range e.xrules {
		r := &e.xrules[i]
		if r.kind != wNeverAllowX && (r.kind != wDontAuditX || !e.opts.DisableDontAudit) && !e.inCondition(r.stmt) {
			e.addX(&e.xtable, r)
		}
	}
	e.xtable.records(func(key policydb.AVKey, x *xRecord) {
		e.raw = append(e.raw, rawRule{key, e.newRecord(x), x.stmts[0]})
	})
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

// records cuts a set into records: one for each driver of which some commands are
// in the set, then one for the drivers of which all are. Message types of netlink
// have no drivers, but are cut in the same way, and always into single ones. It
// mirrors __cil_permx_bitmap_to_sepol_xperms_list.
func (x *xpermSet) records(kind symID) []*policydb.XPerms {
	var list []*policydb.XPerms
	var whole *policydb.XPerms
	specified := policydb.XPermsIoctlFunction
	if kind == wNlmsg {
		specified = policydb.XPermsNlmsg
	}
	for d := range uint32(256) {
		switch n := x.count(d); {
		case n == 0:
		case n == 256 && kind == wIoctl:
			if whole == nil {
				whole = &policydb.XPerms{Specified: policydb.XPermsIoctlDriver}
			}
			whole.Perms[d/32] |= 1 << (d % 32)
		default:
			one := &policydb.XPerms{Specified: specified, Driver: uint8(d)}
			for i, w := range x.driver(d) {
				one.Perms[2*i], one.Perms[2*i+1] = uint32(w), uint32(w>>32)
			}
			list = append(list, one)
		}
	}
	if whole != nil {
		list = append(list, whole)
	}
	return list
}
