package setools

import (
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// substituteBool returns the present name of a boolean that was renamed, according to this machine's
// booleans.subs_dist. Without an entry there it returns the name itself. It mirrors selinux_boolean_sub of
// libselinux.
func substituteBool(name string) string {
	if name == "" {
		return ""
	}
	var machine sysroot.Root
	text, err := machine.ReadFile("/etc/selinux/"+machine.SELinuxType()+"/booleans.subs_dist", sysroot.MaxConfig)
	if err != nil {
		return name
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) >= 2 && !strings.HasPrefix(fields[0], "#") && fields[0] == name {
			return fields[1]
		}
	}
	return name
}
