package cli

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/provenance"
)

// originFlags ask for the statements of modules that rules come from.
type originFlags struct{ provenance.Choice }

func (f *originFlags) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.Store, "modules", false,
		"name the module and the line that each rule comes from: those of the policy's store are compiled")
	flags.StringVar(&f.Dir, "modules-from", "", "--modules, for the files NAME.cil in the directory `DIR`")
}

// finder compiles the modules, nil if they are not wanted.
func (f *originFlags) finder(flags *policyFlags, s *senet.Session) (*provenance.Finder, error) {
	f.Root = flags.root
	find, err := f.Open(flags.path == "", s.Policy().MLS())
	const hint = "--modules-from DIR names the directory of the modules, NAME.cil"
	switch {
	case errors.Is(err, provenance.ErrUnknown):
		return nil, usage(err, hint)
	case errors.Is(err, provenance.ErrNoSources):
		return nil, unreadable(err, hint)
	case err != nil:
		return nil, unreadable(err, "")
	}
	return find, nil
}
