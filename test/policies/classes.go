package policies

import (
	_ "embed"
	"slices"
	"strings"
)

// classTable names the initial SIDs, commons, classes and permissions that
// Linux and its user space object managers check, in the order of their values:
// "sid NAME", "common NAME: PERM...", "class NAME [COMMON]: PERM...".
//
//go:embed classes.txt
var classTable string

// classSet is an ordered part of classTable.
type classSet struct {
	sids    []string
	commons []class
	classes []class
}

type class struct {
	name, common string
	perms        []string
}

// parseClasses returns classTable, or the classes of it named in only, with the
// commons those inherit.
func parseClasses(only ...string) classSet {
	var all classSet
	for line := range strings.Lines(classTable) {
		head, perms, _ := strings.Cut(strings.TrimSpace(line), ":")
		words := strings.Fields(head)
		c := class{name: words[1], perms: strings.Fields(perms)}
		switch {
		case words[0] == "sid":
			all.sids = append(all.sids, words[1])
		case words[0] == "common":
			all.commons = append(all.commons, c)
		default:
			if len(words) > 2 {
				c.common = words[2]
			}
			all.classes = append(all.classes, c)
		}
	}
	if len(only) == 0 {
		return all
	}
	all.classes = slices.DeleteFunc(all.classes, func(c class) bool { return !slices.Contains(only, c.name) })
	all.commons = slices.DeleteFunc(all.commons, func(common class) bool {
		return !slices.ContainsFunc(all.classes, func(c class) bool { return c.common == common.name })
	})
	return all
}

// allPerms returns the permissions of the class, those of its common first.
func (s classSet) allPerms(name string) []string {
	for _, c := range s.classes {
		if c.name != name {
			continue
		}
		for _, common := range s.commons {
			if common.name == c.common {
				return append(slices.Clone(common.perms), c.perms...)
			}
		}
		return c.perms
	}
	return nil
}

// write writes the declarations a policy.conf begins with.
func (s classSet) write(w *strings.Builder) {
	for _, c := range s.classes {
		line(w, "class ", c.name)
	}
	for _, sid := range s.sids {
		line(w, "sid ", sid)
	}
	for _, c := range s.commons {
		line(w, "common ", c.name, " { ", strings.Join(c.perms, " "), " }")
	}
	for _, c := range s.classes {
		text := "class " + c.name
		if c.common != "" {
			text += " inherits " + c.common
		}
		if len(c.perms) > 0 {
			text += " { " + strings.Join(c.perms, " ") + " }"
		}
		line(w, text)
	}
}

// line writes the parts and a newline.
func line(w *strings.Builder, parts ...string) {
	for _, part := range parts {
		w.WriteString(part)
	}
	w.WriteByte('\n')
}
