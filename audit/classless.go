package audit

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/classmap"
)

// withoutClass completes a record of a file that lacks the class alone: with the class of files, or of directories
// where no file has what was refused or the record has no name. It is false for what may be no file, and for a record
// that was cut within a context.
func (a *AVC) withoutClass() bool {
	if a.TClass != "" || a.User || len(a.Permissions) == 0 || !endsWhole(a.SContext) || !endsWhole(a.TContext) ||
		!strings.Contains(a.TContext, ":object_r:") {
		return false
	}
	if strings.Trim(a.Name, ".\u2026") == "" {
		a.Name = "" // dots where the name was
	}
	classes := []string{"file", "dir"}
	if a.Name == "" && a.Path == "" {
		slices.Reverse(classes)
	}
	for _, class := range classes {
		if !slices.ContainsFunc(a.Permissions, func(p string) bool { return !classmap.HasPermission(class, p) }) {
			a.infer(Inference{Taken: class, Open: true})
			return a.mend(false)
		}
	}
	return false
}

// LacksClass reports whether the record has no class, and one that fits was taken.
func (a *AVC) LacksClass() bool {
	return slices.ContainsFunc(a.Inferred, func(i Inference) bool { return i.Open })
}

// endsWhole reports whether a context is not cut at its end: it has a level, or its type has its ending.
func endsWhole(context string) bool {
	return strings.Count(context, ":") > 2 || strings.Count(context, ":") == 2 && strings.HasSuffix(context, "_t")
}
