package say

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
)

// A portsLine is one line of the table: the ports of one type with the same verdicts for
// every operation.
type portsLine struct {
	name     string
	verdicts []string
	ports    portset.Set
}

// PortAccess adds a table of the ports that a process may use, by type, with one column
// for each operation.
func PortAccess(b *words.Page, p *policy.Policy, a *senet.PortAccess) {
	lines := portsLines(p, a)
	lines = slices.DeleteFunc(lines, func(l portsLine) bool {
		return !slices.ContainsFunc(l.verdicts, func(v string) bool { return v != "no" })
	})
	slices.SortStableFunc(lines, func(x, y portsLine) int {
		return cmp.Or(cmp.Compare(strings.Join(y.verdicts, " "), strings.Join(x.verdicts, " ")),
			strings.Compare(x.name, y.name))
	})
	b.Printf("%s, %s ports\n", a.Subject.Name, a.Query.Protocol)
	width := len("type")
	for _, l := range lines {
		width = max(width, len(l.name))
	}
	column := width + 2
	b.Printf("%-*s", column, "type")
	for _, op := range a.Query.Operations {
		b.Printf("%-9s", op)
		column += 9
	}
	b.Printf("ports\n")
	unchecked := false
	for _, l := range lines {
		b.Printf("%-*s", width+2, l.name)
		for _, v := range l.verdicts {
			b.Printf("%-9s", v)
			unchecked = unchecked || v == "yes*"
		}
		b.Printf("%s\n", words.Wrap(Ports(l.ports), column))
	}
	b.Printf("%-*s", width+2, "ports")
	for _, x := range a.Access {
		b.Printf("%-9s", Number(x.Allowed.Len()))
	}
	b.Printf("\n")
	if unchecked {
		b.Printf("*     %s\n", words.Wrap(uncheckedText(a), 6))
	}
	if len(a.Access) == 2 {
		difference(b, a)
	}
	if a.Permissive {
		b.Line("note", "%s is permissive now: denials are only logged", a.Subject.Name)
	}
	Assumptions(b, a.Assumptions)
}

// portsLines groups the pieces of one subject by type and verdicts. Ports whose label is
// not checked have separate lines.
func portsLines(p *policy.Policy, a *senet.PortAccess) []portsLine {
	var lines []portsLine
	index := make(map[string]int)
	// The pieces of all operations have the same boundaries.
	for i, piece := range a.Access[0].Pieces {
		line := portsLine{name: p.TypeName(policy.TypeID(piece.Label.Context.Type))}
		unchecked := false
		for _, x := range a.Access {
			v := "no"
			switch x.Pieces[i].Verdict {
			case network.Allowed:
				v = "yes"
			case network.Depends:
				v = "?"
			}
			if x.Pieces[i].Unchecked {
				unchecked = true
				if v == "yes" {
					v = "yes*"
				}
			}
			line.verdicts = append(line.verdicts, v)
		}
		key := fmt.Sprint(line.name, line.verdicts, unchecked)
		at, ok := index[key]
		if !ok {
			at = len(lines)
			index[key] = at
			lines = append(lines, line)
		}
		lines[at].ports = lines[at].ports.Union(portset.Set{piece.Range})
	}
	return lines
}

// uncheckedText explains why ports are open whatever their label.
func uncheckedText(a *senet.PortAccess) string {
	kind, _ := network.SocketOf(a.Query.Protocol)
	connects := slices.ContainsFunc(a.Query.Operations, func(op network.Operation) bool {
		return op == network.Connect || op == network.Send
	})
	const begin = "no check of the label: "
	local := a.Machine.Host.LocalPorts
	text := words.Sprintf("port 0 and %d-%d may be bound by every program that may bind at all", local.Low, local.High)
	if connects && !kind.Stream {
		return words.Sprintf("%sthe kernel has none for the port that %s is sent to; %s", begin, a.Query.Protocol, text)
	}
	return begin + text
}

// difference says whether the same ports are allowed to connect and to listen.
func difference(b *words.Page, a *senet.PortAccess) {
	first, second := a.Access[0].Allowed, a.Access[1].Allowed
	ops := a.Query.Operations
	onlyFirst, onlySecond := first.Minus(second).Len(), second.Minus(first).Len()
	switch {
	case len(first)+len(second) == 0:
	case onlyFirst == 0 && onlySecond == 0:
		b.Printf("differ  not at all: the same ports for %s and %s\n", ops[0], ops[1])
	default:
		b.Printf("differ  %s ports for %s alone, %s for %s alone\n",
			Number(onlyFirst), ops[0], Number(onlySecond), ops[1])
	}
}

// PortMatrix adds a line for every domain with the number of its ports.
func PortMatrix(b *words.Page, list []senet.PortAccess, q *senet.PortsQuery) {
	width := len("domain")
	for i := range list {
		width = max(width, len(list[i].Subject.Name))
	}
	b.Printf("%-*s", width+2, "domain")
	for _, op := range q.Operations {
		b.Printf("%10s", op)
	}
	b.Printf("   number of %s ports\n", q.Protocol)
	for i := range list {
		b.Printf("%-*s", width+2, list[i].Subject.Name)
		for _, x := range list[i].Access {
			b.Printf("%10s", Number(x.Allowed.Len()))
		}
		b.Printf("\n")
	}
}
