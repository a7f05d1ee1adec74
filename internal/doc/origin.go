package doc

import (
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/policy"
)

// RuleOriginsOf returns the documents of statements.
func RuleOriginsOf(found []provenance.Statement) []RuleOrigin {
	return list(found, func(s *provenance.Statement) RuleOrigin {
		return RuleOrigin{
			Module: s.Module, Priority: s.Priority, Line: s.Pos.Line, Column: s.Pos.Column, Text: s.Text,
			Source: s.Origin.Source, Path: s.Path,
		}
	})
}

// Locate adds the statements of modules to all rules; find may be nil.
func (c *Can) Locate(find *provenance.Finder, p *policy.Policy) {
	locateLayers(find, p, c.Layers)
	if c.Peer != nil {
		locateLayers(find, p, c.Peer.Layers)
	}
}

// Locate adds the statements of modules to all rules; find may be nil.
func (w *Why) Locate(find *provenance.Finder, p *policy.Policy) {
	for i := range w.Signatures {
		locate(find, p, w.Signatures[i].Permissions)
		locateLayers(find, p, w.Signatures[i].Then)
	}
}

// Locate adds the statements of modules to all rules; find may be nil.
func (a *Access) Locate(find *provenance.Finder, p *policy.Policy) {
	for i := range a.Perms {
		locateRules(find, p, a.Perms[i].Rules)
	}
}

func locateLayers(find *provenance.Finder, p *policy.Policy, layers []Layer) {
	for i := range layers {
		locate(find, p, layers[i].Perms)
	}
}

func locate(find *provenance.Finder, p *policy.Policy, perms []Perm) {
	for i := range perms {
		locateRules(find, p, perms[i].Rules)
	}
}

func locateRules(find *provenance.Finder, p *policy.Policy, rules []Rule) {
	if find == nil {
		return
	}
	for i := range rules {
		rules[i].From = RuleOriginsOf(find.Find(provenance.Of(p, rules[i].rule, rules[i].asked)))
	}
}
