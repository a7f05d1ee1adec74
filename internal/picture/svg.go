package picture

import (
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
)

// style has the colours, which follow the viewer's choice of light or dark.
const style = `<style>
text { font: 13px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; white-space: pre; }
.title { font-weight: bold; font-size: 14px; }
.head { font-weight: bold; }
.note { fill: #59636e; }
.page { fill: #ffffff; }
.box { stroke-width: 1.5; }
.arrow { fill: none; stroke-width: 1.5; }
.plain { fill: #eaf2fd; stroke: #0969da; }
.good { fill: #e3f5e6; stroke: #1a7f37; }
.bad { fill: #ffe5e3; stroke: #c62828; }
.unsure { fill: #fff3d6; stroke: #9a6700; stroke-dasharray: 6 3; }
.dark { fill: #f0f1f3; stroke: #848d97; stroke-dasharray: 3 3; }
.arrow.plain, .arrow.good, .arrow.bad, .arrow.unsure, .arrow.dark { fill: none; }
.tip { stroke: none; }
.tip.plain { fill: #0969da; }
.tip.good { fill: #1a7f37; }
.tip.bad { fill: #c62828; }
.tip.unsure { fill: #9a6700; }
.tip.dark { fill: #848d97; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.note { fill: #9198a1; }
.page { fill: #0d1117; }
.plain { fill: #12243d; stroke: #4493f8; }
.good { fill: #12301b; stroke: #3fb950; }
.bad { fill: #3d1517; stroke: #f85149; }
.unsure { fill: #33270c; stroke: #d29922; }
.dark { fill: #1c2128; stroke: #6e7681; }
.tip.plain { fill: #4493f8; }
.tip.good { fill: #3fb950; }
.tip.bad { fill: #f85149; }
.tip.unsure { fill: #d29922; }
.tip.dark { fill: #6e7681; }
}
</style>
`

// SVG writes the picture as SVG. Whatever the names in it are, the document is well-formed and
// they are nothing but text.
func (p *Picture) SVG() words.Lines {
	l := p.lay()
	var w svg
	w.b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="`)
	w.numbers(`" height="`, l.width, l.height)
	w.b.WriteString(`" viewBox="0 0 `)
	w.numbers(" ", l.width, l.height)
	w.b.WriteString("\" role=\"img\">\n<title>")
	w.escape(strings.Join(l.title, " "))
	w.b.WriteString("</title>\n" + style)
	w.rect("page", 0, 0, l.width, l.height, 0)
	y := margin
	for _, line := range l.title {
		w.text("title", margin, y, line)
		y += lineHeight
	}
	for _, a := range p.Arrows {
		from, to := l.at(a.From), l.at(a.To)
		if from != nil && to != nil {
			w.arrow(a.Tone, from.x+from.width, from.middle(), to.x, to.middle())
		}
	}
	for i, column := range l.boxes {
		for k := range column {
			b := &column[k]
			class, _, _ := p.Columns[i][k].Tone.names()
			w.rect("box "+class, b.x, b.y, b.width, b.height, 6)
			y := b.y + padding
			for _, line := range b.head {
				w.text("head", b.x+padding, y, line)
				y += lineHeight
			}
			for _, line := range b.text {
				w.text("", b.x+padding, y, line)
				y += lineHeight
			}
		}
	}
	y = l.notesY
	for _, line := range l.notes {
		w.text("note", margin, y, line)
		y += lineHeight
	}
	w.b.WriteString("</svg>\n")
	return words.Lines(w.b.String())
}

// at is the box at a place, nil if there is none.
func (l *layout) at(p Place) *placed {
	if p.Column < 0 || p.Column >= len(l.boxes) || p.Row < 0 || p.Row >= len(l.boxes[p.Column]) {
		return nil
	}
	return &l.boxes[p.Column][p.Row]
}

// An svg writes elements.
type svg struct{ b strings.Builder }

// numbers writes numbers with a text between them.
func (w *svg) numbers(between string, list ...int) {
	for i, n := range list {
		if i > 0 {
			w.b.WriteString(between)
		}
		w.b.WriteString(strconv.Itoa(n))
	}
}

// escape writes text, which words.Safe has made inert, as XML.
func (w *svg) escape(text string) {
	for _, r := range text {
		switch r {
		case '&':
			w.b.WriteString("&amp;")
		case '<':
			w.b.WriteString("&lt;")
		case '>':
			w.b.WriteString("&gt;")
		case '"':
			w.b.WriteString("&quot;")
		default:
			w.b.WriteRune(r)
		}
	}
}

// text writes a line whose upper edge is y.
func (w *svg) text(class string, x, y int, line string) {
	w.b.WriteString("<text")
	if class != "" {
		w.b.WriteString(` class="` + class + `"`)
	}
	w.b.WriteString(` x="`)
	w.numbers(`" y="`, x, y+lineHeight-5)
	w.b.WriteString(`">`)
	w.escape(line)
	w.b.WriteString("</text>\n")
}

func (w *svg) rect(class string, x, y, width, height, radius int) {
	w.b.WriteString(`<rect class="` + class + `" x="`)
	w.numbers(`" y="`, x, y)
	w.b.WriteString(`" width="`)
	w.numbers(`" height="`, width, height)
	if radius > 0 {
		w.b.WriteString(`" rx="` + strconv.Itoa(radius))
	}
	w.b.WriteString("\"/>\n")
}

// tip is the length of an arrow's head.
const tip = 8

// arrow writes a curve that leaves and arrives level, with its head.
func (w *svg) arrow(tone Tone, x1, y1, x2, y2 int) {
	class, _, _ := tone.names()
	end := x2 - tip
	middle := (x1 + end) / 2
	w.b.WriteString(`<path class="arrow ` + class + `" d="M`)
	w.numbers(" ", x1, y1)
	w.b.WriteString(" C")
	w.numbers(" ", middle, y1, middle, y2, end, y2)
	w.b.WriteString("\"/>\n" + `<path class="tip ` + class + `" d="M`)
	w.numbers(" ", x2, y2)
	w.b.WriteString(" L")
	w.numbers(" ", end, y2-4, end, y2+4)
	w.b.WriteString(" Z\"/>\n")
}
