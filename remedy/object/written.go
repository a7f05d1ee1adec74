package object

import (
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// Written is the label for files of a kind where a service writes them.
type Written struct {
	Type string
	// Switches are the booleans without which the policy refuses the access with that label too, nil for none.
	Switches []policy.BoolSetting
}

// WrittenAs returns the label for what a subject is to change, where the policy lets it only read what has the label
// that file_contexts gives a path: that with rw in its name. It is nil where the policy has none, or where the subject
// may change what has the other label.
func WrittenAs(d *access.Decider, source, label policy.Context, class string, perms []string) *Written {
	if class != "file" && class != "dir" || !Changes(perms) {
		return nil
	}
	p := d.Policy()
	f := &finder{p: p}
	twin, ok := p.Type(f.twin(p.TypeName(policy.TypeID(label.Type))))
	reads, changes := d.Check(source, label, class, "getattr"), d.Check(source, label, class, perms...)
	if !ok || !reads.Allowed() || changes.Allowed() {
		return nil
	}
	label.Type = uint32(twin)
	w := &Written{Type: p.TypeName(twin)}
	check := d.Check(source, label, class, perms...)
	for i := range check.Perms {
		pc := &check.Perms[i]
		switch {
		case pc.Allowed:
		case pc.Reason.Code != access.BoolOff || len(pc.Reason.Switches) == 0:
			return nil
		default:
			for _, s := range pc.Reason.Switches[0] {
				if !slices.Contains(w.Switches, s) {
					w.Switches = append(w.Switches, s)
				}
			}
		}
	}
	return w
}
