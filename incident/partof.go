package incident

import "github.com/senet-selinux/senet/audit"

// besideLines is how many lines apart two complaints of one process about one refusal are.
const besideLines = 8

// partOfOther reports whether a complaint that names no object is about what another one of the same process or unit
// next to it names: systemd writes "Failed to execute command" and then "Failed at step EXEC spawning FILE".
func partOfOther(groups []audit.SymptomGroup, i int) bool {
	e := groups[i].Example
	if e.Symptom == nil || namesObject(e.Symptom) {
		return false
	}
	for j := range groups[:min(len(groups), maxJoined)] {
		if o := groups[j].Example; j != i && o.Symptom != nil && namesObject(o.Symptom) && sameProcess(e, o) &&
			max(e.Line-o.Line, o.Line-e.Line) <= besideLines && sameDeed(e.Symptom, o.Symptom) &&
			groups[i].Count <= groups[j].Count {
			return true
		}
	}
	return false
}

// namesObject reports whether a complaint says more than that something was refused.
func namesObject(s *audit.Symptom) bool {
	return s.Path != "" || s.Port != 0 || s.Addr.IsValid() || s.Host != "" || s.Backend != "" || s.Server != "" ||
		s.Frontend != "" || s.Asked != "" || s.Step != "" || s.Call != "" || s.Verb != "" || s.Label != ""
}

// sameProcess reports whether two complaints on one host are of one process, or of systemd about one unit.
func sameProcess(a, b *audit.Event) bool {
	if a.Node != b.Node || (a.Container == nil) != (b.Container == nil) ||
		a.Container != nil && a.Container.Name != b.Container.Name || a.Symptom.Program != b.Symptom.Program {
		return false
	}
	unit, other := a.Symptom.Started(), b.Symptom.Started()
	if unit != "" && other != "" {
		return unit == other
	}
	return a.Symptom.PID != 0 && a.Symptom.PID == b.Symptom.PID && a.Symptom.Program != ""
}

// sameDeed reports whether a complaint may be about the operation of another one, which it need not name.
func sameDeed(part, whole *audit.Symptom) bool {
	return (part.Operation == "" || part.Operation == whole.Operation) &&
		(part.Protocol == "" || part.Protocol == whole.Protocol)
}
