package kernel

import "strings"

// A knownDifference is one between what senet and a kernel take that was looked
// at and stays; docs/kernel-notes.md has the reasons at length.
type knownDifference struct {
	// senet is part of senet's reason, or "takes it".
	senet string
	// kernel is part of the kernel's reason, or "takes it".
	kernel string
	// dies says that the kernel does not survive it, rare that it mostly does.
	dies, rare bool
	reason     string
}

// knownDifferences returns those of a kernel.
func knownDifferences(v Version) []knownDifference {
	const (
		takes = "takes it"
		crash = "the kernel loads it and stops when it comes to use it"
		loose = "the kernel does not look at it when it loads a policy; senet wants values that exist, so that " +
			"nothing else need check them"
		odd     = "no compiler writes it so, and Decode keeps only what Encode can write again"
		younger = "a check that this kernel does not have and later ones do"
	)
	list := []knownDifference{
		{senet: takes, kernel: rejectsUnknown, reason: "what a policy must define depends on the kernel"},
		{senet: takes, kernel: "does not match my version range",
			reason: "a version that this kernel does not know yet"},
		{senet: "has no symbol", kernel: takes, reason: crash},
		{senet: "has no symbol", dies: true, reason: crash},
		{senet: "which has no symbol", dies: true, reason: crash},
		{senet: "a constraint compares", kernel: takes, reason: crash},
		{senet: "a constraint compares", dies: true, reason: crash},
		{senet: "bounds type N is not in", dies: true, reason: crash},
		{senet: "bounds role N is not in", dies: true, reason: crash},
		{senet: "bounds user N is not in", dies: true, reason: crash},
		{senet: "a role that the user which bounds it does not have", dies: true, rare: true,
			reason: "the kernel refuses it and stops when it names a role beyond the table"},
		{senet: "a type that the role which bounds it may not have", dies: true, rare: true,
			reason: "the kernel refuses it and stops when it names a type beyond the table"},
		{senet: "Decode: decode users: record N at offset N: sensitivity", kernel: takes, reason: loose},
		{senet: "Decode: decode users: record N at offset N: category", kernel: takes, reason: loose},
		{senet: "Decode: decode sensitivities: record N at offset N: category", kernel: takes, reason: loose},
		{senet: "Decode: decode types: record N at offset N: type N", kernel: takes, reason: loose}, // of an alias
		{senet: "Decode: decode types: record N at offset N: bounds type N", kernel: takes, reason: loose},
		{senet: "an attribute beyond the number of types", kernel: takes, reason: loose},
		{senet: "Decode: decode filename_transitions: record N at offset N: source type", kernel: takes, reason: loose},
		{senet: "Decode: decode filename_transitions: record N at offset N: resulting type", kernel: takes,
			reason: loose},
		{senet: "the resulting type does not exist", kernel: takes, reason: loose},
		{senet: "Decode: decode avtab: record N at offset N: resulting type", kernel: takes, reason: loose},
		{senet: "Decode: decode conditionals: record N at offset N: resulting type", kernel: takes, reason: loose},
		{senet: "Decode: decode conditionals: record N at offset N: boolean", kernel: takes, reason: loose},
		{senet: "symbols; at most", kernel: takes, reason: loose},
		{senet: "bitmap: high bit", kernel: takes, reason: odd},
		{senet: "bitmap: a node's first bit", kernel: takes, reason: odd},
		{senet: "not exactly one kind of rule", kernel: takes, reason: odd},
		{senet: "extended permissions in a conditional", kernel: takes,
			reason: "kernels since Linux 6.14 refuse it in versions before 34"},
		{senet: "range of N levels", kernel: takes, reason: odd},
	}
	if v == Linux6_1 {
		list = append(list,
			knownDifference{senet: "is declared and not defined", kernel: takes, reason: younger},
			knownDifference{senet: "is declared and not defined", dies: true, reason: crash},
			knownDifference{senet: "Decode: decode classes: record N at offset N: permission N", kernel: takes,
				reason: younger},
			knownDifference{senet: "Decode: decode classes: record N at offset N: permission N", dies: true,
				reason: crash},
			knownDifference{senet: "Decode: decode commons: record N at offset N: permission N", kernel: takes,
				reason: younger},
			knownDifference{senet: "Decode: decode commons: record N at offset N: permission N", dies: true,
				reason: crash},
			knownDifference{senet: "Decode: decode sensitivities: record N at offset N: sensitivity N", kernel: takes,
				reason: younger}, // of an alias
			knownDifference{senet: "Decode: decode categories: record N at offset N: category N", kernel: takes,
				reason: younger},
			knownDifference{senet: "role N may not have type N", kernel: takes,
				reason: "of two roles with one value it keeps the other: its hash is another"},
			knownDifference{senet: "two permissions have the value", kernel: takes, reason: younger},
			knownDifference{senet: "two permissions have the value", dies: true, reason: crash},
			knownDifference{senet: "an access vector holds", kernel: takes, reason: younger},
			knownDifference{senet: "an access vector holds", dies: true, reason: crash},
			knownDifference{senet: "alias is N, not N or N", kernel: takes, reason: younger},
			knownDifference{senet: "alias is N, not N or N", dies: true, reason: crash},
			knownDifference{senet: "Decode: decode genfscon: record N at offset N: class", kernel: takes,
				reason: younger},
			knownDifference{senet: "a default that does not exist", kernel: takes, reason: younger},
			knownDifference{senet: "bitmap: the high bit is not the end", kernel: takes, reason: younger},
			knownDifference{senet: "bitmap: a node without bits", kernel: takes, reason: younger},
			knownDifference{senet: "protocol N port N-N is out of range", kernel: takes, reason: younger},
			knownDifference{senet: "portcon: record N: ports N-N", kernel: takes, reason: younger},
			knownDifference{senet: "have no label", kernel: takes, reason: "a fault that later kernels have"},
			knownDifference{senet: "Decode: decode avtab: record N at offset N: target type", kernel: takes,
				reason: younger},
			knownDifference{senet: "Decode: decode conditionals: record N at offset N: target type", kernel: takes,
				reason: younger},
			knownDifference{senet: "Decode: decode avtab: record N at offset N: source type", kernel: takes,
				reason: younger},
			knownDifference{senet: "Decode: decode conditionals: record N at offset N: source type", kernel: takes,
				reason: younger},
			knownDifference{senet: "Decode: decode avtab: record N at offset N: class", kernel: takes, reason: younger},
			knownDifference{senet: "Decode: decode conditionals: record N at offset N: class", kernel: takes,
				reason: younger},
		)
	}
	return list
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
