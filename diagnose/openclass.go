package diagnose

import (
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/classmap"
)

// openClass answers a record without its class, which is taken to be one of files: the answer counts where the policy
// refuses it for files and for directories, as far as they have the permissions. Else the class is a gap.
func (g *Diagnoser) openClass(d *Diagnosis, a *audit.AVC, taken string) {
	asked, same := []string{}, true
	for _, class := range []string{"file", "dir"} {
		if slices.ContainsFunc(a.Permissions, func(p string) bool { return !classmap.HasPermission(class, p) }) {
			continue
		}
		asked = append(asked, class)
		same = same && slices.ContainsFunc(a.Permissions, func(p string) bool {
			return slices.ContainsFunc(g.d.Check(d.Source, d.Target, class, p).Perms, func(pc access.PermCheck) bool {
				return !pc.Allowed
			})
		})
	}
	if !same && d.Verdict != OnlyLogged || d.Verdict == NowAllowed {
		d.Verdict = UnknownHere
		d.gap(NoClass, "", taken)
		return
	}
	text := "the record lacks the class (tclass=), which the whole line has: it is taken to be " + taken
	if len(asked) > 1 {
		text += "; the policy refuses the same for files and for directories"
	}
	d.note(NoteInferred, text)
}
