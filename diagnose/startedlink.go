package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// ofProgram reports whether the file of a record is the program that systemd is about to start, or a link to it: it has
// the program's name, or that with a version, as python and python3.12.
func ofProgram(a *audit.AVC, program string) bool {
	if a.TClass != "file" && a.TClass != "lnk_file" || program == "" {
		return false
	}
	version, ok := strings.CutPrefix(path.Base(cmp.Or(a.Path, a.Name)), program)
	return ok && strings.Trim(version, "0123456789.-") == ""
}

// startedByLink notes a link to a program that systemd is to start, as bin/python of a virtual environment is one: in a
// home, or with the label of one, it may not read it.
func startedByLink(d *Diagnosis, a *audit.AVC, program string) {
	target := audit.ContextType(a.TContext)
	if a.TClass != "lnk_file" || d.Verdict == NowAllowed || !ofHome(target) && !belowHomes(a.Path) {
		return
	}
	d.Instead = InsteadPlace
	d.note(NoteDaemon, fmt.Sprintf("systemd is about to start %s, which is a link (as in the bin of a virtual "+
		"environment): what is refused is to read it, by its label, %s", program, target))
}
