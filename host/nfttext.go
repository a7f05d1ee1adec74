package host

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An nftConfig has the tables of an empty kernel after nft -f has loaded some files.
type nftConfig struct {
	tables []*nftTextTable
	// ports are the numbers of the names of services.
	ports map[string]uint16
	// values counts the elements of sets that rules compare with. A set counts once for each rule.
	values int
}

// An nftTextTable is a table of a file.
type nftTextTable struct {
	family, name string
	dormant      bool
	labels       []SecmarkRule
	sets         map[string]*nftTextSet
	chains       []*nftTextChain
}

// errNFTSyntax is wrapped by errors about parts of the language that senet does not know.
var errNFTSyntax = errors.New("senet does not know this")

// An nftParser reads tokens.
type nftParser struct {
	tokens []nftToken
	at     int
	config *nftConfig
}

// parseNFTText reads tokens. It returns an error for a statement that senet does not know, or that
// nft refuses; nft then loads nothing of the file.
func parseNFTText(tokens []nftToken, ports map[string]uint16) (*nftConfig, error) {
	p := &nftParser{tokens: tokens, config: &nftConfig{ports: ports}}
	for {
		p.blank()
		if p.at >= len(p.tokens) {
			return p.config, nil
		}
		if err := p.command(); err != nil {
			return nil, err
		}
	}
}

func (p *nftParser) peek() *nftToken {
	if p.at < len(p.tokens) {
		return &p.tokens[p.at]
	}
	return &nftToken{}
}

// blank skips ends of statements.
func (p *nftParser) blank() {
	for p.at < len(p.tokens) && (p.tokens[p.at].is(nftNewline) || p.tokens[p.at].is(";")) {
		p.at++
	}
}

func (p *nftParser) take(text string) bool {
	if p.at < len(p.tokens) && p.tokens[p.at].is(text) {
		p.at++
		return true
	}
	return false
}

func (p *nftParser) fail() error {
	t := p.peek()
	if t.at == "" && len(p.tokens) > 0 {
		t = &p.tokens[len(p.tokens)-1]
	}
	return fmt.Errorf("%s: %q: %w", t.at, t.text, errNFTSyntax)
}

// statement takes the tokens up to the end of a statement: the end of the line, or a semicolon outside of brackets.
func (p *nftParser) statement() []nftToken {
	begin, depth := p.at, 0
	for ; p.at < len(p.tokens); p.at++ {
		switch t := &p.tokens[p.at]; {
		case t.is("{"):
			depth++
		case t.is("}"):
			if depth == 0 {
				return p.tokens[begin:p.at]
			}
			depth--
		case depth == 0 && (t.is(nftNewline) || t.is(";")):
			return p.tokens[begin:p.at]
		}
	}
	return p.tokens[begin:]
}

// block takes the tokens between brackets.
func (p *nftParser) block() ([]nftToken, error) {
	for p.take(nftNewline) {
	}
	if !p.take("{") {
		return nil, p.fail()
	}
	begin, depth := p.at, 1
	for ; p.at < len(p.tokens); p.at++ {
		switch t := &p.tokens[p.at]; {
		case t.is("{"):
			depth++
		case t.is("}"):
			if depth--; depth == 0 {
				p.at++
				return p.tokens[begin : p.at-1], nil
			}
		}
	}
	return nil, p.fail()
}

// eachNFTStatement calls read for each statement of a block. The error has the place of the first statement for
// which read returns false.
func eachNFTStatement(body []nftToken, read func([]nftToken) bool) error {
	p := &nftParser{tokens: body}
	for {
		p.blank()
		if p.at >= len(p.tokens) {
			return nil
		}
		begin := p.at
		words := p.statement()
		if len(words) == 0 {
			return p.fail()
		}
		if !read(words) {
			p.at = begin
			return p.fail()
		}
	}
}

var nftFamilies = []string{"ip", "ip6", "inet", "arp", "bridge", "netdev"}

// family takes the name of a family, ip if there is none.
func (p *nftParser) family() string {
	if t := p.peek(); !t.quoted && slices.Contains(nftFamilies, t.text) {
		p.at++
		return t.text
	}
	return "ip"
}

// name takes a name.
func (p *nftParser) name() string {
	t := p.peek()
	if t.text == "" || !t.quoted && (strings.Contains("{};,()=!<>&|^:", t.text) || t.text == nftNewline) {
		return ""
	}
	p.at++
	return t.text
}

// command reads one command.
func (p *nftParser) command() error {
	switch verb := p.peek().text; verb {
	case "table":
		p.at++
		return p.table()
	case "add", "create", "insert":
		p.at++
		return p.add(verb == "insert")
	case "flush":
		p.at++
		return p.flush()
	case "delete", "destroy":
		p.at++
		if !p.take("table") {
			return p.fail()
		}
		family, name := p.family(), p.name()
		p.config.tables = slices.DeleteFunc(p.config.tables, func(t *nftTextTable) bool {
			return t.family == family && t.name == name
		})
		return p.end()
	case "list", "monitor", "describe", "reset":
		p.statement() // has no effect on labels
		return nil
	}
	return p.fail()
}

