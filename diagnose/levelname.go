package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// The names that mcstrans gives the lowest and the highest level in the files of all distributions (setrans.conf).
const (
	systemLow  = "SystemLow"
	systemHigh = "SystemHigh"
)

// plainLevels writes a context with the levels that SystemLow and SystemHigh name. The kernel writes levels; programs
// that go through libselinux, as sealert and ls, write the names of mcstrans.
func (g *Diagnoser) plainLevels(context string) string {
	levels := levelsOf(context)
	if !strings.Contains(levels, "System") || !g.p.MLS() {
		return context
	}
	low, high, two := strings.Cut(levels, "-")
	text := g.plainLevel(low)
	if two {
		text += "-" + g.plainLevel(high)
	}
	return strings.TrimSuffix(context, levels) + text
}

func (g *Diagnoser) plainLevel(name string) string {
	list := slices.Collect(g.p.Sensitivities())
	switch {
	case len(list) == 0:
	case name == systemLow:
		return g.p.SensitivityName(list[0])
	case name == systemHigh:
		last := g.p.SensitivityInfo(list[len(list)-1])
		level := policy.Level{Sens: last.Level.Sens, Cats: last.Level.Cats}
		return g.p.FormatRange(policy.Range{Low: level, High: level, Single: true})
	}
	return name
}

// levelsOf returns the levels of a context, "" if it has none.
func levelsOf(context string) string {
	parts := strings.SplitN(context, ":", 4)
	if len(parts) < 4 {
		return ""
	}
	return parts[3]
}

// IsLevelName reports whether a level is written as a name that only setrans.conf of its host explains: levels of
// policies begin with s and a number.
func IsLevelName(levels string) bool {
	for level := range strings.SplitSeq(levels, "-") {
		plain := len(level) > 1 && level[0] == 's' && level[1] >= '0' && level[1] <= '9'
		if level != "" && !plain && level != systemLow && level != systemHigh {
			return true
		}
	}
	return false
}

// LevelNamed reports whether a context has such a name.
func LevelNamed(context string) bool { return IsLevelName(levelsOf(context)) }

// noteLevelNames lists what the names of levels in a record are taken for.
func (g *Diagnoser) noteLevelNames(d *Diagnosis, a *audit.AVC) {
	for _, context := range [...]string{a.SContext, a.TContext} {
		levels := levelsOf(context)
		text := ""
		if plain := levelsOf(g.plainLevels(context)); plain != levels {
			text = fmt.Sprintf("%s is how mcstrans names a level: taken as %s", levels, plain)
		} else if IsLevelName(levels) {
			text = fmt.Sprintf("%s is a name for a level, which setrans.conf of that host explains: the lowest level "+
				"is taken", levels)
		}
		assumed := network.Assumption{Code: network.AssumedLevelName, Text: text}
		if text != "" && !slices.Contains(d.Assumptions, assumed) {
			d.Assumptions = append(d.Assumptions, assumed)
		}
	}
}
