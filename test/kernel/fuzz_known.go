package kernel

import "strings"

// A knownDifference is one between what senet and a kernel take that was looked
// at and stays; docs/kernel-notes.md has the reasons at length.
type knownDifference struct {
	// senet is part of senet's reason, or "takes it".
	senet string
	// kernel is part of the kernel's reason, or "takes it".
	kernel string
	// dies says that the kernel does not survive it.
	dies   bool
	reason string
}

// knownDifferences returns those of a kernel.
func knownDifferences(v Version) []knownDifference {
	return nil
}

// known returns why a difference is no news, "" if it is.
func known(version Version, v *LoadVerdict) string {
	matches := func(part, reason string) bool {
		if part == "takes it" {
			return reason == ""
		}
		return reason != "" && strings.Contains(reason, part)
	}
	for _, k := range knownDifferences(version) {
		if k.dies == v.Died && matches(k.senet, v.Senet) && (k.dies || matches(k.kernel, v.Kernel)) {
			return k.reason
		}
	}
	return ""
}
