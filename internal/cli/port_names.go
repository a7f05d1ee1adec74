package cli

import (
	"iter"

	"github.com/senet-selinux/senet/policy"
)

// portTypeNames yields the types that ports may have.
func portTypeNames(p *policy.Policy) iter.Seq[string] {
	return membersOf(p, "port_type")
}

// membersOf yields the names of the types of an attribute.
func membersOf(p *policy.Policy, attribute string) iter.Seq[string] {
	return func(yield func(string) bool) {
		id, ok := p.Attribute(attribute)
		if !ok {
			return
		}
		for t := range p.Members(id).All() {
			if !yield(p.TypeName(t)) {
				return
			}
		}
	}
}
