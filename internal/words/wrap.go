package words

import (
	"strings"
	"unicode/utf8"
)

// columns is the width that text is made for.
const columns = 80

// Wrap makes text safe and breaks it at spaces, so that it fits the width behind an
// indentation, which the first line has already.
func Wrap(text string, indent int) Lines {
	text = Safe(text)
	var b strings.Builder
	column := indent
	for i, word := range strings.Fields(text) {
		width := utf8.RuneCountInString(word)
		switch {
		case i > 0 && column+1+width > columns:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		case i > 0:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += width
	}
	return Lines(b.String())
}

// WrapFormat is Wrap of Sprintf.
func WrapFormat(indent int, format string, args ...any) Lines {
	return Wrap(Sprintf(format, args...), indent)
}
