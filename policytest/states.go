package policytest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/yaml"
)

// MaxStates is the largest number of states of a file.
const MaxStates = 10000

// A State is the policy, the machine and the values of booleans for a test.
type State struct {
	// Name is the name that the file gives to it, "" for none.
	Name string
	// Policy is the file of a policy, senet.Example, or the directory of a system; "" for
	// the policy that the tests are run with. Host is the file of a saved machine, "" for
	// the machine that they are run with. Both are relative to the directory of the file of
	// tests.
	Policy, Host string
	// Booleans are those that have another value than in the policy.
	Booleans map[string]bool
	base     string // the name before for_each
}

// Title returns the name of the state, or its booleans, followed by its policy and host: "" for the
// policy as it is.
func (s *State) Title() string {
	var parts []string
	if s.Name != "" {
		parts = append(parts, s.Name)
	} else {
		for _, name := range slices.Sorted(maps.Keys(s.Booleans)) {
			parts = append(parts, name+"="+onOff(s.Booleans[name]))
		}
	}
	for _, part := range []string{s.Policy, s.Host} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// state reads one state.
func (f *File) state(item *yaml.Node) error {
	s := State{}
	err := item.Each(func(key string, value *yaml.Node) error {
		switch key {
		case "name":
			return value.Word(&s.Name)
		case "policy":
			return value.Word(&s.Policy)
		case "host":
			return value.Word(&s.Host)
		case "booleans":
			return s.booleans(value)
		}
		return value.Fail("field %s is not known", key)
	})
	if err == nil && s.Name != "" && slices.ContainsFunc(f.States, func(o State) bool { return o.Name == s.Name }) {
		err = item.Fail("two states have the name %s", s.Name)
	}
	s.base = s.Name
	f.States = append(f.States, s)
	return err
}

func (s *State) booleans(value *yaml.Node) error {
	s.Booleans = make(map[string]bool)
	return value.Each(func(name string, value *yaml.Node) (err error) {
		s.Booleans[name], err = value.OnOff()
		return err
	})
}

// each has the contents of for_each, which multiply the states of a file.
type each struct {
	policies, hosts []string
	booleans        []State
}

func (e *each) fill(key string, value *yaml.Node) (err error) {
	switch key {
	case "policies":
		e.policies, err = value.Words()
	case "hosts":
		e.hosts, err = value.Words()
	case "booleans":
		err = value.Elements(key, func(item *yaml.Node) error {
			s := State{}
			if item.Null() {
				e.booleans = append(e.booleans, s)
				return nil
			}
			err := s.booleans(item)
			e.booleans = append(e.booleans, s)
			return err
		})
	default:
		err = value.Fail("field %s is not known", key)
	}
	return err
}

// multiply replaces each state by one for each policy, host and set of booleans of for_each. It is an
// error if a state and for_each both set the policy, the host or a boolean.
func (f *File) multiply(e *each) error {
	if len(f.States) == 0 {
		f.States = []State{{}}
	}
	one := func(list []string) []string {
		if len(list) == 0 {
			return []string{""}
		}
		return list
	}
	policies, hosts, booleans := one(e.policies), one(e.hosts), e.booleans
	if len(booleans) == 0 {
		booleans = []State{{}}
	}
	if n := len(f.States) * len(policies) * len(hosts) * len(booleans); n > MaxStates {
		return fmt.Errorf("%d states, more than %d", n, MaxStates)
	}
	var list []State
	for _, s := range f.States {
		switch {
		case s.Policy != "" && len(e.policies) > 0:
			return fmt.Errorf("a state names a policy, and for_each does too")
		case s.Host != "" && len(e.hosts) > 0:
			return fmt.Errorf("a state names a host, and for_each does too")
		}
		for _, p := range policies {
			for _, h := range hosts {
				for _, b := range booleans {
					made, err := s.with(p, h, b.Booleans)
					if err != nil {
						return err
					}
					list = append(list, made)
				}
			}
		}
	}
	f.States = list
	return nil
}

// with returns the state with the policy, the host and the booleans of for_each added. The booleans
// become part of its name.
func (s State) with(policy, host string, booleans map[string]bool) (State, error) {
	if policy != "" {
		s.Policy = policy
	}
	if host != "" {
		s.Host = host
	}
	if len(booleans) == 0 {
		return s, nil
	}
	own := s.Booleans
	s.Booleans = maps.Clone(booleans)
	for name, on := range own {
		if _, twice := booleans[name]; twice {
			return s, fmt.Errorf("a state sets %s, and for_each does too", name)
		}
		s.Booleans[name] = on
	}
	if s.Name != "" {
		s.Name += ", " + (&State{Booleans: booleans}).Title()
	}
	return s, nil
}

// NeedsPolicy reports whether a state names no policy, so that its tests need the session's.
func (f *File) NeedsPolicy() bool {
	return slices.ContainsFunc(f.States, func(s State) bool { return s.Policy == "" })
}

// ErrState is wrapped by errors about the policy or the machine of a state.
var ErrState = errors.New("a state cannot be opened")

// An opener opens the states of a file. It reads each policy and each host once.
type opener struct {
	dir      string
	session  *senet.Session // nil if no state needs it
	options  senet.Options
	policies map[string]*senet.Session
	hosts    map[string]*host.Facts
}

// open returns the session of a state.
func (p *opener) open(ctx context.Context, state *State) (*senet.Session, error) {
	o := p.options
	o.Booleans = state.Booleans
	if state.Host != "" {
		facts, err := p.host(state.Host)
		if err != nil {
			return nil, fmt.Errorf("host %s: %w", state.Host, err)
		}
		o.Host = facts
	}
	if state.Policy == "" {
		if p.session == nil {
			return nil, errors.New("no policy")
		}
		return senet.OpenPolicy(p.session.Policy(), p.session.Source(), o)
	}
	s, err := p.policy(ctx, state.Policy)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", state.Policy, err)
	}
	o.Policy, o.Root = p.named(state.Policy)
	// Booleans of the options count too, unless the state sets them.
	o.Booleans = maps.Clone(p.options.Booleans)
	if o.Booleans == nil {
		o.Booleans = make(map[string]bool)
	}
	maps.Copy(o.Booleans, state.Booleans)
	made, err := senet.OpenPolicy(s.Policy(), s.Source(), o)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", state.Policy, err)
	}
	return made, nil
}

