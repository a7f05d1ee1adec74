package host

import (
	"slices"
	"strings"
)

// labels lists the secmark objects.
func (n *nftConfig) labels() []SecmarkRule {
	var list []SecmarkRule
	for _, t := range n.tables {
		list = append(list, t.labels...)
	}
	return list
}

// filter makes the chains of the tables that are not dormant, in the form in which the kernel's answers are read.
func (n *nftConfig) filter() []Chain {
	var list []Chain
	for _, t := range n.tables {
		if t.dormant {
			continue
		}
		for _, c := range t.chains {
			for _, words := range c.rules { // dynamic sets change
				for i := 0; i+1 < len(words); i++ {
					if (words[i].is("add") || words[i].is("update") || words[i].is("delete")) &&
						strings.HasPrefix(words[i+1].text, "@") {
						t.set(words[i+1].text[1:]).changes = true
					}
				}
			}
		}
		for _, c := range t.chains {
			out := c.Chain
			for _, words := range c.rules {
				r := nftTextRule{config: n, table: t, family: t.family, words: words, rules: [][]Step{nil}}
				r.read()
				for _, steps := range r.rules {
					out.Rules = append(out.Rules, Rule{Name: nftText(words), Steps: steps})
				}
			}
			list = append(list, out)
		}
	}
	return list
}

// nftText writes words in the usual form of an nftables file.
func nftText(words []nftToken) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 && !w.is(",") && !w.is(";") {
			b.WriteByte(' ')
		}
		if w.quoted {
			b.WriteString(`"` + w.text + `"`)
		} else {
			b.WriteString(strings.ReplaceAll(w.text, "\n", " "))
		}
	}
	return b.String()
}

// An nftTextRule makes the steps of one rule.
type nftTextRule struct {
	config *nftConfig
	table  *nftTextTable
	family string
	words  []nftToken
	at     int
	rules  [][]Step // once for each element of a map
}

func (r *nftTextRule) add(s Step) {
	for i := range r.rules {
		if s.Do == "" && s.Field != FieldUnknown && slices.ContainsFunc(r.rules[i], func(o Step) bool {
			return o.Field == s.Field && o.Not == s.Not && slices.Equal(o.Values, s.Values)
		}) {
			continue // the step is known
		}
		r.rules[i] = append(r.rules[i][:len(r.rules[i]):len(r.rules[i])], s)
	}
}

func (r *nftTextRule) peek(n int) *nftToken {
	if r.at+n < len(r.words) {
		return &r.words[r.at+n]
	}
	return &nftToken{}
}

func (r *nftTextRule) take(words ...string) bool {
	for i, w := range words {
		if !r.peek(i).is(w) {
			return false
		}
	}
	r.at += len(words)
	return true
}

// read makes the steps of all statements. After a statement that it does not know, the rule may match or not, so
// that each of its actions may happen or not.
func (r *nftTextRule) read() {
	for r.at < len(r.words) {
		begin := r.at
		if !r.statement() {
			r.at = begin
			r.rest()
			return
		}
	}
}

// rest adds the rest of the rule as unknown, and the actions in it as possible.
func (r *nftTextRule) rest() {
	r.add(Step{Field: FieldUnknown, Values: []string{nftText(r.words[r.at:])}})
	for ; r.at < len(r.words); r.at++ {
		switch {
		case r.peek(0).quoted:
		case r.take("vmap"):
			if set, ok := r.mapping(); ok {
				r.expand(nil, set, r.decide)
			} else {
				r.add(Step{Do: DoElsewhere})
			}
			r.at--
		case r.take("ct", "secmark", "set"):
			r.add(Step{Do: DoToConn})
		case r.take("secmark", "set"):
			if !r.label() {
				r.add(Step{Do: DoAnyLabel, Arg: nftText(r.words[r.at:])})
			}
			r.at--
		case r.peek(0).is("notrack"):
			r.add(Step{Do: DoUntrack})
		case r.peek(0).is("reject"):
			r.add(Step{Do: DoDrop})
		case r.peek(0).is("queue"), r.peek(0).is("fwd"):
			r.add(Step{Do: DoElsewhere})
		default:
			if s, n := r.verdict(r.words[r.at:]); n > 0 {
				r.add(s)
				r.at += n - 1
			}
		}
	}
}

