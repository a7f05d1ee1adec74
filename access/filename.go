package access

import (
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// filenameIndex finds filename transitions. The first lookups scan all of them, which
// takes a fraction of a millisecond.
type filenameIndex struct {
	asked int
	rules map[filenameKey][]policydb.FilenameTrans
}

type filenameKey struct {
	target, class uint32
	name          string
}

const filenameScans = 8

// filenameTransition mirrors filename_compute_type: the first rule for these
// two types, class and name.
func (d *Decider) filenameTransition(source, target uint32, class policy.ClassID, name string) (policy.TypeID, bool) {
	if name == "" || class == 0 {
		return 0, false
	}
	key := filenameKey{target, uint32(class), name}
	f := &d.names
	if f.asked++; f.asked <= filenameScans {
		for ft := range d.p.FilenameTransitions() {
			if (filenameKey{ft.Target, ft.Class, ft.Name}) == key && fromSource(&ft, source) {
				return policy.TypeID(ft.Result), true
			}
		}
		return 0, false
	}
	if f.rules == nil {
		f.rules = make(map[filenameKey][]policydb.FilenameTrans)
		for ft := range d.p.FilenameTransitions() {
			k := filenameKey{ft.Target, ft.Class, ft.Name}
			f.rules[k] = append(f.rules[k], ft)
		}
	}
	for i := range f.rules[key] {
		if ft := &f.rules[key][i]; fromSource(ft, source) {
			return policy.TypeID(ft.Result), true
		}
	}
	return 0, false
}

func fromSource(ft *policydb.FilenameTrans, source uint32) bool {
	return ft.Source == source && source != 0 || ft.Source == 0 && ft.Sources.Has(source-1)
}
