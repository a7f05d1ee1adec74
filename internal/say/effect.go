package say

import (
	"strings"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/reach"
)

// MostDomains bounds the domains of an effect that are named, unless the caller wants all.
const MostDomains = 10

// Verdict says in a few words how many domains gain and lose.
func Verdict(list []impact.Effect) string {
	gain, lose := impact.Gainers(list), impact.Losers(list)
	if gain+lose == 0 {
		return "nobody gains or loses"
	}
	return Count(gain, "domain gains", "domains gain") + ", " + Count(lose, "loses", "lose")
}

// Effects names the domains that gain and lose, a paragraph for each operation and protocol: the
// first ten, or all.
func Effects(b *words.Page, list []impact.Effect, all bool) {
	for i := range list {
		e := &list[i]
		domains(b, "gain", e, e.Gain, all)
		domains(b, "lose", e, e.Lose, all)
	}
}

func domains(b *words.Page, verb string, e *impact.Effect, list []reach.DomainPorts, all bool) {
	if len(list) == 0 {
		return
	}
	shown := list
	if len(list) > MostDomains && !all {
		shown = list[:MostDomains]
	}
	at := ""
	if e.Addr != nil {
		at = " on " + e.Addr.String()
	}
	text := words.Sprintf("%s %s%s: %s", e.Operation, e.Protocol, at, Domains(shown, len(list)-len(shown)))
	b.Printf("%-6s%s\n", verb, words.Wrap(text, 6))
}

// Domains names domains, each with its number of ports if it is more than one, and how many domains
// are left out.
func Domains(list []reach.DomainPorts, rest int) string {
	names := make([]string, len(list))
	for i, d := range list {
		names[i] = d.Domain
		if n := d.Ports.Len(); n > 1 {
			names[i] += " (" + Plural(n, "port") + ")"
		}
	}
	text := strings.Join(names, ", ")
	if rest > 0 {
		text += " and " + Number(rest) + " more"
	}
	return text
}
