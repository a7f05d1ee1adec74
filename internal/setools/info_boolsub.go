package setools

import (
	"bufio"
	"os"
	"strings"

	"github.com/senet-selinux/senet/internal/policyfile"
)

// substituteBool returns the present name of a boolean that was renamed, as this machine's booleans.subs_dist has it, or the name
// itself. It mirrors selinux_boolean_sub of libselinux.
func substituteBool(name string) string {
	if name == "" {
		return ""
	}
	f, err := os.Open("/etc/selinux/" + policyfile.Type("") + "/booleans.subs_dist")
	if err != nil {
		return name
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) >= 2 && !strings.HasPrefix(fields[0], "#") && fields[0] == name {
			return fields[1]
		}
	}
	return name
}
