package say

import (
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// assumedFile says why a file without a known path may have the label of a fix.
func (x *AccessFixes) assumedFile(f *object.Fix) string {
	text := words.Sprintf("if it is %s, file_contexts has this label for it (%s)", f.If, f.From)
	switch {
	case f.Alone:
		text = words.Sprintf("as a rule it is %s, the only path of this name there that file_contexts has a label for "+
			"(%s)", f.If, f.From)
	case x.Query.Class == "chr_file" || x.Query.Class == "blk_file":
		text += "; udev gives device files their labels when it makes them"
	case f.Homes:
		text += "; it knows homes in /home only: if they are in another directory DIR, that is to be equal to it"
	case strings.HasPrefix(f.If, "/etc/") || strings.HasPrefix(f.If, "/home/"):
		text += "; what is moved (mv) keeps the label of the place where it was made"
	default:
		text += words.Sprintf("; %s is the label of files that another service makes in /run: what made this one, as "+
			"a job of cron, did not run in the domain of the service whose work it does",
			x.target())
	}
	if !f.Works {
		text += "; but the policy does not allow the access with it"
	}
	return text
}

// assumedText is the fix of a file without a known path, in a line.
func (x *AccessFixes) assumedText(f *object.Fix) string {
	text := words.Sprintf("%s: %s", x.Title(f), x.assumedFile(f))
	for _, c := range x.Commands(f) {
		text += words.Sprintf("; %s", c)
	}
	return text
}
