package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
)

// portsLine is one line of the table: the ports of one type that are treated
// alike by every operation.
type portsLine struct {
	name     string
	verdicts []string
	ports    reach.Ports
}

// lines gathers the pieces of one subject by type and verdicts. Ports whose
// label nobody asks for stand in lines of their own.
func (a *portsAnswer) lines(row portsRow) []portsLine {
	var lines []portsLine
	index := make(map[string]int)
	// The pieces of all operations have the same ends.
	for i, piece := range row.access[0].Pieces {
		line := portsLine{name: a.p.TypeName(policy.TypeID(piece.Label.Context.Type))}
		unchecked := false
		for _, acc := range row.access {
			v := "no"
			switch acc.Pieces[i].Verdict {
			case network.Allowed:
				v = "yes"
			case network.Depends:
				v = "?"
			}
			if acc.Pieces[i].Unchecked {
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
		lines[at].ports = lines[at].ports.Union(reach.Ports{piece.Interval})
	}
	return lines
}

func (l *portsLine) any() bool {
	return slices.ContainsFunc(l.verdicts, func(v string) bool { return v != "no" })
}

func (a *portsAnswer) write(w io.Writer) error {
	var b words.Page
	if a.all {
		a.writeMatrix(&b)
	} else {
		a.writeOne(&b, a.rows[0])
	}
	_, err := b.WriteTo(w)
	return err
}

func (a *portsAnswer) writeOne(b *words.Page, row portsRow) {
	lines := slices.DeleteFunc(a.lines(row), func(l portsLine) bool { return !l.any() })
	slices.SortStableFunc(lines, func(x, y portsLine) int {
		return cmp.Or(cmp.Compare(strings.Join(y.verdicts, " "), strings.Join(x.verdicts, " ")), strings.Compare(x.name, y.name))
	})
	b.Printf("%s, %s ports\n", row.subject.Name, a.protocol)
	width := len("type")
	for _, l := range lines {
		width = max(width, len(l.name))
	}
	column := width + 2
	b.Printf("%-*s", column, "type")
	for _, op := range a.ops {
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
		b.Printf("%s\n", words.Wrap(say.Ports(l.ports), column))
	}
	b.Printf("%-*s", width+2, "ports")
	for _, acc := range row.access {
		b.Printf("%-9s", say.Number(acc.Allowed.Len()))
	}
	b.Printf("\n")
	if unchecked {
		b.Printf("*     %s\n", words.Wrap(a.uncheckedText(), 6))
	}
	if len(row.access) == 2 {
		a.writeDifference(b, row)
	}
	for _, n := range a.machine.assumptions() {
		b.Printf("note  %s\n", words.Wrap("assumed: "+n.Text+" ["+n.Code+"]", 6))
	}
	b.Command("next", shell.New("senet", "who").Arg(string(a.ops[0]), string(a.protocol)+"/80").With(a.repeat))
}

// uncheckedText says why ports are open whatever their label.
func (a *portsAnswer) uncheckedText() string {
	kind, _ := network.SocketOf(a.protocol)
	connects := slices.ContainsFunc(a.ops, func(op network.Operation) bool { return op == network.Connect || op == network.Send })
	text := words.Sprintf("no check of the label: port 0 and %d-%d may be bound by every program that may bind at all",
		a.machine.facts.LocalPorts.Low, a.machine.facts.LocalPorts.High)
	if connects && !kind.Stream {
		return words.Sprintf("no check of the label: the kernel has none for the port that %s is sent to; ", a.protocol) +
			strings.TrimPrefix(text, "no check of the label: ")
	}
	return text
}

// writeDifference answers whether one list serves for connecting and listening.
func (a *portsAnswer) writeDifference(b *words.Page, row portsRow) {
	first, second := row.access[0].Allowed, row.access[1].Allowed
	onlyFirst, onlySecond := first.Minus(second).Len(), second.Minus(first).Len()
	if len(first)+len(second) == 0 {
		return
	}
	if onlyFirst == 0 && onlySecond == 0 {
		b.Printf("differ  not at all: the same ports for %s and %s\n", a.ops[0], a.ops[1])
		return
	}
	b.Printf("differ  %s ports for %s alone, %s for %s alone\n", say.Number(onlyFirst), a.ops[0],
		say.Number(onlySecond), a.ops[1])
}

func (a *portsAnswer) writeMatrix(b *words.Page) {
	width := len("domain")
	for _, row := range a.rows {
		width = max(width, len(row.subject.Name))
	}
	b.Printf("%-*s", width+2, "domain")
	for _, op := range a.ops {
		b.Printf("%10s", op)
	}
	b.Printf("   number of %s ports\n", a.protocol)
	for _, row := range a.rows {
		b.Printf("%-*s", width+2, row.subject.Name)
		for _, acc := range row.access {
			b.Printf("%10s", say.Number(acc.Allowed.Len()))
		}
		b.Printf("\n")
	}
}
