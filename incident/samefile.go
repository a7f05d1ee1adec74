package incident

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
)

// An inode is a file of a host: the kernel gives every record of it the same device and number.
type inode struct {
	node, dev string
	ino       uint64
}

// inodeOf returns the file of a finding's record, ok is false if the record does not name it.
func inodeOf(f *Finding) (file inode, ok bool) {
	if f.AVC == nil || f.AVC.Ino == 0 || f.AVC.Dev == "" || !isFile(f.AVC.TClass) && f.AVC.TClass != "sock_file" {
		return file, false
	}
	return inode{f.Event.Node, f.AVC.Dev, f.AVC.Ino}, true
}

// paths returns the paths of files that some records of a log name by a whole path. The kernel gives others of the same
// file the last part alone. Containers have their own paths, and are left out; so are files with several paths.
func (x *examination) paths() map[inode]string {
	var paths map[inode]string
	for i := range x.report.Findings {
		f := &x.report.Findings[i]
		file, ok := inodeOf(f)
		if !ok || !strings.HasPrefix(f.AVC.Path, "/") || strings.HasSuffix(f.AVC.Path, " (deleted)") ||
			x.isContainer(audit.ContextType(f.AVC.SContext)) {
			continue
		}
		if paths == nil {
			paths = make(map[inode]string)
		}
		if other, found := paths[file]; found && other != f.AVC.Path {
			paths[file] = ""
			continue
		}
		paths[file] = f.AVC.Path
	}
	return paths
}

// pathOf returns the path of a record that has the last part alone, from another record of the file, "" if none has
// it. The numbers alone do not tell a file: all file systems of tmpfs have the same device, and so have the subvolumes
// of Btrfs.
func pathOf(f *Finding, paths map[inode]string) string {
	file, ok := inodeOf(f)
	if !ok || f.AVC.Path != "" {
		return ""
	}
	found, name := paths[file], f.AVC.Name
	const rootOfSubvolume = 256 // on Btrfs
	switch {
	case found == "":
		return ""
	case name == "/" && f.AVC.TClass == "dir": // a mounted file system, on a device of its own
		if strings.HasSuffix(file.dev, "fs") || file.dev == "overlay" || file.ino == rootOfSubvolume {
			return ""
		}
		return found
	case name == "" || baseName(found) != name:
		return ""
	}
	return found
}

// maxCompared bounds the findings with the same key that are compared with another.
const maxCompared = 16

// merge makes one finding of those about the same files with the same answer: a program that may not read a file is
// refused to look at it, to open it and to read it, each with a record of its own.
func (x *examination) merge(d *access.Decider) {
	findings := x.report.Findings
	kept := findings[:0]
	index := newMergeIndex(len(findings))
	joined := make(map[int]bool) // places in kept
	for i := range findings {
		f := &findings[i]
		if fileOf(f) == nil || f.AVC == nil {
			kept = append(kept, *f)
			continue
		}
		at, keys := len(kept), index.keysOf(f)
		for _, k := range keys {
			for other := range index.at(k) {
				if other < at && mergeable(&kept[other], f) {
					at = other
				}
			}
		}
		if at == len(kept) {
			kept = append(kept, *f)
		} else {
			join(&kept[at], f)
			joined[at] = true
			if !x.diagnoser.Knows(f.AVC) {
				x.joined++
			}
		}
		for _, k := range keys {
			index.add(k, at)
		}
	}
	for at := range joined {
		x.helps(d, kept[at].Denial)
		kept[at].Switches = switches(d, &kept[at])
		kept[at].Fix = firstFix(d, &kept[at])
	}
	x.report.Findings = kept
}

// helps asks again whether the label of file_contexts helps, for all permissions of findings that are joined.
func (x *examination) helps(d *access.Decider, joined *diagnose.Diagnosis) {
	file := joined.File
	if !file.Helps {
		return
	}
	c, err := x.p.ParseContext(file.Wanted)
	check := d.Check(joined.Source, c, joined.Class, joined.Permissions...)
	file.Helps = err == nil && check.Allowed()
}

