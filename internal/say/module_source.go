package say

import (
	"strings"

	"github.com/senet-selinux/senet/internal/modsource"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// ModuleFiles adds the written files of a module, and how to install them.
func ModuleFiles(b *words.Page, f *modsource.Files, names []string) {
	for i, name := range names {
		key := ""
		if i == 0 {
			key = "done"
		}
		b.Line(key, "%s", name)
	}
	for _, note := range f.Notes {
		b.Line("note", "%s", note)
	}
	next := shell.New("senet", "module", "install").Arg(names[0])
	if f.CIL != "" {
		next = next.Arg(names[len(names)-1])
	}
	b.Command("next", next)
}

// ModuleFindings adds what is wrong with sources, a line each as compilers print it.
func ModuleFindings(b *words.Page, found []modsource.Finding) {
	if len(found) == 0 {
		b.Line("done", "nothing found")
	}
	for i := range found {
		f := &found[i]
		text := f.Text
		if len(f.Near) > 0 {
			text += "; did you mean " + strings.Join(f.Near, ", ") + "?"
		}
		b.Printf("%s\n", words.Sprintf("%s:%d: %s: %s (%s)", f.File, f.Line, string(f.Severity), text, f.Code))
	}
}
