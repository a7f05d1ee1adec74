package say

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// findText says how to find the file that a fix labels, where the record has its inode and not its path.
func findText(it *incident.Finding, fix string) string {
	a := it.AVC
	if a == nil || a.Ino == 0 || !object.IsFile(a.TClass) || it.Denial.File == nil || it.Denial.File.Path != "" ||
		knowsScript(it.Denial) || strings.HasPrefix(fix, "none, unless") || !onHost(it) ||
		strings.Contains(fix, ofDaemon) || // which labels another file
		!strings.Contains(fix, "restorecon") && !strings.Contains(fix, "semanage fcontext") ||
		slices.Contains([]string{"proc", "sysfs", "tmpfs", "devtmpfs", "devpts", "rootfs", "overlay",
			"pipefs", "sockfs", "anon_inodefs", "mqueue"}, a.Dev) {
		return ""
	}
	find := shell.New("find").Arg("/").Flag("-xdev").Option("-inum", strconv.FormatUint(a.Ino, 10))
	if a.Dev == "" {
		return find.String()
	}
	return words.Sprintf("%s (in place of / the mount point of %s, if it is another)", find, a.Dev)
}

// onHost reports whether the file of a denial is one of the host: not one of the image of a container.
func onHost(it *incident.Finding) bool {
	return !strings.Contains(audit.ContextType(it.AVC.SContext), "container") ||
		it.Denial.Instead == diagnose.InsteadHostPath
}

// knowsScript reports whether the path of a script or file is known by the text although the record has none.
func knowsScript(d *diagnose.Diagnosis) bool {
	if d.Elsewhere != nil {
		d = d.Elsewhere
	}
	return d.Script != nil && d.Script.Path != "" || d.ByHand != nil
}

// imageText says how the images of virtual machines get their labels, where one has none that tells its purpose; "" for
// other files. libvirt labels the disks of a machine itself when it starts.
func (l *Log) imageText(it *incident.Finding) string {
	a, d := it.AVC, it.Denial
	if a == nil || d == nil || d.File == nil || d.Verdict == diagnose.NowAllowed || d.File.Wanted != "" ||
		!isMachine(audit.ContextType(a.SContext)) && !managesImages(a) {
		return ""
	}
	target := audit.ContextType(a.TContext)
	if !d.File.Lost && !(object.IsPlace(target) && !strings.Contains(target, "home")) {
		return ""
	}
	dir := "DIR"
	if path.IsAbs(d.File.Path) {
		if dir = d.File.Path; a.TClass != "dir" {
			dir = path.Dir(dir)
		}
	}
	text := words.Sprintf("label the directory of the images: %s; %s; libvirt gives a disk svirt_image_t and the "+
		"categories of its machine itself, when the machine starts",
		labelEntry(l.Report, "virt_image_t", dir+"(/.*)?", ""),
		shell.New("restorecon", "-R", "-v").Arg(dir))
	if d.File.Lost && target == "unlabeled_t" {
		text += "; unlabeled_t is the label of what has no valid one, as files that were made while SELinux was off " +
			"or on another system: label the whole directory, not one file"
	}
	return text
}

// managesImages reports whether a daemon of libvirt was refused a pool of images, or an image by its name or by the
// program that makes it.
func managesImages(a *audit.AVC) bool {
	switch audit.ContextType(a.SContext) {
	case "virtstoraged_t":
		return a.TClass == "file" || a.TClass == "dir"
	case "virtd_t", "virtqemud_t":
		name := cmp.Or(a.Path, a.Name)
		return strings.HasPrefix(a.Comm, "qemu-img") || slices.Contains([]string{".qcow2", ".img", ".iso", ".raw",
			".vmdk", ".vdi", ".qed"}, strings.ToLower(path.Ext(name)))
	}
	return false
}

// isMachine reports whether a domain is one of virtual machines.
func isMachine(domain string) bool { return domain == "svirt_t" || domain == "svirt_tcg_t" }
