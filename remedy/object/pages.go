package object

import (
	"path"
	"slices"
	"strings"
)

// pages returns the directory of pages or of uploads that the object is in, with all below it, so that its other
// directories do not fail next: the outermost with such a name, as /srv/app/static for /srv/app/static/css/a.css. What
// is written gets the outermost for uploads alone. It is "" where no name tells.
func (f *finder) pages(written bool) string {
	if !path.IsAbs(f.problem.Path) {
		return ""
	}
	written = written || f.changesIt()
	for dir := range above(f.problem.Path) {
		if ofAll(dir) || strings.Count(dir, "/") < 2 {
			continue
		}
		switch name := strings.ToLower(path.Base(dir)); {
		case slices.Contains([]string{"uploads", "upload", "media"}, name):
			return dir
		case !written && slices.Contains([]string{"static", "staticfiles", "sitestatic", "assets", "html", "htdocs",
			"public", "www", "wwwroot", "webroot", "docroot"}, name):
			return dir
		}
	}
	return ""
}
