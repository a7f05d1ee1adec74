package main

import (
	"fmt"

	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/internal/manpage"
)

// ofTopic is the text of a page of senet explain. The policy's part is left out.
func ofTopic(book *explain.Book, name string) (title, text string, err error) {
	answer, err := book.Page(name)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", name, err)
	}
	return answer.Title, answer.Text, nil
}

// stateFile is senet.yaml(5).
func stateFile(book *explain.Book) (manpage.Page, error) {
	title, text, err := ofTopic(book, "state-file")
	return manpage.Page{
		Name: "senet.yaml", Section: 5, Short: title, Text: text,
		See: []string{"senet-apply(1)", "senet-plan(1)", "senet(1)", "semanage(8)"},
	}, err
}

// codes is senet-codes(7): each code that an answer may bear, with its page.
func codes(book *explain.Book) (manpage.Page, error) {
	p := manpage.Page{
		Name: "senet-codes", Section: 7, Short: "the codes in senet's answers",
		Text: "An answer bears codes: why a permission is granted or refused, what was taken\n" +
			"for granted, and what else than SELinux may refuse. senet explain CODE prints the\n" +
			"same as this page, with what the policy at hand adds.",
		See: []string{"senet-explain(1)", "senet-can(1)", "senet(1)"},
	}
	titles := []struct {
		kind  explain.Kind
		title string
	}{
		{explain.KindReason, "reasons"}, {explain.KindAssumption, "assumptions"},
		{explain.KindElsewhere, "what else may refuse"}, {explain.KindErrno, "what programs see"},
	}
	for _, t := range titles {
		part := manpage.Part{Title: t.title}
		for _, e := range book.Entries() {
			if e.Kind != t.kind || e.Alias {
				continue
			}
			answer, err := book.Page(e.Word)
			if err != nil {
				return p, fmt.Errorf("%s: %w", e.Word, err)
			}
			part.Text += "== " + e.Word + ": " + answer.Title + "\n\n" + answer.Text + "\n\n"
		}
		p.Parts = append(p.Parts, part)
	}
	return p, nil
}
