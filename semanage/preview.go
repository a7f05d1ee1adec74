package semanage

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// Policies returns the policy before and after the transaction, for asking: they have the content
// of policy.kern and of the policy that Commit would write, with symbols and rules in the order of
// policy.linked, whose tables both share. That takes a fraction of the time of [Tx.Plan]. Records
// that were there before and that the policy cannot take, such as those of a type that is gone, are
// left out before. The error wraps ErrRebuild if there is no policy.linked.
func (tx *Tx) Policies() (before, after *policydb.Policy, err error) {
	if err := tx.ready(); err != nil {
		return nil, nil, err
	}
	var now [kinds][]Record
	for i := range tx.local {
		now[i] = tx.local[i].list
	}
	var was [kinds][]Record
	for i := range tx.before {
		was[i] = slices.DeleteFunc(slices.Clone(tx.before[i]), func(r Record) bool {
			var err error
			if u, ok := r.(User); ok {
				_, err = tx.names.makeUser(u)
			} else if kind := r.Kind(); kind.InPolicy() && kind.labelled() {
				_, err = tx.names.context(r.context())
			}
			return err != nil
		})
	}
	if before, err = tx.withLocal(was); err != nil {
		return nil, nil, err
	}
	after, err = tx.withLocal(now)
	return before, after, err
}

func (tx *Tx) withLocal(local [kinds][]Record) (*policydb.Policy, error) {
	db := tx.linked.Clone()
	if err := mergeUsers(db, local[Users]); err != nil {
		return nil, err
	}
	if _, err := mergeLocal(db, local); err != nil {
		return nil, err
	}
	return db, nil
}
