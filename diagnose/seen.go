package diagnose

import (
	"fmt"
	"path"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// Seen lets the Diagnoser know the labels of the files that the listings of a log show. Of a file that is listed
// several times the last label counts.
func (g *Diagnoser) Seen(list []audit.Listed) *Diagnoser {
	for i := range list {
		l := &list[i]
		text := l.Context
		if l.Changed {
			text = l.Wanted
		}
		c, ok := g.context(text, false)
		if text == "" || !ok || l.Name == "" && l.Path == "" {
			if text != "" && !ok && l.Path != "" {
				g.alien = append(g.alien, *l)
			}
			continue
		}
		if g.seen == nil {
			g.seen = make(map[string]policy.Context)
		}
		if l.Path != "" {
			g.seen[path.Clean(l.Path)] = c.Context
		} else if l.Name != "." && l.Name != ".." {
			g.seen[l.Name] = c.Context
		}
	}
	return g
}

// seenLabel returns the label that the text shows of a file: of its path, else of its name where no listing tells the
// directory. With only the text is about this file alone, and a label that a sentence of it names is that of the file.
func (g *Diagnoser) seenLabel(name string, only bool) (c policy.Context, ok bool) {
	if c, ok = g.seen[name]; ok {
		return c, true
	}
	if !only {
		return c, false
	}
	if c, ok = g.seen[path.Base(name)]; ok {
		return c, true
	}
	if len(g.seen) == 0 && g.prose.Label != "" {
		found, ok := g.context(g.prose.Label, false)
		return found.Context, ok
	}
	return c, false
}

// noteSeen notes the label that the text shows of the file of a complaint where this policy does not have its type.
func (g *Diagnoser) noteSeen(d *SymptomDiagnosis) {
	text := ""
	for i := range g.alien {
		if path.Clean(g.alien[i].Path) == g.target {
			text = g.alien[i].Context
		}
	}
	if text == "" && len(g.seen)+len(g.alien) == 0 {
		if text = g.prose.Label; text != "" {
			if _, ok := g.context(text, false); ok {
				text = ""
			}
		}
	}
	if text != "" {
		d.Notes = append(d.Notes, Note{NoteMeaning, fmt.Sprintf("the text has the label %s for %s, a type that this "+
			"policy does not have", audit.ContextType(text), g.target)})
	}
}
