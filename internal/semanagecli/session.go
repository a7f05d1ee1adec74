package semanagecli

import (
	"errors"

	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// commandLine carries out one command line.
func (r *run) commandLine(words []string) error {
	a, err := parse(words)
	if err != nil {
		return err
	}
	switch a.command.name {
	case "import":
		return r.importAll(a)
	case "export":
		return r.exportTo(a)
	}
	return r.recordsCommand(a)
}

// recordsCommand carries out one command for records, in its own transaction or in that of an import.
func (r *run) recordsCommand(a *arguments) error {
	if err := a.check(); err != nil {
		return err
	}
	if err := r.open(a); err != nil {
		return err
	}
	switch a.command.name {
	case "boolean":
		return r.boolean(a)
	case "login":
		return r.login(a)
	case "user":
		return r.user(a)
	case "fcontext":
		return r.fcontext(a)
	case "module":
		return r.module(a)
	case "permissive":
		return r.permissive(a)
	case "dontaudit":
		return r.dontaudit(a)
	}
	return r.recordAction(kindOf(a.command.name), a)
}

// open opens the store, once: within an import the store is the import's.
func (r *run) open(a *arguments) error {
	if r.store != nil {
		return nil
	}
	r.name = a.text("store")
	r.noReload = a.given("noreload")
	s, err := semanage.Open(semanage.Options{
		Root: r.tool.Root, Store: r.name, NoReload: r.noReload, LockTimeout: r.tool.LockTimeout,
	})
	if errors.Is(err, semanage.ErrNoStore) || errors.Is(err, semanage.ErrPermission) {
		return valueError("SELinux policy is not managed or store cannot be accessed.")
	}
	r.store = s
	return err
}

// change runs f in a transaction and commits it. Within an import the import commits it.
func (r *run) change(f func() error) error {
	if r.importing {
		return f()
	}
	if err := r.begin(); err != nil {
		return err
	}
	defer r.tx.Close()
	if err := f(); err != nil {
		return err
	}
	return r.commit()
}

func (r *run) begin() error {
	tx, err := r.store.Begin()
	if err != nil {
		return startError(err)
	}
	tx.Strict = true
	r.tx = tx
	r.incomplete = len(tx.Incomplete()) > 0
	r.moduleTx, err = modstore.Open(r.store, modstore.Options{}).Begin(tx)
	if err == nil && tx.Linked() == nil {
		// There is nothing to look up before the modules are built.
		r.moduleTx.SetPreserveTunables(false)
		_, err = r.moduleTx.Build()
		r.incomplete = false
	}
	if err != nil {
		tx.Close()
		return compileFailure("Could not start semanage transaction", err)
	}
	return nil
}

// before returns the policy before the transaction, with its local records.
func (r *run) before() *policydb.Policy {
	if r.was == nil {
		if db, err := r.store.KernelPolicy(); err == nil {
			r.was = db
		} else {
			r.was = r.tx.Linked()
		}
	}
	return r.was
}

// storeMLS reports whether the store's policy has levels.
func (r *run) storeMLS() (bool, error) {
	if r.tx != nil {
		return r.mls(), nil
	}
	db, err := r.store.KernelPolicy()
	if err != nil {
		return false, err
	}
	return db.MLS(), nil
}

func startError(err error) error {
	switch {
	case errors.Is(err, semanage.ErrPermission):
		return valueError("SELinux policy is not managed or store cannot be accessed.")
	}
	return valueError("Could not start semanage transaction: " + err.Error())
}

func (r *run) commit() error {
	if err := r.build(); err != nil {
		r.writeAudit(false)
		return compileFailure("Could not commit semanage transaction", err)
	}
	result, err := r.tx.Commit()
	r.writeAudit(err == nil)
	if err != nil {
		text := err.Error()
		if same := (*semanage.OverlapError)(nil); errors.As(err, &same) && same.A.Key() == same.B.Key() {
			text = same.A.Kind().File() + " has " + same.A.Key().String() + " twice" // written by hand
		}
		return valueError("Could not commit semanage transaction: " + text)
	}
	if r.noReload && result.Changed {
		// A commit without reload does not load the policy, but sets booleans.
		if k := r.kernel(); k != "" && len(r.changed) > 0 {
			if err := k.SetBooleans(r.changed); err != nil {
				return valueError("Could not set active value of booleans: " + err.Error())
			}
		}
	}
	return nil
}

// records returns the local records, or those of the kernel policy, which include the local ones. In an import it
// is the kernel policy before the import.
func (r *run) records(kind semanage.Kind, local bool) ([]semanage.Record, error) {
	if local && r.tx != nil {
		return r.tx.Records(kind), nil
	}
	if local {
		return r.store.Local(kind)
	}
	return r.store.Effective(kind)
}

// customized returns the local records as an export writes them.
func (r *run) customized(kind semanage.Kind) ([]semanage.Record, error) {
	records, err := r.records(kind, true)
	if err != nil {
		return nil, err
	}
	kept := records[:0:0]
	for _, record := range records {
		switch record := record.(type) {
		case semanage.Boolean:
			kept = append(kept, r.running(record))
			continue
		case semanage.IBPKey:
			if record.Context.Type == "reserved_ibpkey_t" {
				continue
			}
		case semanage.IBEndPort:
			if record.Context.Type == "reserved_ibendport_t" {
				continue
			}
		}
		kept = append(kept, record)
	}
	return kept, nil
}

// extract prints the commands that make the local records of a kind.
func (r *run) extract(kind semanage.Kind) error {
	records, err := r.customized(kind)
	for _, line := range semanage.ExportLines(records) {
		r.out.WriteString(line + "\n")
	}
	return err
}
