package explain

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A Book has all pages.
type Book struct {
	pages []page
}

// Open reads the pages.
func Open() (*Book, error) {
	pages, err := readPages()
	if err != nil {
		return nil, err
	}
	return &Book{pages}, nil
}

// An UnknownError says that no page and no policy has a word.
type UnknownError struct {
	Word string
	// Near are up to three similar words, the most similar first.
	Near []string
	// NoHeaders says that refpolicy's headers, which may have the word, are not installed.
	NoHeaders bool
}

func (e *UnknownError) Error() string {
	if len(e.Word) > maxName {
		return fmt.Sprintf("nothing is known about %.20q..., a word of %d bytes", e.Word, len(e.Word))
	}
	return fmt.Sprintf("nothing is known about %q", e.Word)
}

// Explain returns the page about a word: a code, a topic, a layer, CLASS, PERMISSION or
// CLASS:PERMISSION, or a name of policies. It calls open for the policy and the host if the page
// depends on them, or if there is no page; it returns the error of open unchanged. An unknown word
// gives an [*UnknownError].
func (b *Book) Explain(word string, open func() (*View, error)) (Answer, error) {
	word = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(word), "["), "]") // answers print codes in brackets
	if len(word) > maxName {
		return Answer{}, &UnknownError{Word: word}
	}
	pages := b.find(word)
	if len(pages) > 0 && !slices.ContainsFunc(pages, func(p page) bool { return p.kind.needsView() }) {
		return answerOf(word, pages), nil
	}
	v, err := open()
	if err != nil {
		return Answer{}, err
	}
	v.pages = b.pages
	a := answerOf(word, pages)
	a.Live = v.live()
	known, err := v.fill(&a, pages)
	switch {
	case err != nil:
		return Answer{}, err
	case !known:
		return Answer{}, v.unknown(word, b)
	}
	return a, nil
}

// Page returns the page about a word without the facts of a policy or a host. A word without a page
// gives an [*UnknownError].
func (b *Book) Page(word string) (Answer, error) {
	pages := b.find(word)
	if len(pages) == 0 {
		return Answer{}, &UnknownError{Word: word}
	}
	return answerOf(word, pages), nil
}

// needsView reports whether the policy or the host adds to pages of the kind.
func (k Kind) needsView() bool {
	switch k {
	case KindReason, KindAssumption, KindElsewhere, KindErrno:
		return false
	}
	return true
}

// find returns the pages about a word.
func (b *Book) find(word string) []page {
	var list []page
	for _, p := range b.pages {
		if slices.ContainsFunc(p.names, func(name string) bool { return strings.EqualFold(name, word) }) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		if class, perm, ok := strings.Cut(word, ":"); ok {
			list = b.findPerm(class, perm)
		}
	}
	// A layer's name may be a permission's too, which CLASS:PERMISSION leads to.
	isPerm := func(p page) bool { return p.kind == KindPermission }
	if others := slices.DeleteFunc(slices.Clone(list), isPerm); len(others) > 0 {
		return others
	}
	return list
}

// findPerm returns the page about a permission of a class.
func (b *Book) findPerm(class, perm string) []page {
	for _, p := range b.pages {
		if p.kind == KindPermission && slices.Contains(p.names, perm) && p.about(class) {
			return []page{p}
		}
	}
	return nil
}

// answerOf puts pages about one word together.
func answerOf(word string, pages []page) Answer {
	a := Answer{Topic: word, See: []string{}}
	if len(pages) == 0 {
		return a
	}
	for _, name := range pages[0].names {
		if strings.EqualFold(name, word) {
			a.Topic = name
		}
	}
	if asked := slices.DeleteFunc(slices.Clone(pages),
		func(p page) bool { return p.state == stateNever }); len(asked) > 0 {
		pages = asked
	}
	a.Kind, a.Title = pages[0].kind, pages[0].title
	if len(pages) > 1 && a.Kind == KindPermission {
		a.Title = fmt.Sprintf("%d permissions have this name", len(pages))
	} else if a.State = pages[0].state; a.State == stateDead {
		a.Title = noKernelAsks
	}
	for _, p := range pages {
		a.addPage(&p, len(pages) > 1)
	}
	return a
}

const noKernelAsks = "no kernel since 2.6.30 asks for it"

// addPage adds the text of a page, under a heading if the word has several.
func (a *Answer) addPage(p *page, several bool) {
	if p.kind == KindPermission {
		what := strings.Join(p.of, ", ") + ": " + p.title
		switch {
		case several && p.state == stateDead:
			a.Text = appendBlocks(a.Text, "In "+what+"; "+noKernelAsks)
		case several:
			a.Text = appendBlocks(a.Text, "In "+what)
		case p.state == stateDead:
			a.Text = appendBlocks(a.Text, "Of "+what+".")
		}
	}
	a.Text = appendBlocks(a.Text, p.text...)
	if p.asked != "" && !p.inRows() {
		a.Text = appendBlocks(a.Text, fmt.Sprintf("Asked by: %s (%s).", p.asked, p.hook))
	}
	for _, word := range p.see {
		if !slices.Contains(a.See, word) {
			a.See = append(a.See, word)
		}
	}
}

func appendBlocks(text string, blocks ...string) string {
	for _, block := range blocks {
		if text != "" {
			text += "\n\n"
		}
		text += block
	}
	return text
}

// maxName is longer than any name that a policy is likely to have.
const maxName = 200

// inRows reports whether package network has a row for a page's permission.
func (p *page) inRows() bool {
	for _, call := range calls() {
		for _, row := range network.Rows(call) {
			if slices.Contains(p.names, row.Perm) && (p.about(row.Class) || row.Class == "" &&
				slices.ContainsFunc(p.of, isSocketClass)) {
				return true
			}
		}
	}
	return false
}

// words yields every word that has a page, and the names of the policy and the headers.
func (b *Book) words(p *policy.Policy, h *refpolicy.Headers) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range b.pages {
			for _, name := range b.pages[i].names {
				if !yield(name) {
					return
				}
			}
		}
		for class := range p.Classes() {
			if !yield(p.ClassName(class)) {
				return
			}
			for _, perm := range p.Perms(class) {
				if perm != "" && !yield(perm) {
					return
				}
			}
		}
		for id := range p.Types() {
			if !yield(p.TypeName(id)) {
				return
			}
		}
		for id := range p.AllAttributes() {
			if !yield(p.TypeName(id)) {
				return
			}
		}
		for id := range p.Bools() {
			if !yield(p.BoolName(id)) {
				return
			}
		}
		if h != nil {
			h.Names()(yield)
		}
	}
}

// unknown is the error for a word that nothing has.
func (v *View) unknown(word string, b *Book) error {
	h, err := v.headers()
	if err != nil {
		return err
	}
	return &UnknownError{word, policy.Nearest(word, b.words(v.p, h), 3), h == nil}
}

// An Entry is one word of the list of pages.
type Entry struct {
	Kind  Kind   `json:"kind"`
	Word  string `json:"word"`
	Title string `json:"title"`
	// Alias says that the page also has another name, which is listed first. A page about several
	// permissions has one entry for each.
	Alias bool `json:"alias"`
}

// Entries lists the pages in the order of the files.
func (b *Book) Entries() []Entry {
	var list []Entry
	for _, p := range b.pages {
		for i, name := range p.names {
			list = append(list, Entry{p.kind, name, p.title, i > 0 && p.kind == KindTopic})
		}
	}
	return list
}
