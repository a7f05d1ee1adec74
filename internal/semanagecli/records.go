package semanagecli

import (
	"cmp"
	"errors"

	"github.com/senet-selinux/senet/semanage"
)

// A target is the record that a command is about.
type target struct {
	key     semanage.Key
	subject string // in messages that begin with it: "Port tcp/80"
	name    string // in others: "port tcp/80"
	audit   resource
	err     error // why there is no key; reported after the type is checked
}

// checkType returns the type for a name or alias. As in seobject.py, it checks only a name that is not empty.
func (r *run) checkType(kind semanage.Kind, typed, name string) (string, error) {
	if name == "" || typed == "" {
		return name, nil
	}
	own, err := r.tx.TypeFor(kind, name)
	if errors.Is(err, semanage.ErrType) {
		return "", valueError("Type " + own + " is invalid, must be " + typed)
	}
	return own, err
}

// reason is an error without the record, because the message of semanage names the record.
func reason(err error) string {
	var e *semanage.RecordError
	if errors.As(err, &e) {
		err = e.Err
	}
	return err.Error()
}

func (r *run) add(t target, record semanage.Record, typ, rng string) error {
	if defined, _ := r.tx.Defined(t.key); defined {
		return valueError(t.subject + " already defined")
	}
	if err := r.tx.Add(record); err != nil {
		return r.failed("add", t, err)
	}
	r.auditChange(t.audit, "add", typ, r.auditRange(rng))
	return nil
}

// failed puts an error of the library into semanage's words. libsemanage checks contexts against the policy when it
// commits. In an import such an error therefore waits, and errors of the following commands come first.
func (r *run) failed(op string, t target, err error) error {
	worded := valueError("Could not " + op + " " + t.name + ": " + reason(err))
	if r.importing && (errors.Is(err, semanage.ErrContext) || errors.Is(err, semanage.ErrType)) {
		r.commitError = cmp.Or(r.commitError, worded)
		return nil
	}
	return worded
}

// modify changes a record. typ is "" if no type was given.
func (r *run) modify(t target, typ, rng string) error {
	if defined, _ := r.tx.Defined(t.key); !defined {
		return valueError(t.subject + " is not defined")
	}
	if typ == "" && rng == "" {
		return r.nothingToModify(t.key.Kind())
	}
	if err := r.tx.Modify(t.key, semanage.Change{Type: typ, Range: rng}); err != nil {
		return r.failed("modify", t, err)
	}
	if t.key.Kind() == semanage.Ports {
		rng = r.auditRange(rng)
	}
	r.auditChange(t.audit, "modify", typ, rng)
	return nil
}

// nothingToModify is the error of a change that names neither type nor range.
func (r *run) nothingToModify(kind semanage.Kind) error {
	if r.mls() || kind == semanage.Nodes || kind == semanage.Interfaces {
		return valueError("Requires setype or serange")
	}
	return valueError("Requires setype")
}

func (r *run) delete(t target) error {
	switch defined, local := r.tx.Defined(t.key); {
	case !defined:
		return valueError(t.subject + " is not defined")
	case !local:
		return valueError(t.subject + " is defined in policy, cannot be deleted")
	}
	if err := r.tx.Delete(t.key); err != nil {
		return r.failed("delete", t, err)
	}
	r.auditDelete(t.audit)
	return nil
}

func (r *run) mls() bool { return r.tx.Linked().MLS() }

// A kindCommand holds the differences between the subcommands for records with contexts.
type kindCommand interface {
	kind() semanage.Kind
	// typed names the required kind of types, for messages.
	typed() string
	// target returns the record that the arguments name.
	target(a *arguments) (target, error)
	// record makes the record with that key.
	record(k semanage.Key, c semanage.Context) semanage.Record
	// resource returns the name for a record in audit messages.
	resource(record semanage.Record) resource
	// list prints records in the columns of semanage.
	list(r *run, records []semanage.Record, heading bool)
}

func kindOf(name string) kindCommand {
	switch name {
	case "port":
		return portCommand{}
	case "ibpkey":
		return pkeyCommand{}
	case "ibendport":
		return endPortCommand{}
	case "interface":
		return interfaceCommand{}
	}
	return nodeCommand{}
}

// recordAction carries out a subcommand for records with contexts.
func (r *run) recordAction(k kindCommand, a *arguments) error {
	switch a.action() {
	case "list":
		records, err := r.records(k.kind(), a.given("locallist"))
		if err == nil && len(records) > 0 {
			k.list(r, records, !a.given("noheading"))
		}
		return err
	case "extract":
		return r.extract(k.kind())
	}
	return r.change(func() error {
		switch a.action() {
		case "deleteall":
			return r.deleteAll(k)
		case "delete":
			t, err := k.target(a)
			if err = cmp.Or(err, t.err); err != nil {
				return err
			}
			return r.delete(t)
		}
		return r.put(k, a)
	})
}

// put adds or modifies a record. As in seobject.py, it checks the address of a node before the type, and other keys
// after the type.
func (r *run) put(k kindCommand, a *arguments) error {
	typ, rng := a.text("type"), a.text("range")
	modify := a.action() == "modify"
	var t target
	var err error
	if k.kind() == semanage.Nodes {
		if t, err = k.target(a); err != nil {
			return err
		}
	}
	if modify && a.given("type") && typ == "" && rng == "" {
		return r.nothingToModify(k.kind())
	}
	if typ, err = r.checkType(k.kind(), k.typed(), typ); err != nil {
		return err
	}
	if k.kind() != semanage.Nodes {
		if t, err = k.target(a); err != nil {
			return err
		}
	}
	if t.err != nil {
		return t.err
	}
	if modify {
		return r.modify(t, typ, rng)
	}
	return r.add(t, k.record(t.key, semanage.Context{Type: typ, Range: rng}), typ, rng)
}

func (r *run) deleteAll(k kindCommand) error {
	records := r.tx.Records(k.kind())
	if k.kind() == semanage.Nodes || k.kind() == semanage.Interfaces {
		// seobject.py deletes these one by one, and looks up each in the store as it was before.
		for _, record := range records {
			if defined, _ := r.tx.Defined(record.Key()); !defined {
				return valueError(subjectOf(record) + " is not defined")
			}
		}
	}
	if err := r.tx.DeleteAll(k.kind()); err != nil {
		return err
	}
	for _, record := range records {
		r.auditDelete(k.resource(record))
	}
	return nil
}

// subjectOf begins a message about a node or an interface.
func subjectOf(record semanage.Record) string {
	if n, ok := record.(semanage.Node); ok {
		return "Addr " + pythonAddr(n.Addr)
	}
	return "Interface " + record.Key().String()
}