// named returns the file of a policy, or the root directory of its system.
func (p *opener) named(name string) (file, root string) {
	if name == senet.Example {
		return name, ""
	}
	file = p.path(name)
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return "", file
	}
	return file, ""
}

func (p *opener) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.dir, name)
}

func (p *opener) policy(ctx context.Context, name string) (*senet.Session, error) {
	if s := p.policies[name]; s != nil {
		return s, nil
	}
	o := senet.Options{Host: p.options.Host}
	o.Policy, o.Root = p.named(name)
	s, err := senet.Open(ctx, o)
	if err == nil {
		p.policies[name] = s
	}
	return s, err
}

func (p *opener) host(name string) (*host.Facts, error) {
	if f := p.hosts[name]; f != nil {
		return f, nil
	}
	facts, err := host.Load(p.path(name))
	if err != nil {
		return nil, err
	}
	p.hosts[name] = &facts
	return &facts, nil
}

// holds reports whether a test is for a state.
func (t *Test) holds(s *State) bool { return len(t.In) == 0 || slices.Contains(t.In, s.base) }

// known refuses a test that names a state which the file does not have.
func (f *File) known() error {
	for i := range f.Tests {
		for _, name := range f.Tests[i].In {
			if !slices.ContainsFunc(f.States, func(s State) bool { return s.base == name }) {
				return fmt.Errorf("line %d: no state has the name %s", f.Tests[i].Line, name)
			}
		}
	}
	return nil
}
