package diagnose

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/audit"
)

// since notes which permission of a denial the kernel asks for only since a version, so that older rules lack it, where
// the policy of another host is to have the rule.
func since(d *Diagnosis, a *audit.AVC) {
	if !slices.Contains([]Step{StepAsk, StepOwn, StepRule, StepOthers}, d.Step) || !lacksType(d) {
		return
	}
	for _, perm := range a.Permissions {
		version := sinceVersion(a.TClass, perm)
		if version == "" {
			continue
		}
		text := fmt.Sprintf("%s is asked since Linux %s: a module that was made before lacks the rule", perm, version)
		if perm == "map" {
			text += "; domain_can_mmap_files=on, where the policy there has it, is for the files of all domains"
		}
		d.note(NoteSince, text)
	}
}

// sinceVersion returns the version of Linux that first asked for a permission, "" for one that is older than most
// modules.
func sinceVersion(class, perm string) string {
	switch {
	case fileKind(class) != 0 && perm == "map":
		return "4.13"
	case fileKind(class) != 0 && slices.Contains([]string{"watch", "watch_mount", "watch_sb", "watch_with_perm",
		"watch_reads"}, perm):
		return "5.4"
	case class == "io_uring" && (perm == "override_creds" || perm == "sqpoll"):
		return "5.16"
	case class == "user_namespace":
		return "6.1"
	}
	return ""
}
