package manpage

import (
	"fmt"
	"strings"
	"time"
)

// A Page is a manual page. Texts are laid out as the help of a command is: see
// [blocks] for what is a paragraph, a list and an example.
type Page struct {
	Name    string // "senet-can"
	Section int    // 1, 5 or 7
	// Short is what apropos(1) shows, without a full stop.
	Short    string
	Synopsis []string
	Text     string
	Options  []Option
	Examples []string // command lines
	// Exit says what the exit statuses mean; "" for a page that is not about a command.
	Exit string
	// Parts follow under headings of their own.
	Parts []Part
	See   []string // "senet-fix(1)"
}

// An Option is a flag as it is typed, with its argument, and what it does.
type Option struct{ Flag, Text string }

// A Part is a section of a page.
type Part struct{ Title, Text string }

// A Release says of which program the pages are.
type Release struct {
	Version string
	Date    time.Time
}

// File is the name of the page's file, such as "senet-can.1".
func (p *Page) File() string { return fmt.Sprintf("%s.%d", p.Name, p.Section) }

// Format writes the page in the man macros.
func (p *Page) Format(r Release) string {
	var w writer
	w.b.WriteString(".\\\" Made by packaging/man from the program's own help.\n")
	w.macro("TH", strings.ToUpper(p.Name), fmt.Sprint(p.Section), r.Date.UTC().Format(time.DateOnly),
		"senet "+r.Version, manuals[p.Section])
	w.b.WriteString(".nh\n.ad l\n") // no hyphen in a name, no wide gaps
	w.macro("SH", "NAME")
	w.text(p.Name + " - " + p.Short)
	if len(p.Synopsis) > 0 {
		w.macro("SH", "SYNOPSIS")
		for i, s := range p.Synopsis {
			if i > 0 {
				w.macro("br")
			}
			w.text(s)
		}
	}
	if p.Text != "" {
		w.macro("SH", "DESCRIPTION")
		w.blocks(p.Text)
	}
	if len(p.Options) > 0 {
		w.macro("SH", "OPTIONS")
		for _, o := range p.Options {
			w.tagged(o.Flag, o.Text)
		}
	}
	if p.Exit != "" {
		w.macro("SH", "EXIT STATUS")
		w.blocks(p.Exit)
	}
	if len(p.Examples) > 0 {
		w.macro("SH", "EXAMPLES")
		w.literal(p.Examples)
	}
	for _, part := range p.Parts {
		w.macro("SH", strings.ToUpper(part.Title))
		w.blocks(part.Text)
	}
	if len(p.See) > 0 {
		w.macro("SH", "SEE ALSO")
		w.text(strings.Join(p.See, ", "))
	}
	return w.b.String()
}

var manuals = map[int]string{1: "User Commands", 5: "File Formats", 7: "Miscellaneous", 8: "System Administration"}
