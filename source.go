package senet

import (
	"errors"
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A Source is the origin of a policy.
type Source struct {
	// Name is the path of the file, or Example.
	Name string
	// Running says that it is the policy of the running kernel.
	Running bool
	// Installed says that it is the policy of the system, not a named file.
	Installed bool
}

func openPolicy(o Options) (*policydb.Policy, Source, error) {
	if o.Policy == Example {
		db, err := policydb.DecodeString(examples.Policy())
		return db, Source{Name: Example}, err
	}
	file := policyfile.Named(o.Policy)
	source := Source{Name: o.Policy}
	if o.Policy == "" {
		var err error
		file, err = policyfile.Find(o.Root)
		switch {
		case errors.Is(err, policyfile.ErrNone) && o.Root != "":
			return nil, Source{}, fmt.Errorf("%s: %w", o.Root, ErrNoPolicy)
		case errors.Is(err, policyfile.ErrNone):
			return nil, Source{}, ErrNoPolicy
		case err != nil:
			return nil, Source{}, err
		}
		source = Source{Name: file.Path(), Running: file.Path() == policyfile.Running, Installed: true}
	}
	db, err := file.Open()
	return db, source, err
}

// withBooleans returns the policy with booleans set.
func withBooleans(p *policy.Policy, booleans map[string]bool) (*policy.Policy, error) {
	if len(booleans) == 0 {
		return p, nil
	}
	names := make([]string, 0, len(booleans))
	for name := range booleans {
		names = append(names, name)
	}
	slices.Sort(names) // so that the error is always about the same one of several mistakes
	var settings []policy.BoolSetting
	for _, name := range names {
		id, ok := p.Bool(name)
		if !ok {
			return nil, &UnknownError{Kind: KindBoolean, Name: name, Near: policy.Nearest(name, boolNames(p), 3),
				Err: fmt.Errorf("the policy has no boolean %s", name)}
		}
		settings = append(settings, policy.BoolSetting{Bool: id, On: booleans[name]})
	}
	return p.WithBools(settings...), nil
}
