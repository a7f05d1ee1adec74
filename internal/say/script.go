package say

import (
	"path"
	"regexp"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// scriptText says how a plugin or script gets a domain of its own.
func (l *Log) scriptText(s *diagnose.Script) string {
	switch {
	case s.Maybe:
		return l.maybeText(s)
	case s.Started:
		return l.startedText(s)
	}
	restore := shell.New("restorecon", "-v").Arg(s.Path)
	const start = "start it itself, by its #! line, and not by its interpreter"
	if s.Labelled {
		return words.Sprintf("the script is to have the label %s: %s; and %s", s.Type, restore, start)
	}
	return words.Sprintf("label the script, so that it runs in a domain of its own: %s; %s; and %s",
		labelEntry(l.Report, s.Type, regexp.QuoteMeta(s.Path), ""), restore, start)
}

// maybeText is so where it is not known whether a script asked.
func (l *Log) maybeText(s *diagnose.Script) string {
	why := "if a script or plugin of the service does it"
	if s.Tool != "" {
		why += words.Sprintf(" (%s is not the service's own program)", s.Tool)
	}
	return words.Sprintf("%s, %s; else an allow rule, if the access is intended (--allow)", why, l.startedText(s))
}

// startedText is so for one that the service starts itself.
func (l *Log) startedText(s *diagnose.Script) string {
	entry, tree := scriptEntry(s)
	restore := shell.New("restorecon")
	if tree != s.Path || s.Tree {
		restore = restore.Flag("-R")
	}
	limits := "may be refused more"
	if strings.Contains(s.Type, "unconfined") {
		limits = "by its name is hardly limited"
	}
	text := words.Sprintf("label the script, so that it runs in a domain of its own: %s; %s; it then runs as %s, "+
		"which %s", labelEntry(l.Report, s.Type, entry, ""),
		restore.Flag("-v").Arg(tree), strings.TrimSuffix(s.Type, "_exec_t")+"_t", limits)
	if s.Switch != "" {
		text += words.Sprintf("; the boolean %s is to be on", s.Switch)
	}
	if s.ByHand {
		text += "; what chcon sets is lost when the files are relabelled"
	}
	return text
}

// byHandText says how the label that a command of the text sets stays.
func (l *Log) byHandText(c *audit.Chcon) string {
	entry, tree := scriptEntry(&diagnose.Script{Path: c.Path, Tree: c.Tree})
	restore := shell.New("restorecon")
	if tree != c.Path || c.Tree {
		restore = restore.Flag("-R")
	}
	return words.Sprintf("label it %s, as the text does with chcon, but so that it stays: %s; %s", c.Type,
		labelEntry(l.Report, c.Type, entry, ""), restore.Flag("-v").Arg(tree))
}

// scriptEntry returns the pattern of file_contexts for a script, for those of its kind beside it where only they are
// scripts, and what restorecon is to label.
func scriptEntry(s *diagnose.Script) (entry, tree string) {
	dir, name := path.Split(s.Path)
	dir = strings.TrimSuffix(dir, "/")
	switch ext := path.Ext(s.Name); {
	case s.Path == "" && ext != "":
		return `DIR/.*` + regexp.QuoteMeta(ext), "DIR"
	case s.Path == "":
		return "DIR(/.*)?", "DIR"
	case s.Tree:
		return regexp.QuoteMeta(s.Path) + "(/.*)?", s.Path
	case strings.ContainsAny(name, "*?"):
		return regexp.QuoteMeta(dir) + "/" + fromGlob(name), dir
	case ext == ".cgi" || ext == ".fcgi":
		return regexp.QuoteMeta(dir) + `/.*` + regexp.QuoteMeta(ext), dir
	}
	return regexp.QuoteMeta(s.Path), s.Path
}

// fromGlob turns the pattern of a shell into that of file_contexts.
func fromGlob(name string) string {
	return strings.NewReplacer(`\*`, "[^/]*", `\?`, "[^/]").Replace(regexp.QuoteMeta(name))
}
