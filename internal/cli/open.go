package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// policyFlags choose the policy of a command, and the values of its booleans.
type policyFlags struct {
	path  string
	root  string
	bools []string
	machineFlags
	packetFlags
	headersFlag
	protocol protocolFlag
}

func (f *policyFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.path, "policy", "", "ask the binary policy in `FILE`")
	flags.Var((*rootFlag)(&f.root), "root", "ask the policy installed under the directory `DIR`")
	flags.StringArrayVar(&f.bools, "bool", nil, "ask as if a boolean were set: `NAME=on|off`; may be repeated")
}

// registerAll also adds the flags that choose the machine.
func (f *policyFlags) registerAll(flags *pflag.FlagSet) {
	f.register(flags)
	f.machineFlags.register(flags)
}

// exampleName is the name of the built-in example policy in answers.
const exampleName = senet.Example

// openSession opens the policy on the machine that the flags select. If no policy was named and the
// system has none, it uses the example, with a notice on stderr.
func (f *policyFlags) openSession(stderr io.Writer) (*senet.Session, error) {
	o, err := f.options()
	if err != nil {
		return nil, err
	}
	s, err := senet.Open(context.Background(), o)
	if errors.Is(err, senet.ErrNoPolicy) && f.root == "" {
		words.Fprintf(stderr, "senet: no SELinux policy on this system; asking the built-in example policy\n")
		o.Policy = exampleName
		s, err = senet.Open(context.Background(), o)
	}
	if err != nil {
		return nil, openProblem(err)
	}
	return s, nil
}

// openInstalled is openSession without the built-in example.
func (f *policyFlags) openInstalled(stderr io.Writer) (*senet.Session, error) {
	if f.path == "" {
		if _, err := policyfile.Find(f.root); err != nil {
			return nil, unreadable(err, "name one with --policy FILE; --policy example asks the built-in example")
		}
	}
	return f.openSession(stderr)
}

// options returns the options for the flags.
func (f *policyFlags) options() (o senet.Options, err error) {
	o = senet.Options{Policy: f.path, Root: f.root, NetNS: f.netns, Strict: f.strict, AsIs: f.asIs,
		Headers: f.headers}
	if o.Booleans, err = f.booleans(); err != nil {
		return o, err
	}
	if f.file != "" {
		facts, err := (&hostFlags{file: f.file, netns: f.netns}).read()
		if err != nil {
			return o, err
		}
		o.Host = &facts
	} else if f.root != "" && f.netns != "" {
		return o, usage(errors.New("--host, --root and --netns exclude one another"), "")
	}
	return o, nil
}

// openProblem adds a hint for a policy that cannot be opened.
func openProblem(err error) error {
	var unknown *senet.UnknownError
	switch {
	case errors.As(err, &unknown):
		return usage(err, nearest(unknown.Near))
	case errors.Is(err, policydb.ErrNotPolicy):
		return unreadable(err, "a binary kernel policy is needed, such as /etc/selinux/targeted/policy/policy.33")
	}
	return unreadable(err, "")
}

// booleans reads the values of --bool; the last one for a name counts.
func (f *policyFlags) booleans() (map[string]bool, error) {
	booleans := make(map[string]bool, len(f.bools))
	for _, text := range f.bools {
		name, value, ok := strings.Cut(text, "=")
		on, known := semanage.ParseOnOff(value)
		if !ok || !known {
			return nil, usage(fmt.Errorf("--bool %s: not of the form NAME=on or NAME=off", text), "")
		}
		booleans[name] = on
	}
	return booleans, nil
}

// didYouMean names the three most similar names, "" if none is similar.
func didYouMean(name string, names iter.Seq[string]) words.Lines {
	return nearest(policy.Nearest(name, names, 3))
}

func nearest(near []string) words.Lines {
	if len(near) == 0 {
		return ""
	}
	last := near[len(near)-1]
	if len(near) > 1 {
		last = strings.Join(slices.Clone(near[:len(near)-1]), ", ") + " or " + last
	}
	return words.Format("did you mean %s?", last)
}