// end expects the end of a statement.
func (p *nftParser) end() error {
	if t := p.peek(); p.at < len(p.tokens) && !t.is(nftNewline) && !t.is(";") {
		return p.fail()
	}
	return nil
}

func (p *nftParser) flush() error {
	switch {
	case p.take("ruleset"):
		if t := p.peek(); !t.quoted && slices.Contains(nftFamilies, t.text) {
			p.at++
			p.config.tables = slices.DeleteFunc(p.config.tables,
				func(x *nftTextTable) bool { return x.family == t.text })
			return p.end()
		}
		p.config.tables = nil
	case p.take("table"):
		if t := p.config.find(p.family(), p.name()); t != nil {
			for _, c := range t.chains {
				c.rules = nil
			}
		}
	case p.take("chain"):
		t := p.config.find(p.family(), p.name())
		if name := p.name(); t != nil {
			if c := t.find(name); c != nil {
				c.rules = nil
			}
		}
	default:
		return p.fail()
	}
	return p.end()
}

func (n *nftConfig) find(family, name string) *nftTextTable {
	for _, t := range n.tables {
		if t.family == family && t.name == name {
			return t
		}
	}
	return nil
}

// open returns a table. It makes the table if it does not exist.
func (n *nftConfig) open(family, name string) *nftTextTable {
	t := n.find(family, name)
	if t == nil {
		t = &nftTextTable{family: family, name: name, sets: make(map[string]*nftTextSet)}
		n.tables = append(n.tables, t)
	}
	return t
}

func (t *nftTextTable) find(name string) *nftTextChain {
	for _, c := range t.chains {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (t *nftTextTable) chain(name string) *nftTextChain {
	c := t.find(name)
	if c == nil {
		c = &nftTextChain{Chain: Chain{Family: t.family, Table: t.name, Name: name}}
		t.chains = append(t.chains, c)
	}
	return c
}

// add reads what follows add, create and insert.
func (p *nftParser) add(insert bool) error {
	kind := p.peek().text
	p.at++
	switch kind {
	case "table":
		return p.table()
	case "chain":
		t := p.config.open(p.family(), p.name())
		return p.chain(t)
	case "set", "map":
		t := p.config.open(p.family(), p.name())
		return p.set(t)
	case "element":
		t := p.config.open(p.family(), p.name())
		s := t.set(p.name())
		body, err := p.block()
		s.add(body)
		return err
	case "secmark":
		t := p.config.open(p.family(), p.name())
		return p.secmark(t)
	case "rule":
		t := p.config.open(p.family(), p.name())
		c := t.chain(p.name())
		return p.rule(c, insert)
	case "counter", "quota", "limit", "ct", "synproxy", "flowtable":
		p.statement()
		return nil
	}
	p.at--
	// add FAMILY TABLE CHAIN RULE
	t := p.config.open(p.family(), p.name())
	if c := t.find(p.name()); c != nil {
		return p.rule(c, insert)
	}
	return p.fail()
}

// rule reads a rule outside of a chain's block, and puts it after the chain's other rules or before them.
func (p *nftParser) rule(c *nftTextChain, insert bool) error {
	words := p.statement()
	if len(words) > 0 && (words[0].is("position") || words[0].is("index") || words[0].is("handle")) {
		p.at -= len(words)
		return p.fail()
	}
	if insert {
		c.rules = slices.Insert(c.rules, 0, words)
	} else {
		c.rules = append(c.rules, words)
	}
	return nil
}

// table reads a table.
func (p *nftParser) table() error {
	family, name := p.family(), p.name()
	if name == "" {
		return p.fail()
	}
	t := p.config.open(family, name)
	for p.peek().is(nftNewline) && p.at+1 < len(p.tokens) && p.tokens[p.at+1].is("{") {
		p.at++
	}
	if !p.take("{") {
		return p.end()
	}
	for {
		p.blank()
		if p.take("}") {
			return nil
		}
		if err := p.member(t); err != nil {
			return err
		}
	}
}

// member reads one member of a table.
func (p *nftParser) member(t *nftTextTable) error {
	kind := p.peek()
	p.at++
	switch kind.text {
	case "chain":
		return p.chain(t)
	case "set", "map":
		return p.set(t)
	case "secmark":
		return p.secmark(t)
	case "flags":
		for _, w := range p.statement() {
			t.dormant = t.dormant || w.is("dormant")
		}
		return nil
	case "comment":
		p.statement()
		return nil
	case "counter", "quota", "limit", "synproxy", "flowtable":
		p.at++
		_, err := p.block()
		return err
	case "ct":
		p.at += 2
		_, err := p.block()
		return err
	}
	p.at--
	return p.fail()
}

// secmark reads NAME { "CONTEXT" }.
func (p *nftParser) secmark(t *nftTextTable) error {
	at, name := p.peek().at, p.name()
	body, err := p.block()
	if err != nil {
		return err
	}
	file, _, _ := strings.Cut(at, ":")
	r := SecmarkRule{Family: t.family, Table: t.name, Name: name, From: file}
	for _, w := range body {
		if w.quoted {
			r.Context = w.text
		}
	}
	t.labels = append(slices.DeleteFunc(t.labels, func(o SecmarkRule) bool { return o.Name == name }), r)
	return nil
}
