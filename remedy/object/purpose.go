package object

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/policy"
)

// lastWord returns the last word of a type's name: "log" for httpd_log_t.
func lastWord(typ string) string {
	name := strings.TrimSuffix(typ, "_t")
	return name[strings.LastIndexByte(name, '_')+1:]
}

// IsLog reports whether a type is named after logs, as httpd_log_t and var_log_t are.
func IsLog(typ string) bool { return lastWord(typ) == "log" }

// log reports whether the object is a log by the access or by its name: a program that opens a file
// only to append to it writes a log, if its label has no purpose and it is in no home; so do those that
// write NAME.log, and files in a directory log or logs. What is in /tmp keeps no label of file_contexts.
func (f *finder) log() bool {
	typ := f.typeName(f.problem.Target)
	if typ == "var_log_t" { // what is written in /var/log is a log; what is read there may be another service's
		return (f.problem.Class == "file" || f.problem.Class == "dir") && f.changesIt()
	}
	if f.problem.Class != "file" && f.problem.Class != "dir" || IsLog(typ) || f.keepsNoLabels() ||
		strings.Contains("_"+typ, "_tmp_") || strings.HasSuffix(typ, "tmpfs_t") {
		return false
	}
	if f.problem.Class == "file" && isIndex(path.Base(cmp.Or(f.problem.Path, f.problem.Name))) || f.mail() != "" ||
		f.inData() {
		return false
	}
	if f.problem.Class == "file" && slices.Contains(f.problem.Perms, "append") && !f.home() &&
		(f.problem.Lost || f.general()) {
		return true
	}
	if strings.HasPrefix(f.typeName(f.problem.Source), "syslog") && f.changesIt() && f.keepsState() {
		return true // what a log daemon writes
	}
	name := f.problem.Path
	if name == "" && !slices.ContainsFunc(f.problem.Beside, namesLog) && len(f.problem.Beside) > 0 {
		return false // the other files that the subject uses there are no logs
	}
	if name == "" {
		name = f.problem.Name
		if f.problem.Class == "dir" && (slices.Contains(f.problem.Perms, "add_name") ||
			slices.Contains(f.problem.Perms, "remove_name")) {
			return false // it is the name of a file in the directory
		}
	}
	return namesLog(name) || f.problem.Class == "file" && f.ofLogs() && namesOutput(name)
}

// inData reports whether a file that is called x.log is among the data of an application: its directory, which no part
// of the path calls one of logs, has no label either, so that one label is for all of it.
func (f *finder) inData() bool {
	name := f.problem.Path
	if !f.problem.Lost || f.problem.Class != "file" || path.Ext(name) != ".log" {
		return false
	}
	stem := strings.TrimSuffix(f.typeName(f.problem.Source), "_t")
	if _, content := f.p.Type(stem + "_sys_rw_content_t"); !content { // a server that runs no applications of others
		return false
	}
	dirs := strings.Split(path.Dir(name), "/")
	return len(dirs) > 2 && !slices.ContainsFunc(dirs, func(dir string) bool { // "", "data", "app"
		return strings.HasSuffix(dir, "log") || strings.HasSuffix(dir, "logs")
	})
}

// ofLogs reports whether the subject is a service that works on the logs of all others, by its name.
func (f *finder) ofLogs() bool {
	first, _, _ := strings.Cut(strings.TrimSuffix(f.typeName(f.problem.Source), "_t"), "_")
	return slices.Contains([]string{"logrotate", "fail2ban", "syslogd", "syslog", "rsyslogd", "logwatch", "logcheck"},
		first)
}

// namesOutput reports whether a name is that of what a service writes to its output and errors, as catalina.out,
// server.err.1 and access.log-20240101 are.
func namesOutput(name string) bool {
	base := path.Base(name)
	for _, end := range []string{".out", ".err", ".log"} {
		if i := strings.LastIndex(base, end); i > 0 && strings.Trim(base[i+len(end):], "0123456789.-gxzb") == "" {
			return true
		}
	}
	return false
}

// namesLog reports whether a path is that of a log: it ends in .log, or is in a directory log or logs.
func namesLog(name string) bool {
	parts := strings.Split(name, "/")
	return slices.Contains(parts, "log") || slices.Contains(parts, "logs") || path.Ext(name) == ".log"
}

