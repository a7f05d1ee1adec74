package say

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// engineText says what is to be done about the engine of containers, where the label of a file tells that it does not
// label them.
func engineText(i diagnose.Instead, target string) string {
	if i == diagnose.InsteadMade {
		return words.Sprintf("update the engine (cri-o, containerd, podman, docker), which is to label that file for "+
			"the "+
			"container; until then %s, where FILE is the engine's, in its directory in /run (findmnt in the container "+
			"names it); the file of the host keeps its label, and no :z is for it", shell.New("chcon", "-t",
			"container_file_t", "FILE"))
	}
	return words.Sprintf("give the engine its domain and have it label containers: install container-selinux (for k3s "+
		"and rke2 k3s-selinux, rke2-selinux), turn SELinux on in the engine (containerd: enable_selinux = true in its "+
		"config.toml; docker: \"selinux-enabled\": true in daemon.json; k3s: --selinux), %s on its programs and %s "+
		"on its "+
		"storage (where that was moved, first %s), and restart it; a privileged container then runs as spc_t; no rule "+
		"for %s, and no restorecon of the host's files for a path in the container", shell.New("restorecon", "-v"),
		shell.New("restorecon", "-R", "-F"),
		shell.New("semanage", "fcontext", "-a").Option("-e", "/var/lib/containers").Arg("STORAGE"), target)
}

// ownPolicyOf is ownPolicy of a finding.
func ownPolicyOf(it *incident.Finding) string {
	a := it.AVC
	return ownPolicy(it.Denial.Instead, audit.ContextType(a.SContext), audit.ContextType(a.TContext), a.TClass,
		it.Denial.Permissions)
}

// ownPolicy says what to do for a container with a policy of its own; class is "" where it is not known.
func ownPolicy(i diagnose.Instead, source, target, class string, perms []string) string {
	rule := words.Sprintf("(allow process %s (%s (%s)))", target, class, strings.Join(perms, " "))
	if class == "" {
		rule = words.Sprintf("(allow process %s (CLASS (PERMISSION)))", target)
	}
	const again = "the .cil loaded again with the templates of udica (semodule -i)"
	if i == diagnose.InsteadSocket {
		return words.Sprintf("start it with --security-opt label=disable, as the socket of an engine gives it all "+
			"that "+
			"the engine's user may anyway; or a line in the .cil of its policy: %s, and %s, which opens all sockets "+
			"of %s "+
			"to it", rule, again, target)
	}
	text := words.Sprintf("a line in the .cil of its policy, in the block of %s: %s, and %s", source, rule, again)
	switch class {
	case "dir", "file", "lnk_file":
		text = "a directory that is for containers alone is mounted with :Z (for this one) or :z; else " + text
	}
	return text
}
