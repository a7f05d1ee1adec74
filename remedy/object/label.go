package object

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/allow"
)

// IsFile reports whether a class is one of files, whose labels are stored on a disk.
func IsFile(class string) bool {
	return slices.Contains([]string{"file", "dir", "lnk_file", "sock_file", "fifo_file", "chr_file", "blk_file"},
		class)
}

// mode handles the capabilities that bypass the owner and the mode of files: a rule would let the
// domain bypass those of all files.
func (f *finder) mode() {
	if f.problem.Class != "capability" && f.problem.Class != "cap_userns" || f.problem.Harmless {
		return
	}
	if slices.Contains(f.missing, "dac_override") || slices.Contains(f.missing, "dac_read_search") {
		f.fixes = append(f.fixes, Fix{Kind: Mode, Applicability: remedy.Safe})
	}
}

// restore gives the file the label that file_contexts has for its path, if it has another one. It
// works only if that label allows the access.
func (f *finder) restore() {
	if f.base.Type != f.problem.Target.Type { // the label beside that of file_contexts is for it
		return
	}
	if !IsFile(f.problem.Class) || f.contained() && !f.problem.Lost || // its paths are not the host's
		strings.HasPrefix(f.problem.Path, "/dev/pts/") || // who opens a terminal labels it
		f.oneLabel() {
		return
	}
	if f.problem.Files == nil || f.problem.Path == "" {
		if f.problem.Files != nil && f.restoreAssumed() {
			return
		}
		if f.problem.Lost { // only the system knows which label that is
			f.fixes = append(f.fixes, Fix{Kind: Restore, Applicability: remedy.Safe})
		}
		return
	}
	text, from := f.problem.Files.Wanted(f.problem.Path, f.problem.Class)
	if text == "" {
		return
	}
	c, err := f.p.ParseContext(text)
	if err != nil || c.Type == f.problem.Target.Type || f.typeName(c) == "default_t" { // no own label for the path
		return
	}
	own := IsPlace(f.typeName(c)) && f.own(f.typeName(f.problem.Target)) // which tells more than that of a place
	if !f.problem.Lost && !f.allows(f.d, c) && (own || f.given(c) || f.general() && f.onlyPlace(c)) {
		return
	}
	fix := f.restoring(c, from)
	if fix.Works && f.sensitive == "" {
		fix.Applicability = remedy.Safe // file_contexts intends this label for the file
	}
	f.fixes = append(f.fixes, fix)
}

// given reports whether the present label was given on purpose: that of the programs of a domain, or of the subject's
// own data, which it may use in more ways than with the label of file_contexts; or that of files for several services.
func (f *finder) given(wanted policy.Context) bool {
	if f.problem.Class == "file" && f.isProgram(policy.TypeID(f.problem.Target.Type)) &&
		!slices.Contains(f.problem.Perms, "entrypoint") {
		return true
	}
	name := f.typeName(f.problem.Target)
	if name == "public_content_t" || name == "public_content_rw_t" || f.twin(name) != "" && f.onlyPlace(wanted) {
		return true
	}
	class, ok := f.p.Class(f.problem.Class)
	if !ok || !holdsData(name) || !f.own(name) {
		return false
	}
	source := f.problem.Source
	return f.d.Decide(source, f.problem.Target, class).Allowed&^f.d.Decide(source, wanted, class).Allowed != 0
}

// maxLabels bounds how many other labels are proposed.
const maxLabels = 5

// holdsData reports whether a type is named after stored data, as httpd_sys_content_t, mysqld_db_t
// and samba_share_t are, and not after programs, sockets or settings.
func holdsData(typ string) bool {
	words := strings.Split(strings.TrimSuffix(typ, "_t"), "_")
	return slices.Contains([]string{"content", "data", "db", "zone", "share", "image"}, words[len(words)-1]) ||
		words[0] == "tftpdir"
}

// plainPurpose reports whether a name tells only whose data it is: not httpd_munin_content_t, which
// is for munin's data.
func plainPurpose(typ, subject string) bool {
	words := strings.Split(strings.TrimSuffix(typ, "_t"), "_")
	first := 1
	if kin.Of(subject, typ) == kin.Stranger {
		first = 0
	}
	for _, word := range words[first:max(first, len(words)-1)] {
		if !slices.Contains([]string{"sys", "public", "rw", "ro"}, word) {
			return false
		}
	}
	return true
}

// unsaid reports whether nothing tells the purpose of the object: file_contexts has no label for
// the path, or only a general one; or the path or the system is not known, and the current label is
// a general one. Otherwise another label would be wrong.
func (f *finder) unsaid() bool {
	open := f.general() || f.log() || f.readOnly() || f.ownSettings() || f.certificate() || f.script()
	if f.problem.Files == nil || f.problem.Path == "" {
		return f.problem.Lost || open
	}
	text, _ := f.problem.Files.Wanted(f.problem.Path, f.problem.Class)
	c, err := f.p.ParseContext(text)
	if open && c.Type == f.base.Type || err == nil && f.readOnly() && f.given(c) {
		return true // a general label, which the files of a service in that place need not keep; or one given by hand
	}
	return err != nil || f.problem.Lost && c.Type == f.problem.Target.Type || f.typeName(c) == "default_t" ||
		(f.problem.Lost || f.general()) && f.onlyPlace(c)
}