// verdict reads a verdict and returns how many words it has, 0 for none.
func (r *nftTextRule) verdict(words []nftToken) (Step, int) {
	if len(words) == 0 || words[0].quoted {
		return Step{}, 0
	}
	switch words[0].text {
	case "accept":
		return Step{Do: DoAccept}, 1
	case "drop":
		return Step{Do: DoDrop}, 1
	case "return":
		return Step{Do: DoReturn}, 1
	case "continue":
		return Step{Field: FieldNever, Not: true}, 1
	case "jump", "goto":
		if len(words) > 1 {
			return Step{Do: words[0].text, Arg: words[1].text}, 2
		}
	}
	return Step{}, 0
}

// decide is the step of a value of a verdict map.
func (r *nftTextRule) decide(value []nftToken) Step {
	if s, n := r.verdict(value); n > 0 {
		return s
	}
	return Step{Do: DoElsewhere}
}

// statement reads one statement, or one comparison; false where it is not known.
func (r *nftTextRule) statement() bool {
	if s, n := r.verdict(r.words[r.at:]); n > 0 {
		r.add(s)
		r.at += n
		return true
	}
	switch word := r.peek(0); word.text {
	case "counter":
		r.at++
		for r.take("packets") || r.take("bytes") || r.take("name") {
			r.at++
		}
		if r.peek(0).quoted {
			r.at++
		}
		return true
	case "comment":
		r.at += 2
		return true
	case "log":
		r.at++
		for r.take("prefix") || r.take("level") || r.take("group") || r.take("snaplen") || r.take("queue-threshold") ||
			r.take("flags") {
			if r.at++; r.peek(-2).is("flags") && (r.peek(-1).is("tcp") || r.peek(-1).is("ip")) {
				for r.at++; r.take(","); r.at++ {
				}
			}
		}
		return true
	case "reject":
		r.at++
		if r.take("with") { // the answer is possible only for some packets, which nft compares
			switch kind := r.peek(0); {
			case kind.is("tcp"):
				r.add(Step{Field: FieldProtocol, Values: []string{"6"}})
			case r.family == "ip" || r.family == "ip6":
			case kind.is("icmp"):
				r.add(Step{Field: FieldFamily, Values: []string{"ip"}})
			case kind.is("icmpv6"):
				r.add(Step{Field: FieldFamily, Values: []string{"ip6"}})
			}
			r.at = len(r.words)
		}
		r.add(Step{Do: DoDrop})
		return true
	case "notrack":
		r.at++
		r.add(Step{Do: DoUntrack})
		return true
	case "masquerade", "snat", "dnat", "redirect":
		r.at = len(r.words)
		r.add(Step{Do: DoRewrite})
		r.add(Step{Do: DoAccept})
		return true
	case "tproxy":
		r.add(Step{Do: DoRewrite})
		return false
	case "queue", "fwd":
		r.at = len(r.words)
		r.add(Step{Do: DoElsewhere})
		return true
	case "synproxy":
		r.at = len(r.words)
		r.add(Step{Field: FieldUnknown, Values: []string{"synproxy"}})
		r.add(Step{Do: DoElsewhere})
		return true
	}
	if r.take("meta", "secmark", "set") || r.take("secmark", "set") {
		return r.label()
	}
	if r.take("ct", "secmark", "set") {
		switch {
		case r.take("meta", "secmark"), r.take("secmark"):
			r.add(Step{Do: DoToConn})
			return true
		}
		r.add(Step{Do: DoAnyLabel, Arg: "connection"})
		return false
	}
	if r.peek(0).is("meta") && r.peek(2).is("set") || r.peek(0).is("ct") && (r.peek(2).is("set")) {
		return r.sets(3)
	}
	if r.peek(0).is("mark") && r.peek(1).is("set") {
		return r.sets(2)
	}
	return r.comparison()
}

