package semanage

import (
	"errors"
	"path"
	"slices"
	"strings"
)

// makeDirs makes the directories that the file name needs in dir, with the attributes
// that those of the file's later name, or the nearest there is, have in like.
func (s *Store) makeDirs(dir, like, name, later string) error {
	parent := path.Dir(name)
	if parent == "." || s.root.Exists(path.Join(dir, parent)) {
		return nil
	}
	if err := s.makeDirs(dir, like, parent, path.Dir(later)); err != nil {
		return err
	}
	from := path.Join(like, path.Dir(later))
	a, err := s.root.Attrs(from)
	for isGone(err) && from != like {
		from = path.Dir(from)
		a, err = s.root.Attrs(from)
	}
	if err != nil {
		return err
	}
	return s.fsys.mkdir(path.Join(dir, parent), a)
}

// changedDirs lists the directories whose entries the transaction changed, for
// syncing.
func (c *commit) changedDirs() []string { return c.s.dirsOf(&c.record) }

func (s *Store) dirsOf(j *journal) []string {
	active := s.path("active")
	list := []string{active, s.dir}
	if j.Tree {
		return list
	}
	add := func(name string) {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if target := path.Join(active, dir); !slices.Contains(list, target) && s.root.Exists(target) {
				list = append(list, target)
			}
		}
	}
	for _, d := range j.Files {
		add(d.Name)
	}
	for _, name := range j.Removed {
		add(name)
	}
	if tmp := s.path("tmp"); len(j.Removed) > 0 && s.root.Exists(tmp) {
		list = append(list, tmp) // where they went
	}
	return list
}

// install puts the files of /etc/selinux/TYPE in place.
func (c *commit) install() error {
	var dirs []string
	for _, f := range c.installed {
		target := path.Join(c.s.etc, f.Name)
		var err error
		if f.Remove {
			err = ignoreGone(c.fsys.remove(target))
		} else {
			err = c.fsys.rename(target+".tmp", target)
		}
		if err != nil {
			return err
		}
		if dir := path.Dir(target); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	if len(dirs) == 0 {
		return nil
	}
	return c.fsys.sync(dirs...)
}

// installRest puts the files of /etc/selinux/TYPE in place of a transaction that has happened.
// Somebody may have taken the new ones away: copies of the active directory's files are made again
// and others removed, because the old ones are out of date.
func (s *Store) installRest(j *journal) error {
	var dirs []string
	for _, d := range j.Installed {
		target := path.Join(s.etc, d.Name)
		if dir := path.Dir(target); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		if s.matches(d, target) {
			if err := ignoreGone(s.fsys.remove(target + ".tmp")); err != nil {
				return err
			}
			continue
		}
		if !s.matches(d, target+".tmp") {
			source := s.activePath(path.Base(d.Name))
			if !s.matches(d, source) {
				err := errors.Join(ignoreGone(s.fsys.remove(target)), ignoreGone(s.fsys.remove(target+".tmp")))
				if err != nil {
					return err
				}
				continue
			}
			data, err := s.root.ReadFile(source, maxPolicy)
			if err != nil {
				return err
			}
			if err := s.writeInstalled(target+".tmp", target, data); err != nil {
				return err
			}
		}
		if err := s.fsys.sync(target + ".tmp"); err != nil {
			return err
		}
		if err := s.fsys.rename(target+".tmp", target); err != nil {
			return err
		}
	}
	for _, name := range j.Uninstalled {
		target := path.Join(s.etc, name)
		if err := ignoreGone(s.fsys.remove(target)); err != nil {
			return err
		}
		if dir := path.Dir(target); !slices.Contains(dirs, dir) && s.root.Exists(dir) {
			dirs = append(dirs, dir)
		}
	}
	if len(dirs) == 0 {
		return nil
	}
	return s.fsys.sync(dirs...)
}

// removeInstalling removes what was prepared for /etc/selinux/TYPE.
func (s *Store) removeInstalling(j *journal) error {
	for _, d := range j.Installed {
		if err := ignoreGone(s.fsys.remove(path.Join(s.etc, d.Name) + ".tmp")); err != nil {
			return err
		}
	}
	return nil
}

// leftInstalling lists the temporary files that a killed transaction, ours or
// libsemanage's, left in /etc/selinux/TYPE beside the policy's.
func (s *Store) leftInstalling(own *journal) ([]string, error) {
	var list []string
	for _, dir := range []string{s.etc, path.Join(s.etc, "contexts/files")} {
		names, err := s.root.ReadDir(dir, 0)
		if err != nil && !isGone(err) {
			return nil, storeError(err)
		}
		for _, name := range names {
			target, tmp := strings.CutSuffix(path.Join(dir, name), ".tmp")
			if !tmp || dir == s.etc && name != "seusers.tmp" || dir != s.etc &&
				!strings.HasPrefix(name, "file_contexts") {
				continue
			}
			is := func(d digest) bool { return path.Join(s.etc, d.Name) == target }
			if own == nil || !slices.ContainsFunc(own.Installed, is) {
				list = append(list, target+".tmp")
			}
		}
	}
	return list, nil
}
