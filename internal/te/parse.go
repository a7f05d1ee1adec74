package te

import (
	"fmt"

	"github.com/senet-selinux/senet/cil"
)

// maxDepth bounds the nesting of statements, sets and expressions.
const maxDepth = 500

// A parser makes statements from tokens. It stops at the first syntax error.
type parser struct {
	lex   *lexer
	tok   token
	ahead []token
	depth int
}

// A syntaxError stops the parser by a panic, which parse recovers.
type syntaxError struct {
	pos cil.Pos
	msg string
}

func (p *parser) failf(format string, args ...any) {
	panic(syntaxError{p.tok.pos, fmt.Sprintf(format, args...)})
}

// advance moves to the next token and returns the previous one.
func (p *parser) advance() token {
	t := p.tok
	if len(p.ahead) > 0 {
		p.tok, p.ahead = p.ahead[0], p.ahead[1:]
	} else {
		p.tok = p.lex.next()
	}
	return t
}

// peek returns the token after the current one.
func (p *parser) peek() token {
	if len(p.ahead) == 0 {
		p.ahead = append(p.ahead, p.lex.next())
	}
	return p.ahead[0]
}

func (p *parser) is(text string) bool {
	return (p.tok.kind == kindSign || p.tok.kind == kindWord) && p.tok.text == text
}

func (p *parser) accept(text string) bool {
	if !p.is(text) {
		return false
	}
	p.advance()
	return true
}

// what describes the current token for a message.
func (p *parser) what() string {
	switch p.tok.kind {
	case kindEnd:
		return "found the end of the file"
	case kindWord:
		return fmt.Sprintf("found %q, a word of the language", p.tok.text)
	}
	return fmt.Sprintf("found %q", p.tok.text)
}

func (p *parser) expect(text string) token {
	if !p.is(text) {
		p.failf("%s, expected %q", p.what(), text)
	}
	return p.advance()
}

func (p *parser) ident(of string) ident {
	if p.tok.kind != kindName {
		p.failf("%s, expected %s", p.what(), of)
	}
	t := p.advance()
	return ident{t.text, t.pos}
}

// names reads names separated by commas.
func (p *parser) names(of string) []ident {
	all := []ident{p.ident(of)}
	for p.accept(",") {
		all = append(all, p.ident(of))
	}
	return all
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.failf("statements, sets or expressions are nested more than %d deep", maxDepth)
	}
}

func (p *parser) leave() { p.depth-- }

// set reads a set of names.
func (p *parser) set(of string) nameSet {
	var s nameSet
	t := p.tok
	switch {
	case p.accept("*"):
		return nameSet{{"*", t.pos}}
	case p.accept("~"):
		if p.is("{") {
			s = p.braces(s, of)
		} else {
			s = append(s, p.ident(of))
		}
		return append(s, ident{"~", t.pos})
	case p.is("{"):
		return p.braces(s, of)
	}
	s = append(s, p.ident(of))
	if dash := p.tok; p.accept("-") {
		s = append(s, ident{"-", dash.pos}, p.ident(of))
	}
	return s
}

func (p *parser) braces(s nameSet, of string) nameSet {
	p.enter()
	defer p.leave()
	p.expect("{")
	for first := true; first || !p.is("}"); first = false {
		dash := p.tok
		switch {
		case p.is("{"):
			s = p.braces(s, of)
			continue
		case p.accept("-"):
			s = append(s, ident{"-", dash.pos})
		}
		s = append(s, p.ident(of))
	}
	p.expect("}")
	return s
}

// A source is the content of a file.
type source struct {
	name, version ident
	body          []stmt
	end           cil.Pos
}

// parse reads a file. It returns nil if bad received all mistakes.
func parse(text, file string, bad func(cil.Pos, string, ...any)) (src *source, err *syntaxError) {
	p := &parser{lex: &lexer{text: text, line: 1, file: file, bad: bad}}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(syntaxError)
			if !ok {
				panic(r)
			}
			src, err = nil, &e
		}
	}()
	p.advance()
	return p.module(), nil
}

