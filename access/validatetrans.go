package access

import "github.com/senet-selinux/senet/policy"

// ValidTransition reports whether the validatetrans rules of a class allow a process to
// give an object of the class another context; without such rules every process may. It
// mirrors security_compute_validatetrans, which file systems call in addition to the
// checks of relabelfrom and relabelto.
func (d *Decider) ValidTransition(from, to, task policy.Context, class policy.ClassID) bool {
	info := d.p.ClassInfo(class)
	if info == nil {
		return true
	}
	for i := range info.ValidateTrans {
		if !evaluateFor(d.p, info.ValidateTrans[i].Expr, &from, &to, &task) {
			return false
		}
	}
	return true
}
