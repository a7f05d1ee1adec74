package semanage

import (
	"errors"
	"path"
	"slices"
	"strings"
	"syscall"
)

// linkedName is the policy without local records. While the files of a rebuild are
// renamed one by one it is missing: libsemanage, should it come before the transaction
// is completed, then builds the modules that it finds, and nobody takes a policy for
// theirs that is not. It goes first and comes last.
const linkedName = "policy.linked"

// sandbox returns the name that a file or new directory of the active directory has in
// the sandbox: a flat one, unless the sandbox becomes the active directory itself.
func (j *journal) sandbox(name string) string {
	if j.Tree {
		return name
	}
	for _, dir := range j.Dirs {
		if rest, ok := strings.CutPrefix(name, dir+"/"); ok {
			return flat(dir) + "/" + rest
		}
	}
	return flat(name)
}

// flat returns a name without a slash. No module's name has a colon.
func flat(name string) string { return strings.ReplaceAll(name, "/", ":") }

// newDirs lists the directories that have to be made for files in a directory, each
// with all that is to be in it.
func (s *Store) newDirs(active string, files []newFile) []string {
	var list []string
	for _, f := range files {
		top := ""
		for dir := path.Dir(f.name); dir != "." && !s.root.Exists(path.Join(active, dir)); dir = path.Dir(dir) {
			top = dir
		}
		if top != "" && !slices.Contains(list, top) {
			list = append(list, top)
		}
	}
	return list
}

// moveIn renames the journal's new directories into the active one.
func (s *Store) moveIn(j *journal, active, tmp string) error {
	for _, dir := range j.Dirs {
		to := path.Join(active, dir)
		if s.root.Exists(to) {
			continue
		}
		if err := s.fsys.rename(path.Join(tmp, j.sandbox(dir)), to); err != nil {
			return err
		}
	}
	return nil
}

// moveOut renames what the journal removes from the active directory into the sandbox,
// which goes afterwards: a module is there or not.
func (s *Store) moveOut(j *journal, active, tmp string) error {
	for _, name := range j.Removed {
		from, to := path.Join(active, name), path.Join(tmp, "gone:"+flat(name))
		if _, err := s.root.Lstat(from); isGone(err) {
			continue
		}
		err := s.fsys.rename(from, to)
		if errors.Is(err, syscall.EXDEV) || isGone(err) {
			// A directory of a lower layer of overlayfs stays where it is; and where this
			// is done again, the sandbox may be gone.
			err = s.removeAt(from)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removeAt removes a file or a directory tree.
func (s *Store) removeAt(name string) error {
	if info, err := s.root.Lstat(name); err == nil && info.IsDir() {
		return s.removeAll(name)
	}
	return ignoreGone(s.fsys.remove(name))
}

// guarded reports whether the journal's transaction begins with taking policy.linked
// away.
func (j *journal) guarded() bool {
	if j.Tree || j.Version < versionRebuilds {
		return false
	}
	_, ok := j.find(linkedName)
	return ok
}

// placeGuard makes policy.linked the last of the files. Where the store has none,
// there is nothing to take away.
func (c *commit) placeGuard() {
	at := slices.IndexFunc(c.files, func(f newFile) bool { return f.name == linkedName })
	switch {
	case at >= 0:
		f := c.files[at]
		c.files = append(slices.Delete(c.files, at, at+1), f)
	case c.s.root.Exists(path.Join(c.active, linkedName)): // it is what it was
		c.files = append(c.files, newFile{name: linkedName})
	default:
		return
	}
	c.guard = true
}

// raiseGuard takes policy.linked away: one that comes back unchanged goes into the
// sandbox.
func (c *commit) raiseGuard() error {
	if !c.guard {
		return nil
	}
	name := path.Join(c.active, linkedName)
	var err error
	if c.files[len(c.files)-1].data == nil {
		err = c.fsys.rename(name, path.Join(c.tmp, linkedName))
	} else {
		err = ignoreGone(c.fsys.remove(name))
	}
	if err == nil {
		c.published = true
	}
	return err
}
