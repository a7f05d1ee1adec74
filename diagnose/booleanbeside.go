package diagnose

import (
	"fmt"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
)

// booleanBeside says which boolean lets the source use files of the target's label, where that boolean is not for the
// class that was refused, as virt_use_nfs is for files and directories and not for pipes.
func (g *Diagnoser) booleanBeside(d *Diagnosis, a *audit.AVC) string {
	const some = "a boolean, if the policy has one"
	if a.TClass == "file" || a.TClass == "dir" || d.Verdict == UnknownHere {
		return some
	}
	for i := range d.Checks {
		if d.Checks[i].Reason.Code == access.BoolOff {
			return some
		}
	}
	check := g.d.Check(d.Source, d.Target, "file", "write")
	for i := range check.Perms {
		for _, s := range check.Perms[i].Reason.Switches {
			if len(s) == 1 && s[0].On {
				return fmt.Sprintf("%s=on is for files and directories there, not for the class %s",
					g.p.BoolName(s[0].Bool), a.TClass)
			}
		}
	}
	return some
}
