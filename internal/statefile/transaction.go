package statefile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// Put changes the records of a transaction to those of the file. Records that are as they shall
// be, local or by the policy itself, are left alone: a store that is as the file says gets no
// change. Errors name the record and, if it is known, its line. A Base is not looked at, nor are
// modules: see [State.PutModules].
func (s *State) Put(tx *semanage.Tx) error {
	linked := tx.Linked()
	if linked == nil {
		return &semanage.RebuildError{Reasons: []semanage.Reason{semanage.NoLinked}}
	}
	w := &writer{tx: tx, p: policy.New(linked), named: make(map[semanage.Key]bool), exclusive: make(map[string]bool)}
	for _, name := range s.Exclusive {
		w.exclusive[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.Booleans)) {
		if err := w.boolean(semanage.Boolean{Name: name, On: s.Booleans[name]}); err != nil {
			return fmt.Errorf("booleans: %s: %w", name, err)
		}
	}
	for i := range s.Ports {
		if err := s.Ports[i].put(w); err != nil {
			return at("ports", i, s.Ports[i].Line, err)
		}
	}
	for i := range s.Nodes {
		if err := s.Nodes[i].put(w); err != nil {
			return at("nodes", i, s.Nodes[i].Line, err)
		}
	}
	for i := range s.Interfaces {
		if err := s.Interfaces[i].put(w); err != nil {
			return at("interfaces", i, s.Interfaces[i].Line, err)
		}
	}
	if err := s.putOthers(w); err != nil {
		return err
	}
	return w.rest(s.Exclusive)
}

// at adds the place in the file to an error.
func at(list string, i, line int, err error) error {
	if line > 0 {
		return fmt.Errorf("line %d: %w", line, err)
	}
	return fmt.Errorf("%s[%d]: %w", list, i, err)
}

// A writer changes a transaction record by record.
type writer struct {
	tx        *semanage.Tx
	p         *policy.Policy // without local records
	named     map[semanage.Key]bool
	exclusive map[string]bool // the kinds of which the file has all local records
}

// name notes that the file has a record.
func (w *writer) name(k semanage.Key) error {
	if w.named[k] {
		return fmt.Errorf("%w: %s is defined twice", ErrInvalid, k)
	}
	w.named[k] = true
	return nil
}

func (w *writer) boolean(b semanage.Boolean) error {
	if err := w.name(b.Key()); err != nil {
		return err
	}
	if have, _, ok := w.tx.Lookup(b.Key()); ok && have == b {
		return nil
	}
	return w.tx.Set(b)
}

func (p *Port) put(w *writer) error {
	protocol, err := semanage.ParseProtocol(p.Proto)
	if err != nil {
		return err
	}
	low, high, err := semanage.ParsePorts(string(p.Port))
	if err != nil {
		return err
	}
	r := semanage.Port{Protocol: protocol, Low: low, High: high,
		Context: semanage.Context{Type: p.Type, Range: p.Range}}
	// If the file lists all local records, a range that it does not list must be deleted.
	if gone, err := absent(p.State); err == nil && !gone && p.Type != "" && !w.exclusive[semanage.Ports.String()] &&
		w.tx.Covers(r) {
		return w.name(r.Key())
	}
	return w.record(r, r.Context, p.State)
}

func (d *Node) put(w *writer) error {
	family := "ipv4"
	if strings.Contains(d.Address, ":") {
		family = "ipv6"
	}
	address, mask := d.Address, d.Mask
	if before, length, found := strings.Cut(address, "/"); found && mask == "" {
		address, mask = before, "/"+length
	}
	k, err := semanage.ParseNode(address, mask, family)
	if err != nil {
		return err
	}
	c := semanage.Context{Type: d.Type, Range: d.Range}
	if gone, _ := absent(d.State); !gone {
		mask := k.Mask.AsSlice()
		for i, b := range k.Addr.AsSlice() {
			if b&^mask[i] != 0 { // the kernel compares only the bits of the mask
				return fmt.Errorf("%w: %s has bits outside of the mask %s: no address can match it", ErrInvalid,
					k.Addr, k.Mask)
			}
		}
	}
	return w.record(semanage.Node{Addr: k.Addr, Mask: k.Mask, Context: c}, c, d.State)
}

func (i *Interface) put(w *writer) error {
	if i.Name == "" {
		return fmt.Errorf("%w: an interface needs a name", ErrInvalid)
	}
	c := semanage.Context{Type: i.Type, Range: i.Range}
	return w.record(semanage.Interface{Name: i.Name, Context: c}, c, i.State)
}

// record creates or changes one record: its type and, if given, its range.
func (w *writer) record(r semanage.Record, want semanage.Context, state string) error {
	gone, err := absent(state)
	if err != nil {
		return err
	}
	k := r.Key()
	if err := w.name(k); err != nil {
		return err
	}
	have, local, exists := w.tx.Lookup(k)
	switch {
	case gone && local:
		if c := semanage.ContextOf(have); want.Type != "" && w.typeName(want.Type) != c.Type {
			return fmt.Errorf("%w: %s is %s, not %s", ErrInvalid, k, c.Type, want.Type)
		}
		return w.tx.Delete(k)
	case gone:
		return nil
	case want.Type == "":
		return fmt.Errorf("%w: %s has no type", ErrInvalid, k)
	case !exists:
		return w.tx.Add(r)
	}
	if c := semanage.ContextOf(have); w.typeName(want.Type) == c.Type &&
		(want.Range == "" || want.Range == c.Range || !w.p.MLS()) {
		return nil
	}
	return w.tx.Modify(k, semanage.Change{Type: want.Type, Range: want.Range})
}

// typeName returns the name of a type, given its name or an alias.
func (w *writer) typeName(name string) string {
	if id, ok := w.p.Type(name); ok {
		return w.p.TypeName(id)
	}
	return name
}

func kindNames() string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.String())
	}
	names = append(names, kindPermissive, kindModule)
	return strings.Join(names, ", ")
}

// rest deletes the local records of exclusive kinds that are not in the file.
func (w *writer) rest(exclusive []string) error {
	for _, name := range exclusive {
		if name == kindModule || name == kindPermissive {
			continue // they are no records
		}
		i := slices.IndexFunc(Kinds(), func(k semanage.Kind) bool { return k.String() == name })
		if i < 0 {
			return fmt.Errorf("%w: exclusive: %q is not a kind of record: %s", ErrInvalid, name, kindNames())
		}
		for _, r := range w.tx.Records(Kinds()[i]) {
			if !w.named[r.Key()] {
				if err := w.tx.Delete(r.Key()); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Kinds are the kinds of records that a file may name.
func Kinds() []semanage.Kind {
	return []semanage.Kind{semanage.Ports, semanage.Booleans, semanage.Nodes, semanage.Interfaces, semanage.Users,
		semanage.Logins, semanage.FileContexts, semanage.Equivalences}
}
