// Package complete lists the words that are possible at a place of a command line: domains, labels
// of ports, booleans, classes, units. It takes names from the policy.
//
// Each list has the words that start with a prefix, in alphabetical or numerical order, with a
// short description of each.
package complete

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
)

// A Word is a completion. Text is a short description, which may be empty.
type Word struct{ Value, Text string }

// sorted sorts words and removes duplicates.
func sorted(list []Word) []Word {
	slices.SortFunc(list, func(a, b Word) int { return strings.Compare(a.Value, b.Value) })
	return slices.CompactFunc(list, func(a, b Word) bool { return a.Value == b.Value })
}

// Fixed returns the values that start with prefix.
func Fixed(prefix string, values ...string) []Word {
	var list []Word
	for _, v := range values {
		if strings.HasPrefix(v, prefix) {
			list = append(list, Word{Value: v})
		}
	}
	return list
}

// Domains returns the types that processes run as.
func Domains(p *policy.Policy, prefix string) []Word {
	var list []Word
	for _, id := range reach.Domains(p) {
		if name := p.TypeName(id); strings.HasPrefix(name, prefix) {
			w := Word{Value: name}
			if p.IsPermissive(id) {
				w.Text = "permissive"
			}
			list = append(list, w)
		}
	}
	return sorted(list)
}

// Types returns types and, if wanted, attributes.
func Types(p *policy.Policy, prefix string, attributes bool) []Word {
	var list []Word
	for id := range p.Types() {
		if name := p.TypeName(id); strings.HasPrefix(name, prefix) {
			list = append(list, Word{Value: name})
		}
	}
	if attributes {
		for id := range p.AllAttributes() {
			if name := p.TypeName(id); strings.HasPrefix(name, prefix) {
				list = append(list, Word{name, "attribute"})
			}
		}
	}
	return sorted(list)
}

// Bools returns the booleans with their values. With setting, each is listed twice, as NAME=on and
// NAME=off, the value that it does not have first.
func Bools(p *policy.Policy, prefix string, setting bool) []Word {
	var list []Word
	for id := range p.Bools() {
		name := p.BoolName(id)
		now, other := "off", "on"
		if p.BoolState(id) {
			now, other = other, now
		}
		switch {
		case !setting && strings.HasPrefix(name, prefix):
			list = append(list, Word{name, now})
		case setting && strings.HasPrefix(name+"=", prefix), setting && strings.HasPrefix(prefix, name+"="):
			for _, value := range []string{other, now} {
				if v := name + "=" + value; strings.HasPrefix(v, prefix) {
					list = append(list, Word{v, "is " + now})
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Word) int {
		return strings.Compare(before(a.Value), before(b.Value))
	})
	return list
}

func before(setting string) string {
	name, _, _ := strings.Cut(setting, "=")
	return name
}

// Classes returns the object classes.
func Classes(p *policy.Policy, prefix string) []Word {
	var list []Word
	for id := range p.Classes() {
		if name := p.ClassName(id); strings.HasPrefix(name, prefix) {
			list = append(list, Word{name, fmt.Sprintf("%d permissions", len(p.Perms(id)))})
		}
	}
	return sorted(list)
}

// Perms returns the permissions of a class, or those of all classes if it is "". prefix may have
// several, separated by commas: the last one is completed.
func Perms(p *policy.Policy, class, prefix string) []Word {
	done := prefix[:strings.LastIndexByte(prefix, ',')+1]
	var list []Word
	for id := range p.Classes() {
		if class != "" && p.ClassName(id) != class {
			continue
		}
		for _, perm := range p.Perms(id) {
			if strings.HasPrefix(perm, prefix[len(done):]) {
				list = append(list, Word{Value: done + perm})
			}
		}
	}
	return sorted(list)
}