func (p *parser) module() *source {
	src := &source{}
	if !p.accept("module") {
		if p.tok.kind == kindName && p.peek().text == "(" {
			p.call()
		}
		p.failf("%s, expected the name and version of the module: module NAME 1.0;", p.what())
	}
	src.name = p.ident("the name of the module")
	switch p.tok.kind {
	case kindVersion, kindNumber, kindIPv4:
	default:
		p.failf("%s, expected the version of the module, such as 1.0", p.what())
	}
	v := p.advance()
	src.version = ident{v.text, v.pos}
	p.expect(";")
	src.body = p.block("")
	src.end = p.tok.pos
	return src
}

// block reads statements up to a brace or the end of the file. Users must come last.
func (p *parser) block(end string) []stmt {
	p.enter()
	defer p.leave()
	var body []stmt
	users := false
	for {
		switch {
		case end == "" && p.tok.kind == kindEnd, end != "" && p.is(end):
			if len(body) == 0 {
				p.failf("%s, expected at least one statement", p.what())
			}
			return body
		case p.is("user"):
			users = true
			body = append(body, p.user())
			continue
		case users:
			p.failf("%s, after a user: users must come last in a block", p.what())
		case p.accept(";"):
			body = append(body, nil)
			continue
		}
		body = append(body, p.statement())
	}
}

// call stops the parser at the call of a macro.
func (p *parser) call() {
	p.failf("%s(...) is a call of an interface or a macro of refpolicy, which m4 must replace first", p.tok.text)
}

// ofBase are the keywords of statements that only a base module may have.
var ofBase = &wordSet{text: "" +
	"class sid common constrain mlsconstrain validatetrans mlsvalidatetrans sensitivity category level " +
	"default_user default_role default_type default_range fscon portcon netifcon nodecon ibpkeycon " +
	"ibendportcon pirqcon  iomemcon ioportcon pcidevicecon devicetreecon fs_use_xattr fs_use_task " +
	"fs_use_trans genfscon policycap"}

// statement reads one statement, except that of a user.
func (p *parser) statement() stmt {
	t := p.tok
	switch {
	case t.kind == kindName && p.peek().text == "(":
		p.call()
	case t.kind == kindName:
		p.failf("no statement begins with %q", t.text)
	case t.kind != kindWord:
		p.failf("%s, expected a statement", p.what())
	case ofBase.has(t.text):
		p.failf("only a base module has %s", t.text)
	}
	if k := ruleKind(t.text); k != 0 {
		return p.rule(k)
	}
	p.advance()
	switch t.text {
	case "require":
		return p.require()
	case "optional":
		return p.optional(t.pos)
	case "if":
		return p.conditional(t.pos)
	case "attribute", "attribute_role":
		s := &attributeStmt{p.ident("the name of an attribute"), t.text == "attribute_role"}
		p.expect(";")
		return s
	case "expandattribute":
		s := &expandStmt{names: p.set("an attribute"), pos: t.pos}
		s.expand = p.truth()
		p.expect(";")
		return s
	case "type":
		return p.typ()
	case "typealias":
		s := &typealiasStmt{name: p.ident("a type")}
		p.expect("alias")
		s.aliases = p.set("an alias")
		p.expect(";")
		return s
	case "typeattribute", "roleattribute":
		s := &memberStmt{name: p.ident("a " + t.text[:4]), role: t.text == "roleattribute"}
		s.attrs = p.names("an attribute")
		p.expect(";")
		return s
	case "typebounds":
		s := &typeboundsStmt{parent: p.ident("a type")}
		s.children = p.names("a type")
		p.expect(";")
		return s
	case "bool", "tunable":
		s := &boolStmt{name: p.ident("the name of a boolean"), tunable: t.text == "tunable"}
		s.value = p.truth()
		p.expect(";")
		return s
	case "range_transition":
		return p.rangeTransition(t.pos)
	case "role":
		return p.role()
	case "role_transition":
		return p.roleTransition(t.pos)
	case "permissive":
		s := &permissiveStmt{p.ident("a type")}
		p.expect(";")
		return s
	case "dominance":
		p.failf("dominance of roles is not supported: CIL does not have it")
	}
	p.tok, p.ahead = t, append([]token{p.tok}, p.ahead...)
	p.failf("no statement begins with %q", t.text)
	return nil
}

