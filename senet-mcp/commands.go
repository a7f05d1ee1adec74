package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/network"
)

// command is the question as senet takes it. Senet fix would take arguments without an
// action for the names of logs.
func (o Operation) command(verb string) (shell.Command, error) {
	if !slices.Contains(network.Operations(), network.Operation(o.Action)) {
		return shell.Command{}, fmt.Errorf("action %q is none of %s", o.Action, network.Operations())
	}
	return shell.New("senet", verb).Arg(o.Subject, o.Action, o.Target), nil
}

// flags adds what says of which policy and machine a question is.
func (w Where) flags(dirs allowed, c shell.Command) (shell.Command, error) {
	if w.Policy != "" {
		name, err := dirs.policy(w.Policy, "example")
		if err != nil {
			return c, err
		}
		c = c.Option("--policy", name)
	}
	if w.Root != "" {
		dir, err := dirs.path(w.Root)
		if err != nil {
			return c, err
		}
		c = c.Option("--root", dir)
	}
	for _, b := range w.Bools {
		c = c.Option("--bool", b)
	}
	return c, nil
}

func (in diffInput) command(dirs allowed) (c shell.Command, stdin string, page Page, err error) {
	c = shell.New("senet", "diff")
	for _, name := range []string{in.Before, in.After} {
		name, err = dirs.policy(name, "running", "installed", "example")
		if err != nil {
			return c, "", in.Page, err
		}
		c = c.Arg(name)
	}
	for _, b := range in.Bools {
		c = c.Option("--bool", b)
	}
	if in.Rules {
		c = c.Flag("--rules")
	}
	return c, "", in.Page, nil
}

// command is about a system below a directory alone: what a configuration includes is read, but
// nothing outside of that directory.
func (in checkInput) command(dirs allowed) (shell.Command, string, Page, error) {
	c := shell.New("senet", "check").Arg(in.Name)
	dir, err := dirs.path(in.Root)
	if in.Root == "" {
		err = errors.New("root is missing: the directory that holds the system")
	}
	if err != nil {
		return c, "", in.Page, err
	}
	c = c.Option("--root", dir)
	for _, b := range in.Bools {
		c = c.Option("--bool", b)
	}
	return c, "", in.Page, nil
}

func (in searchInput) command(dirs allowed) (shell.Command, string, Page, error) {
	c := shell.New("senet", "search", "-A")
	for _, o := range []struct{ flag, value string }{
		{"--source", in.Source}, {"--target", in.Target}, {"--class", in.Class}, {"--perms", in.Perms},
	} {
		if o.value != "" {
			c = c.Flag(o.flag + "=" + o.value)
		}
	}
	c, err := ofPolicy(dirs, c, in.Policy)
	return c, "", in.Page, err
}

func (in infoInput) command(dirs allowed) (shell.Command, string, Page, error) {
	c := shell.New("senet", "info")
	for _, o := range []struct{ flag, value string }{{"--portcon", in.Port}, {"--type", in.Type}, {"--bool", in.Bool}} {
		if o.value != "" {
			c = c.Flag(o.flag + "=" + o.value)
		}
	}
	if in.Type != "" || in.Bool != "" {
		c = c.Flag("-x")
	}
	c, err := ofPolicy(dirs, c, in.Policy)
	return c, "", in.Page, err
}

// ofPolicy adds the policy as SETools takes it: an argument.
func ofPolicy(dirs allowed, c shell.Command, policy string) (shell.Command, error) {
	if policy == "" {
		return c, nil
	}
	name, err := dirs.policy(policy, "example")
	if err != nil {
		return c, err
	}
	return c.Arg(name), nil
}

// text is an answer for a client that reads no structured content.
func (a Answer) text() string {
	text := a.Text
	if a.More > 0 {
		text += fmt.Sprintf("more  from line %d\n", a.More)
	}
	return text + "$ " + a.Command + "\n"
}
