package refpolicy

import (
	"iter"
	"strings"
)

// A Param is an argument of an interface, with its description from the comment before the
// interface.
type Param struct {
	Name     string
	Summary  string
	Optional bool
}

// comment returns the comment lines before a definition that begin with ##.
func (h *Headers) comment(def int) string {
	d := &h.Defs[def]
	text := h.Files[d.File].Text[:d.Start]
	end := len(text)
	for from := end; from > 0; {
		line := text[:from-1]
		from = strings.LastIndexByte(line, '\n') + 1
		if line = line[from:]; !strings.HasPrefix(line, "#") {
			return text[from+len(line)+1 : end]
		}
		if from == 0 {
			return text[:end]
		}
	}
	return ""
}

// Params returns the arguments of a definition that are documented.
func (h *Headers) Params(def int) (list []Param) {
	for head, body := range paramHeads(h.comment(def)) {
		list = append(list, Param{Name: attribute(head, "name"), Optional: attribute(head, "optional") == "true",
			Summary: element(body, "summary")})
	}
	return list
}

// paramHeads yields the elements <param> of a comment: the text of the tag, and the text inside.
func paramHeads(comment string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for rest := comment; ; {
			_, after, ok := strings.Cut(rest, "<param ")
			if !ok {
				return
			}
			head, after, _ := strings.Cut(after, ">")
			body, next, found := strings.Cut(after, "</param>")
			if !found {
				body, next = "", after
			}
			if !yield(head, body) {
				return
			}
			rest = next
		}
	}
}

// Summary returns the purpose of a definition, in one line.
func (h *Headers) Summary(def int) string {
	comment := h.comment(def)
	if i := strings.LastIndex(comment, "#####"); i >= 0 { // the text above belongs to the file
		comment = comment[i:]
	}
	before, _, _ := strings.Cut(comment, "<param ")
	return element(before, "summary")
}

func attribute(head, name string) string {
	_, after, ok := strings.Cut(head, name+`="`)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// element returns the text of an element, without the marks of comments, in one line.
func element(text, name string) string {
	_, after, ok := strings.Cut(text, "<"+name+">")
	if !ok {
		return ""
	}
	inner, _, _ := strings.Cut(after, "</"+name+">")
	words := strings.FieldsFunc(inner, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '#' })
	return strings.Join(words, " ")
}
