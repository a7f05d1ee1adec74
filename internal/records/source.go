package records

import (
	"errors"
	"fmt"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// A Source is a policy to list records of, with the local ones where it is that of a
// store.
type Source struct {
	// Name is that of the store, or the path of the policy.
	Name    string
	IsStore bool
	Policy  *policy.Policy
	// Linked is the policy without local records, nil where it is not a store's or was
	// not asked for.
	Linked *policy.Policy
	// Local are the local records of the kind that was asked for, of several with one
	// key the last.
	Local map[semanage.Key]semanage.Record
	// Instead says why the installed policy is asked in place of a store's, nil where
	// it is not. Local records look like the others then.
	Instead error
}

// Options choose the store of a Source.
type Options struct {
	semanage.Options
	Kind semanage.Kind
	// Store alone will do: no installed policy is asked in its place.
	OnlyStore bool
}

// Open reads the policy and the local records of a store. If there is no store, or it must not be
// read, it reads the installed policy.
func Open(o Options) (*Source, error) {
	s, err := semanage.Open(o.Options)
	if err == nil {
		return ofStore(s, o.Kind)
	}
	if o.OnlyStore || !errors.Is(err, semanage.ErrNoStore) && !errors.Is(err, semanage.ErrPermission) {
		return nil, err
	}
	installed, errFind := policyfile.Find(o.Root)
	if errFind != nil {
		return nil, err
	}
	db, errOpen := installed.Open()
	if errOpen != nil {
		return nil, err
	}
	return &Source{Name: installed.Path(), Policy: policy.New(db), Instead: err}, nil
}

func ofStore(s *semanage.Store, kind semanage.Kind) (*Source, error) {
	list, err := s.Local(kind)
	if err != nil {
		return nil, err
	}
	db, err := s.KernelPolicy()
	if err != nil {
		return nil, err
	}
	source := &Source{Name: s.Name(), IsStore: true, Policy: policy.New(db),
		Local: make(map[semanage.Key]semanage.Record)}
	for _, r := range list {
		source.Local[r.Key()] = r
	}
	if kind == semanage.Booleans { // whose own values the kernel policy does not keep
		if linked, err := s.LinkedPolicy(); err == nil {
			source.Linked = policy.New(linked)
		}
	}
	return source, nil
}

// IsLocal reports whether the store has a local record of a key.
func (s *Source) IsLocal(key semanage.Key) bool { return s.Local[key] != nil }

// CheckType returns a *TypeError if a name is not that of a type with an attribute.
func (s *Source) CheckType(name, attribute string) error {
	for member := range Members(s.Policy, attribute) {
		if member == name {
			return nil
		}
	}
	return &TypeError{name, attribute, policy.Nearest(name, Members(s.Policy, attribute), 3)}
}

// A TypeError has a name that is not a type with an attribute.
type TypeError struct {
	Name, Attribute string
	Near            []string // types that have it, the nearest first
}

func (e *TypeError) Error() string {
	return fmt.Sprintf("%s is not a type with the attribute %s", e.Name, e.Attribute)
}

// Members yields the names of the types of an attribute.
func Members(p *policy.Policy, attribute string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		id, ok := p.Attribute(attribute)
		if !ok {
			return
		}
		for t := range p.Members(id).All() {
			if !yield(p.TypeName(t)) {
				return
			}
		}
	}
}
