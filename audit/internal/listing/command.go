package listing

import (
	"path"
	"slices"
	"strings"
)

// A place tells where the names of a listing are.
type place struct {
	known bool // a command was found
	args  []string
	self  bool   // ls -d: the names are the arguments
	cwd   string // the directory in which the command ran, "" if it is not known
	head  string // the directory that a line before the names tells, as ls writes it for several
}

// locate finds the command of a listing that goes on or begins in a line.
func (s *Scanner) locate(number int64) {
	if s.last == number-1 && number > 1 {
		return // it goes on
	}
	var p place
	head, first := "", true
	for n, text := range s.before {
		text = strings.Trim(strings.TrimSpace(text), "`")
		if text == "" {
			continue
		}
		if !p.known && n > s.last && number-n <= maxAway {
			c, ok := command(text, "ls", "ll", "la", "l", "dir", "vdir")
			switch {
			case ok && c.option('Z', "context"):
				p = place{known: true, args: c.args, self: c.option('d', "directory"), cwd: c.cwd, head: head}
				continue
			case first && strings.HasSuffix(text, ":") && (text[0] == '/' || text[0] == '.'):
				head = strings.TrimSuffix(text, ":")
			}
			first = first && isTotal(text)
		}
		if c, ok := command(text, "cd"); ok && p.cwd == "" {
			if len(c.args) == 1 && strings.HasPrefix(c.args[0], "/") {
				p.cwd = path.Clean(c.args[0])
			}
			break
		}
		if p.known && p.cwd != "" {
			break
		}
	}
	switch {
	case p.known:
		s.place = p
	case head != "" && s.place.known: // the next directory of the same command
		s.place.head = head
	case number-s.last > 2 || s.last == 0: // one line between both may be blank
		s.place = place{head: head}
	}
}

// isTotal reports whether a line is the one that ls -l writes first, in any language: total 19M.
func isTotal(text string) bool {
	_, rest := cut(text)
	return isSize(rest)
}

// path returns the whole path of a name of the listing, "" if it is not known.
func (p *place) path(name string) string {
	if strings.HasPrefix(name, "/") {
		return path.Clean(name)
	}
	for _, arg := range p.args {
		if strings.TrimSuffix(arg, "/") == strings.TrimSuffix(name, "/") && name != "." {
			return p.from(arg)
		}
	}
	dir := p.cwd
	switch {
	case p.self:
	case p.head != "":
		dir = p.from(p.head)
	case len(p.args) == 1:
		dir = p.from(p.args[0])
	case len(p.args) > 1:
		return ""
	}
	if dir == "" {
		return ""
	}
	return path.Join(dir, name)
}

// from returns the whole path of a word of the command, "" if it is not known.
func (p *place) from(word string) string {
	switch {
	case strings.ContainsAny(word, "*?[]{}$~\\"):
		return "" // the shell replaced it
	case strings.HasPrefix(word, "/"):
		return path.Clean(word)
	case p.cwd == "":
		return ""
	}
	return path.Join(p.cwd, word)
}

// dryRun reports whether the command before is a restorecon that changes nothing (-n).
func (s *Scanner) dryRun(number int64) bool {
	for n, text := range s.before {
		if number-n > maxAway && n < s.last-maxAway {
			break
		}
		if c, ok := command(strings.Trim(text, "` \t"), "restorecon", "setfiles", "fixfiles"); ok {
			return c.option('n', "")
		}
	}
	return false
}

// A call is a command in a line, with or without the prompt before it.
type call struct {
	flags, args []string
	cwd         string // where the prompt or a cd before it tells the directory
}

// option reports whether a call has an option by its letter or by its long name.
func (c *call) option(letter byte, name string) bool {
	for _, f := range c.flags {
		if long, ok := strings.CutPrefix(f, "--"); ok {
			if name != "" && strings.HasSuffix(long, name) { // --context, and --scontext of old coreutils
				return true
			}
		} else if strings.IndexByte(f, letter) > 0 {
			return true
		}
	}
	return false
}

// command finds the call of one of the programs in a line. What is before it must be a prompt, sudo, a variable, or
// another command that ended: the words of a sentence are none.
func command(line string, names ...string) (c call, ok bool) {
	words := strings.Fields(line)
	for i, w := range words {
		if at := strings.LastIndexAny(w, "#$"); at >= 0 && at+1 < len(w) {
			words[i] = w[at+1:] // the prompt is written close to the command
			if !slices.Contains(names, path.Base(words[i])) {
				words[i] = w
			}
		}
		quoted := strings.HasPrefix(w, "`")
		if quoted {
			words[i] = w[1:]
		}
		if !slices.Contains(names, path.Base(words[i])) || !quoted && !begins(words[:i]) {
			continue
		}
		c = call{cwd: directory(words[:i])}
		return c, c.take(words[i+1:])
	}
	return c, false
}

// take reads the arguments of a call; false for those of a sentence.
func (c *call) take(words []string) bool {
	for _, w := range words {
		switch end := strings.IndexAny(w, "|;&>`"); {
		case end == 0:
			return true
		case end > 0:
			c.add(w[:end])
			return true
		}
		c.add(w)
	}
	return len(words) == 0 || !strings.HasSuffix(words[len(words)-1], ":")
}

func (c *call) add(word string) {
	if word = strings.Trim(word, "'\"`"); word == "" {
		return
	}
	if word[0] == '-' && len(word) > 1 {
		c.flags = append(c.flags, word)
		return
	}
	c.args = append(c.args, word)
}

// begins reports whether a command may begin behind these words.
func begins(before []string) bool {
	if len(before) == 0 {
		return true
	}
	last := before[len(before)-1]
	if strings.IndexByte("#$>%;", last[len(last)-1]) >= 0 || strings.HasSuffix(last, "&&") {
		return true
	}
	switch last[strings.LastIndexAny(last, "#$>%")+1:] {
	case "sudo", "command", "time", "run0", "doas", "&&", ";", "||":
		return true
	}
	return false
}

// directory returns the directory that the words before a command tell: those of a cd, or a prompt with a whole path.
func directory(before []string) string {
	for i := len(before) - 1; i > 0; i-- {
		if before[i-1] == "cd" {
			if dir := strings.TrimRight(before[i], ";&"); strings.HasPrefix(dir, "/") {
				return path.Clean(dir)
			}
			return ""
		}
	}
	for _, w := range before {
		w = strings.TrimRight(w, "#$>%]")
		if _, dir, ok := strings.Cut(w, ":"); ok {
			w = dir
		}
		if strings.HasPrefix(w, "/") && len(w) > 1 {
			return path.Clean(w)
		}
	}
	return ""
}
