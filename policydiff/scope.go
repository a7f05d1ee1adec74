package policydiff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
)

// A Scope selects the gains and losses that count. The zero Scope counts all ports.
type Scope struct {
	// Operations, Protocols and Domains select ports, nil for all.
	Operations []network.Operation
	Protocols  []network.Protocol
	Domains    map[string]bool
	// Dangerous selects, instead of ports, dangerous gains, ways into domains that have dangerous
	// access, and domains that become permissive.
	Dangerous bool
}

// ParseScope reads words separated by commas: "any", operations, protocols, names of types and
// attributes of either policy, "dangerous". Any other word is an error.
func ParseScope(text string, before, after *policy.Policy) (s Scope, err error) {
	for word := range strings.SplitSeq(text, ",") {
		switch word {
		case "", "any":
		case "dangerous":
			s.Dangerous = true
		case string(network.Bind), string(network.Connect):
			s.Operations = append(s.Operations, network.Operation(word))
		case string(network.TCP), string(network.UDP), string(network.SCTP), string(network.DCCP):
			s.Protocols = append(s.Protocols, network.Protocol(word))
		default:
			known := false
			for _, p := range []*policy.Policy{before, after} {
				id, ok := p.TypeOrAttribute(word)
				if !ok {
					continue
				}
				known = true
				if s.Domains == nil {
					s.Domains = make(map[string]bool)
				}
				for m := range p.Members(id).All() {
					s.Domains[p.TypeName(m)] = true
				}
			}
			if !known {
				return s, fmt.Errorf("%q is not any, bind, connect, tcp, udp, sctp, dccp, dangerous or a domain", word)
			}
		}
	}
	return s, nil
}

// about reports whether a domain counts.
func (s *Scope) about(domain string) bool { return s.Domains == nil || s.Domains[domain] }

// ports reports whether the changes of ports that of returns include one that counts.
func (s *Scope) ports(list []impact.Effect, of func(*impact.Effect) []reach.DomainPorts) bool {
	for i := range list {
		e := &list[i]
		if s.Operations != nil && !slices.Contains(s.Operations, e.Operation) ||
			s.Protocols != nil && !slices.Contains(s.Protocols, e.Protocol) {
			continue
		}
		if slices.ContainsFunc(of(e), func(d reach.DomainPorts) bool { return s.about(d.Domain) }) {
			return true
		}
	}
	return false
}

// Gains reports whether there is a gain that counts.
func (r *Report) Gains(s *Scope) bool {
	if s.Dangerous {
		return slices.ContainsFunc(r.Dangerous, func(d Danger) bool { return s.about(d.Domain) }) ||
			slices.ContainsFunc(r.Entered, func(e Entry) bool { return s.about(e.Source) }) ||
			slices.ContainsFunc(r.Permissive.Added, s.about)
	}
	return s.ports(r.Ports, func(e *impact.Effect) []reach.DomainPorts { return e.Gain })
}

// Loses reports whether there is a loss of ports that counts.
func (r *Report) Loses(s *Scope) bool {
	return !s.Dangerous && s.ports(r.Ports, func(e *impact.Effect) []reach.DomainPorts { return e.Lose })
}