// onlyPlace reports whether a label of file_contexts is that of a shared place, with which the access is refused as
// well: what a service keeps there gets another label.
func (f *finder) onlyPlace(c policy.Context) bool {
	name := f.typeName(c)
	return (IsPlace(name) || f.installed(name) && f.changesIt()) && !f.allows(f.d, c)
}

// sensitivity returns why the object must not get a label that more domains may use, "" for no
// reason: its type is on the list of dangers, or is named after keys or passwords, or is an entry
// point of domains.
func (f *finder) sensitivity() string {
	if !IsFile(f.problem.Class) || f.problem.Lost {
		return ""
	}
	name := f.typeName(f.problem.Target)
	if why := allow.DangerousObject(name); why != "" {
		return why
	}
	for _, word := range strings.Split(strings.TrimSuffix(name, "_t"), "_") {
		if slices.Contains([]string{"shadow", "passwd", "key", "keys", "keytab", "secret", "secrets", "gpg"}, word) {
			return "secrets"
		}
	}
	if f.problem.Class == "file" && name != "usr_t" && !IsPlace(name) && !holdsData(name) && // pages may be scripts
		f.isProgram(policy.TypeID(f.problem.Target.Type)) {
		return "programs"
	}
	return ""
}

// isProgram reports whether a type is an entry point of a domain: an entrypoint rule names it. Rules
// for an attribute do not count: every file is an entry point of unconfined domains; nor do those that a boolean
// disables, as that by which pages may be scripts.
func (f *finder) isProgram(typ policy.TypeID) bool {
	class, _ := f.p.Class("file")
	entry, ok := f.p.Perm(class, "entrypoint")
	if programs, has := f.p.Attribute("exec_type"); !ok || has && !f.p.Members(programs).Has(typ) {
		return false
	}
	for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if r.Class == class && r.Perms&entry != 0 && r.Target == typ && !f.p.IsAttribute(r.Source) &&
			(r.Cond == 0 || f.p.BranchEnabled(r.Cond, r.Branch)) {
			return true
		}
	}
	return false
}

// namedTypes returns the types that rules give to the subject, both by their names.
func (f *finder) namedTypes() policy.Set[policy.TypeID] {
	types := policy.NewSet(f.p.MaxType())
	for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if uint32(r.Source) == f.problem.Source.Type {
			types.Add(r.Target)
		}
	}
	return types
}

// ofKernel reports whether the object is a file that the kernel makes, in /proc or /sys: nobody gives it a label.
func (f *finder) ofKernel() bool {
	if strings.HasPrefix(f.problem.Path, "/proc/") || strings.HasPrefix(f.problem.Path, "/sys/") {
		return true
	}
	for _, name := range []string{"proc_type", "sysctl_type"} {
		if a, ok := f.p.Attribute(name); ok && f.p.Members(a).Has(policy.TypeID(f.problem.Target.Type)) {
			return true
		}
	}
	switch name := f.typeName(f.problem.Target); name {
	case "proc_t", "sysfs_t", "cgroup_t", "debugfs_t", "tracefs_t":
		return true
	default:
		return strings.HasPrefix(name, "sysctl_") || strings.HasPrefix(name, "proc_")
	}
}

// inTmp reports whether a path is in a directory for temporary files, where file_contexts has no labels.
func inTmp(name string) bool {
	return strings.HasPrefix(name, "/tmp/") || strings.HasPrefix(name, "/var/tmp/") ||
		strings.HasPrefix(name, "/dev/shm/")
}

func bits(v policy.AccessVector) (n int) {
	for ; v != 0; v &= v - 1 {
		n++
	}
	return n
}

// level gives the object the level of the process, if only a constraint on levels denies the
// access.
func (f *finder) level() {
	if !f.p.MLS() || f.problem.Class == "process" {
		return
	}
	constrained := false
	check := f.d.Check(f.problem.Source, f.problem.Target, f.problem.Class, f.missing...)
	for i := range check.Perms {
		constrained = constrained || check.Perms[i].Reason.Code == access.Constrained
	}
	c := f.problem.Target
	c.Range = policy.Range{Low: f.problem.Source.Range.Low, High: f.problem.Source.Range.Low, Single: true}
	if IsFile(f.problem.Class) {
		c.Range.Low, c.Range.High = f.problem.Source.Range.High, f.problem.Source.Range.High
	}
	if !constrained || f.p.ValidateContext(c) != nil || !f.allows(f.d, c) {
		return
	}
	fix := Fix{Kind: Level, Type: f.typeName(c), Range: f.p.FormatRange(c.Range), Works: true,
		Applicability: remedy.Review}
	f.cost(&fix, f.d, c)
	f.fixes = append(f.fixes, fix)
}

// madeTypes returns the types that programs give to objects that they create, by transitions, such
// as those of logs and sockets, which nobody sets by hand; and for each type the number of rules
// that name it.
func (f *finder) madeTypes() (made policy.Set[policy.TypeID], rules map[policy.TypeID]int) {
	made, rules = policy.NewSet(f.p.MaxType()), map[policy.TypeID]int{}
	for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.Allow | policy.TypeTransition}) {
		if r.Kind == policy.TypeTransition {
			made.Add(r.Default)
			continue
		}
		rules[r.Target]++
	}
	return made, rules
}
