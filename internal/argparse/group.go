package argparse

import (
	"slices"
	"strings"
)

// members returns the options of a group, in the order of the table.
func (p *Parser) members(g Group) []*Option {
	var list []*Option
	for i := range p.Options {
		if p.Options[i].Dest == g.Dest {
			list = append(list, &p.Options[i])
		}
	}
	return list
}

// checkExclusive mirrors the first half of take_action: an option that excludes one that has acted is refused, and the
// message names the first of these in the order of the table.
func (s *state) checkExclusive(o *Option) error {
	for _, g := range s.parser.Groups {
		if g.Dest != o.Dest {
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

// checkRequired mirrors the end of _parse_known_args: one option of every required group must have acted.
func (s *state) checkRequired() error {
	for _, g := range s.parser.Groups {
		if !g.Required || slices.ContainsFunc(s.seen, func(o *Option) bool { return o.Dest == g.Dest }) {
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
