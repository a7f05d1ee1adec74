package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// inHome notes that a program of a person's session changes files of a home that have the general label of homes,
// although programs have labels of their own there: a home that was copied or moved keeps the general one.
func inHome(d *Diagnosis, a *audit.AVC) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	if d.Verdict == NowAllowed || role(a.SContext) == "system_r" || role(a.SContext) == "" || !changesFile(a) ||
		target != "user_home_t" && target != "user_home_dir_t" || a.TClass == "" || isContainer(source) ||
		fileKind(a.TClass) == 0 || strings.HasPrefix(a.Path, "/home/") && a.TClass != "sock_file" {
		return
	}
	d.Instead = InsteadHome
	d.note(NoteDaemon, fmt.Sprintf("%s is a program of a person's session, and %s the general label of homes: a "+
		"directory of the program that was copied or moved lost its label (ls -Zd)", source, target))
}

// changesFile reports whether a denial is about a change of a file or of a directory.
func changesFile(a *audit.AVC) bool {
	return slices.ContainsFunc([]string{"write", "append", "create", "add_name", "remove_name", "unlink", "rename",
		"setattr"}, a.Has)
}
