package policytest

import (
	"fmt"

	"github.com/senet-selinux/senet/cil"
)

// parseCIL reads the neverallow and neverallowx statements of CIL. Attributes that the policy lacks
// may be defined next to them, by typeattribute and typeattributeset.
func parseCIL(text string) ([]Assertion, error) {
	statements, err := cil.Parse(text)
	if err != nil {
		return nil, err
	}
	sets := make(map[string][]cil.Node)
	for _, s := range statements {
		if is(s, "typeattributeset", 3) {
			sets[s.List[1].Atom] = append(sets[s.List[1].Atom], s.List[2])
		}
		if is(s, "typeattribute", 2) { // binary policies lack attributes without members
			sets[s.List[1].Atom] = append(sets[s.List[1].Atom], cil.List())
		}
	}
	var list []Assertion
	for _, s := range statements {
		var a Assertion
		switch {
		case is(s, "neverallow", 4):
			a, err = cilRule(s)
		case is(s, "neverallowx", 4):
			a, err = cilXRule(s)
		case is(s, "typeattributeset", 3), is(s, "typeattribute", 2), is(s, "expandtypeattribute", 3):
			continue
		default:
			return nil, fmt.Errorf("%v: %s is not a neverallow rule", s.Pos, s)
		}
		if err != nil {
			return nil, fmt.Errorf("%v: %w", s.Pos, err)
		}
		a.sets, a.text = sets, s.String()
		list = append(list, a)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("there is no rule")
	}
	return list, nil
}

// is reports whether a node is a statement of n words.
func is(s cil.Node, keyword string, n int) bool {
	return s.IsList() && len(s.List) == n && s.List[0].Atom == keyword
}

func cilTypes(source, target cil.Node) (s, t Types, err error) {
	s.Words = []string{source.Atom}
	switch target.Atom {
	case "self":
		t.Self = true
	case "notself", "other":
		t.Other = true
	default:
		t.Words = []string{target.Atom}
	}
	if source.Atom == "" || target.Atom == "" {
		err = fmt.Errorf("source and target must be names")
	}
	if t.Other && target.Atom == "other" {
		t.Words = []string{source.Atom}
	}
	return s, t, err
}

func cilRule(s cil.Node) (a Assertion, err error) {
	if a.Source, a.Target, err = cilTypes(s.List[1], s.List[2]); err != nil {
		return a, err
	}
	perms := s.List[3]
	if len(perms.List) != 2 || perms.List[0].Atom == "" {
		return a, fmt.Errorf("class and permissions must have the form (CLASS (PERMISSION...))")
	}
	a.Classes = []string{perms.List[0].Atom}
	a.Perms, err = cilNames(perms.List[1])
	return a, err
}

// cilNames reads (a b), (not (a b)) or (all).
func cilNames(n cil.Node) (names Names, err error) {
	if len(n.List) > 0 && n.List[0].Atom == "not" {
		names.Not = true
		n = cil.List(n.List[1:]...)
		if len(n.List) == 1 && n.List[0].IsList() {
			n = n.List[0]
		}
	}
	for _, w := range n.List {
		switch w.Atom {
		case "":
			return names, fmt.Errorf("expressions of permissions are not supported: %s", n)
		case "all":
			names.Words = append(names.Words, "*")
		default:
			names.Words = append(names.Words, w.Atom)
		}
	}
	return names, nil
}

// cilXRule reads (neverallowx A B (ioctl CLASS (COMMAND...))).
func cilXRule(s cil.Node) (a Assertion, err error) {
	if a.Source, a.Target, err = cilTypes(s.List[1], s.List[2]); err != nil {
		return a, err
	}
	x := s.List[3]
	if len(x.List) != 3 || x.List[0].Atom == "" || x.List[1].Atom == "" {
		return a, fmt.Errorf("commands must have the form (ioctl CLASS (COMMAND...))")
	}
	a.Perms, a.Classes, a.XPerms = Names{Words: []string{x.List[0].Atom}}, []string{x.List[1].Atom}, &Commands{}
	list := x.List[2].List
	if len(list) > 0 && list[0].Atom == "not" {
		a.XPerms.Not = true
		if list = list[1:]; len(list) == 1 && list[0].IsList() && !is(list[0], "range", 3) {
			list = list[0].List
		}
	}
	for _, c := range list {
		low, high := c.Atom, c.Atom
		if is(c, "range", 3) {
			low, high = c.List[1].Atom, c.List[2].Atom
		}
		one, err := commandRange(low, high)
		if err != nil {
			return a, err
		}
		a.XPerms.Ranges = append(a.XPerms.Ranges, one)
	}
	return a, nil
}
