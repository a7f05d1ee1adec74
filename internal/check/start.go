package check

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/systemd"
	"github.com/senet-selinux/senet/subject"
)

// ErrUnknown is wrapped if a name is neither a unit, a program whose configuration senet reads, nor
// a file.
var ErrUnknown = errors.New("neither a unit, a program whose configuration senet reads, nor a file")

// Unit checks a service or a socket unit by its whole name. ok is false for a service
// whose configuration senet cannot read.
func (c *Checker) Unit(name string) (s *Service, ok bool, err error) {
	u, err := systemd.Load(c.root, name)
	if err != nil {
		return nil, false, err
	}
	if path.Ext(name) == ".socket" {
		s, err = c.socketUnit(u)
		return s, err == nil, err
	}
	return c.service(u)
}

// service checks the programs that a service starts.
func (c *Checker) service(u *systemd.Unit) (*Service, bool, error) {
	list, missing, err := daemonconf.OfService(c.root, u)
	if err != nil {
		return nil, false, err
	}
	s := &Service{Name: u.Name, Read: u.Files}
	for i := range list {
		one := &list[i]
		if i == 0 {
			chain := append(one.Chain, c.executes(one.Program, one.File)...)
			c.process(s, one.Program, func() (subject.Subject, error) {
				return c.system.Service(c.d, u.Name, chain...)
			})
		}
		s.Program = one.Program.Name
		if err := c.ask(s, one.Result); err != nil {
			return nil, false, err
		}
	}
	for _, file := range missing {
		s.Problems = append(s.Problems, daemonconf.Problem{
			Text: fmt.Sprintf("EnvironmentFile %s cannot be read", file), Pos: daemonconf.Pos{File: u.Files[0]},
		})
	}
	return s, len(list) > 0, nil
}

// executes returns the programs that a starter of a daemon executes: of each daemon, the first file
// that the system has.
func (c *Checker) executes(p *daemonconf.Program, file string) []string {
	for _, name := range p.Starts[path.Base(file)] {
		if c.root.Exists(name) {
			return []string{name}
		}
		if found := c.glob(name); found != "" {
			return []string{found}
		}
	}
	return nil
}

// glob returns the last file that a pattern matches, "" if there is none. One element of the pattern may have
// wildcards.
func (c *Checker) glob(pattern string) (found string) {
	at := strings.IndexByte(pattern, '*')
	if at < 0 {
		return ""
	}
	dir := pattern[:strings.LastIndexByte(pattern[:at], '/')]
	element, below, _ := strings.Cut(pattern[len(dir)+1:], "/")
	names, _ := c.root.ReadDir(dir, maxNames)
	for _, name := range names {
		file := path.Join(dir, name, below)
		if ok, _ := path.Match(element, name); ok && c.root.Exists(file) {
			found = file
		}
	}
	return found
}

// socketUnit checks the sockets that process 1 opens for a socket unit: they get the label that the
// service's program would run with.
func (c *Checker) socketUnit(u *systemd.Unit) (*Service, error) {
	s := &Service{Name: u.Name, Program: "systemd", Read: u.Files}
	c.process(s, nil, func() (subject.Subject, error) {
		service, err := systemd.Load(c.root, u.Service())
		if err != nil {
			return subject.Subject{}, err
		}
		env := service.Environment()
		commands, err := service.Commands("ExecStart", &env)
		if err != nil {
			return subject.Subject{}, err
		}
		if len(commands) == 0 {
			return subject.Subject{}, fmt.Errorf("%s has no ExecStart", service.Name)
		}
		return c.system.Find(c.d, "exe:"+commands[0].Path)
	})
	return s, c.ask(s, daemonconf.OfSocketUnit(u))
}

// Program checks a program as distributions start it: by its unit if the system has one, else with
// its usual command line.
func (c *Checker) Program(name string) (*Service, error) {
	p := daemonconf.Find(name)
	if p == nil {
		return nil, fmt.Errorf("%s: %w", name, ErrUnknown)
	}
	for _, unit := range p.Units {
		s, ok, err := c.Unit(unit + ".service")
		if ok || err != nil && !errors.Is(err, systemd.ErrNoUnit) {
			return s, err
		}
	}
	return c.start(p, p.Name, p.Usual, "/")
}

// start checks a program with a command line that is not from a unit.
func (c *Checker) start(p *daemonconf.Program, name string, args []string, dir string) (*Service, error) {
	s := &Service{Name: name, Program: p.Name}
	c.process(s, p, func() (subject.Subject, error) { return c.system.Find(c.d, "exe:"+p.Path) })
	r := p.Read(c.root, daemonconf.Start{
		Argv: append([]string{p.Path}, args...), Dir: dir, Pos: daemonconf.Pos{File: p.Path},
	})
	return s, c.ask(s, r)
}
