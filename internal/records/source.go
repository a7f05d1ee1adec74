package records

import (
	"errors"
	"fmt"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// A Source is a policy with records to list, and with the local ones if it is a store's policy.
type Source struct {
	// Name is the name of the store, or the path of the policy.
	Name    string
	IsStore bool
	Policy  *policy.Policy
	// Linked is the policy without local records, nil if it is not a store's or was not requested.
	Linked *policy.Policy
	// Local are the local records of the requested kind; of several with one key the last one.
	Local map[semanage.Key]semanage.Record
	// Instead says why the installed policy replaces a store's, nil if it does not. Local records
	// cannot be distinguished from the others then.
	Instead error
}

// Options choose the store of a Source.
type Options struct {
	semanage.Options
	Kind semanage.Kind
	// Use only the store, never the installed policy.
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
	if kind == semanage.Booleans { // the kernel policy does not have their defaults
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

// A TypeError says that a name is not a type with an attribute.
type TypeError struct {
	Name, Attribute string
	Near            []string // types with the attribute, the most similar names first
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
