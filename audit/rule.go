package audit

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/classmap"
)

// A Rule is an allow rule. audit2allow writes one for all denials of a source, a target and a class, and people show
// these rules in place of the denials.
type Rule struct {
	SourceType string
	// TargetType is that of the source if the rule has self.
	TargetType  string
	Class       string
	Permissions []string // in the order of the rule
	// Path is the file that audit2allow calls mislabeled in a comment before the rule; "" if there is no such comment.
	Path string
	// Constraint says that a comment of audit2allow before the rule calls the denial one of a constraint.
	Constraint bool
	// Loaded says that the text has the rule as one of the policy in use: so far I added this.
	Loaded bool
	Text   string
}

// AVC returns the denial that the rule is for. Its contexts are types alone.
func (r *Rule) AVC() AVC {
	return AVC{Result: Denied, Permissions: slices.Clone(r.Permissions), SContext: r.SourceType, TContext: r.TargetType,
		TClass: r.Class, Path: r.Path, Text: r.Text}
}

// maxLineRules bounds the rules that a line may stand for, and the names of a list.
const maxLineRules = 64

// parseRules reads the allow rules at the beginning of a text, and returns what follows them. A list of types or
// classes is a rule for each.
func parseRules(text string) (rules []Rule, rest string) {
	for {
		p := ruleParser{strings.TrimPrefix(text, "allow")}
		sources, targets := p.names(), p.names()
		colon := p.symbol(':')
		classes, permissions := p.names(), p.names()
		if !colon || !p.symbol(';') || len(sources)*len(targets)*len(classes)*len(permissions) == 0 ||
			len(rules)+len(sources)*len(targets)*len(classes) > maxLineRules || !askable(classes, permissions) {
			return rules, text
		}
		whole := strings.TrimSpace(text[:len(text)-len(p.text)])
		for _, source := range sources {
			for _, target := range targets {
				if target == "self" {
					target = source
				}
				for _, class := range classes {
					rules = append(rules, Rule{SourceType: source, TargetType: target, Class: class,
						Permissions: permissions, Text: whole})
				}
			}
		}
		if text = strings.TrimLeft(p.text, "`'\"* \t"); !strings.HasPrefix(text, "allow ") {
			return rules, text
		}
	}
}

// askable reports whether denials may have the classes and their permissions. The macros of a policy's sources have
// other names: a rule with them is not one of audit2allow.
func askable(classes, permissions []string) bool {
	for _, class := range classes {
		if !classmap.Has(class) || slices.ContainsFunc(permissions, func(p string) bool {
			return !classmap.HasPermission(class, p)
		}) {
			return false
		}
	}
	return true
}

// A ruleParser has the rest of a rule.
type ruleParser struct {
	text string
}

// symbol reads a sign.
func (p *ruleParser) symbol(c byte) bool {
	p.text = strings.TrimLeft(p.text, " \t")
	if p.text == "" || p.text[0] != c {
		return false
	}
	p.text = p.text[1:]
	return true
}

// names reads a name, or a list of names in braces; nil if there is none.
func (p *ruleParser) names() []string {
	if !p.symbol('{') {
		if name := p.name(); name != "" {
			return []string{name}
		}
		return nil
	}
	var list []string
	for !p.symbol('}') {
		name := p.name()
		if name == "" || len(list) == maxLineRules {
			return nil
		}
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// name reads a name; "" if there is none.
func (p *ruleParser) name() string {
	p.text = strings.TrimLeft(p.text, " \t")
	n := 0
	for n < len(p.text) && isNameByte(p.text[n], n == 0) {
		n++
	}
	name := p.text[:n]
	p.text = p.text[n:]
	return name
}

// isNameByte reports whether a name may have a byte, as its first or at another place.
func isNameByte(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		return true
	}
	return !first && (c >= '0' && c <= '9' || c == '.' || c == '-')
}
