package check

import (
	"fmt"
	"path"

	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/systemd"
)

const maxUnit = 1 << 20

// File checks one configuration file, by its absolute path in the system. program names the program
// that reads it, "" to tell by the name of the file.
func (c *Checker) File(name, program string) (*Service, error) {
	if program == "" {
		switch path.Ext(name) {
		case ".service", ".socket":
			return c.unitFile(name)
		}
	}
	p := daemonconf.OfFile(name)
	if program != "" {
		if p = daemonconf.Find(program); p == nil {
			return nil, fmt.Errorf("%s: %w", program, ErrUnknown)
		}
	}
	if p == nil {
		return nil, fmt.Errorf("%s: %w", name, ErrWhose)
	}
	return c.start(p, name, p.Main(name), path.Dir(name))
}

// unitFile checks the file of a unit, which need not be installed.
func (c *Checker) unitFile(name string) (*Service, error) {
	b, err := c.root.ReadFile(name, maxUnit)
	if err != nil {
		return nil, err
	}
	u, err := systemd.Parse(c.root, name, b)
	if err != nil {
		return nil, err
	}
	if path.Ext(name) == ".socket" {
		return c.socketUnit(u)
	}
	s, ok, err := c.service(u)
	if err == nil && !ok {
		err = fmt.Errorf("%s: %w", name, ErrWhose)
	}
	return s, err
}
