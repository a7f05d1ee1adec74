package object

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// pages returns the directory of pages or of uploads that the object is in, with all below it, so that its other
// directories do not fail next: the outermost with such a name, as /srv/app/static for /srv/app/static/css/a.css. What
// is written gets the outermost for uploads alone. It is "" where no name tells.
func (f *finder) pages(written bool) string {
	if !path.IsAbs(f.problem.Path) {
		return ""
	}
	written = written || f.changesIt()
	inner := ""
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
		case written && isTree(name):
			inner = dir
		}
	}
	return inner
}

// isTree reports whether a directory is by its name that of the data which an application writes below its programs.
func isTree(name string) bool { return name == "storage" || name == "data" }

// inTree reports whether a log is in the tree of an application for the web, among its data or its pages: it is written
// there by the scripts, as the other files are. What is called as the logs of servers are is the server's own.
func (f *finder) inTree() bool {
	if !path.IsAbs(f.problem.Path) || strings.HasPrefix(f.problem.Path, "/var/log/") || f.ofLogs() ||
		!f.changesIt() || !f.ofWeb() {
		return false
	}
	dir, base := path.Split(f.problem.Path)
	words := strings.FieldsFunc(base, func(r rune) bool { return !unicode.IsLetter(r) })
	if f.problem.Class == "file" && slices.ContainsFunc(words, is("access", "error", "ssl", "modsec")) {
		return false
	}
	parts := strings.Split(strings.Trim(dir, "/"), "/")
	return f.readOnly() || slices.ContainsFunc(parts[1:], isTree) || f.problem.Class == "file" &&
		slices.ContainsFunc(parts, is("www", "html", "htdocs", "public_html", "wwwroot", "webroot", "docroot"))
}

// ofWeb reports whether the policy has a label of the subject's own for content that scripts write.
func (f *finder) ofWeb() bool {
	for id := range f.p.Types() {
		if name := f.p.TypeName(id); strings.HasSuffix(name, "_sys_rw_content_t") && f.own(name) {
			return true
		}
	}
	return false
}
