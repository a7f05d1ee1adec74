package policies

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// smallText is a policy.conf in which a line that begins with "@COND[,COND] "
// holds only where every condition does: "mls", a target's name, or the lowest
// policy version that can write it. %L is a level, %H a range, %R and %r a
// user's wide and narrow default level and range.
//
//go:embed small.conf
var smallText string

// Small returns the path of a small binary policy of our own that fills every
// section the version and target have, with and without MLS. SmallVersions
// names the versions there are.
func Small(version int, target string, mls bool) (string, error) {
	source, err := SmallSource(version, target, mls)
	if err != nil {
		return "", err
	}
	return Compile(source, Options{Version: version, Target: target, MLS: mls, HandleUnknown: "reject"})
}

// SmallVersions returns the policy versions that Small can make, the newest
// first: MLS came with version 19, and for Xen libsepol knows 24 and 30 only.
func SmallVersions(target string, mls bool) []int {
	if target == Xen {
		return []int{30, 24}
	}
	lowest := 15
	if mls {
		lowest = 19
	}
	var versions []int
	for v := 33; v >= lowest; v-- {
		versions = append(versions, v)
	}
	return versions
}

// SmallSource returns the policy.conf that Small compiles.
func SmallSource(version int, target string, mls bool) ([]byte, error) {
	var w strings.Builder
	for text := range strings.Lines(smallText) {
		if conds, rest, ok := strings.Cut(text, " "); ok && strings.HasPrefix(conds, "@") {
			holds := true
			for _, cond := range strings.Split(conds[1:], ",") {
				switch cond {
				case "mls":
					holds = holds && mls
				case SELinux, Xen:
					holds = holds && cond == target
				default:
					lowest, err := strconv.Atoi(cond)
					if err != nil {
						return nil, fmt.Errorf("small.conf: %q: %w", text, err)
					}
					holds = holds && version >= lowest
				}
			}
			if !holds {
				continue
			}
			text = rest
		}
		w.WriteString(text)
	}
	levels := []string{"%L", "", "%H", "", "%R", "", "%r", ""}
	if mls {
		levels = []string{"%L", ":s0", "%H", ":s0 - s1:c0.c2", "%R", " level s0 range s0 - s2:c0.c70", "%r",
			" level s1:c0 range s1 - s1:c0.c1"}
	}
	return []byte(strings.NewReplacer(levels...).Replace(w.String())), nil
}
