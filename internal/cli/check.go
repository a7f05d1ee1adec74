package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/check"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/testreport"
	"github.com/senet-selinux/senet/internal/version"
	"github.com/senet-selinux/senet/internal/words"
)

const checkServicesLong = `Read units and the configuration of daemons, and say which of the ports that
they bind and connect to SELinux will refuse: before they are started.

It reads haproxy, nginx, httpd, sshd, postgresql, mariadb, redis, named,
unbound, squid, postfix, dovecot, php-fpm, rabbitmq, prometheus and its
exporters, grafana, kibana, elasticsearch, Zabbix's server, proxy and agents,
socket units, compose files, quadlets, and the pods that podman plays.

A name is a unit (haproxy, sshd.service, cups.socket), a program, a file of
configuration, or a directory of such files. --all takes every unit that is
enabled. Nothing that a configuration says is run. A port that depends on a
variable, or on what only the running system knows, is marked ?.

Of the files and the UNIX sockets that a configuration names (certificates,
logs, pid files) it says which the domain may not use, with the label on the
system or, if there is none, that of file_contexts; and which have another label
than file_contexts has for them.

--changed leaves out what is open already: an endpoint is nothing new if the
running system has a socket of the same domain at that address and port. It also
names the sockets that wait and that the configuration does not name, with GONE.
What is open may be refused at the next start all the same: ask without it.

The domain follows from the unit and the label of its program; --domain names
another one, and --explain-domain shows each step. With --policy and --root it
works without SELinux and without being root, such as for a repository of
configurations. --out writes a file with the ports and booleans that let what is
refused succeed, which senet apply takes.

Exit status: 0 nothing is refused, 1 something is, 3 it depends, or something
could not be read, 64 a mistake in the command, 65 a file or a policy that
cannot be read.`

const checkServicesExamples = `  senet check haproxy
  senet check /etc/nginx/nginx.conf --domain httpd_t
  senet check --all --json
  senet check haproxy --changed
  senet check . --policy policy.33 --format sarif > senet.sarif`

type checkServicesFlags struct {
	policyFlags
	output       outputFlags
	all, steps   bool
	changed      bool
	domain       string
	program, out string
	format       string
}

func newCheck(streams ioStreams) *cobra.Command {
	var f checkServicesFlags
	cmd := &cobra.Command{
		Use:     "check NAME... | --all",
		Long:    checkServicesLong,
		Example: checkServicesExamples,
		RunE:    func(_ *cobra.Command, args []string) error { return f.run(streams, args) },
	}
	flags := cmd.Flags()
	f.registerAll(flags)
	f.registerAsIs(flags)
	flags.BoolVar(&f.all, "all", false, "every enabled unit")
	flags.BoolVar(&f.changed, "changed", false, "only what differs from the sockets of the running system")
	flags.StringVar(&f.domain, "domain", "",
		"answer for this process: a type, a context, unit:NAME, exe:FILE: `SUBJECT`")
	flags.BoolVar(&f.steps, "explain-domain", false, "show how each domain was found")
	flags.StringVar(&f.program, "program", "", "the files are the configuration of `NAME`")
	flags.StringVar(&f.out, "out", "", "write ports and booleans that help to `FILE`, which senet apply takes")
	flags.StringVar(&f.format, "format", "text", "report as `FORM`: text, sarif or junit")
	f.output.register(flags)
	return cmd
}

func (f *checkServicesFlags) run(streams ioStreams, args []string) error {
	switch {
	case f.all == (len(args) > 0):
		return usage(errors.New("senet check takes names, or --all"), "for example: senet check haproxy")
	case !slices.Contains([]string{"text", "sarif", "junit"}, f.format) || f.format != "text" && f.output.json:
		return usage(fmt.Errorf("--format %s: text, sarif or junit, and not with --json", f.format), "")
	case f.changed && f.file != "":
		return usage(errors.New("--changed is about the sockets of this machine: not with --host"), "")
	}
	s, err := f.openSession(streams.stderr)
	if err != nil {
		return err
	}
	ctx := context.Background()
	checker, err := check.New(ctx, s, check.Options{Root: f.root, Domain: f.domain})
	if err != nil {
		return questionProblem(err)
	}
	c := &say.Check{Decider: checker.Decider(), Quiet: f.all, Steps: f.steps, Again: f.repeat(),
		Elsewhere: f.root != "",
		Shown:     checker.Shown}
	if f.all {
		c.Services, c.Unread, err = checker.All()
	} else {
		c.Services, err = f.named(checker, args)
	}
	if err != nil {
		return err
	}
	if f.changed {
		if c.Running, err = checker.Running(); err != nil {
			return unreadable(err, "--changed takes the sockets of the running system, from /proc")
		}
		checker.Changed(c.Services, c.Running)
	}
	if err := checker.Fix(c.Services); err != nil {
		return err
	}
	c.Access = func(q senet.AccessQuery) *say.AccessFixes {
		x, err := s.AccessFixes(ctx, q)
		if err != nil {
			return nil
		}
		return &say.AccessFixes{AccessFixes: x, Again: f.repeatPolicy(), Elsewhere: f.root != "" || f.path != "",
			Image: f.root, Type: s.PolicyType()}
	}
	if f.out != "" {
		if err := f.writeState(checker, c.Services, streams); err != nil {
			return err
		}
	}
	switch f.format {
	case "sarif":
		report := testreport.SARIF("senet", version.Get().Version, say.CheckRules(), c.Places(checker.URI))
		err = words.Data(streams.stdout, report)
	case "junit":
		err = words.Data(streams.stdout, []byte(testreport.JUnit("senet check", c.Cases())))
	default:
		json := func() any { return doc.CheckOf(s.Source().Name, checker.Machine(), c) }
		err = f.output.emit(streams.stdout, json, page(func(b *words.Page) { c.Write(b) }))
	}
	if err != nil {
		return err
	}
	return verdictError(check.Worst(c.Services))
}

// named checks the units, programs and files in the arguments.
func (f *checkServicesFlags) named(checker *check.Checker, args []string) ([]*check.Service, error) {
	var list []*check.Service
	for _, name := range args {
		more, err := checker.Named(name, f.program)
		switch {
		case errors.Is(err, check.ErrWhose):
			return nil, usage(err, "--program NAME names the program")
		case errors.Is(err, check.ErrUnknown):
			return nil, usage(err, didYouMean(name, slices.Values(daemonconf.Programs())))
		case err != nil:
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// writeState writes the state file of --out, and says which endpoints need more.
func (f *checkServicesFlags) writeState(checker *check.Checker, list []*check.Service, streams ioStreams) error {
	state, left, err := checker.State(list)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := state.Write(&text); err != nil {
		return err
	}
	for _, item := range left {
		words.Fprintf(streams.stderr, "senet: not in %s: %s needs more than a port or a boolean\n", f.out,
			say.CheckTarget(item))
	}
	return sysroot.Save(f.out, text.Bytes(), 0o644)
}
