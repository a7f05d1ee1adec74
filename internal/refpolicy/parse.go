package refpolicy

import "bytes"

// A parser finds the rules of an expanded interface. It skips what is not a rule: the compiler
// checks whether a source is correct.
type parser struct {
	text []byte
	pos  int
	sets *sets
	// rule and call receive what is found; cond is the text of the conditions around it.
	rule func(Rule, string)
	call func(number int, optional bool, cond string)
	// attribute receives the names that are required or declared as attributes.
	attribute func([]byte)

	optional int
	scopes   []scope
	deep     bool // blocks are nested too deep
}

// A scope is a block: of optional, of a condition, or any other.
type scope struct {
	optional bool
	cond     string // the condition of the block
}

// callMark begins a call that was kept in the text: the mark, its number, a semicolon.
const callMark = 2

func nameByte(b byte) bool {
	return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9' || b == '_' || b == '$' || b == '.' || b == '-'
}

// next returns the next token: a name, a quoted text or a sign; nil at the end.
func (p *parser) next() []byte {
	for p.pos < len(p.text) {
		switch b := p.text[p.pos]; {
		case b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f':
			p.pos++
		case b == '#':
			n := bytes.IndexByte(p.text[p.pos:], '\n')
			if n < 0 {
				n = len(p.text) - p.pos
			}
			p.pos += n
		case nameByte(b) && b != '-':
			from := p.pos
			for p.pos++; p.pos < len(p.text) && nameByte(p.text[p.pos]); p.pos++ {
			}
			return p.text[from:p.pos]
		case b == '"':
			from := p.pos
			n := bytes.IndexByte(p.text[from+1:], '"')
			if n < 0 {
				n = len(p.text) - from - 2
			}
			p.pos += n + 2
			return p.text[from:p.pos]
		default:
			p.pos++
			return p.text[p.pos-1 : p.pos]
		}
	}
	return nil
}

// run reads all statements.
func (p *parser) run() {
	for {
		if p.deep = p.deep || len(p.scopes) > maxBlocks; p.deep {
			return
		}
		t := p.next()
		switch string(t) {
		case "":
			if t == nil {
				return
			}
		case "allow":
			p.access(Allow)
		case "dontaudit":
			p.access(DontAudit)
		case "auditallow":
			p.access(AuditAllow)
		case "neverallow":
			p.access(NeverAllow)
		case "typeattribute":
			p.member()
		case "type":
			p.declared()
		case "type_transition", "type_change", "type_member":
			p.transition()
		case "require":
			p.require()
		case "optional":
			p.optional++
			p.scopes = append(p.scopes, scope{true, p.cond()})
			p.open()
		case "if":
			p.condition()
		case "}":
			p.close()
		case string(rune(callMark)):
			p.called()
		case ";", "{":
		default:
			p.skip()
		}
	}
}

func (p *parser) cond() string {
	if n := len(p.scopes); n > 0 {
		return p.scopes[n-1].cond
	}
	return ""
}

// open handles the brace that begins a block.
func (p *parser) open() {
	was := p.pos
	if t := p.next(); len(t) != 1 || t[0] != '{' {
		p.pos = was
	}
}

// close ends a block; an else begins another one.
func (p *parser) close() {
	n := len(p.scopes)
	if n == 0 {
		return
	}
	s := p.scopes[n-1]
	was := p.pos
	if t := p.next(); string(t) == "else" {
		p.open()
		if !s.optional {
			outer := ""
			if n > 1 {
				outer = p.scopes[n-2].cond
			}
			p.scopes[n-1].cond = both(outer, not(last(s.cond, outer)))
		}
		return
	}
	p.pos = was
	p.scopes = p.scopes[:n-1]
	if s.optional {
		p.optional--
	}
}

// both joins two conditions with "and".
func both(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + " && " + b
}

// last returns a condition without the outer condition that both added.
func last(cond, outer string) string {
	if outer == "" {
		return cond
	}
	return cond[len(outer)+len(" && "):]
}

func not(cond string) string { return "!" + cond }

// condition begins a block with a condition, which is put into parentheses unless it is one name.
func (p *parser) condition() {
	was := p.pos
	if t := p.next(); len(t) != 1 || t[0] != '(' {
		p.pos = was
		p.skip()
		return
	}
	var text []byte
	words, level := 0, 1
	for {
		t := p.next()
		if t == nil {
			return
		}
		if len(t) == 1 && t[0] == '(' {
			level++
		}
		if len(t) == 1 && t[0] == ')' {
			if level--; level == 0 {
				break
			}
		}
		sign := !nameByte(t[0])
		doubled := sign && len(text) > 0 && text[len(text)-1] == t[0] && t[0] != '(' && t[0] != ')' && t[0] != '!'
		if words > 0 && !doubled && text[len(text)-1] != '!' {
			text = append(text, ' ')
		}
		text = append(text, t...)
		words++
	}
	cond := string(text)
	if words > 1 {
		cond = "(" + cond + ")"
	}
	p.scopes = append(p.scopes, scope{false, both(p.cond(), cond)})
	p.open()
}

