package say

import (
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/words"
)

// insteadOfRule says in a sentence what is to be done instead of a rule for a source and a target, which are types.
func insteadOfRule(i diagnose.Instead, source, target string) string {
	switch i {
	case diagnose.InsteadImage:
		relabel := "restorecon -R -v /var/lib/containers"
		if strings.Contains(target, "home") {
			relabel = "restorecon -R -v ~/.local/share/containers"
		}
		return words.Sprintf("restore the labels of the engine's storage: %s; neither :Z nor a rule is for that",
			relabel)
	case diagnose.InsteadStorage:
		return "none is offered: leave it refused, or hide it with a dontaudit rule, and have the program leave out " +
			"the storage of containers"
	case diagnose.InsteadShared:
		return "restorecon -R -v DIR gives its own label back, where no container needs it any more; a container " +
			"gets a directory of its own"
	case diagnose.InsteadProcesses:
		return words.Sprintf("none is offered for %s, which is the type of all containers: run the one that is to see "+
			"the host with the type spc_t", source)
	case diagnose.InsteadMount:
		return words.Sprintf("the mount option context= with the label of volumes; a rule would be for all containers "+
			"and all files labelled %s", target)
	case diagnose.InsteadDevice:
		return words.Sprintf("none is offered for %s, which is the type of all containers: udica makes a policy for "+
			"this one; container_use_devices=on, where the policy has it, is for all", source)
	case diagnose.InsteadStale:
		return words.Sprintf("remove the socket and restart its service with systemctl; a rule for %s would be for "+
			"the sockets of all users", target)
	case diagnose.InsteadRun:
		return words.Sprintf("the socket belongs in a directory of the service in /run (RuntimeDirectory= of its "+
			"unit, or tmpfiles.d): a rule would be for all sockets labelled %s", target)
	case diagnose.InsteadLocal:
		return words.Sprintf("install the program on a disk of the system (/usr/local/bin); a rule would let %s start "+
			"all files labelled %s", source, target)
	case diagnose.InsteadRole:
		return words.Sprintf("a role for administrators (sudo -r sysadm_r); a rule for %s would be for all its users",
			source)
	case diagnose.InsteadBoot:
		return "label the whole system (fixfiles onboot) and restart it; a rule or boolean for kernel_t would be for " +
			"the kernel and all programs"
	}
	return ""
}
