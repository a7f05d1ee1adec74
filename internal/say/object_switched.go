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
