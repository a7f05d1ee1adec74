package words

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// columns is the default width.
const columns = 80

// A paragraph is between these marks in Lines until it is written, when its width is known:
// openMark, the indentation, ":", the words, closeMark. In a paragraph of two cells cellMark and the width of
// the first cell are between the indentation and ":", and cellMark between the cells. Safe text has no mark.
const (
	openMark  = '\x01'
	closeMark = '\x02'
	cellMark  = '\x03'
)

// Wrap makes text safe and breaks it at spaces into a paragraph with the width of the writer, after
// an indentation. The first line is already indented.
func Wrap(text string, indent int) Lines {
	return Lines(string(openMark) + strconv.Itoa(indent) + ":" + strings.Join(strings.Fields(Safe(text)), " ") +
		string(closeMark))
}

// Cells makes two texts safe and puts them into one line, the second behind the first and blanks up to a
// width; on a terminal that is narrower than 80 columns and than the line, the second is on a line of its
// own. Both come after an
// indentation; the first line is already indented.
func Cells(first string, width int, second string, indent int) Lines {
	join := func(s string) string { return strings.Join(strings.Fields(Safe(s)), " ") }
	return Lines(string(openMark) + strconv.Itoa(indent) + string(cellMark) + strconv.Itoa(width) + ":" + join(first) +
		string(cellMark) + join(second) + string(closeMark))
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
		number, cell, cells := strings.Cut(number, string(cellMark))
		indent, err := strconv.Atoi(number)
		if pad, bad := strconv.Atoi(cell); cells && bad == nil && err == nil && closed && found {
			first, second, _ := strings.Cut(body, string(cellMark))
			layCells(&b, first, pad, second, indent, width)
			text = rest
			continue
		}
		if !closed || !found || err != nil {
			break // not a paragraph of this package; it is escaped when it is written
		}
		breakWords(&b, body, indent, width)
		text = rest
	}
	b.WriteString(text)
	return b.String()
}

// layCells writes two cells in one line, or in two on a narrow terminal where the width does not do.
// Programs that read lines get one.
func layCells(b *strings.Builder, first string, pad int, second string, indent, width int) {
	n := utf8.RuneCountInString(first)
	if width >= columns || indent+max(n, pad)+2+utf8.RuneCountInString(second) <= width {
		b.WriteString(first + strings.Repeat(" ", max(pad-n, 0)+2) + second)
		return
	}
	breakWords(b, first, indent, width)
	b.WriteString("\n" + strings.Repeat(" ", indent))
	breakWords(b, second, indent, width)
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
		i := strings.IndexAny(s, string(openMark)+string(closeMark)+string(cellMark))
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
