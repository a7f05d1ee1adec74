package incident

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// order sorts what is so after what is not.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// looks reports whether a denial is only about a look at a file or the way to it, or about its attributes: where
// something fails, another denial is the likelier cause. Who looks at a program is about to start it.
func looks(f *Finding) bool {
	if f.AVC == nil || !isFile(f.AVC.TClass) && f.AVC.TClass != "filesystem" || len(f.AVC.Permissions) == 0 ||
		f.AVC.TClass == "file" && strings.HasSuffix(audit.ContextType(f.AVC.TContext), "_exec_t") {
		return false
	}
	for _, perm := range f.AVC.Permissions {
		if perm != "getattr" && perm != "search" && perm != "setattr" {
			return false
		}
	}
	return true
}
