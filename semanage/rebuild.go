package semanage

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// A File is a file of a directory with its new contents, or one that goes.
type File struct {
	// Name is its path within the directory: "file_contexts", "modules/400/web/cil".
	Name string
	Data []byte
	// Remove takes the file away, or the directory with all that it holds. What is
	// not there is passed over.
	Remove bool
}

// A Rebuild is a policy that was built anew from the store's modules. Package
// modstore makes it; [Tx.Rebuild] puts it into a transaction.
type Rebuild struct {
	// Linked is the policy without local records, in the order in which libsepol writes a policy
	// that it has just compiled ([policydb.Compiled]).
	Linked *policydb.Policy
	// SEUsers and UsersExtra are the texts of seusers.linked and users_extra.linked.
	// An empty one leaves the file of the active directory as it is.
	SEUsers, UsersExtra []byte
	// Active are other files of the active directory: modules. Files that did not change are not
	// written.
	Active []File
	// FileContexts and HomeTemplate are the texts of file_contexts and homedir_template.
	// Where FileContexts is nil, both stay as they are.
	FileContexts, HomeTemplate []byte
	// Compare has compiled file contexts compared with their texts, and made again if they differ.
	// Without it those whose text stays, and that are not older, are kept.
	Compare bool
}

// Rebuild replaces the policy without local records. Commit then writes it, and the
// kernel policy made of it and of the local records, whether records change or not.
// Files of local records, and what follows from the policy and them, are not among the
// rebuild's own files.
func (tx *Tx) Rebuild(r *Rebuild) error {
	switch {
	case tx.over:
		return ErrFinished
	case slices.Contains(tx.reasons, VerifyKernel):
		return &RebuildError{[]Reason{VerifyKernel}}
	}
	for _, f := range r.Active {
		if !fs.ValidPath(f.Name) || f.Name == "." {
			return fmt.Errorf("%w: a file called %q", ErrSyntax, f.Name)
		}
	}
	tx.rebuild, tx.linked, tx.names = r, r.Linked, &policyNames{r.Linked, tx.store}
	tx.merged = nil
	tx.reasons, tx.planned = nil, nil
	return nil
}

// Orphans lists the local records that the policy does not take any more: with the label
// of a type that is gone, logins of an SELinux user that is, users with a role that is. A
// commit would fail for them.
func (tx *Tx) Orphans() []Record {
	var list []Record
	if tx.names == nil {
		return nil
	}
	names := tx.names
	if db, err := tx.withUsers(); err == nil {
		names = &policyNames{db: db}
	}
	for _, kind := range Kinds() {
		for _, r := range tx.local[kind].list {
			var err error
			switch r := r.(type) {
			case Login:
				err = names.checkLogin(r)
			case User:
				_, err = tx.names.makeUser(r)
			default:
				if c := r.context(); kind.labelled() && (c != Context{} || kind != FileContexts) {
					_, err = names.context(c)
				}
			}
			if err != nil {
				list = append(list, r)
			}
		}
	}
	return list
}

// rebuildPolicy mirrors what semanage_direct_commit does after compiling.
func (tx *Tx) rebuildPolicy() (*derived, error) {
	r := tx.rebuild
	db := r.Linked
	users := slices.ContainsFunc(tx.local[Users].list, func(r Record) bool { return !r.(User).extra })
	if users {
		db = r.Linked.Clone()
		if err := mergeUsers(db, tx.local[Users].list); err != nil {
			return nil, err
		}
		db = policydb.Compiled(db, r.Linked.SymbolHash())
	} else {
		db = db.Clone()
	}
	out := &derived{}
	var local [kinds][]Record
	merged := users
	for i := range tx.local {
		local[i] = tx.local[i].list
		merged = merged || len(local[i]) > 0 && Kind(i).InPolicy() && Kind(i) != Users
	}
	var err error
	if out.obsolete, err = mergeLocal(db, local); err != nil {
		return nil, err
	}
	linked := r.Linked.Encode()
	out.image = linked
	if merged {
		out.image = db.Encode()
	}
	out.linked = linked
	out.active = append(slices.Clone(r.Active), File{Name: linkedName, Data: linked})
	base := &derivation{
		tx: tx, db: db, seusers: r.SEUsers, extra: r.UsersExtra, contexts: r.FileContexts, template: r.HomeTemplate,
		logins: true, homes: r.FileContexts != nil, local: r.FileContexts != nil,
		compare: r.Compare,
	}
	if len(r.SEUsers) > 0 {
		out.active = append(out.active, File{Name: "seusers.linked", Data: r.SEUsers})
	}
	if len(r.UsersExtra) > 0 {
		out.active = append(out.active, File{Name: "users_extra.linked", Data: r.UsersExtra})
	}
	if r.FileContexts != nil {
		out.active = append(out.active, File{Name: fileContexts, Data: r.FileContexts},
			File{Name: homeTemplate, Data: r.HomeTemplate})
	}
	return out, base.files(out)
}

// changed returns the files whose content in dir is not the new one yet, or whose mode is not: 0
// stands for any.
func (s *Store) changed(dir string, files []File, mode fs.FileMode) ([]File, error) {
	var list []File
	for _, f := range files {
		name := path.Join(dir, f.Name)
		info, err := s.root.Lstat(name)
		if err != nil && !isGone(err) {
			return nil, storeError(err)
		}
		switch {
		case f.Remove:
			if err != nil {
				continue
			}
		case err == nil && info.Size() == int64(len(f.Data)) && (mode == 0 || info.Mode().Perm() == mode):
			old, err := s.root.ReadFile(name, maxPolicy)
			if err == nil && bytes.Equal(old, f.Data) {
				continue
			}
		}
		list = append(list, f)
	}
	return list, nil
}
