package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/testreport"
	"github.com/senet-selinux/senet/internal/version"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policytest"
)

const testLong = `Hold a policy against files of expectations: who may and who may not, which
ports exactly, what no rule may grant.

  for_each: {policies: [old/policy.33, new/policy.33], hosts: [edge.json]}
  states:
    - {name: as shipped}
    - {name: database, booleans: {httpd_can_network_connect_db: on}}
  tests:
    - {may: [haproxy_t connect tcp/443, haproxy_t bind tcp/80]}
    - {name: no ssh, may_not: httpd_t bind tcp/22}
    - {only: [sshd_t, unconfined_domain_type], may_do: bind tcp/22}
    - {exactly: haproxy_t, may_do: bind tcp, ports: "80, 443"}
    - {nobody_but: [haproxy_t, httpd_t], may_do: bind sctp}
    - {listens_only: postgresql_t}
    - {may: httpd_t connect tcp/3306, in: database}
    - {neverallow: "{ domain -init_t } shadow_t:file { read open };"}
    - {empty: polyparent}
    - {read_only_programs: {exempt_writers: [init_t, dpkg_t]}}
    - {read_only_modules: {exempt_users: kernel_t}}

Each test is made in each state, or with "in" in those that it names; with
for_each on each policy and each machine that senet host --save wrote. for_each
takes booleans too, a list of {NAME: on}, and a state may name a policy and a
host. Files are found from the directory of the file of tests; a policy may be
the directory of a system.

Domains are types, or attributes for all their members. Of a range of ports, may
asks about all of them and may_not about each. A test of only asks that each
type which it names may, and nobody else. A permissive domain may do everything;
"enforcing: on" in a test asks for the rules alone. A neverallow rule is written
as in policy sources or in CIL, and holds for conditional rules whatever their
booleans. The file is YAML or JSON, or a file of sechecker, whose checks are
then made; - is standard input.

What fails is printed with its line, the rule that grants what should not be,
and the smallest change that mends it. --init writes a file that fails
whenever a domain gains or loses a port.

Exit status: 0 all tests pass, 1 one fails, 64 a mistake in the command, 65 a
file or a policy that cannot be read.`

const testExamples = `  senet test expectations.yaml --policy policy.33
  senet test --init --policy policy.33 > expectations.yaml
  senet test expectations.yaml --format junit > report.xml
  senet test expectations.yaml --policy new.33 --modules-from cil --format sarif`

type testFlags struct {
	policyFlags
	origins        originFlags
	modules        *provenance.Finder // nil where nobody asked for them
	output         outputFlags
	format         string
	init, coverage bool
	verbose        bool
}

func newTest(streams ioStreams) *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:     "test FILE...",
		Long:    testLong,
		Example: testExamples,
		RunE:    func(_ *cobra.Command, args []string) error { return f.run(streams, args) },
	}
	flags := cmd.Flags()
	f.registerAll(flags)
	f.origins.register(flags)
	flags.StringVar(&f.format, "format", "text", "report as `FORM`: text, tap, junit or sarif")
	flags.BoolVar(&f.init, "init", false, "write the tests that the policy passes, and stop")
	flags.BoolVar(&f.coverage, "coverage", false, "say which domains and port types no test is about")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "name the tests that pass too")
	f.output.register(flags)
	return cmd
}

func (f *testFlags) run(streams ioStreams, args []string) error {
	options, err := f.options()
	if err != nil {
		return err
	}
	ctx := context.Background()
	switch {
	case f.init && len(args) > 0:
		return usage(errors.New("--init takes no file"), "for example: senet test --init > expectations.yaml")
	case !f.init && len(args) == 0:
		return usage(errors.New("there is no file of tests"), "senet test --init writes one")
	}
	form, ok := testForms()[f.format]
	if !ok || f.format != "text" && f.output.json {
		return usage(fmt.Errorf("--format %s: text, tap, junit or sarif, and not with --json", f.format), "")
	}
	var files []*policytest.File
	needed := f.init || f.coverage || f.origins.Store || f.origins.Dir != ""
	for _, name := range args {
		file, err := f.read(streams, name)
		if err != nil {
			return err
		}
		files, needed = append(files, file), needed || file.NeedsPolicy()
	}
	var s *senet.Session // nil where each state has a policy of its own
	if needed {
		if s, err = senet.Open(ctx, options); err != nil {
			return openProblem(err)
		}
		if f.modules, err = f.origins.finder(&f.policyFlags, s); err != nil {
			return err
		}
	}
	if f.init {
		file, err := policytest.Record(ctx, s, options.Booleans)
		if err != nil {
			return openProblem(err)
		}
		return file.Write(streams.stdout)
	}
	list, err := policytest.RunAll(ctx, files, s, options)
	if unknown := (*senet.UnknownError)(nil); errors.As(err, &unknown) {
		return unreadable(err, nearest(unknown.Near)) // a name in a file is no mistake in the command
	} else if err != nil {
		return openProblem(err)
	}
	var covered *policytest.Coverage
	if f.coverage {
		if covered, err = policytest.UncoveredByAll(files, s); err != nil {
			return unreadable(err, "")
		}
	}
	name := ""
	if s != nil {
		name = s.Source().Name
	}
	err = f.output.emit(streams.stdout, func() any { return doc.TestsOf(name, list, covered, f.modules) },
		func(w io.Writer) error { return form(f, w, list, covered) })
	if err == nil && !policytest.Passed(list) {
		err = errNo
	}
	return err
}

// read reads a file of tests.
func (f *testFlags) read(streams ioStreams, name string) (*policytest.File, error) {
	text, err := readInput(name, streams.stdin)
	if err != nil {
		return nil, err
	}
	file, err := policytest.Read(inputName(name), bytes.NewReader(text))
	if err != nil {
		return nil, unreadable(err, "senet test --help shows such a file")
	}
	return file, nil
}

type testForm = func(*testFlags, io.Writer, []policytest.Result, *policytest.Coverage) error

// testForms are the forms of a report for people and for programs.
func testForms() map[string]testForm {
	return map[string]testForm{
		"text": func(f *testFlags, w io.Writer, list []policytest.Result, c *policytest.Coverage) error {
			return page(func(b *words.Page) {
				say.Tests(b, list, f.verbose, f.modules)
				if c != nil {
					say.Coverage(b, c)
				}
			})(w)
		},
		"tap": func(f *testFlags, w io.Writer, list []policytest.Result, _ *policytest.Coverage) error {
			return words.Data(w, []byte(testreport.TAP(say.TestCases(list, f.modules))))
		},
		"junit": func(f *testFlags, w io.Writer, list []policytest.Result, _ *policytest.Coverage) error {
			return words.Data(w, []byte(testreport.JUnit("senet test", say.TestCases(list, f.modules))))
		},
		"sarif": func(f *testFlags, w io.Writer, list []policytest.Result, _ *policytest.Coverage) error {
			places := say.TestPlaces(list, f.modules)
			return words.Data(w, testreport.SARIF("senet", version.Get().Version, say.TestRules(), places))
		},
	}
}
