package say

import (
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// storageText says what to do where the files of a container's own root have target, which is no label of theirs.
func storageText(target string) string {
	const no = "; neither :Z nor a rule is for that"
	moved := shell.New("semanage", "fcontext", "-a", "-e", "/var/lib/containers", "STORAGE")
	restore := shell.New("restorecon", "-R", "-v")
	switch {
	case diagnose.EngineStorage(target):
		return words.Sprintf("update the engine and the kernel (an overlay has the labels of SELinux since Linux 4.9) "+
			"and make the container anew, so that its files get the label of the container; if that changes "+
			"nothing, %s on the engine's storage (podman info: graphRoot, docker info: Docker Root Dir; if it was "+
			"moved, %s before) and make it anew once more", restore, moved) + no
	case strings.Contains(target, "home"):
		return words.Sprintf("restore the labels of the engine's storage: %s ~/.local/share/containers", restore) + no
	case target == "var_lib_t":
		return words.Sprintf("restore the labels of the engine's storage: %s /var/lib/containers", restore) + no
	case target == "unlabeled_t":
		return words.Sprintf("restore the labels of the engine's storage: %s /var/lib/containers (of Docker "+
			"/var/lib/docker); if it was moved (podman info: graphRoot, docker info: Docker Root Dir), %s and %s "+
			"STORAGE; then make the container anew", restore, moved, restore) + no
	}
	return words.Sprintf("give the engine's storage (podman info: graphRoot) the labels of the usual one: %s, then %s "+
		"STORAGE", moved, restore) + no
}
