package diagnose

import (
	"fmt"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// created notes that an object would get another label today: the kernel checks create on the label of the new object,
// which is that of the directory only where no type_transition rule names both.
func (g *Diagnoser) created(d *Diagnosis, a *audit.AVC) {
	if !a.Has("create") || d.Verdict != StillDenied || d.Leftover != "" || d.Source.Type == 0 || d.Target.Type == 0 {
		return
	}
	switch a.TClass {
	case "file", "dir", "lnk_file", "sock_file", "fifo_file":
	default:
		return
	}
	c, err := g.d.NewObject(d.Source, d.Target, a.TClass, a.Name)
	if err != nil || c.Type == d.Target.Type || !g.mayCreate(d, c) {
		return
	}
	then := "the policy in use then had no such rule"
	if check := g.d.Check(d.Source, d.Source, "process", "setfscreate"); check.Allowed() {
		then += ", or the program chose the label itself"
	}
	d.Instead = InsteadTransition
	d.note(NoteBehind, fmt.Sprintf("by this policy a %s that %s makes in a directory labelled %s gets the label %s "+
		"(type_transition), and %s may create it: %s", a.TClass, g.typeName(d.Source), g.typeName(d.Target),
		g.typeName(c), g.typeName(d.Source), then))
}

// mayCreate reports whether the policy allows the access of a denial to an object with another label.
func (g *Diagnoser) mayCreate(d *Diagnosis, c policy.Context) bool {
	check := g.d.Check(d.Source, c, d.Class, d.Permissions...)
	return check.Allowed()
}
