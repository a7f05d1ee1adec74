package say

import (
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydiff"
)

// entered groups the domains that may enter others by the entered domains and their
// powers.
func (d *differ) entered(list []policydiff.Entry) {
	if len(list) == 0 {
		return
	}
	d.section("domains that others can enter now")
	type group struct {
		domain, how, powers string
		sources             []string
	}
	var groups []group
	for i := range list {
		x := &list[i]
		how, powers := enteredHow(x), enteredPowers(x)
		n := len(groups)
		if n == 0 || groups[n-1].domain != x.Domain || groups[n-1].how != how || groups[n-1].powers != powers {
			groups = append(groups, group{domain: x.Domain, how: how, powers: powers})
		}
		last := &groups[len(groups)-1]
		last.sources = append(last.sources, x.Source)
	}
	for _, g := range groups[:d.some(len(groups))] {
		d.b.Printf("  %s\n", words.Wrap(words.Sprintf("%s %s: %s", g.domain, g.how, d.some10(g.sources)), 6))
		d.b.Printf("      %s\n", words.Wrap(words.Sprintf("%s %s", g.domain, g.powers), 6))
	}
	d.rest(len(groups))
}

func enteredHow(x *policydiff.Entry) string {
	if x.Dynamic {
		return "without a program"
	}
	return "by a program"
}

// enteredPowers says what the entered domain may do that the source may not.
func enteredPowers(x *policydiff.Entry) string {
	var powers []string
	for _, code := range x.Powers {
		powers = append(powers, Danger(code))
	}
	return strings.Join(powers, ", ")
}

// Entered says that a domain can enter another.
func Entered(x *policydiff.Entry) string {
	return words.Sprintf("%s can enter %s %s, which %s", x.Source, x.Domain, enteredHow(x), enteredPowers(x))
}

// files lists the path patterns that get another label.
func (d *differ) files(list []policydiff.FileLabel) {
	if len(list) == 0 {
		return
	}
	d.section("labels of files")
	for i := range list[:d.some(len(list))] {
		d.b.Printf("  %s\n", FileLabel(&list[i]))
	}
	d.rest(len(list))
}

// FileLabel describes the change of the label for a path pattern.
func FileLabel(l *policydiff.FileLabel) string {
	kind := ""
	if l.Kind != 0 {
		kind = " -" + string(rune(l.Kind))
	}
	before, after := typeOf(l.Before), typeOf(l.After)
	if before == after {
		before, after = l.Before, l.After
	}
	switch {
	case l.Before == "":
		return words.Sprintf("+ %s%s %s", l.Pattern, kind, after)
	case l.After == "":
		return words.Sprintf("- %s%s %s", l.Pattern, kind, before)
	}
	return words.Sprintf("* %s%s is %s, was %s", l.Pattern, kind, after, before)
}
