package statefile

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

// Of returns a file with the given records, each kind sorted by key. Of several with one key, the
// last one counts. Records that are not of [Kinds] are left out.
func Of(records []semanage.Record) *State {
	counts := make(map[semanage.Key]semanage.Record)
	for _, r := range records {
		counts[r.Key()] = r
	}
	list := slices.Collect(maps.Values(counts))
	slices.SortFunc(list, func(a, b semanage.Record) int { return strings.Compare(a.Key().String(), b.Key().String()) })
	s := &State{}
	for _, r := range list {
		s.add(r)
	}
	return s
}

func (s *State) add(r semanage.Record) {
	switch r := r.(type) {
	case semanage.Port:
		_, port, _ := strings.Cut(r.Key().String(), "/")
		s.Ports = append(s.Ports, Port{Type: r.Context.Type, Proto: r.Protocol.String(), Port: Scalar(port),
			Range: r.Context.Range})
	case semanage.Boolean:
		if s.Booleans == nil {
			s.Booleans = make(map[string]bool)
		}
		s.Booleans[r.Name] = r.On
	case semanage.Node:
		s.Nodes = append(s.Nodes, Node{Type: r.Context.Type, Address: r.Addr.String(), Mask: r.Mask.String(),
			Range: r.Context.Range})
	case semanage.Interface:
		s.Interfaces = append(s.Interfaces, Interface{Type: r.Context.Type, Name: r.Name, Range: r.Context.Range})
	case semanage.User:
		s.Users = append(s.Users, User{Name: r.Name, Roles: r.Roles, Level: r.Level, Range: r.Range,
			Prefix: r.Prefix})
	case semanage.Login:
		s.Logins = append(s.Logins, Login{Name: r.Name, User: r.User, Range: r.Range})
	case semanage.FileContext:
		f := FileContext{Path: r.Path, Files: semanage.FileLetter(r.Files), Type: noLabel}
		if r.Context != (semanage.Context{}) {
			f.Type, f.Range = r.Context.Type, r.Context.Range
			if r.Context.User != systemUser {
				f.User = r.Context.User
			}
		}
		s.FileContexts = append(s.FileContexts, f)
	case semanage.Equivalence:
		s.Equivalences = append(s.Equivalences, Equivalence{Path: r.Path, Like: r.Like})
	}
}

