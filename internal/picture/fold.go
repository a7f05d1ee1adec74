package picture

import (
	"strings"

	"github.com/senet-selinux/senet/internal/words"
)

// Widths of text, in cells of the font.
const (
	boxCells  = 46
	pageCells = 96
)

// fold makes text inert, line breaks too, and breaks it into lines of at most width cells: at
// blanks where it can, behind a mark that names have else, and within a word that has none.
func fold(text string, width int) (lines []string) {
	text = strings.TrimRight(words.Safe(text), " ")
	for wider(text, width) {
		at, blank, mark, used := 0, -1, -1, 0
		for i, r := range text {
			if r == ' ' && i > 0 && used <= width {
				blank = i
			}
			used += runeCells(r)
			if used > width {
				break
			}
			at = i + len(string(r))
			if strings.ContainsRune("_:/.,-", r) {
				mark = at
			}
		}
		switch {
		case blank > 0:
			lines = append(lines, strings.TrimRight(text[:blank], " "))
			text = strings.TrimLeft(text[blank:], " ")
			continue
		case mark > 0:
			at = mark
		case at == 0:
			at = len(string([]rune(text)[:1])) // wider than the line
		}
		lines = append(lines, text[:at])
		if text = text[at:]; text == "" {
			return lines
		}
	}
	return append(lines, text)
}

// wider reports whether a text is wider than width, without reading more of it than that takes.
func wider(s string, width int) bool {
	for _, r := range s {
		if width -= runeCells(r); width < 0 {
			return true
		}
	}
	return false
}

// cells is the width of a text in a font of one width.
func cells(s string) (n int) {
	for _, r := range s {
		n += runeCells(r)
	}
	return n
}

// runeCells counts a character that may be wide as two.
func runeCells(r rune) int {
	if r >= 0x1100 {
		return 2
	}
	return 1
}
