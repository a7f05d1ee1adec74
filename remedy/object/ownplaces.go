package object

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/subject"
)

// An OwnPlace is a directory in which file_contexts gives files a label of the subject's own.
type OwnPlace struct{ Dir, Type string }

// maxPlaces bounds how many directories are named.
const maxPlaces = 3

// OwnPlaces returns the directories for the subject's own files in which the policy allows it the access of a problem,
// those that fit the name of the object first, one for each label; nil where no system is known, and for a daemon
// without a domain, whose files have no label of its own, or one that goes to the files of others.
func OwnPlaces(d *access.Decider, problem Problem) []OwnPlace {
	f := &finder{d: d, p: d.Policy(), problem: &problem, wanted: withFollowers(problem.Class, problem.Perms)}
	if problem.Files == nil || !IsFile(problem.Class) || subject.IsLeftover(f.typeName(problem.Source)) ||
		IsVisitor(f.typeName(problem.Source)) {
		return nil
	}
	types := map[string]bool{}
	for id := range f.p.Types() {
		name := f.p.TypeName(id)
		if f.p.IsAttribute(id) || !f.ownFiles(name) {
			continue
		}
		if c := f.labelled(id); f.p.ValidateContext(c) == nil && f.allows(d, c) {
			types[name] = true
		}
	}
	var list []OwnPlace
	for dir, typ := range problem.Files.Trees() {
		i := slices.IndexFunc(list, func(x OwnPlace) bool { return x.Type == typ })
		switch {
		case !types[typ] || strings.HasPrefix(dir, "/home/") || strings.HasPrefix(dir, "/usr/"):
		case i < 0:
			list = append(list, OwnPlace{dir, typ})
		case cmp.Or(cmp.Compare(len(dir), len(list[i].Dir)), strings.Compare(dir, list[i].Dir)) < 0:
			list[i].Dir = dir
		}
	}
	slices.SortFunc(list, func(a, b OwnPlace) int {
		return cmp.Or(cmp.Compare(f.purposeOf(a.Type), f.purposeOf(b.Type)), cmp.Compare(len(a.Dir), len(b.Dir)),
			strings.Compare(a.Dir, b.Dir))
	})
	return list[:min(len(list), maxPlaces)]
}

// ownFiles reports whether a type is one of files that the subject keeps: its data and its settings, and certificates
// for a file that is called as one.
func (f *finder) ownFiles(typ string) bool {
	if typ == "cert_t" {
		return f.calledCertificate()
	}
	if !f.own(typ) || strings.HasPrefix(typ, "ssh_home") || strings.Contains(typ, "_key") ||
		strings.HasSuffix(typ, "_unit_file_t") || strings.HasSuffix(typ, "_exec_t") {
		return false
	}
	return IsLasting(typ) || IsSettings(typ) && !f.changesIt()
}

// purposeOf orders the labels of a subject's own files by how well they fit the object: certificates, then settings
// for what is only read, then data.
func (f *finder) purposeOf(typ string) int {
	switch {
	case typ == "cert_t":
		return 0
	case IsSettings(typ) && !holdsData(f.typeName(f.problem.Target)):
		return 1
	}
	return 2
}

// calledCertificate reports whether the object has the name of a certificate or of its key.
func (f *finder) calledCertificate() bool {
	switch path.Ext(cmp.Or(f.problem.Path, f.problem.Name)) {
	case ".crt", ".cer", ".cert", ".pem", ".key":
		return f.problem.Class == "file"
	}
	return false
}

// IsVisitor reports whether the work of a domain is on the files of others, where they are: logs that are rotated,
// files that are backed up, looked at or searched, homes of people who log in. None of them belongs in a place of the
// domain's own.
func IsVisitor(domain string) bool {
	switch strings.TrimSuffix(domain, "_t") {
	case "sshd", "sshd_session", "logrotate", "logwatch", "backup", "amanda", "bacula", "antivirus", "clamd",
		"clamscan", "fail2ban", "fail2ban_client", "setfiles", "restorecond", "mount", "nrpe", "zabbix_agent",
		"munin", "collectd", "snmpd", "pcp_pmcd", "aide", "tripwire", "locate", "rkhunter", "tmpreaper",
		"systemd_tmpfiles", "updfstab", "prelink", "quota", "readahead", "insights_client", "insights_core",
		"rhsmcertd", "abrt", "login", "local_login", "remote_login", "sosreport", "monit":
		return true
	}
	return false
}
