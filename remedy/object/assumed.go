package object

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// assumed returns the paths that an object may have of which only the name is known: that of a device file in /dev, of
// a unit of systemd, of a file in the home of a user, and that of a file of the subject in /run, which got its label
// from what made it.
func (f *finder) assumed() (paths []string) {
	name := f.problem.Name
	if name == "" || name == "." || name == ".." || strings.Contains(name, "/") || f.contained() {
		return nil
	}
	target := f.typeName(f.problem.Target)
	switch {
	case f.problem.Class == "chr_file" || f.problem.Class == "blk_file":
		if target == "device_t" {
			return []string{"/dev/" + name}
		}
	case f.unit():
		return []string{"/etc/systemd/system/" + name}
	case f.ofLibrary():
		return []string{"/etc/" + name}
	case f.homely():
		return []string{homeOfUser + name, homeOfUser + ".ssh/" + name}
	case f.problem.Class == "file" && IsRun(target) && !IsPlace(target) && f.ofOther(target) && !f.nameFits(target) &&
		(strings.HasPrefix(target, "cron") || f.nameFits(f.typeName(f.problem.Source))):
		// Jobs of cron do the work of all services.
		whole := strings.TrimSuffix(f.typeName(f.problem.Source), "_t")
		first, _, _ := strings.Cut(whole, "_")
		for _, dir := range []string{first, stemOf([]string{first}), strings.ReplaceAll(whole, "_", "-")} {
			paths = append(paths, "/run/"+dir+"/"+name)
		}
	default:
		if found := f.pathsOfName(); len(found) == 1 {
			return found
		}
	}
	return paths
}

// pathsOfName returns the paths that file_contexts has for the name of the object where files have its present label.
func (f *finder) pathsOfName() (found []string) {
	for _, dir := range treesOf(f.typeName(f.problem.Target)) {
		found = append(found, f.problem.Files.Named(dir, f.problem.Name, f.problem.Class)...)
	}
	return found
}

// treesOf returns the directories that files have a general label in, by the names that policies give the labels.
func treesOf(typ string) []string {
	switch typ {
	case "etc_t", "usr_t", "tmp_t", "srv_t":
		return []string{"/" + strings.TrimSuffix(typ, "_t")}
	case "var_lib_t", "var_log_t", "var_spool_t", "var_cache_t":
		return []string{"/" + strings.Replace(strings.TrimSuffix(typ, "_t"), "_", "/", 1)}
	case "var_run_t", "runtime_t":
		return []string{"/run", "/var/run"}
	}
	return nil
}

// homeOfUser is the home of a user whose name is not known.
const homeOfUser = "/home/USER/"

// unit reports whether systemd looks at a unit, by its name, that has the label of another place.
func (f *finder) unit() bool {
	if f.typeName(f.problem.Source) != "init_t" || f.changesIt() || f.problem.Class != "file" &&
		f.problem.Class != "lnk_file" || !f.problem.Lost && !f.ofHome() && !IsPlace(f.typeName(f.problem.Target)) &&
		!strings.HasSuffix(f.typeName(f.problem.Target), "tmp_t") {
		return false
	}
	switch path.Ext(f.problem.Name) {
	case ".service", ".socket", ".timer", ".mount", ".automount", ".path", ".target", ".slice", ".swap":
		return true
	}
	return false
}

// ofLibrary reports whether an object is by its name one that the C library reads in /etc for each program, with a
// label of another place, which it keeps where it was moved.
func (f *finder) ofLibrary() bool {
	if f.problem.Class != "file" && f.problem.Class != "lnk_file" || f.changesIt() || !f.problem.Lost && !f.ofHome() &&
		!strings.HasSuffix(f.typeName(f.problem.Target), "tmp_t") {
		return false
	}
	switch f.problem.Name {
	case "hosts", "resolv.conf", "nsswitch.conf", "host.conf", "passwd", "group", "services", "protocols", "localtime",
		"ld.so.cache", "gai.conf", "krb5.conf", "machine-id":
		return true
	}
	return false
}

// homely reports whether an object has a name as files in homes have, and the label of another place or of homes in
// general.
func (f *finder) homely() bool {
	if !IsFile(f.problem.Class) || !f.problem.Lost && !f.ofHome() && !IsPlace(f.typeName(f.problem.Target)) {
		return false
	}
	return len(f.problem.Name) > 1 && f.problem.Name[0] == '.' ||
		slices.Contains([]string{"authorized_keys", "authorized_keys2", "known_hosts"}, f.problem.Name)
}

// nameFits reports whether the name of the object begins as a type is called: crond.pid for cron_var_run_t.
func (f *finder) nameFits(typ string) bool {
	first, _, _ := strings.Cut(strings.TrimSuffix(typ, "_t"), "_")
	return strings.HasPrefix(strings.ToLower(f.problem.Name), strings.ToLower(stemOf([]string{first})))
}

// restoreAssumed is restore for an object whose path is not known, but may be assumed.
func (f *finder) restoreAssumed() bool {
	for _, name := range f.assumed() {
		text, from := f.problem.Files.Wanted(name, f.problem.Class)
		c, err := f.p.ParseContext(text)
		if text == "" || err != nil || c.Type == f.problem.Target.Type || IsPlace(f.typeName(c)) ||
			f.typeName(c) == "default_t" || f.typeName(c) == "device_t" {
			continue
		}
		inHome := strings.HasPrefix(name, homeOfUser)
		if inHome && (f.typeName(c) == "user_home_t" || !f.allows(f.d, c)) { // every file there has that label
			continue
		}
		if f.problem.Class == "file" && !f.allows(f.d, c) { // nothing else tells that it is this one
			continue
		}
		fix := f.restoring(c, from)
		fix.Alone = slices.Equal(f.pathsOfName(), []string{name})
		fix.If, fix.Homes = name, inHome && !f.ofHome()
		f.fixes = append(f.fixes, fix)
		return true
	}
	return false
}

// restoring is the fix that gives the object its label by a line of file_contexts.
func (f *finder) restoring(c policy.Context, from string) Fix {
	fix := Fix{Kind: Restore, Type: f.typeName(c), From: from, Works: f.allows(f.d, c), Applicability: remedy.Review,
		Force: f.problem.Files.Customizable(f.typeName(f.problem.Target))}
	fix.Own = f.own(fix.Type)
	f.cost(&fix, f.d, c)
	return fix
}
