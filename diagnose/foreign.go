package diagnose

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// foreign notes a file that is made with a label which the policy does not have (unlabeled_t stands for it): an
// archive, an image or a copy brought it along, or the directory has none either, whose label a new file gets.
func foreign(d *Diagnosis, a *audit.AVC) {
	if !a.Has("associate") || a.TClass != "filesystem" || d.Verdict == NowAllowed {
		return
	}
	if label := audit.ContextType(a.SContext); label != "unlabeled_t" {
		return
	}
	d.Instead = InsteadForeign
	text := "unlabeled_t stands for a label that the kernel's policy does not have: a new file gets it in a " +
		"directory that has it itself, and an archive, the layer of an image or a copy brings one along, as the " +
		"attribute security.selinux"
	if raw := strings.TrimSpace(a.SRawContext); raw != "" {
		text += " (here " + raw + ")"
	}
	d.note(NoteMeaning, text)
}
