package picture

// Sizes in pixels. A cell is as wide as the widest of the usual fonts of one width has it.
const (
	cellWidth  = 8
	lineHeight = 18
	padding    = 10
	rowGap     = 14
	columnGap  = 72
	margin     = 20
)

// A placed box has its lines and its place in the drawing.
type placed struct {
	head, text          []string
	x, y, width, height int
}

func (b *placed) middle() int { return b.y + b.height/2 }

// A layout is where all is.
type layout struct {
	title, notes  []string
	boxes         [][]placed
	width, height int
	notesY        int
}

// fold breaks the texts of a box into lines.
func (b *Box) fold() (f placed) {
	if b.Head != "" {
		f.head = fold(b.Head, boxCells)
	}
	for _, text := range b.Text {
		f.text = append(f.text, fold(text, boxCells)...)
	}
	return f
}

// lay computes the layout: each column is as wide as its widest line; boxes of columns with the
// same number of boxes, the most, stand side by side; the others are in the middle.
func (p *Picture) lay() layout {
	l := layout{boxes: make([][]placed, len(p.Columns))}
	rows, x := 0, margin
	for i, column := range p.Columns {
		l.boxes[i] = make([]placed, len(column))
		rows = max(rows, len(column))
		widest := 0
		for k, box := range column {
			b := box.fold()
			for _, line := range append(b.head[:len(b.head):len(b.head)], b.text...) {
				widest = max(widest, cells(line))
			}
			b.height = (len(b.head)+len(b.text))*lineHeight + 2*padding
			l.boxes[i][k] = b
		}
		for k := range l.boxes[i] {
			l.boxes[i][k].x, l.boxes[i][k].width = x, widest*cellWidth+2*padding
		}
		if len(column) > 0 {
			x += widest*cellWidth + 2*padding + columnGap
		}
	}
	l.width = max(x-columnGap, margin) + margin
	l.title = fold(p.Title, max(l.width-2*margin, pageCells*cellWidth/2)/cellWidth)
	for _, note := range p.Notes {
		l.notes = append(l.notes, fold(note, max(l.width-2*margin, pageCells*cellWidth/2)/cellWidth)...)
	}
	for _, line := range append(l.title[:len(l.title):len(l.title)], l.notes...) {
		l.width = max(l.width, cells(line)*cellWidth+2*margin)
	}
	top := margin + len(l.title)*lineHeight + rowGap
	bottom := l.rows(rows, top)
	l.notesY = bottom
	l.height = bottom + margin
	if len(l.notes) > 0 {
		l.height += len(l.notes) * lineHeight
	}
	return l
}

// rows places the boxes from top to bottom and returns where they end.
func (l *layout) rows(rows, top int) int {
	heights := make([]int, rows)
	for _, column := range l.boxes {
		if len(column) == rows {
			for k := range column {
				heights[k] = max(heights[k], column[k].height)
			}
		}
	}
	total := 0
	for _, h := range heights {
		total += h + rowGap
	}
	for _, column := range l.boxes {
		own := 0
		for k := range column {
			own += column[k].height + rowGap
		}
		if len(column) != rows {
			total = max(total, own)
		}
	}
	for _, column := range l.boxes {
		y := top
		if len(column) == rows {
			for k := range column {
				column[k].y = y + (heights[k]-column[k].height)/2
				y += heights[k] + rowGap
			}
			continue
		}
		own := 0
		for k := range column {
			own += column[k].height + rowGap
		}
		y += (total - own) / 2
		for k := range column {
			column[k].y = y
			y += column[k].height + rowGap
		}
	}
	return top + total
}
