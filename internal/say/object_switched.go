package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// switchedEffect says what a boolean does: for code in memory what the subject itself may then do, and that it is the
// other domains that the effect counts.
func (x *AccessFixes) switchedEffect(f *object.Fix, effect string) string {
	if len(f.Gain) == 0 {
		effect = strings.Replace(effect, "nobody gains", "no other domain gains", 1)
	}
	if x.Query.Class != "process" || !slices.Contains(x.Query.Perms, "execmem") {
		return effect
	}
	return words.Sprintf("all processes of %s may then run code from writable memory; %s", x.subject(), effect)
}

// placeListed is the fix of a directory of the system that a service is to list, where the one boolean for that opens
// most files of the system: a rule for the directory opens their names alone. It is "" for others.
func (x *AccessFixes) placeListed(f *object.Fix) string {
	if !f.Wide() || x.Query.Class != "dir" || x.homely() || !object.IsPlace(x.target()) || changes(x.Query.Perms) ||
		x.target() == "mnt_t" { // what is served from there is what such a boolean is for
		return ""
	}
	return words.Sprintf("an allow rule for this label alone, by which %s sees the names there (senet why --allow "+
		"writes it), and a newer policy may have it; the boolean for it, %s, opens most files of the system",
		x.subject(), Settings(x.Policy, f.Bools, " and "))
}