// isIndex reports whether a file that ends in .log is data that a program writes before other data, and no log that
// people read: dovecot.index.log, the numbered ones of LevelDB and RocksDB, the journals of databases.
func isIndex(name string) bool {
	stem, ok := strings.CutSuffix(name, ".log")
	if !ok || stem == "" {
		return false
	}
	words := strings.FieldsFunc(stem, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	return strings.Trim(stem, "0123456789") == "" || slices.ContainsFunc(words, func(word string) bool {
		switch strings.TrimRight(word, "0123456789") {
		case "index", "journal", "redo", "undo", "wal", "bin", "binlog", "relay", "txn", "transaction":
			return true
		}
		return false
	})
}

// isLog reports whether a type is the subject's own label of logs, or that of the directory of logs. Where the subject
// only reads the log of a service, it is the label of logs of that service: its data has the present label.
func (f *finder) isLog(typ string) bool {
	if !IsLog(typ) || typ == "var_log_t" {
		return typ == "var_log_t"
	}
	if target := f.typeName(f.problem.Target); !f.changesIt() && holdsData(target) && !f.own(target) {
		return kin.Of(target, typ) == kin.Namesake || strings.HasPrefix(target, strings.TrimSuffix(typ, "log_t"))
	}
	return f.own(typ)
}

// IsLasting reports whether a type can be one of data that stays: it is not named after logs, files in /run, in /tmp or
// in caches, settings or locks.
func IsLasting(typ string) bool {
	return !IsLog(typ) && !IsSettings(typ) && !IsRun(typ) &&
		!slices.Contains([]string{"tmp", "tmpfs", "cache", "lock", "exec", "script"}, lastWord(typ))
}

// IsSettings reports whether a type is named after settings, as httpd_config_t and etc_t are.
func IsSettings(typ string) bool {
	return slices.Contains([]string{"etc", "conf", "config"}, lastWord(typ))
}

// IsRun reports whether a type is named after files in /run, as var_run_t and mysqld_runtime_t are.
func IsRun(typ string) bool { return inRun(typ) || typ == "var_run_t" || typ == "runtime_t" }

// changes are the permissions of files and directories that change them.
func changes() []string {
	return []string{"write", "append", "create", "add_name", "remove_name", "setattr", "unlink", "rename", "link",
		"reparent", "rmdir"}
}

// Changes reports whether one of some permissions is to change a file or a directory.
func Changes(perms []string) bool {
	return slices.ContainsFunc(perms, func(perm string) bool { return slices.Contains(changes(), perm) })
}

// readOnly reports whether the subject may read its own data under the present label and was denied to
// change it: another label of its data is for that, as httpd_sys_rw_content_t beside
// httpd_sys_content_t. A rule would let it change all data that it is only to read.
func (f *finder) readOnly() bool {
	return f.onlyReads(f.base)
}

// onlyReads is readOnly for a label.
func (f *finder) onlyReads(c policy.Context) bool {
	name := f.typeName(c)
	if f.problem.Class != "file" && f.problem.Class != "dir" || !f.changesIt() ||
		f.twin(name) == "" && (!holdsData(name) || !f.own(name)) {
		return false
	}
	return len(f.refusedOf(f.d, c, []string{"getattr", "read"})) == 0
}

// baseLabel returns the label beside which one is looked for that the subject may change: that of file_contexts, if the
// subject only reads with it, else the present one.
func (f *finder) baseLabel() policy.Context {
	if f.problem.Files == nil || f.problem.Path == "" || f.contained() ||
		!f.problem.Lost && !f.general() && !f.carried() {
		return f.problem.Target
	}
	text, _ := f.problem.Files.Wanted(f.problem.Path, f.problem.Class)
	c, err := f.p.ParseContext(text)
	if err != nil || c.Type == f.problem.Target.Type || f.allows(f.d, c) || !f.onlyReads(c) {
		return f.problem.Target
	}
	return c
}

// carried reports whether the object has a label of files in /tmp or of root's home, which what is moved keeps, and is
// elsewhere.
func (f *finder) carried() bool {
	switch f.typeName(f.problem.Target) {
	case "tmp_t", "user_tmp_t", "admin_home_t":
		return !inTmp(f.problem.Path)
	}
	return false
}

// ownSettings reports whether the subject wants to change its own settings, which it is only to read: what a service
// writes belongs among its data.
func (f *finder) ownSettings() bool {
	name := f.typeName(f.problem.Target)
	if f.problem.Class != "file" && f.problem.Class != "dir" || !f.changesIt() || !IsSettings(name) || !f.own(name) {
		return false
	}
	return len(f.refusedOf(f.d, f.problem.Target, []string{"getattr", "read"})) == 0
}

// changesIt reports whether the access changes the object.
func (f *finder) changesIt() bool {
	return f.inData() || // who opens its log writes it
		slices.ContainsFunc(f.problem.Perms, func(perm string) bool { return slices.Contains(changes(), perm) })
}

// twin returns the type for the same files where they are written, which policies call so: public_content_rw_t
// beside public_content_t, tftpdir_rw_t beside tftpdir_t; "" if there is none.
func (f *finder) twin(typ string) string {
	id, ok := f.p.Type(strings.TrimSuffix(typ, "_t") + "_rw_t")
	if stem, content := strings.CutSuffix(typ, "_content_t"); !ok && content && !strings.HasSuffix(stem, "_rw") {
		id, ok = f.p.Type(stem + "_rw_content_t")
	}
	if !ok {
		return ""
	}
	return f.p.TypeName(id) // httpd_sys_content_rw_t is an alias of httpd_sys_rw_content_t
}

// writable reports whether a type is for data that the subject changes, beside its present label, which it
// only reads: that for the same files, else another one of its own.
func (f *finder) writable(typ string) bool {
	if twin := f.twin(f.typeName(f.base)); twin != "" {
		return typ == twin
	}
	return f.own(typ) && holdsData(typ) && plainPurpose(typ, f.typeName(f.problem.Source))
}

// programDirs are the directories where packages install the programs of services.
var programDirs = [...]string{"/usr/sbin", "/usr/bin", "/usr/libexec", "/usr/lib"}

// fitsProgram says how well a label of programs fits the program of the problem, the lower the better:
// file_contexts has it for a program of this name, or the domain is called as the label is.
func (f *finder) fitsProgram(label string) int {
	if base := path.Base(f.problem.Path); f.problem.Files != nil && base != "." && base != "/" {
		for _, dir := range programDirs {
			text, _ := f.problem.Files.Wanted(dir+"/"+base, "file")
			if c, err := f.p.ParseContext(text); err == nil && f.typeName(c) == label {
				return -2
			}
		}
	}
	if kin.Of(f.typeName(f.problem.Source), strings.TrimSuffix(label, "_exec_t")+"_t") == kin.Namesake {
		return -1
	}
	return 0
}
