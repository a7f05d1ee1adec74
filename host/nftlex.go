package host

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/services"
)

// An nftToken is a word, a string or a sign of an nftables file.
type nftToken struct {
	text   string
	quoted bool
	// at is the file and the line.
	at string
}

func (t *nftToken) is(text string) bool { return !t.quoted && t.text == text }

// nftNewline is the token at the end of a line, which ends statements.
const nftNewline = "\n"

// maxNFTTokens is the limit for the tokens of all files together, and for those of all variables.
const maxNFTTokens = 1 << 19

// An nftSource reads files of nftables into tokens, and carries out include and define.
type nftSource struct {
	root   Root
	files  []string // the files that were read
	vars   map[string][]nftToken
	tokens []nftToken
	depth  int
	held   int // the words of all values
}

var errNFTLarge = errors.New("more than senet reads")

// read adds the tokens of a file.
func (n *nftSource) read(file string) error {
	const deepest = 16 // MAX_INCLUDE_DEPTH of nft
	if n.depth++; n.depth > deepest || len(n.files) >= maxConfFiles {
		return fmt.Errorf("%s: %w", file, errNFTLarge)
	}
	defer func() { n.depth-- }()
	n.files = append(n.files, file)
	b, err := n.root.ReadFile(file, maxText)
	if err != nil {
		return err
	}
	return n.expand(nftWords(string(b), file))
}

// expand adds tokens, with the values in the place of variables. It carries out the statements include,
// define, redefine and undefine.
func (n *nftSource) expand(words []nftToken) error {
	start := true
	for i := 0; i < len(words); i++ {
		w := &words[i]
		switch {
		case start && w.is("include") && i+1 < len(words) && words[i+1].quoted:
			i++
			if err := n.include(words[i].text, w.at); err != nil {
				return err
			}
			continue
		case start && (w.is("define") || w.is("redefine")) && i+2 < len(words) && words[i+2].is("="):
			name := words[i+1].text
			value, end := nftValue(words, i+3)
			n.vars[name] = n.substituted(value)
			if n.held += len(n.vars[name]); n.held > maxNFTTokens {
				return errNFTLarge
			}
			i = end - 1
			continue
		case start && w.is("undefine") && i+1 < len(words):
			i++
			delete(n.vars, words[i].text)
			continue
		}
		start = w.is(nftNewline) || w.is(";") || w.is("{") || w.is("}")
		n.tokens = append(n.tokens, n.substituted(words[i:i+1])...)
		if len(n.tokens) > maxNFTTokens {
			return errNFTLarge
		}
	}
	return nil
}

// substituted replaces variables by their values. An undefined variable stays.
func (n *nftSource) substituted(words []nftToken) []nftToken {
	if !slices.ContainsFunc(words, func(t nftToken) bool { return strings.HasPrefix(t.text, "$") && !t.quoted }) {
		return words
	}
	var out []nftToken
	for _, w := range words {
		value, ok := n.vars[strings.TrimPrefix(w.text, "$")]
		if w.quoted || !strings.HasPrefix(w.text, "$") || !ok || len(out) > maxNFTTokens {
			out = append(out, w)
			continue
		}
		out = append(out, value...)
	}
	return out
}

// nftValue returns the words of a definition, which ends with its line, or its brackets.
func nftValue(words []nftToken, i int) (value []nftToken, end int) {
	depth := 0
	for ; i < len(words); i++ {
		switch w := &words[i]; {
		case w.is("{"):
			depth++
		case w.is("}"):
			depth--
		case (w.is(nftNewline) || w.is(";")) && depth <= 0:
			return value, i
		}
		value = append(value, words[i])
	}
	return value, i
}

