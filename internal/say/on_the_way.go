package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/words"
)

// onTheWay is optional for the search of a directory, which is asked on the way to what is there: the use comes next.
const onTheWay = "none, unless something fails by it: search is asked on the way to a file, and the file or the next " +
	"directory comes in the next record"

// wayOfSearch says in place of optional what a refused search tells, which is never the whole access.
func wayOfSearch(it *incident.Finding, text string) string {
	d := it.Denial
	if d == nil || d.Class != "dir" || !slices.Contains(d.Permissions, "search") || it.Event == nil ||
		it.Event.Syscall != nil && it.Event.Syscall.Name == "statfs" || !strings.Contains(text, optional) ||
		it.AVC == nil || it.AVC.Dev == "proc" || it.AVC.Dev == "sysfs" ||
		strings.Contains(it.AVC.TContext, ":sysctl_") {
		return text // who looks around in the file systems of the kernel does without
	}
	way := onTheWay
	if d.File != nil && d.File.Path == "" && strings.Contains(it.AVC.TContext, ":user_home_t") {
		way += words.Sprintf("; outside of homes restorecon -R -v DIR gives the directory its own label (what is " +
			"moved, mv, keeps that of homes), and in a home what the service needs is to be moved to where it has " +
			"its files")
	}
	return strings.Replace(text, optional, way, 1)
}
