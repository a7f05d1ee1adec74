package say

import (
	"slices"

	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/subject"
)

// runtimeText says what to do where the engine of containers is refused something in the root of a container, which it
// does as source on what is labelled target.
func runtimeText(source, target string, perms []string) string {
	const update = "update the policy for containers (container-selinux, or the package of the cluster: k3s-selinux, " +
		"rke2-selinux)"
	without := ""
	switch {
	case slices.Contains(perms, "mounton"):
		without = "; it is not asked for a container without that mount"
	case slices.Contains(perms, "relabelfrom"), slices.Contains(perms, "relabelto"):
		without = "; with --security-opt label=disable or without :z, the engine leaves labels alone"
	}
	if subject.IsLeftover(source) {
		return words.Sprintf("start the engine in its domain, container_runtime_t (%s shows it), not as %s: %s, then "+
			"%s for the programs of the engine (%s first for those in an unusual place), and restart it; no rule for "+
			"%s%s",
			shell.New("ps", "-eZ"), source, update, shell.New("restorecon", "-v", "FILE"),
			shell.New("semanage", "fcontext", "-a", "-t", "container_runtime_exec_t", "FILE"), source, without)
	}
	return words.Sprintf("%s, in which the rule for %s and %s is missing, and report it if the newest lacks it; until "+
		"then a module with that rule (senet why --allow)%s; the domain of the container is not asked", update, source,
		target, without)
}