// include adds the files that match a pattern, in the order of their names. A path without a directory is looked
// for in /etc.
func (n *nftSource) include(pattern, at string) error {
	if !path.IsAbs(pattern) {
		pattern = path.Join("/etc", pattern)
	}
	if !strings.ContainsAny(pattern, "*?[") {
		if err := n.read(pattern); err != nil {
			return fmt.Errorf("%s: include: %w", at, err)
		}
		return nil
	}
	names, err := n.root.ReadDir(path.Dir(pattern), maxConfFiles)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: include: %w", at, err)
	}
	slices.Sort(names)
	for _, name := range names {
		if strings.HasPrefix(name, ".") {
			continue
		}
		if ok, err := path.Match(path.Base(pattern), name); ok && err == nil {
			if err := n.read(path.Join(path.Dir(pattern), name)); err != nil {
				return fmt.Errorf("%s: include: %w", at, err)
			}
		}
	}
	return nil
}

// nftWords splits text into tokens.
func nftWords(s, file string) []nftToken {
	var list []nftToken
	line := 1
	add := func(text string, quoted bool) {
		list = append(list, nftToken{text, quoted, fmt.Sprintf("%s:%d", file, line)})
	}
	for len(s) > 0 {
		c := s[0]
		switch {
		case c == '#':
			if end := strings.IndexByte(s, '\n'); end >= 0 {
				s = s[end:]
			} else {
				s = ""
			}
		case c == '"':
			word, rest, _ := strings.Cut(s[1:], `"`)
			add(word, true)
			line += strings.Count(word, "\n")
			s = rest
		case c == '\n':
			add(nftNewline, false)
			line++
			s = s[1:]
		case c == '\\' && strings.HasPrefix(s[1:], "\n"):
			line++
			s = s[2:]
		case c == ' ' || c == '\t' || c == '\r' || c == '\\':
			s = s[1:]
		case strings.HasPrefix(s, "!=") || strings.HasPrefix(s, "==") || strings.HasPrefix(s, "<=") ||
			strings.HasPrefix(s, ">=") || strings.HasPrefix(s, "<<") || strings.HasPrefix(s, ">>"):
			add(s[:2], false)
			s = s[2:]
		case strings.IndexByte("{};,()=!<>&|^", c) >= 0:
			add(s[:1], false)
			s = s[1:]
		default:
			end := strings.IndexAny(s, "{};,()=!<>&|^# \t\r\n\"")
			if end < 0 {
				end = len(s)
			}
			if strings.HasPrefix(s[end:], "\n") && s[end-1] == '\\' {
				end-- // the line continues
			}
			for _, w := range nftSplit(s[:end]) {
				add(w, false)
			}
			s = s[end:]
		}
	}
	return list
}

// nftSplit removes the colon of a map from a word, unless the word is an address.
func nftSplit(word string) []string {
	i := strings.IndexByte(word, ':')
	if i < 0 || word == ":" {
		return []string{word}
	}
	whole := strings.TrimSuffix(word, ":")
	for _, part := range strings.Split(whole, "-") {
		addr, _, _ := strings.Cut(part, "/")
		if _, err := netip.ParseAddr(addr); err != nil {
			list := []string{}
			if i > 0 {
				list = append(list, word[:i])
			}
			list = append(list, ":")
			if i+1 < len(word) {
				list = append(list, nftSplit(word[i+1:])...)
			}
			return list
		}
	}
	if whole == word {
		return []string{word}
	}
	return []string{whole, ":"}
}

// nftConfig reads a file of nftables and the files that it includes. It also returns their names.
func (r Root) nftConfig(file string) (*nftConfig, []string, error) {
	n := &nftSource{root: r, vars: make(map[string][]nftToken)}
	if err := n.read(file); err != nil {
		return nil, n.files, err
	}
	ports := make(map[string]uint16)
	if b, err := r.ReadFile(services.File, maxText); err == nil {
		for s := range services.Each(string(b)) {
			if _, ok := ports[s.Name]; !ok {
				ports[s.Name] = s.Port
			}
		}
	}
	config, err := parseNFTText(n.tokens, ports)
	return config, n.files, err
}
