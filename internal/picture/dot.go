package picture

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
)

// DOT writes the picture as a graph for Graphviz: dot -Tsvg.
func (p *Picture) DOT() words.Lines {
	var b strings.Builder
	b.WriteString("digraph senet {\n")
	b.WriteString("  graph [rankdir=LR, ranksep=0.8, fontname=\"monospace\", fontsize=12, labelloc=t, labeljust=l,\n" +
		"    label=")
	head := fold(p.Title, pageCells)
	for _, note := range p.Notes {
		head = append(head, fold(note, pageCells)...)
	}
	quote(&b, head)
	b.WriteString("];\n  node [shape=box, style=\"rounded,filled\", fontname=\"monospace\", fontsize=11];\n")
	for i, column := range p.Columns {
		for k := range column {
			box := column[k].fold()
			tone := column[k].Tone
			_, fill, line := tone.names()
			fmt.Fprintf(&b, "  n%d_%d [fillcolor=%q, color=%q, label=", i, k, fill, line)
			quote(&b, append(box.head, box.text...))
			if tone == Dark || tone == Unsure {
				b.WriteString(", style=\"rounded,filled,dashed\"")
			}
			b.WriteString("];\n")
		}
		if len(column) > 1 {
			b.WriteString("  {rank=same;")
			for k := range column {
				fmt.Fprintf(&b, " n%d_%d;", i, k)
			}
			b.WriteString("}\n")
		}
	}
	for _, a := range p.Arrows {
		_, _, line := a.Tone.names()
		fmt.Fprintf(&b, "  n%d_%d -> n%d_%d [color=%q];\n", a.From.Column, a.From.Row, a.To.Column, a.To.Row, line)
	}
	b.WriteString("}\n")
	return words.Lines(b.String())
}

// quote writes lines as a string of Graphviz, each to the left.
func quote(b *strings.Builder, lines []string) {
	b.WriteByte('"')
	for _, line := range lines {
		for _, r := range line {
			switch r {
			case '"', '\\':
				b.WriteByte('\\')
				b.WriteRune(r)
			case '&': // else an entity of HTML
				b.WriteString("&amp;")
			default:
				b.WriteRune(r)
			}
		}
		b.WriteString(`\l`)
	}
	b.WriteByte('"')
}