// sets skips the plain value of an assignment that has no effect on labels.
func (r *nftTextRule) sets(words int) bool {
	v := r.peek(words)
	if v.text == "" || strings.Contains("{(", v.text) || slices.Contains([]string{"meta", "ct", "mark", "ip",
		"ip6", "tcp", "udp", "th", "numgen", "jhash", "symhash"}, v.text) {
		return false
	}
	if next := r.peek(words + 1); next.is("|") || next.is("&") || next.is("^") || next.is("map") || next.is(".") {
		return false
	}
	r.at += words + 1
	return true
}

// label reads an assignment to a packet's label.
func (r *nftTextRule) label() bool {
	switch {
	case r.take("ct", "secmark"):
		r.add(Step{Do: DoFromConn})
		return true
	case r.take("meta", "secmark"):
		return true
	}
	if next := r.peek(1); r.at < len(r.words) && !next.is("map") && !next.is(".") &&
		(r.peek(0).quoted || r.table.context(r.peek(0).text) != "") {
		r.add(r.table.label(r.peek(0).text))
		r.at++
		return true
	}
	keys, ok := r.keys()
	if !ok || !r.take("map") {
		return false
	}
	set, ok := r.mapping()
	if !ok {
		return false
	}
	r.expand(keys, set, func(value []nftToken) Step {
		if len(value) != 1 {
			return Step{Do: DoAnyLabel, Arg: nftText(value)}
		}
		return r.table.label(value[0].text)
	})
	return true
}

// context returns the label of a secmark object, "" if there is no such object.
func (t *nftTextTable) context(name string) string {
	for i := range t.labels {
		if t.labels[i].Name == name {
			return t.labels[i].Context
		}
	}
	return ""
}

func (t *nftTextTable) label(name string) Step {
	if context := t.context(name); context != "" {
		return Step{Do: DoLabel, Arg: context}
	}
	return Step{Do: DoAnyLabel, Arg: name}
}

// mapping reads @NAME, or a set or map that stands in the rule.
func (r *nftTextRule) mapping() (*nftTextSet, bool) {
	if name, ok := strings.CutPrefix(r.peek(0).text, "@"); ok && !r.peek(0).quoted {
		r.at++
		s, ok := r.table.sets[name]
		return s, ok
	}
	p := nftParser{tokens: r.words, at: r.at}
	body, err := p.block()
	if err != nil {
		return nil, false
	}
	r.at = p.at
	return &nftTextSet{elements: nftElements(body), known: true}, true
}

// expand makes one rule for each element of a map.
func (r *nftTextRule) expand(keys []nftKey, set *nftTextSet, do func([]nftToken) Step) {
	before := r.rules
	text := "map " + set.name
	if r.config.values += len(set.elements) * len(before); r.config.values > maxNFTTokens {
		r.add(Step{Field: FieldUnknown, Values: []string{text + ", which is large"}})
		r.add(Step{Do: DoAnyLabel, Arg: text})
		r.add(Step{Do: DoElsewhere})
		return
	}
	r.rules = nil
	for i := range set.elements {
		e := &set.elements[i]
		steps, ok := r.match(keys, e.key)
		if !ok || set.changes {
			steps = []Step{{Field: FieldUnknown, Values: []string{text}}}
		}
		if do != nil {
			steps = append(steps, do(e.value))
		}
		for _, old := range before {
			if len(r.rules) == maxExpanded {
				r.add(Step{Field: FieldUnknown, Values: []string{text + ", which is large"}})
				return
			}
			r.rules = append(r.rules, append(old[:len(old):len(old)], steps...))
		}
	}
	if len(set.elements) > 0 {
		return
	}
	if r.rules = before; set.changes {
		r.add(Step{Field: FieldUnknown, Values: []string{text}})
		if do != nil {
			r.add(Step{Do: DoAnyLabel, Arg: text})
		}
		return
	}
	r.add(Step{Field: FieldNever})
}
