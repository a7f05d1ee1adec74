package setools

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// parseRange reads a range as SETools does. It drops blanks around a level and ignores what follows a second dash.
// A span of categories whose ends descend stands for its two ends only. The error is an *Exit with SETools' text.
func parseRange(p *policy.Policy, text string) (policy.Range, error) {
	if !p.MLS() {
		return policy.Range{}, failure("") // SETools has no message
	}
	invalid := func(reason string) error {
		return failure(argparse.Printable(text) + " is not a valid range (" + reason + ")")
	}
	levels := strings.Split(text, "-")
	low, reason := parseLevel(p, strings.TrimSpace(levels[0]))
	if reason != "" {
		return policy.Range{}, withStop(invalid(reason))
	}
	high := low
	if len(levels) > 1 {
		if high, reason = parseLevel(p, strings.TrimSpace(levels[1])); reason != "" {
			return policy.Range{}, withStop(invalid(reason))
		}
	}
	if !policy.Dominates(high, low) {
		return policy.Range{}, invalid(string(appendInfoLevel(nil, p, &low)) + " is not dominated by " +
			string(appendInfoLevel(nil, p, &high)))
	}
	return policy.Range{Low: low, High: high, Single: policy.SameLevel(low, high)}, nil
}

// withStop ends the message in a full stop, as SETools does for all reasons but one.
func withStop(err error) error {
	exit := err.(*Exit)
	return failure(strings.TrimSuffix(exit.Stdout, "\n") + ".")
}

// parseLevel reads a level; reason is SETools' complaint, "" if there is none.
func parseLevel(p *policy.Policy, text string) (level policy.Level, reason string) {
	invalid := func(why string) (policy.Level, string) { //nolint:unparam // so that callers return it as it is
		return policy.Level{}, argparse.Printable(text) + " is not a valid level (" + why + ")"
	}
	parts := strings.Split(text, ":")
	sens, ok := p.Sensitivity(parts[0])
	if !ok {
		return invalid(argparse.Printable(parts[0]) + " is not a valid sensitivity")
	}
	level.Sens = uint32(sens)
	if len(parts) == 1 {
		return level, ""
	}
	var cats []uint32
	for group := range strings.SplitSeq(parts[1], ",") {
		ends := strings.Split(group, ".")
		if len(ends) > 2 {
			return invalid("level parsing error")
		}
		first, okFirst := p.Category(ends[0])
		last, okLast := p.Category(ends[len(ends)-1])
		if !okFirst || !okLast {
			what := " is not a valid category"
			if len(ends) == 2 {
				what += " range"
			}
			return invalid(argparse.Printable(group) + what)
		}
		cats = append(cats, uint32(first)-1, uint32(last)-1)
		for c := first; c < last; c++ {
			cats = append(cats, uint32(c)-1)
		}
	}
	slices.Sort(cats)
	level.Cats = policydb.BitmapOf(slices.Compact(cats)...)
	if info := p.SensitivityInfo(sens); info != nil && !policy.Dominates(info.Level, level) {
		return invalid("one or more categories are not associated with the sensitivity")
	}
	return level, ""
}
