package check

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/systemd"
)

// Named checks a unit (with or without its suffix), a program, a file or a directory that a person
// named. program names the program that reads a file, "" to tell by its name.
func (c *Checker) Named(name, program string) ([]*Service, error) {
	if file, ok := c.file(name); ok || program != "" {
		name = file
		info, err := c.root.Stat(name)
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			return c.Dir(name)
		}
		s, err := c.File(name, program)
		return one(s), err
	}
	unit := name
	if ext := path.Ext(name); ext != ".service" && ext != ".socket" {
		unit += ".service"
	}
	s, known, err := c.Unit(unit)
	switch {
	case known:
		return c.withSocket(s, unit)
	case err != nil && !errors.Is(err, systemd.ErrNoUnit):
		return nil, err
	}
	if p := daemonconf.Find(name); p != nil && unit != name {
		s, err := c.Program(name)
		return one(s), err
	}
	if err != nil && unit == name {
		return nil, err
	}
	if err == nil {
		return nil, fmt.Errorf("%s: %w", unit, ErrWhose)
	}
	return nil, fmt.Errorf("%s: %w", name, ErrUnknown)
}

// file returns the absolute path of a name that means a file: the name has a slash, or such a file
// exists and no such unit does. ok is false for other names.
func (c *Checker) file(name string) (abs string, ok bool) {
	abs = path.Join("/", name)
	if c.root.Live() {
		if dir, err := filepath.Abs(name); err == nil {
			abs = dir
		}
	}
	switch ext := path.Ext(name); {
	case strings.Contains(name, "/"), name == ".", name == "..":
		return abs, true
	case ext == "" || ext == ".service" || ext == ".socket":
		return abs, false
	}
	return abs, c.root.Exists(abs)
}

// Shown returns the name of a file as people read it: on the running system, relative to the
// working directory if the file is below it.
func (c *Checker) Shown(file string) string {
	if c.root.Live() && path.IsAbs(file) {
		if rel, ok := c.relative(file); ok {
			return rel
		}
	}
	return file
}

// relative returns a path of the running system relative to the working directory; ok is false if
// it is not below it.
func (c *Checker) relative(file string) (rel string, ok bool) {
	dir, err := filepath.Abs(".")
	if err != nil {
		return "", false
	}
	rel, err = filepath.Rel(dir, file)
	return rel, err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}

// URI returns the name of a file for reports that programs read: relative to the working directory
// if the file is below it, else a URL.
func (c *Checker) URI(file string) string {
	file = c.root.Path(file)
	if rel, ok := c.relative(file); ok {
		return (&url.URL{Path: rel}).String()
	}
	return (&url.URL{Scheme: "file", Path: file}).String()
}

// withSocket adds the socket unit that starts a service, if it is enabled.
func (c *Checker) withSocket(s *Service, unit string) ([]*Service, error) {
	list := one(s)
	base, isService := strings.CutSuffix(unit, ".service")
	if !isService {
		return list, nil
	}
	for _, name := range c.enabled() {
		if name == base+".socket" {
			socket, known, err := c.Unit(name)
			if known {
				list = append(list, socket)
			}
			return list, err
		}
	}
	return list, nil
}

func one(s *Service) []*Service {
	if s == nil {
		return nil
	}
	return []*Service{s}
}
