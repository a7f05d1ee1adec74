package say

import (
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// keptLabel says what to do about a program that is refused to remove a label: it leaves labels alone, as backups and
// copies can be told to.
func keptLabel(name string) string {
	if name == "" {
		name = "FILE"
	}
	return words.Sprintf("let the program leave that attribute alone: restic restore --exclude-xattr "+
		"security.selinux, tar --xattrs-exclude=security.selinux, rsync without -X, or what it has for that; then "+
		"the files get the labels of their places: %s", shell.New("restorecon", "-R", "-v").Arg(name))
}
