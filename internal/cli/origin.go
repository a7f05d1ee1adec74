package cli

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/words"
)

// originFlags ask which statements of which modules rules come from.
type originFlags struct {
	modules bool
	from    string
}

func (f *originFlags) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.modules, "modules", false,
		"name the module and the line that each rule comes from: those of the policy's store are compiled")
	flags.StringVar(&f.from, "modules-from", "", "--modules, for the files NAME.cil in the directory `DIR`")
}

// finder compiles the modules, nil where nobody asked for them.
func (f *originFlags) finder(flags *policyFlags, s *senet.Session) (*provenance.Finder, error) {
	var find *provenance.Finder
	var err error
	switch {
	case f.from != "":
		find, err = provenance.Dir(f.from, s.Policy().MLS())
	case !f.modules:
		return nil, nil
	case flags.path != "":
		return nil, usage(errors.New("--policy names a file, whose modules senet does not know"),
			"--modules-from DIR names the directory of the modules, NAME.cil")
	default:
		find, err = provenance.Store(flags.root, "")
	}
	if err == nil {
		return find, nil
	}
	hint := words.Lines("")
	if errors.Is(err, provenance.ErrNoSources) {
		hint = "--modules-from DIR names the directory of the modules, NAME.cil"
	}
	return nil, unreadable(err, hint)
}
