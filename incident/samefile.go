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
// file the last part alone. Containers have their own paths, and are left out.
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
		paths[file] = f.AVC.Path
	}
	return paths
}

// merge makes one finding of those about the same files with the same answer: a program that may not read a file is
// refused to look at it, to open it and to read it, each with a record of its own.
func (x *examination) merge(d *access.Decider) {
	type access struct{ class, source, target, node string }
	kept := x.report.Findings[:0]
	places := make(map[access][]int) // in kept
	for _, f := range x.report.Findings {
		if fileOf(&f) == nil || f.AVC == nil {
			kept = append(kept, f)
			continue
		}
		key := access{f.AVC.TClass, f.AVC.SContext, f.AVC.TContext, f.Event.Node}
		i := slices.IndexFunc(places[key], func(at int) bool { return mergeable(&kept[at], &f) })
		if i < 0 {
			places[key] = append(places[key], len(kept))
			kept = append(kept, f)
			continue
		}
		at := places[key][i]
		join(&kept[at], &f)
		if !x.diagnoser.Knows(f.AVC) {
			x.joined++
		}
		kept[at].Switches = switches(d, &kept[at])
		kept[at].Fix = firstFix(d, &kept[at])
	}
	x.report.Findings = kept
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
		(a.OnlyLogged == a.Count) != (b.OnlyLogged == b.Count),
		!allRefused(x) || !allRefused(y):
		return false
	case x.File.Path != "" && y.File.Path != "":
		return x.File.Path == y.File.Path
	}
	return len(a.Objects) > 0 && a.MoreObjects == b.MoreObjects && slices.Equal(names(a), names(b))
}

func fileOf(f *Finding) *diagnose.File {
	if f.Denial == nil {
		return nil
	}
	return f.Denial.File
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
	d, o := f.Denial, other.Denial
	if d.File.Path == "" && o.File.Path != "" { // the one with the path tells more
		f.Event, f.AVC, f.Objects, d.File = other.Event, other.AVC, other.Objects, o.File
	}
	for _, c := range other.Commands {
		if !slices.Contains(f.Commands, c) {
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
	d.Checks = append(d.Checks, o.Checks...)
	for _, n := range o.Notes {
		if !slices.Contains(d.Notes, n) {
			d.Notes = append(d.Notes, n)
		}
	}
	d.Needless, d.Harmless, d.Optional = d.Needless && o.Needless, d.Harmless && o.Harmless, d.Optional && o.Optional
}
