package cli

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// policyFlags say which policy a command asks, and under which state.
type policyFlags struct {
	path  string
	root  string
	bools []string
	machineFlags
	packetFlags
	// installed is the policy of the system under root, once it was opened.
	installed *policydb.Policy
}

func (f *policyFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.path, "policy", "", "ask the binary policy in `FILE`")
	flags.Var((*rootFlag)(&f.root), "root", "ask the policy installed under the directory `DIR`")
	flags.StringArrayVar(&f.bools, "bool", nil, "ask as if a boolean were set: `NAME=on|off`; may be repeated")
}

// registerAll adds the flags that say for which machine.
func (f *policyFlags) registerAll(flags *pflag.FlagSet) {
	f.register(flags)
	f.machineFlags.register(flags)
}

// exampleName is how the built-in example policy is called in answers.
const exampleName = "example"

// open returns the policy to ask and its name. Where no policy was named and
// the system has none, it falls back to the example and says so on stderr.
func (f *policyFlags) open(stderr io.Writer) (*policy.Policy, string, error) {
	db, name, err := f.decode(stderr)
	if err != nil {
		return nil, "", err
	}
	p, err := f.setBools(policy.New(db))
	return p, name, err
}

func (f *policyFlags) decode(stderr io.Writer) (*policydb.Policy, string, error) {
	file := policyfile.Named(f.path)
	if f.path == "" {
		found, err := policyfile.Find(f.root)
		switch {
		case errors.Is(err, policyfile.ErrNone) && f.root == "":
			words.Fprintf(stderr, "senet: no SELinux policy on this system; asking the built-in example policy\n")
			db, err := policydb.DecodeString(examples.Policy())
			return db, exampleName, err
		case err != nil:
			return nil, "", unreadable(fmt.Errorf("%s: %w", f.root, err), "")
		}
		file = found
	}
	if f.path == exampleName {
		db, err := policydb.DecodeString(examples.Policy())
		return db, exampleName, err
	}
	db, err := file.Open()
	if err != nil {
		hint := words.Lines("")
		if errors.Is(err, policydb.ErrNotPolicy) {
			hint = "a binary kernel policy is needed, such as /etc/selinux/targeted/policy/policy.33"
		}
		return nil, "", unreadable(err, hint)
	}
	if f.path == "" {
		f.installed = db
	}
	return db, file.Path(), nil
}

func (f *policyFlags) setBools(p *policy.Policy) (*policy.Policy, error) {
	var settings []policy.BoolSetting
	for _, text := range f.bools {
		name, value, ok := strings.Cut(text, "=")
		on, known := parseOnOff(value)
		if !ok || !known {
			return nil, usage(fmt.Errorf("--bool %s: not of the form NAME=on or NAME=off", text), "")
		}
		id, ok := p.Bool(name)
		if !ok {
			return nil, usage(fmt.Errorf("no boolean %s in the policy", name), didYouMean(name, boolNames(p)))
		}
		settings = append(settings, policy.BoolSetting{Bool: id, On: on})
	}
	if len(settings) == 0 {
		return p, nil
	}
	return p.WithBools(settings...), nil
}

func parseOnOff(s string) (on, ok bool) {
	switch s {
	case "on", "true", "1":
		return true, true
	case "off", "false", "0":
		return false, true
	}
	return false, false
}

func boolNames(p *policy.Policy) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range p.Bools() {
			if !yield(p.BoolName(id)) {
				return
			}
		}
	}
}

func typeNames(p *policy.Policy) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range p.Types() {
			if !yield(p.TypeName(id)) {
				return
			}
		}
	}
}

// didYouMean names the three nearest names, "" if none is near.
func didYouMean(name string, names iter.Seq[string]) words.Lines {
	near := policy.Nearest(name, names, 3)
	if len(near) == 0 {
		return ""
	}
	last := near[len(near)-1]
	if len(near) > 1 {
		last = strings.Join(slices.Clone(near[:len(near)-1]), ", ") + " or " + last
	}
	return words.Format("did you mean %s?", last)
}
