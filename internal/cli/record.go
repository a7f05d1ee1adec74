package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// recordFlags are the flags that the commands for local records share.
type recordFlags struct {
	verbFlags
	writeFlags
	outputFlags
	local, noHeading, verbose bool
}

func (f *recordFlags) register(flags *pflag.FlagSet, kind semanage.Kind) {
	f.verbFlags.register(flags, kind)
	f.writeFlags.register(flags)
	f.outputFlags.register(flags)
	flags.BoolVarP(&f.local, "local", "C", false, "list local records alone")
	flags.BoolVar(&f.local, "locallist", false, "the same in semanage's spelling")
	_ = flags.MarkHidden("locallist")
	flags.BoolVarP(&f.noHeading, "noheading", "n", false, "list without a heading")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "name all domains and records")
}

// uses lists the flags that each verb takes.
func (f *recordFlags) uses() map[string][]verb {
	var writing []verb
	for _, v := range verbs {
		if v.writes() {
			writing = append(writing, v)
		}
	}
	list := []verb{verbList}
	return map[string][]verb{
		"dry-run": writing, "local": list, "locallist": list,
	}
}

func verbNames() []string {
	names := make([]string, len(verbs))
	for i, v := range verbs {
		names[i] = string(v)
	}
	return names
}

// common runs the verbs that are the same for all kinds.
func (f *recordFlags) common(streams ioStreams, kind semanage.Kind, v verb, args []string) error {
	r := request{kind: kind, verb: v, repeat: shell.New("senet", say.RecordCommand(kind), string(v))}
	if v != verbImport {
		if err := v.noArguments(args); err != nil {
			return err
		}
	}
	switch v {
	case verbExport:
		return f.exportRecords(streams, kind)
	case verbImport:
		if len(args) > 1 {
			return usage(fmt.Errorf("the verb import takes one file, not %d", len(args)), "")
		}
		name := "-"
		if len(args) == 1 {
			name = args[0]
			r.repeat = r.repeat.Arg(name)
		}
		text, err := readInput(name, streams.stdin)
		if err != nil {
			return err
		}
		r.stage = func(tx *semanage.Tx) ([]string, error) { return f.importText(tx, kind, name, string(text)) }
	case verbDeleteAll:
		r.stage = func(tx *semanage.Tx) ([]string, error) { return nil, tx.DeleteAll(kind) }
	case verbUndo:
		return f.runUndo(streams, &f.outputFlags, 0)
	}
	r.repeat = r.repeat.With(f.repeatWrite())
	return f.run(streams, r)
}

// exportRecords prints the commands that make the local records of a kind.
func (f *recordFlags) exportRecords(streams ioStreams, kind semanage.Kind) error {
	s, err := f.storeFlags.open()
	if err != nil {
		return err
	}
	list, err := s.Local(kind)
	if err != nil {
		return f.storeProblem(err)
	}
	lines := semanage.ExportLines(list)
	return f.emit(streams.stdout, func() any {
		return doc.ExportOf(kind, s.Name(), lines)
	}, func(w io.Writer) error {
		for _, line := range lines {
			if _, err := words.Fprintf(w, "%s\n", strings.TrimSuffix(line, "\n")); err != nil {
				return err
			}
		}
		return nil
	})
}

// source opens the store's policy; where there is no store, or it may not be read,
// the installed policy, which is said; or the policy of a path.
func (f *recordFlags) source(streams ioStreams, path string, kind semanage.Kind) (*records.Source, error) {
	if path != "" && (f.root != "" || f.store != "" || f.local) {
		return nil, usage(errors.New("--policy excludes --root, --store and --local"), "a policy has no local records")
	}
	if path != "" {
		flags := policyFlags{path: path}
		s, err := flags.openSession(nil) // this does not apply to a named policy
		if err != nil {
			return nil, err
		}
		return &records.Source{Name: s.Source().Name, Policy: s.Policy()}, nil
	}
	source, err := records.Open(records.Options{Options: f.options(), Kind: kind, OnlyStore: f.local || f.store != ""})
	if err != nil {
		return nil, f.storeProblem(err)
	}
	if source.Instead != nil {
		words.Fprintf(streams.stderr, "senet: %v; this is the policy %s, where local records look like the others\n",
			source.Instead, source.Name)
	}
	return source, nil
}
