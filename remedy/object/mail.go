package object

import (
	"cmp"
	"slices"
	"strings"
)

// mail returns the directory that holds the mail which the object is part of, by its path or by those of the other
// files that the subject uses with the same label: /var/vmail for /var/vmail/example.org/joe/Maildir/cur/1. It is "."
// where only a name tells, "" where nothing does, or where the label has a purpose.
func (f *finder) mail() string {
	if f.problem.Class != "file" && f.problem.Class != "dir" || !f.problem.Lost && !f.place() {
		return ""
	}
	switch name := cmp.Or(f.problem.Path, f.problem.Name); {
	case f.certificate(), ofSettings(name), strings.HasSuffix(name, ".pid"), strings.HasSuffix(name, ".sock"):
		return "" // which tells more than its directory
	}
	paths := f.problem.Beside
	if f.problem.Path != "" {
		paths = []string{f.problem.Path}
	}
	for _, name := range paths {
		if dir := mailDir(name); dir != "" {
			return dir
		}
	}
	if name := cmp.Or(f.problem.Path, f.problem.Name); isMailIndex(name[strings.LastIndexByte(name, '/')+1:]) {
		return "."
	}
	return ""
}

// place reports whether the label of the object is that of a shared place, whatever the access is.
func (f *finder) place() bool { return IsPlace(f.typeName(f.problem.Target)) }

// mailDir returns the outermost directory of a path that is named after mail, "" if there is none, or if the path is
// one of settings, logs, or files in /run.
func mailDir(name string) string {
	for _, dir := range []string{"/etc/", "/usr/", "/run/", "/var/run/", "/var/log/", "/var/lib/", "/tmp/", "/proc/"} {
		if strings.HasPrefix(name, dir) {
			return ""
		}
	}
	for dir := range above(strings.TrimRight(name, "/") + "/") {
		switch strings.ToLower(dir[strings.LastIndexByte(dir, '/')+1:]) {
		case "maildir", ".maildir", "vmail", "mail", "mails", "mailbox", "mailboxes", "mdbox", "sdbox":
			return dir
		}
	}
	return ""
}

// isMailIndex reports whether a file is one that dovecot keeps beside the mail.
func isMailIndex(name string) bool {
	return slices.ContainsFunc([]string{"dovecot.index", "dovecot.list.index", "dovecot.mailbox.log", "dovecot-uidlist",
		"dovecot-uidvalidity", "dovecot-keywords", "maildirfolder"}, func(begin string) bool {
		return strings.HasPrefix(name, begin)
	})
}

// isMail reports whether a type is the label of mail: in homes that of mail there, elsewhere that of spools of mail.
func (f *finder) isMail(typ string) bool {
	if f.home() || strings.HasPrefix(f.problem.Path, "/home/") || strings.HasPrefix(f.problem.Path, "/root/") {
		return typ == "mail_home_rw_t"
	}
	return typ == "mail_spool_t"
}