func (p *parser) truth() bool {
	switch {
	case p.accept("true"):
		return true
	case !p.accept("false"):
		p.failf("%s, expected true or false", p.what())
	}
	return false
}

func (p *parser) typ() stmt {
	s := &typeStmt{name: p.ident("the name of a type")}
	if p.accept("alias") {
		s.aliases = p.set("an alias")
	}
	if p.accept(",") {
		s.attrs = p.names("an attribute")
	}
	p.expect(";")
	return s
}

func (p *parser) role() stmt {
	name := p.ident("the name of a role")
	if p.accept("types") {
		s := &roleTypesStmt{name, p.set("a type")}
		p.expect(";")
		return s
	}
	s := &roleStmt{name: name}
	if p.accept(",") {
		s.attrs = p.names("an attribute of roles")
	}
	p.expect(";")
	return s
}

func (p *parser) roleTransition(pos cil.Pos) stmt {
	s := &roleTransitionStmt{roles: p.set("a role"), types: p.set("a type"), pos: pos}
	if s.hasClasses = p.accept(":"); s.hasClasses {
		s.classes = p.set("a class")
	}
	s.newRole = p.ident("the new role")
	p.expect(";")
	return s
}

func (p *parser) rangeTransition(pos cil.Pos) stmt {
	s := &rangeStmt{sources: p.set("a type"), targets: p.set("a type"), pos: pos}
	if s.hasClasses = p.accept(":"); s.hasClasses {
		s.classes = p.set("a class")
	}
	s.low = p.level()
	if s.hasHigh = p.accept("-"); s.hasHigh {
		s.high = p.level()
	}
	p.expect(";")
	return s
}

func (p *parser) level() level {
	l := level{sens: p.ident("a sensitivity")}
	if p.accept(":") {
		l.cats = p.names("a category")
	}
	return l
}

func (p *parser) user() stmt {
	p.expect("user")
	s := &userStmt{name: p.ident("the name of a user")}
	p.expect("roles")
	s.roles = p.set("a role")
	if s.hasLevels = p.accept("level"); s.hasLevels {
		s.level = p.level()
		p.expect("range")
		s.low = p.level()
		if s.hasHigh = p.accept("-"); s.hasHigh {
			s.high = p.level()
		}
	}
	p.expect(";")
	return s
}

// required are the keywords of symbols in a require block.
var required = &wordSet{text: "class role type attribute attribute_role user bool tunable sensitivity category"}

func (p *parser) require() stmt {
	p.expect("{")
	s := &requireStmt{}
	for first := true; first || !p.is("}"); first = false {
		if p.tok.kind != kindWord || !required.has(p.tok.text) {
			p.failf("%s, expected class, type, attribute, role, bool or another kind of symbol", p.what())
		}
		r := requirement{word: p.advance().text}
		if r.word == "class" {
			r.names = []ident{p.ident("a class")}
			r.perms = p.set("a permission")
		} else {
			r.names = p.names("the name of the symbol")
		}
		p.expect(";")
		s.items = append(s.items, r)
	}
	p.expect("}")
	return s
}

func (p *parser) optional(pos cil.Pos) stmt {
	s := &optionalStmt{pos: pos}
	p.expect("{")
	s.body = p.block("}")
	s.end = p.expect("}").pos
	s.otherPos = p.tok.pos
	if s.hasOther = p.accept("else"); s.hasOther {
		p.expect("{")
		s.other = p.block("}")
		p.expect("}")
	}
	return s
}
