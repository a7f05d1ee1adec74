package argparse

import (
	"slices"
	"strings"
)

// members returns the options of a group, in the order of the table.
func (p *Parser) members(g Group) []*Option {
	var list []*Option
	for i := range p.Options {
		if g.has(&p.Options[i]) {
			list = append(list, &p.Options[i])
		}
	}
	return list
}

// checkExclusive mirrors the first half of take_action: an option that excludes one that has acted is refused, and the
// message names the first of these in the order of the table.
func (s *state) checkExclusive(o *Option) error {
	for _, g := range s.parser.Groups {
		if !g.has(o) {
			continue
		}
		for _, other := range s.parser.members(g) {
			if other != o && slices.Contains(s.seen, other) {
				return o.errorf("not allowed with argument " + other.name())
			}
		}
		s.seen = append(s.seen, o)
	}
	return nil
}

// checkRequired mirrors the end of _parse_known_args: required positionals are there, and one option of every
// required group has acted.
func (s *state) checkRequired() error {
	var missing []string
	for _, a := range s.parser.Positionals[s.positionals:] {
		missing = append(missing, a.Dest)
	}
	if missing != nil {
		return &Error{Message: "the following arguments are required: " + strings.Join(missing, ", ")}
	}
	for _, g := range s.parser.Groups {
		if !g.Required || slices.ContainsFunc(s.seen, g.has) {
			continue
		}
		var names []string
		for _, o := range s.parser.members(g) {
			names = append(names, o.name())
		}
		return &Error{Message: "one of the arguments " + strings.Join(names, " ") + " is required"}
	}
	return nil
}
