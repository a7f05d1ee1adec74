package explain

import (
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
)

//go:embed pages/*.txt
var pageFiles embed.FS

// A Kind is the kind of a word.
type Kind string

// The kinds of pages, and of words that only a policy knows.
const (
	KindTopic      Kind = "topic"
	KindReason     Kind = "reason"     // a code of package access
	KindAssumption Kind = "assumption" // a code SN-A-...
	KindElsewhere  Kind = "elsewhere"  // a code SN-E-...
	KindErrno      Kind = "errno"
	KindPermission Kind = "permission"
	KindClass      Kind = "class"
	KindLayer      Kind = "layer"
	KindMacro      Kind = "macro"     // of refpolicy's headers: stands for permissions, classes or rules
	KindInterface  Kind = "interface" // of the headers: stands for rules
	KindTemplate   Kind = "template"  // of the headers: stands for declarations and rules
	KindType       Kind = "type"
	KindPortType   Kind = "port type"
	KindDomain     Kind = "domain"
	KindAttribute  Kind = "attribute"
	KindBoolean    Kind = "boolean"
	KindPolicyCap  Kind = "policy capability"
)

// The states of a permission that is in no row of package network.
const (
	stateDead   = "dead"   // no kernel since 2.6.30 asks for it
	stateAbsent = "absent" // the kernel's table of classes lacks it
	stateNever  = "never"  // no kernel asks for it in this class
)

// A page is one entry of the files below pages.
type page struct {
	names []string
	kind  Kind
	title string
	text  []string // blocks: paragraphs, items of lists, verbatim lines
	see   []string

	of    []string // classes, "*_socket" for all of sockets
	state string
	asked string // who asks, where package network has no row
	hook  string
}

// readPages reads all pages, in the order of the files' names.
func readPages() ([]page, error) {
	files, err := pageFiles.ReadDir("pages")
	if err != nil {
		return nil, err
	}
	var pages []page
	for _, f := range files {
		data, err := pageFiles.ReadFile("pages/" + f.Name())
		if err != nil {
			return nil, err
		}
		list, err := parsePages(string(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		pages = append(pages, list...)
	}
	return pages, nil
}

// parsePages reads the pages of one file. The format is that of
// pages/README.md.
func parsePages(data string) ([]page, error) {
	var pages []page
	head, body := "", ""
	started, inBody := false, false
	finish := func() error {
		if !started {
			return nil
		}
		p, err := parsePage(head, body)
		pages = append(pages, p)
		return err
	}
	for line := range strings.Lines(data) {
		switch name, begins := strings.CutPrefix(line, "== "); {
		case begins:
			if err := finish(); err != nil {
				return nil, err
			}
			head, body, started, inBody = name, "", true, false
		case !started:
		case inBody:
			body += line
		case strings.TrimSpace(line) == "":
			inBody = true
		default:
			head += line
		}
	}
	return pages, finish()
}

func parsePage(head, body string) (page, error) {
	first, rest, _ := strings.Cut(head, "\n")
	p := page{names: strings.Fields(first), text: blocks(body)}
	if len(p.names) == 0 {
		return p, errors.New("a page without a name")
	}
	for line := range strings.Lines(rest) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || !p.set(key, value) {
			return p, fmt.Errorf("page %s: %q is not a known key and a value", p.names[0], strings.TrimSpace(line))
		}
	}
	if p.kind == "" || p.title == "" {
		return p, fmt.Errorf("page %s has no kind or no title", p.names[0])
	}
	return p, nil
}

func (p *page) set(key, value string) bool {
	switch key {
	case "kind":
		p.kind = Kind(value)
	case "title":
		p.title = value
	case "see":
		p.see = strings.Fields(value)
	case "of":
		p.of = strings.Fields(value)
	case "state":
		p.state = value
		return value == stateDead || value == stateAbsent || value == stateNever
	case "asked":
		p.asked = value
	case "hook":
		p.hook = value
	default:
		return false
	}
	return true
}

// blocks splits a text into paragraphs and items of lists, each on one line, and
// runs of verbatim lines, which keep their indentation.
func blocks(body string) []string {
	var list []string
	open := false // whether the last block may be continued
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, " \n")
		verbatim := strings.HasPrefix(line, "    ")
		switch last := len(list) - 1; {
		case line == "":
			open = false
		case open && verbatim && strings.HasPrefix(list[last], "    "):
			list[last] += "\n" + line
		case open && !verbatim && !strings.HasPrefix(line, "* "):
			list[last] += " " + strings.TrimSpace(line)
		default:
			list = append(list, line)
			open = true
		}
	}
	return list
}

// about reports whether a page on a permission is about that of a class.
func (p *page) about(class string) bool {
	return slices.ContainsFunc(p.of, func(of string) bool {
		return of == class || of == "*_socket" && isSocketClass(class)
	})
}

// isSocketClass reports whether a class is a socket class; the names of all of them end
// in _socket (security/selinux/include/classmap.h).
func isSocketClass(class string) bool {
	return class == "socket" || strings.HasSuffix(class, "_socket")
}
