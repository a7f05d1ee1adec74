package check

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/systemd"
)

// ErrWhose is wrapped if a file belongs to no program that senet knows.
var ErrWhose = errors.New("not known which program reads it")

// The bounds of the search in a directory.
const (
	maxNames = 10_000
	maxFound = 1000
	maxDeep  = 8
)

// All checks every unit that is started at boot or by a socket. unread are the services whose
// configuration senet cannot read.
func (c *Checker) All() (list []*Service, unread []string, err error) {
	for _, name := range c.enabled() {
		s, ok, err := c.Unit(name)
		switch {
		case errors.Is(err, systemd.ErrNoUnit):
		case err != nil:
			// One unit that cannot be read does not prevent the check of the others.
			list = append(list, &Service{Name: name, Problems: []daemonconf.Problem{{Text: err.Error()}}})
		case ok:
			list = append(list, s)
		default:
			unread = append(unread, name)
		}
	}
	return list, unread, nil
}

// enabled returns the names of the services and sockets that targets want.
func (c *Checker) enabled() []string {
	units, _ := systemd.Enabled(c.root)
	return slices.DeleteFunc(units, func(name string) bool {
		ext := path.Ext(name)
		return ext != ".service" && ext != ".socket"
	})
}

// Dir checks the configuration files in a directory and in its subdirectories.
func (c *Checker) Dir(name string) ([]*Service, error) {
	var files []string
	if err := c.walk(name, 0, &files); err != nil {
		return nil, err
	}
	var list []*Service
	read := map[string]bool{}
	for _, file := range files {
		if read[file] {
			continue // another file includes it
		}
		s, err := c.File(file, "")
		if errors.Is(err, ErrWhose) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, r := range s.Read {
			read[r] = true
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no file in it is known to be a daemon's configuration", name)
	}
	return list, nil
}

// walk collects the files that may be main files: those of a directory first, then those of its
// subdirectories.
func (c *Checker) walk(dir string, depth int, files *[]string) error {
	entries, err := c.root.ReadDir(dir, maxNames)
	if err != nil {
		return err
	}
	var below []string
	for _, entry := range entries {
		if entry[0] == '.' {
			continue
		}
		name := path.Join(dir, entry)
		info, err := c.root.Lstat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case info.IsDir():
			below = append(below, name)
		case info.Mode().IsRegular() && len(*files) < maxFound && mainFile(name):
			*files = append(*files, name)
		}
	}
	if depth == maxDeep {
		return nil
	}
	for _, name := range below {
		if err := c.walk(name, depth+1, files); err != nil {
			return err
		}
	}
	return nil
}

func mainFile(name string) bool {
	ext := path.Ext(name)
	return ext == ".service" || ext == ".socket" || daemonconf.OfFile(name) != nil
}
