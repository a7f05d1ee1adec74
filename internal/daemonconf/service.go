package daemonconf

import (
	"strings"

	"github.com/senet-selinux/senet/internal/systemd"
)

// A Started is a program that a unit starts, with what its configuration names.
type Started struct {
	Program *Program
	// File is the program's file. Chain are the files that are executed one after the other behind the
	// first, which only starts them; File is the last of them.
	File   string
	Chain  []string
	Result *Result
}

// OfService reads the configuration of the programs that a service starts; programs that are not known
// are left out. missing are files of environment variables that the unit names and that cannot be read.
func OfService(tree Tree, u *systemd.Unit) (list []Started, missing []string, err error) {
	env := u.Environment()
	commands, err := u.Commands("ExecStart", &env)
	if err != nil {
		return nil, nil, err
	}
	for i := range commands {
		argv, chain := unwrap(commands[i].Argv, commands[i].Path)
		file := commands[i].Path
		if len(chain) > 0 {
			file = chain[len(chain)-1]
		}
		p := OfBinary(file)
		if p == nil {
			continue
		}
		dir := "/"
		if d, ok := u.Last("Service", "WorkingDirectory"); ok {
			if text, err := u.Expand(strings.TrimPrefix(d.Value, "-")); err == nil && text != "~" {
				dir = text
			}
		}
		r := p.Read(tree, Start{
			Argv: argv, Env: env.Values, Passed: append(env.Passed, commands[i].Unknown...), Dir: dir,
			Pos: Pos{File: commands[i].File, Line: commands[i].Line},
		})
		list = append(list, Started{p, file, chain, r})
	}
	return list, env.Missing, nil
}

// Installed reads the configuration of a program as its unit starts it, else as distributions do.
func (p *Program) Installed(tree Tree) *Result {
	for _, name := range p.Units {
		u, err := systemd.Load(tree, name+".service")
		if err != nil {
			continue
		}
		list, _, err := OfService(tree, u)
		for i := range list {
			if err == nil && list[i].Program.Name == p.Name {
				return list[i].Result
			}
		}
	}
	return p.Read(tree, Start{Argv: append([]string{p.Path}, p.Usual...), Dir: "/", Pos: Pos{File: p.Path}})
}