// mergeable reports whether two findings about files with one label are about the same files, and differ in the
// permissions alone.
func mergeable(a, b *Finding) bool {
	x, y := a.Denial, b.Denial
	switch {
	case x.Verdict != y.Verdict || x.Verdict == diagnose.NotAsked,
		x.Verdict == diagnose.UnknownHere && (x.Step != y.Step || x.Step == "" && x.Instead == "" ||
			!slices.Equal(x.Missing, y.Missing)),
		x.Instead != y.Instead, x.Leftover != y.Leftover, x.Command != nil || y.Command != nil,
		x.Source.Type != y.Source.Type || x.Target.Type != y.Target.Type,
		!allRefused(x) || !allRefused(y),
		starts(x) && changes(y), starts(y) && changes(x): // no label is for both
		return false
	case x.File.Path != "" && y.File.Path != "":
		return x.File.Path == y.File.Path
	}
	if one, ok := inodeOf(a); ok && len(a.Objects) == 1 && len(b.Objects) == 1 {
		if other, ok := inodeOf(b); ok && one != other {
			return false
		}
	}
	return len(a.Objects) > 0 && a.MoreObjects == b.MoreObjects && slices.Equal(names(a), names(b))
}

func fileOf(f *Finding) *diagnose.File {
	if f.Denial == nil {
		return nil
	}
	return f.Denial.File
}

// starts and changes report whether a denial is about starting a file, or about changing its content.
func starts(d *diagnose.Diagnosis) bool {
	return hasAny(d, "execute", "execute_no_trans", "entrypoint")
}

func changes(d *diagnose.Diagnosis) bool { return hasAny(d, "write", "append") }

func hasAny(d *diagnose.Diagnosis, perms ...string) bool {
	return slices.ContainsFunc(perms, func(p string) bool { return slices.Contains(d.Permissions, p) })
}

// allRefused reports whether the policy answers alike for all permissions of a denial.
func allRefused(d *diagnose.Diagnosis) bool {
	return !slices.ContainsFunc(d.Checks, func(pc access.PermCheck) bool {
		return pc.Allowed != (d.Verdict == diagnose.NowAllowed)
	})
}

// names returns the last parts of the names of a finding's files, sorted.
func names(f *Finding) []string {
	var list []string
	for _, o := range f.Objects {
		if name := baseName(o); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// maxCommands bounds the commands of a finding that others are joined with.
const maxCommands = 16

// join adds a finding about the same files to another.
func join(f, other *Finding) {
	f.Count += other.Count
	f.OnlyLogged += other.OnlyLogged
	if f.First.IsZero() || !other.First.IsZero() && other.First.Before(f.First) {
		f.First = other.First
	}
	if other.Last.After(f.Last) {
		f.Last = other.Last
	}
	f.YearAssumed = f.YearAssumed || other.YearAssumed
	if f.There == nil {
		f.There = other.There
	}
	d, o := f.Denial, other.Denial
	if there := d.Elsewhere; there != nil && o.Elsewhere != nil && (there.Step == diagnose.StepLeave ||
		d.File.Path == "" && o.File.Path != "") {
		d.Elsewhere = o.Elsewhere
	}
	if d.File.Path == "" && o.File.Path != "" { // the one with the path tells more
		f.Event, f.AVC, f.Objects, d.File = other.Event, other.AVC, other.Objects, o.File
	}
	for _, c := range other.Commands {
		if len(f.Commands) < maxCommands && !slices.Contains(f.Commands, c) {
			f.Commands = append(f.Commands, c)
		}
	}
	f.Complaints = append(f.Complaints, other.Complaints...)
	for _, perm := range o.Permissions {
		if !slices.Contains(d.Permissions, perm) {
			d.Permissions = append(slices.Clip(d.Permissions), perm)
		}
	}
	slices.Sort(d.Permissions)
	if d.Change != nil {
		d.Change = d.Change.Permit(d.Permissions)
	}
	for i := range o.Checks {
		if !slices.ContainsFunc(d.Checks, func(pc access.PermCheck) bool { return pc.Name == o.Checks[i].Name }) {
			d.Checks = append(slices.Clip(d.Checks), o.Checks[i])
		}
	}
	for _, n := range o.Notes {
		if !slices.Contains(d.Notes, n) {
			d.Notes = append(d.Notes, n)
		}
	}
	if f.OnlyLogged < f.Count {
		d.Notes = slices.DeleteFunc(slices.Clone(d.Notes), onlyThen)
	}
	d.Needless, d.Harmless, d.Optional = d.Needless && o.Needless, d.Harmless && o.Harmless, d.Optional && o.Optional
}

// onlyThen reports whether a note says that a denial was only logged, which does not hold for one that is joined with
// another that was not.
func onlyThen(n diagnose.Note) bool {
	return n.Code == diagnose.NotePermissive && strings.HasPrefix(n.Text, "it was only logged then")
}
