package say

import (
	"strings"

	"github.com/senet-selinux/senet/portset"
)

// Ports writes a set of ports with commas.
func Ports(ports portset.Set) string {
	texts := make([]string, len(ports))
	for i, in := range ports {
		texts[i] = in.String()
	}
	return strings.Join(texts, ", ")
}

// SomePorts writes a set of ports, the first twelve ranges of more.
func SomePorts(ports portset.Set) string {
	const most = 12
	text := Ports(ports[:min(most, len(ports))])
	if rest := len(ports) - most; rest > 0 {
		text += " and " + Plural(rest, "range") + " more"
	}
	return text
}
