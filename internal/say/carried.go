package say

import (
	"slices"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/remedy/object"
)

// carriedFirst comes before a boolean for a file whose path is not known and whose label is that of homes or of files
// in /tmp, which it keeps where it is moved; "" for others.
func (x *AccessFixes) carriedFirst(it *incident.Finding) string {
	d := it.Denial
	if d.Class != "file" && d.Class != "lnk_file" || d.File == nil || d.File.Path != "" || x.Problem.Path != "" ||
		it.AVC == nil || it.AVC.Dev == "tmpfs" || object.IsVisitor(x.subject()) || d.Noted(diagnose.NoteVolume) ||
		slices.Contains(d.Permissions, "create") {
		return ""
	}
	switch x.target() {
	case "user_home_t", "admin_home_t":
		return "the file first, as the label tells only where it was made: outside of homes restorecon -v FILE gives " +
			"it its own label (what is moved, mv, keeps that of homes); in a home, move it to where the service has " +
			"its files, or "
	case "tmp_t", "user_tmp_t":
		return "the file first, as the label tells only where it was made: outside of /tmp restorecon -v FILE gives " +
			"it its own label (what is moved, mv, keeps that of /tmp); in /tmp, "
	}
	return ""
}
