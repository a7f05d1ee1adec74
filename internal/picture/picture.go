// Package picture draws answers: who may reach a port, what fixes change, the layers of an
// operation. A [Picture] is boxes in columns and arrows between them, written as SVG or as a
// graph in the language of Graphviz. The same picture gives the same bytes.
//
// Start here: [Who], [Fixes], [Layers], and the methods [Picture.SVG] and [Picture.DOT].
package picture

// A Picture is boxes in columns, from left to right, with arrows between them.
type Picture struct {
	Title   string
	Columns [][]Box
	Arrows  []Arrow
	// Notes stand below: what is left out, what is assumed.
	Notes []string
}

// A Box is a heading and lines of text. Long lines are broken, none is cut.
type Box struct {
	Head string
	Text []string
	Tone Tone
}

// An Arrow leads from one box to another.
type Arrow struct {
	From, To Place
	Tone     Tone
}

// A Place is a box by its column and its row.
type Place struct{ Column, Row int }

// A Tone says what a box means. The text says it too: colours alone do not.
type Tone int

// The tones.
const (
	Plain  Tone = iota
	Good        // allowed
	Bad         // denied
	Unsure      // it depends; to be reviewed
	Dark        // not consulted, not so today
)

// add puts a box at the end of a column and returns its place.
func (p *Picture) add(column int, b Box) Place {
	for len(p.Columns) <= column {
		p.Columns = append(p.Columns, nil)
	}
	p.Columns[column] = append(p.Columns[column], b)
	return Place{column, len(p.Columns[column]) - 1}
}

func (p *Picture) arrow(from, to Place, tone Tone) {
	p.Arrows = append(p.Arrows, Arrow{from, to, tone})
}

// names returns the class of a tone in the style sheet and its colours in Graphviz.
func (t Tone) names() (class, fill, line string) {
	switch t {
	case Good:
		return "good", "#e3f5e6", "#1a7f37"
	case Bad:
		return "bad", "#ffe5e3", "#c62828"
	case Unsure:
		return "unsure", "#fff3d6", "#9a6700"
	case Dark:
		return "dark", "#f0f1f3", "#848d97"
	}
	return "plain", "#eaf2fd", "#0969da"
}
