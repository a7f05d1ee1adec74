package host

// An nftTextSet is a set or a map. A set inside a rule has no name.
type nftTextSet struct {
	name string
	// changes says that rules add to the set, or that its elements expire.
	changes  bool
	elements []nftTextElement
	known    bool // its elements are understood
}

// An nftTextElement has the words of a key, and in a map those of its value.
type nftTextElement struct{ key, value []nftToken }

func (t *nftTextTable) set(name string) *nftTextSet {
	s := t.sets[name]
	if s == nil {
		s = &nftTextSet{name: name, known: true}
		t.sets[name] = s
	}
	return s
}

// set reads the body of a set or map.
func (p *nftParser) set(t *nftTextTable) error {
	s := t.set(p.name())
	body, err := p.block()
	if err != nil {
		return err
	}
	return eachNFTStatement(body, s.statement)
}

// statement reads one statement in the body of a set or map; false if it is not known.
func (s *nftTextSet) statement(words []nftToken) bool {
	switch words[0].text {
	case "elements":
		if len(words) < 4 || !words[1].is("=") {
			return false
		}
		rest := &nftParser{tokens: words[2:]}
		elements, err := rest.block()
		if err != nil {
			return false
		}
		s.add(elements)
	case "flags":
		for _, w := range words {
			s.changes = s.changes || w.is("timeout") || w.is("dynamic")
		}
	case "timeout":
		s.changes = true
	case "type", "typeof", "size", "policy", "gc-interval", "auto-merge", "comment", "counter", "quota", "limit",
		"last":
	default:
		return false
	}
	return true
}

// add adds the elements between brackets.
func (s *nftTextSet) add(words []nftToken) {
	s.elements = append(s.elements, nftElements(words)...)
	for i := range s.elements {
		for _, w := range s.elements[i].key {
			s.changes = s.changes || w.is("timeout") || w.is("expires")
		}
	}
}

// nftElements splits a list at its commas, and the elements of a map at the colon.
func nftElements(words []nftToken) []nftTextElement {
	var list []nftTextElement
	var e nftTextElement
	value, depth := false, 0
	end := func() {
		if len(e.key) > 0 {
			list = append(list, e)
		}
		e, value = nftTextElement{}, false
	}
	for _, w := range words {
		switch {
		case w.is(nftNewline):
		case w.is(",") && depth == 0:
			end()
		case w.is(":") && depth == 0:
			value = true
		default:
			if w.is("{") {
				depth++
			} else if w.is("}") {
				depth--
			}
			if value {
				e.value = append(e.value, w)
			} else {
				e.key = append(e.key, w)
			}
		}
	}
	end()
	return list
}
