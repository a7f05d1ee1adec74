package cli

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/reach"
)

// verdictOfEffects says in a few words how many domains effects are on.
func verdictOfEffects(list []effect) string {
	gain, lose := gainers(list), losers(list)
	if gain+lose == 0 {
		return "nobody gains or loses"
	}
	return count(gain, "domain gains", "domains gain") + ", " + count(lose, "loses", "lose")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// writeEffects names the domains that gain and lose, a paragraph for each way of
// using a protocol. Without a limit all of them are named.
func writeEffects(b *strings.Builder, list []effect, limit int) {
	for _, e := range list {
		writeDomains(b, "gain", &e, e.Gain, limit)
		writeDomains(b, "lose", &e, e.Lose, limit)
	}
}

func writeDomains(b *strings.Builder, verb string, e *effect, list []reach.DomainPorts, limit int) {
	if len(list) == 0 {
		return
	}
	shown := list
	if limit > 0 && len(list) > limit {
		shown = list[:limit]
	}
	names := make([]string, len(shown))
	for i, d := range shown {
		names[i] = d.Domain
		if n := d.Ports.Len(); n > 1 {
			names[i] += " (" + portCount(n) + ")"
		}
	}
	at := ""
	if e.Addr != nil {
		at = " on " + e.Addr.String()
	}
	text := fmt.Sprintf("%s %s%s: %s", e.Operation, e.Protocol, at, strings.Join(names, ", "))
	if rest := len(list) - len(shown); rest > 0 {
		text += fmt.Sprintf(" and %s more", number(rest))
	}
	fmt.Fprintf(b, "%-6s%s\n", verb, wrap(text, 6))
}