// Write writes the file as YAML, which [Read] can read.
func (s *State) Write(w io.Writer) error {
	var b bytes.Buffer
	if s.Schema != "" {
		writeFields(&b, "", "schema", s.Schema)
	}
	if s.Base != nil {
		b.WriteString("base:\n")
		writeFields(&b, "  ", "store", s.Base.Store)
		b.WriteString("  commit: " + strconv.Itoa(s.Base.Commit) + "\n")
		writeFields(&b, "  ", "policy", s.Base.Policy)
	}
	writeList(&b, "ports", s.Ports, func(p *Port) []string {
		return []string{"type", p.Type, "proto", p.Proto, "port", string(p.Port), "range", p.Range, "state", p.State}
	})
	if len(s.Booleans) > 0 {
		b.WriteString("booleans:\n")
		for _, name := range slices.Sorted(maps.Keys(s.Booleans)) {
			b.WriteString("  " + quoted(name) + ": " + strconv.FormatBool(s.Booleans[name]) + "\n")
		}
	}
	writeList(&b, "nodes", s.Nodes, func(n *Node) []string {
		return []string{"type", n.Type, "address", n.Address, "mask", n.Mask, "range", n.Range, "state", n.State}
	})
	writeList(&b, "interfaces", s.Interfaces, func(i *Interface) []string {
		return []string{"type", i.Type, "name", i.Name, "range", i.Range, "state", i.State}
	})
	writeList(&b, "users", s.Users, func(u *User) []string {
		return []string{"name", u.Name, "roles", u.Roles, "level", u.Level, "range", u.Range, "prefix", u.Prefix,
			"state", u.State}
	})
	writeList(&b, "logins", s.Logins, func(l *Login) []string {
		return []string{"name", l.Name, "user", l.User, "range", l.Range, "state", l.State}
	})
	writeList(&b, "fcontexts", s.FileContexts, func(f *FileContext) []string {
		return []string{"path", f.Path, "files", f.Files, "type", f.Type, "user", f.User, "range", f.Range,
			"state", f.State}
	})
	writeList(&b, "equivalences", s.Equivalences, func(e *Equivalence) []string {
		return []string{"path", e.Path, "like", e.Like, "state", e.State}
	})
	writeList(&b, "permissive", s.Permissive, func(p *Permissive) []string {
		return []string{"type", p.Type, "state", p.State}
	})
	writeList(&b, "modules", s.Modules, func(m *Module) []string {
		return []string{"name", m.Name, "priority", string(m.Priority), "state", m.State, "file", m.File, "sha256",
			m.SHA256, "cil", m.CIL}
	})
	if len(s.Exclusive) > 0 {
		list := make([]string, len(s.Exclusive))
		for i, kind := range s.Exclusive {
			list[i] = quoted(kind)
		}
		b.WriteString("exclusive: [" + strings.Join(list, ", ") + "]\n")
	}
	if b.Len() == 0 {
		b.WriteString("{}\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// always are the fields that are written even if they are empty: those that every record must have.
var always = [...]string{"store", "policy", "proto", "port", "address", "name", "path"}

func writeList[T any](b *bytes.Buffer, name string, list []T, fields func(*T) []string) {
	if len(list) > 0 {
		b.WriteString(name + ":\n")
	}
	for i := range list {
		from := b.Len()
		writeFields(b, "    ", fields(&list[i])...)
		b.Bytes()[from+2] = '-'
	}
}

// writeFields writes names and values, a line each.
func writeFields(b *bytes.Buffer, indent string, fields ...string) {
	for i := 0; i+1 < len(fields); i += 2 {
		name, value := fields[i], fields[i+1]
		if block := literal(indent+"  ", value); block != "" && name == "cil" {
			b.WriteString(indent + name + ": " + block)
			continue
		}
		if value != "" || slices.Contains(always[:], name) {
			b.WriteString(indent + name + ": " + quoted(value) + "\n")
		}
	}
}

// literal returns a text as lines behind "|", "" where it has something that such lines cannot
// have or that readers differ about.
func literal(indent, text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	first, last := lines[0], lines[len(lines)-1]
	if strings.TrimLeft(first, " \t") != first || first == "" || strings.Trim(last, " \t") == "" ||
		strings.ContainsFunc(text, func(c rune) bool { return c != '\n' && c != '\t' && !strconv.IsPrint(c) }) {
		return ""
	}
	var b strings.Builder
	b.WriteString("|")
	if !strings.HasSuffix(text, "\n") {
		b.WriteString("-")
	}
	for _, line := range lines {
		b.WriteByte('\n')
		if line != "" {
			b.WriteString(indent + line)
		}
	}
	b.WriteByte('\n')
	return b.String()
}

// quoted returns a text as a word of YAML, in quotes where any reader could take it for
// something else than a text.
func quoted(text string) string {
	if plainWord(text) {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			b.WriteString("\\" + string(c))
		case c == '\n':
			b.WriteString("\\n")
		case c < 0x10000 && !strconv.IsPrint(c):
			fmt.Fprintf(&b, "\\u%04x", c)
		case !strconv.IsPrint(c):
			fmt.Fprintf(&b, "\\U%08x", c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String() + "\""
}

// plainWord reports whether a text needs no quotes: a name, a range of levels, of ports
// or of addresses.
func plainWord(text string) bool {
	switch strings.ToLower(text) {
	case "", "y", "yes", "on", "n", "no", "off", "true", "false", "null":
		return false
	}
	if c := text[0]; c >= '0' && c <= '9' {
		low, high, isRange := strings.Cut(text, "-")
		if isRange && digits(low) && digits(high) {
			return true
		}
		network := strings.Contains(text, "/") && !strings.Contains(text, ":")
		return plainRest(text) && (network || noNumber(text))
	}
	return letterOrLine(text[0]) && plainRest(text)
}

// noNumber reports whether a word that begins with a digit has only digits and letters, and a
// letter that no number has: most checksums do.
func noNumber(text string) bool {
	based := len(text) > 1 && text[0] == '0' && strings.IndexByte("xXoObB", text[1]) >= 0
	return !based && !strings.ContainsAny(text, "./:-_") && strings.ContainsAny(text, "acdf")
}

func plainRest(text string) bool {
	for i := range len(text) {
		if c := text[i]; !letterOrLine(c) && (c < '0' || c > '9') && strings.IndexByte("./:-", c) < 0 {
			return false
		}
	}
	return text[len(text)-1] != ':'
}

func letterOrLine(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func digits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