// skip skips to the end of the statement, or to the brace that ends its block.
func (p *parser) skip() {
	level := 0
	for {
		was := p.pos
		t := p.next()
		if len(t) != 1 {
			if t == nil {
				return
			}
			continue
		}
		switch t[0] {
		case ';':
			if level == 0 {
				return
			}
		case callMark:
			p.pos = was
			return
		case '{':
			level++
		case '}':
			if level--; level < 0 {
				p.pos = was
				return
			}
		}
	}
}

// set reads a set: a name, or names in braces, with ~ before either.
func (p *parser) set() (SetID, bool) {
	was := p.pos
	t := p.next()
	if t == nil {
		return 0, false
	}
	from := p.pos - len(t)
	if t[0] == '~' || t[0] == '-' {
		if t = p.next(); t == nil {
			return 0, false
		}
	}
	switch {
	case t[0] == '{':
		level := 1
		for level > 0 {
			t := p.next()
			if t == nil {
				return 0, false
			}
			switch t[0] {
			case '{':
				level++
			case '}':
				level--
			case ';', ':':
				p.pos = was
				return 0, false
			}
		}
	case nameByte(t[0]), t[0] == '*':
	default:
		p.pos = was
		return 0, false
	}
	return p.sets.id(p.text[from:p.pos]), true
}

func (p *parser) sign(b byte) bool {
	t := p.next()
	return len(t) == 1 && t[0] == b
}

// access reads a rule SOURCES TARGETS : CLASSES PERMISSIONS ; and skips other forms, such as the
// allow of roles.
func (p *parser) access(kind Kind) {
	was := p.pos
	r := Rule{Kind: kind}
	var ok [4]bool
	r.Sources, ok[0] = p.set()
	r.Targets, ok[1] = p.set()
	colon := p.sign(':')
	r.Classes, ok[2] = p.set()
	r.Perms, ok[3] = p.set()
	if !colon || ok != [4]bool{true, true, true, true} || !p.sign(';') {
		p.pos = was
		p.skip()
		return
	}
	p.emit(r)
}

func (p *parser) emit(r Rule) {
	if r.isEmpty() {
		return
	}
	r.Optional = p.optional > 0
	p.rule(r, p.cond())
}

// member reads typeattribute TYPE ATTRIBUTE, ATTRIBUTE;
func (p *parser) member() {
	r := Rule{Kind: Member}
	var ok bool
	if r.Sources, ok = p.set(); !ok {
		p.skip()
		return
	}
	for {
		if r.Targets, ok = p.set(); !ok {
			p.skip()
			return
		}
		p.emit(r)
		t := p.next()
		if len(t) != 1 || t[0] != ',' {
			return
		}
	}
}

// declared reads type NAME alias ALIAS, ATTRIBUTE, ATTRIBUTE;
func (p *parser) declared() {
	r := Rule{Kind: Member}
	var ok bool
	if r.Sources, ok = p.set(); !ok {
		p.skip()
		return
	}
	for {
		t := p.next()
		switch {
		case string(t) == "alias":
			p.set()
		case len(t) == 1 && t[0] == ',':
			if r.Targets, ok = p.set(); ok {
				p.emit(r)
			}
		default:
			return
		}
	}
}

func (p *parser) transition() {
	r := Rule{Kind: Transition}
	var ok [4]bool
	r.Sources, ok[0] = p.set()
	r.Targets, ok[1] = p.set()
	colon := p.sign(':')
	r.Classes, ok[2] = p.set()
	r.Perms, ok[3] = p.set()
	if colon && ok == [4]bool{true, true, true, true} {
		p.emit(r)
	}
	p.skip()
}

// require reads a block of requirements and reports which names are attributes.
func (p *parser) require() {
	p.open()
	attribute := false
	for {
		t := p.next()
		switch {
		case t == nil, t[0] == '}':
			return
		case string(t) == "attribute":
			attribute = true
		case t[0] == ';':
			attribute = false
		case t[0] == '{': // permissions
			for t != nil && t[0] != '}' {
				t = p.next()
			}
		case attribute && nameByte(t[0]):
			p.attribute(t)
		}
	}
}

// called reads the mark of a call.
func (p *parser) called() {
	n := 0
	for p.pos < len(p.text) && p.text[p.pos] >= '0' && p.text[p.pos] <= '9' {
		n = n*10 + int(p.text[p.pos]-'0')
		p.pos++
	}
	p.pos++ // the semicolon
	p.call(n, p.optional > 0, p.cond())
}
