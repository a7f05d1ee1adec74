package words

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// columns is the default width.
const columns = 80

// A paragraph is between these marks in Lines until it is written, when its width is known:
// openMark, the indentation, ":", the words, closeMark. Safe text has neither mark.
const (
	openMark  = '\x01'
	closeMark = '\x02'
)

// Wrap makes text safe and breaks it at spaces into a paragraph with the width of the writer, after
// an indentation. The first line is already indented.
func Wrap(text string, indent int) Lines {
	return Lines(string(openMark) + strconv.Itoa(indent) + ":" + strings.Join(strings.Fields(Safe(text)), " ") +
		string(closeMark))
}

// WrapFormat is Wrap for the result of Sprintf.
func WrapFormat(indent int, format string, args ...any) Lines {
	return Wrap(Sprintf(format, args...), indent)
}

// Broken is Wrap for text in a file, whose width is 80.
func Broken(text string, indent int) Lines {
	var b strings.Builder
	breakWords(&b, Safe(text), indent, columns)
	return Lines(b.String())
}

// layOut breaks the paragraphs in text at a width.
func layOut(text string, width int) string {
	open := strings.IndexByte(text, openMark)
	if open < 0 {
		return text
	}
	var b strings.Builder
	for ; open >= 0; open = strings.IndexByte(text, openMark) {
		b.WriteString(text[:open])
		body, rest, closed := strings.Cut(text[open+1:], string(closeMark))
		number, body, found := strings.Cut(body, ":")
		indent, err := strconv.Atoi(number)
		if !closed || !found || err != nil {
			break // not a paragraph of this package; it is escaped when it is written
		}
		breakWords(&b, body, indent, width)
		text = rest
	}
	b.WriteString(text)
	return b.String()
}

// breakWords writes words after an indentation, in lines of a width.
func breakWords(b *strings.Builder, text string, indent, width int) {
	column := indent
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i > 0 && column+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		case i > 0:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
}

// safeParagraphs is safeLines for Lines that may have paragraphs.
func safeParagraphs(s string) string {
	if strings.IndexByte(s, openMark) < 0 {
		return safeLines(s)
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, string(openMark)+string(closeMark))
		if i < 0 {
			i = len(s)
		}
		b.WriteString(safeLines(s[:i]))
		if i < len(s) {
			b.WriteByte(s[i])
			i++
		}
		s = s[i:]
	}
	return b.String()
}

// widthOf returns the width of the terminal of a writer.
func widthOf(w any) int {
	if s, ok := w.(*Stream); ok && s.width > 0 {
		return s.width
	}
	return columns
}
