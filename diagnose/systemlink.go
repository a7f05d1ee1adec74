package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/senet-selinux/senet/audit"
)

// systemLink notes a link of the system in its root directory: /media and /home are links where the system is an image
// (ostree), /bin and /lib where all is in /usr. Its label is that of its place, and to read a link opens no file.
func systemLink(d *Diagnosis, a *audit.AVC) {
	target := audit.ContextType(a.TContext)
	name := cmp.Or(a.Path, "/"+a.Name)
	if a.TClass != "lnk_file" || !only(a, "read", "getattr") || d.Verdict == NowAllowed || path.Dir(name) != "/" ||
		!slices.Contains(places(), target) && target != "home_root_t" && target != "root_t" ||
		!slices.Contains([]string{"bin", "home", "lib", "lib64", "media", "mnt", "opt", "ostree", "root", "run", "sbin",
			"srv", "tmp", "usr", "var"}, path.Base(name)) {
		return
	}
	d.Instead = InsteadLink
	d.note(NoteMeaning, fmt.Sprintf("it is a link in the root directory by its name, as a system has them that is "+
		"an image (/media to /run/media): %s is its right label, and who reads a link reads where it leads, no file",
		target))
}
