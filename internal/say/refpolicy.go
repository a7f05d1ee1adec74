package say

import (
	"strings"

	"github.com/senet-selinux/senet/internal/interfaces"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/words"
)

// RefpolicyList writes definitions, one a line: name and purpose.
func RefpolicyList(b *words.Page, h *refpolicy.Headers, defs []int) {
	width := 0
	for _, def := range defs {
		width = max(width, min(len(h.Defs[def].Name), 40))
	}
	for _, def := range defs {
		text := h.Summary(def)
		if text == "" {
			text = "(its comment does not say what it is for)"
		}
		b.Printf("%-*s  %s\n", width, h.Defs[def].Name, words.Wrap(text, width+2))
	}
}

// RefpolicyShow writes the purpose of a definition, its arguments and its rules.
func RefpolicyShow(b *words.Page, h *refpolicy.Headers, def int) {
	d := &h.Defs[def]
	kind := "an interface"
	if d.Template {
		kind = "a template"
	}
	b.Printf("%s: %s\n", d.Name, h.Summary(def))
	b.Printf("%s of %s:%d\n\n", kind, h.Files[d.File].Path, h.Line(def))
	for i, p := range h.Params(def) {
		optional := ""
		if p.Optional {
			optional = " (may be left out)"
		}
		b.Printf("    $%d  %s%s: %s\n", i+1, p.Name, optional, p.Summary)
	}
	b.Printf("\n")
	statements(b, h.Statements(def))
}

// statements writes lines of the policy language.
func statements(b *words.Page, lines []string) {
	for _, line := range lines {
		b.Printf("    %s\n", strings.ReplaceAll(line, "\t", "    "))
	}
}

// Expansion writes the statements of a call, and what it opens under the policy.
func Expansion(b *words.Page, e *interfaces.Expansion) {
	b.Printf("%s\n\n", e.Call)
	statements(b, e.Statements)
	if len(e.Statements) > 0 {
		b.Printf("\n")
	}
	for _, w := range e.Warnings {
		b.Line("warning", "%s", w)
	}
	if e.Effect == nil {
		return
	}
	if len(e.Effect.Gains) == 0 && len(e.Effect.Missing) == 0 {
		b.Line("gives", "nothing that the policy does not grant already")
	}
	callEffect(b, e.Effect, true)
}

// maxGains bounds the gains of a call that are written, maxDangers those of several calls.
const (
	maxGains   = 12
	maxDangers = 2
)

// callEffect writes what a call opens.
func callEffect(b *words.Page, e *interfaces.Effect, all bool) {
	for _, p := range e.Ports {
		verb := "connect to"
		if p.Bind {
			verb = "bind"
		}
		b.Line("opens", "%s to %s: %s/%s", Plural(p.Ports.Len(), "port"), verb, p.Protocol, SomePorts(p.Ports))
	}
	if n := len(e.Missing); n > 0 {
		b.Line("missing", "the policy has no %s: a module with this call is not installed",
			strings.Join(e.Missing[:min(n, 5)], ", "))
	}
	shown, most := 0, maxGains
	if !all {
		most = maxDangers
	}
	for _, g := range e.Gains {
		if g.Danger == "" && (!all || isPort(&g)) {
			continue
		}
		if shown++; shown > most {
			continue
		}
		key := "gives"
		if g.Danger != "" {
			key = "danger"
		}
		b.Line(key, "%s", gain(&g))
	}
	if shown > most {
		b.Line("", "and %s more", Plural(shown-most, "rule"))
	}
	if !all {
		return
	}
	for _, c := range e.Off {
		b.Line("not now", "rules that hold if %s", c)
	}
	if len(e.Through) > 0 {
		b.Line("note", "members of %s also have access to themselves that a binary policy does not show",
			strings.Join(e.Through, ", "))
	}
}

// isPort reports whether a gain is about ports, which are written by their numbers.
func isPort(g *interfaces.Gain) bool {
	return len(g.Perms) == 1 && (g.Perms[0] == "name_connect" || g.Perms[0] == "name_bind")
}

// gain writes a new rule.
func gain(g *interfaces.Gain) string {
	text := words.Sprintf("%s %s:%s %s", g.Source, g.Target, g.Class, Perms(g.Perms))
	if g.Types > 1 {
		text += words.Sprintf(" (%s)", Plural(g.Types, "type"))
	}
	if g.Through != "" {
		text += ", as a member of " + g.Through
	}
	if g.Danger != "" {
		text += ": " + Danger(g.Danger)
	}
	return text
}

// maxCalls bounds the calls of a search that are written.
const maxCalls = 5

// RefpolicySearch writes the interfaces that grant the needs; all of them with all.
func RefpolicySearch(b *words.Page, r *interfaces.Found, all bool) {
	for i := range r.Calls {
		if i == maxCalls && !all {
			b.Printf("and %s that cost more, see --all\n", Plural(len(r.Calls)-i, "interface"))
			break
		}
		c := &r.Calls[i]
		b.Printf("%s\n", c.Call)
		if !c.Whole {
			for _, n := range c.Grants {
				b.Line("grants", "%s:%s %s", n.Target, n.Class, Perms(n.Perms))
			}
		}
		b.Line("beyond", "%s", beyondNeed(c.Effect))
		callEffect(b, c.Effect, false)
	}
	for _, n := range r.Left {
		b.Line("left", "no interface grants %s %s:%s %s", n.Source, n.Target, n.Class, Perms(n.Perms))
	}
	for i, l := range r.LeftOut {
		if i == maxCalls && !all {
			b.Line("", "and %s that cannot be expanded, see --all", Plural(len(r.LeftOut)-i, "interface"))
			break
		}
		b.Line("not searched", "%s: %v", l.Name, l.Why)
	}
}

// permissionsBeyond writes a number of permissions for types.
func permissionsBeyond(n int) string {
	switch n {
	case 0:
		return "nothing"
	case 1:
		return "1 permission on a type"
	}
	return Plural(n, "permission") + " on types"
}

// beyondNeed describes the access of a call that was not asked for.
func beyondNeed(e *interfaces.Effect) string {
	text := permissionsBeyond(e.Beyond)
	if e.BeyondPorts > 0 {
		text += ", with " + Plural(e.BeyondPorts, "port")
	}
	return text
}
