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
	// Linked is the policy without local records, in the order in which libsepol
	// writes what it has just compiled ([policydb.Compiled]).
	Linked *policydb.Policy
	// SEUsers and UsersExtra are the texts of seusers.linked and users_extra.linked.
	// An empty one leaves the file of the active directory as it is.
	SEUsers, UsersExtra []byte
	// Active are other files of the active directory: modules, file_contexts. Those
	// that are what they were are not written.
	Active []File
	// Derive, if it is not nil, makes the files that follow from the policy with its
	// local records.
	Derive func(*Merged) (*Derived, error)
}

// Merged is what a policy and the local records are together.
type Merged struct {
	// Policy is the kernel policy, which must not be changed.
	Policy *policydb.Policy
	// Logins are those of seusers, Prefixes those of users_extra, in their order.
	Logins   []Login
	Prefixes []userPrefix
}

// Derived are files made from a [Merged].
type Derived struct {
	// Active are files of the active directory.
	Active []File
	// Installed are files of /etc/selinux/TYPE: "contexts/files/file_contexts".
	// They are written in this order, after the active directory.
	Installed []File
}

// Rebuild replaces the policy without local records. Commit then writes it, and the
// kernel policy made of it and of the local records, whether records change or not.
// Files of local records, and policy.linked, policy.kern, seusers, users_extra,
// their linked forms and commit_num are not among the rebuild's own files.
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
	tx.rebuild, tx.linked, tx.names = r, r.Linked, &policyNames{r.Linked}
	tx.reasons, tx.planned = nil, nil
	return nil
}

// Orphans lists the local records whose labels the policy does not take any more: of
// a type that is gone. A commit would fail for them.
func (tx *Tx) Orphans() []Record {
	var list []Record
	if tx.names == nil {
		return nil
	}
	for _, kind := range Kinds() {
		for _, r := range tx.local[kind].list {
			if kind == Booleans {
				continue
			}
			if _, err := tx.names.context(r.context()); err != nil {
				list = append(list, r)
			}
		}
	}
	return list
}

// rebuilt is what a rebuild gives with the local records of the transaction.
type rebuilt struct {
	image     []byte
	obsolete  []BooleanKey
	active    []File
	installed []File
	linked    []byte // policy.linked
}

// rebuildPolicy mirrors what semanage_direct_commit does after compiling.
func (tx *Tx) rebuildPolicy() (*rebuilt, error) {
	r := tx.rebuild
	db := r.Linked
	if len(tx.users) > 0 {
		db = r.Linked.Clone()
		if err := mergeUsers(db, tx.users); err != nil {
			return nil, err
		}
		db = policydb.Compiled(db, r.Linked.SymbolHash())
	} else {
		db = db.Clone()
	}
	out := &rebuilt{}
	var local [kinds][]Record
	for i := range tx.local {
		local[i] = tx.local[i].list
	}
	var err error
	if out.obsolete, err = mergeLocal(db, local); err != nil {
		return nil, err
	}
	linked := r.Linked.Encode()
	if len(tx.users) == 0 && !slices.ContainsFunc(local[:], func(list []Record) bool { return len(list) > 0 }) {
		out.image = linked
	} else {
		out.image = db.Encode()
	}
	out.linked = linked
	out.active = append(slices.Clone(r.Active), File{Name: linkedName, Data: linked})
	m := &Merged{Policy: db}
	if err := tx.mergeLogins(m, out); err != nil {
		return nil, err
	}
	if r.Derive != nil {
		derived, err := r.Derive(m)
		if err != nil {
			return nil, err
		}
		out.active = append(out.active, derived.Active...)
		out.installed = append(derived.Installed, out.installed...)
	}
	return out, nil
}

// mergeLogins makes seusers and users_extra, and checks what is local of them and of
// the file contexts.
func (tx *Tx) mergeLogins(m *Merged, out *rebuilt) error {
	r := tx.rebuild
	var err error
	if m.Logins, err = parseLogins("seusers.linked", r.SEUsers); err != nil {
		return err
	}
	if m.Prefixes, err = parsePrefixes("users_extra.linked", r.UsersExtra); err != nil {
		return err
	}
	names := &policyNames{m.Policy}
	logins, err := tx.store.localLogins()
	if err != nil {
		return err
	}
	prefixes, err := tx.store.localPrefixes()
	if err != nil {
		return err
	}
	for _, p := range prefixes {
		m.Prefixes = mergeByName(m.Prefixes, p, func(p userPrefix) string { return p.User })
	}
	for _, l := range logins {
		if err := names.checkLogin(l); err != nil {
			return err
		}
		m.Logins = mergeByName(m.Logins, l, func(l Login) string { return l.Name })
	}
	if err := tx.checkFileContexts(names); err != nil {
		return err
	}
	seusers, extra := r.SEUsers, r.UsersExtra
	if len(logins) > 0 || len(seusers) == 0 {
		seusers = formatLines(m.Logins)
	}
	if len(prefixes) > 0 || len(extra) == 0 {
		extra = formatLines(m.Prefixes)
	}
	out.active = append(out.active, File{Name: "seusers", Data: seusers}, File{Name: "users_extra", Data: extra})
	if len(r.SEUsers) > 0 {
		out.active = append(out.active, File{Name: "seusers.linked", Data: r.SEUsers})
	}
	if len(r.UsersExtra) > 0 {
		out.active = append(out.active, File{Name: "users_extra.linked", Data: r.UsersExtra})
	}
	out.installed = []File{{Name: "seusers", Data: seusers}}
	return nil
}

// mergeByName replaces the element of a name where it stands, or adds one.
func mergeByName[T any](list []T, item T, name func(T) string) []T {
	if i := slices.IndexFunc(list, func(t T) bool { return name(t) == name(item) }); i >= 0 {
		list[i] = item
		return list
	}
	return append(list, item)
}

// formatLines writes a file as libsemanage flushes its records.
func formatLines[T fmt.Stringer](list []T) []byte {
	out := []byte(header)
	for _, r := range list {
		out = append(append(out, r.String()...), '\n')
	}
	return out
}

// changed returns the files that are not what they should be in dir yet.
func (s *Store) changed(dir string, files []File) ([]File, error) {
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
		case err == nil && info.Size() == int64(len(f.Data)):
			old, err := s.root.ReadFile(name, maxPolicy)
			if err == nil && bytes.Equal(old, f.Data) {
				continue
			}
		}
		list = append(list, f)
	}
	return list, nil
}
