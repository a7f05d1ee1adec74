package te

import (
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/pp"
)

// ruleKind returns the kind of rule that begins with a keyword, 0 for other words.
func ruleKind(word string) uint32 {
	switch word {
	case "allow":
		return pp.RuleAllow
	case "auditallow":
		return pp.RuleAuditAllow
	case "auditdeny":
		return pp.RuleAuditDeny
	case "dontaudit":
		return pp.RuleDontAudit
	case "neverallow":
		return pp.RuleNeverallow
	case "type_transition":
		return pp.RuleTransition
	case "type_member":
		return pp.RuleMember
	case "type_change":
		return pp.RuleChange
	case "allowxperm":
		return pp.RuleAllowX
	case "auditallowxperm":
		return pp.RuleAuditAllowX
	case "dontauditxperm":
		return pp.RuleDontAuditX
	case "neverallowxperm":
		return pp.RuleNeverallowX
	}
	return 0
}

const (
	typeRules  = pp.RuleTransition | pp.RuleMember | pp.RuleChange
	xpermRules = pp.RuleAllowX | pp.RuleAuditAllowX | pp.RuleDontAuditX | pp.RuleNeverallowX
)

// rule reads a rule of access vectors, types or extended permissions, or a role allow rule.
func (p *parser) rule(kind uint32) stmt {
	word := p.advance()
	s := &ruleStmt{kind: kind, pos: word.pos, sources: p.set("a type")}
	s.targets = p.set("a type")
	if kind == pp.RuleAllow && p.accept(";") {
		return &roleAllowStmt{s.sources, s.targets}
	}
	p.expect(":")
	s.classes = p.set("a class")
	switch {
	case kind&typeRules != 0:
		s.newType = p.ident("the new type")
		if kind == pp.RuleTransition && p.tok.kind == kindFile {
			s.file = p.advance().text
		}
	case kind&xpermRules != 0:
		s.xperm = p.ident("ioctl")
		s.numbers = p.numbers()
	default:
		s.perms = p.set("a permission")
	}
	end := p.expect(";")
	s.sourceFile, s.sourceLine = end.file, end.line
	return s
}

// numbers reads the numbers of extended permissions.
func (p *parser) numbers() []number {
	t := p.tok
	other := p.accept("~")
	var all []number
	if p.is("{") {
		all = p.numberBraces(all)
	} else {
		all = append(all, p.number())
	}
	if other {
		all = append(all, number{other: true, pos: t.pos})
	}
	return all
}

func (p *parser) numberBraces(all []number) []number {
	p.enter()
	defer p.leave()
	p.expect("{")
	for first := true; first || !p.is("}"); first = false {
		if p.is("{") {
			all = p.numberBraces(all)
			continue
		}
		n := p.number()
		if p.accept("-") {
			if n.high = p.number().low; n.high < n.low {
				p.lex.bad(n.pos, "a range of numbers must go from the lower to the higher one")
			}
		}
		all = append(all, n)
	}
	p.expect("}")
	return all
}

// number reads a number as strtoul does, and keeps the lower 16 bits.
func (p *parser) number() number {
	if p.tok.kind != kindNumber {
		p.failf("%s, expected a number", p.what())
	}
	text, base := p.tok.text, 10
	switch {
	case strings.HasPrefix(text, "0x"):
		text, base = text[2:], 16
	case text[0] == '0':
		base = 8
		if i := strings.IndexAny(text, "89"); i >= 0 {
			text = text[:i]
		}
	}
	v, err := strconv.ParseUint(text, base, 32)
	if err != nil {
		p.failf("%s is not a number of 32 bits", p.tok.text)
	}
	t := p.advance()
	return number{low: uint16(v), high: uint16(v), pos: t.pos}
}

// conditional reads the text after "if".
func (p *parser) conditional(pos cil.Pos) stmt {
	s := &condStmt{pos: pos, expr: p.condition(0)}
	s.then = p.branch()
	if p.accept("else") {
		s.other = p.branch()
	}
	return s
}

// branch reads rules between braces.
func (p *parser) branch() []stmt {
	p.expect("{")
	var all []stmt
	for !p.is("}") {
		t := p.tok
		k := ruleKind(t.text)
		switch {
		case t.kind == kindName && p.peek().text == "(":
			p.call()
		case p.accept("require"):
			all = append(all, p.require())
			continue
		case t.kind != kindWord || k == 0 || k == pp.RuleNeverallow || k&xpermRules != 0:
			p.failf("%s, expected a rule that can be in a conditional", p.what())
		}
		r, ok := p.rule(k).(*ruleStmt)
		if !ok {
			p.tok = t
			p.failf("role rules cannot be in a conditional")
		}
		all = append(all, r)
	}
	p.expect("}")
	return all
}

// operator returns the operator of conditions for a word, and its precedence: a higher number binds
// more strongly. The precedence of "not" is between those of "and" and "eq".
func operator(word string) (op uint32, binds int) {
	switch word {
	case "or":
		return pp.CondOr, 1
	case "xor":
		return pp.CondXor, 2
	case "and":
		return pp.CondAnd, 3
	case "eq":
		return pp.CondEq, 5
	case "!=":
		return pp.CondNeq, 5
	}
	return 0, 0
}

const notBinds = 4

// condition reads an expression whose operators bind more strongly than binds.
func (p *parser) condition(binds int) []condTerm {
	p.enter()
	defer p.leave()
	var expr []condTerm
	switch t := p.tok; {
	case p.accept("("):
		expr = p.condition(0)
		p.expect(")")
	case p.accept("not"):
		expr = append(p.condition(notBinds), condTerm{op: pp.CondNot, name: ident{"", t.pos}})
	default:
		name := p.ident("a boolean")
		expr = []condTerm{{op: pp.CondBool, name: name}}
	}
	for p.tok.kind == kindWord || p.tok.kind == kindSign {
		op, strength := operator(p.tok.text)
		if strength <= binds {
			break
		}
		t := p.advance()
		expr = append(expr, p.condition(strength)...)
		expr = append(expr, condTerm{op: op, name: ident{"", t.pos}})
	}
	return expr
}
