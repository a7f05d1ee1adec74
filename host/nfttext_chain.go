package host

import (
	"strconv"
	"strings"
)

// An nftTextChain is a chain. Its rules stay tokens, because sets and labels may be declared after them.
type nftTextChain struct {
	Chain
	rules [][]nftToken
}

// chain reads NAME { type ...; rules }.
func (p *nftParser) chain(t *nftTextTable) error {
	name := p.name()
	if name == "" {
		return p.fail()
	}
	c := t.chain(name)
	if p.at >= len(p.tokens) || p.end() == nil && !p.peek().is("{") && !(p.at+1 < len(p.tokens) &&
		p.peek().is(nftNewline) && p.tokens[p.at+1].is("{")) {
		return nil // add chain FAMILY TABLE NAME
	}
	body, err := p.block()
	if err != nil {
		return err
	}
	return eachNFTStatement(body, c.statement)
}

// statement reads one statement in the body of a chain; false if it is not known.
func (c *nftTextChain) statement(words []nftToken) bool {
	switch words[0].text {
	case "type":
		return c.base(words)
	case "policy":
		c.Policy = words[len(words)-1].text
	case "comment", "flags", "devices", "device":
	default:
		c.rules = append(c.rules, words)
	}
	return true
}

// base reads type filter hook input [device "x"] priority 0.
func (c *nftTextChain) base(words []nftToken) bool {
	get := func(key string) []nftToken {
		for i := range words {
			if words[i].is(key) {
				return words[i+1:]
			}
		}
		return nil
	}
	kind, hook, priority := get("type"), get("hook"), get("priority")
	if len(kind) == 0 || len(hook) == 0 || len(priority) == 0 {
		return false
	}
	n, ok := nftPriority(c.Family, priority)
	if !ok {
		return false
	}
	c.Hook, c.Priority, c.NAT = hook[0].text, n, kind[0].is("nat")
	if c.Policy == "" {
		c.Policy = "accept"
	}
	return true
}

// nftPriority reads a number, or a name with a number added or subtracted.
func nftPriority(family string, words []nftToken) (int, bool) {
	text := ""
	for _, w := range words {
		text += w.text
	}
	sign := strings.LastIndexAny(text, "+-")
	name, delta := text, 0
	if sign > 0 {
		n, err := strconv.Atoi(text[sign+1:])
		if err != nil {
			return 0, false
		}
		name, delta = text[:sign], n
		if text[sign] == '-' {
			delta = -n
		}
	}
	if n, err := strconv.ParseInt(name, 10, 32); err == nil {
		return int(n), sign <= 0
	}
	values := map[string]int{"raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100}
	switch family {
	case "bridge":
		values = map[string]int{"dstnat": -300, "filter": -200, "out": 100, "srcnat": 300}
	case "arp", "netdev":
		values = map[string]int{"filter": 0}
	}
	n, ok := values[name]
	return n + delta, ok
}
