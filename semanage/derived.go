package semanage

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/contextfile"
	"github.com/senet-selinux/senet/internal/homes"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/policydb"
)

// derived is what a commit writes beside local records: a policy, and the files that
// follow from it and from the records.
type derived struct {
	image     []byte
	obsolete  []BooleanKey
	active    []File
	installed []File // of /etc/selinux/TYPE
	linked    []byte // policy.linked, nil where the modules stay
	warnings  []string
}

// Files of the active directory, which are installed too.
const (
	fileContexts = "file_contexts"
	homeContexts = "file_contexts.homedirs"
	homeTemplate = "homedir_template"
)

// A derivation makes the files that follow from a policy and the local records.
type derivation struct {
	tx *Tx
	db *policydb.Policy // with the local records
	// seusers and extra are the texts of the policy's own logins and prefixes, contexts and
	// template those of file_contexts and homedir_template.
	seusers, extra, contexts, template []byte
	// logins, homes and local say which files are made: seusers and users_extra, the labels
	// of homes, and the installed file contexts. contexts are installed where they are not
	// nil.
	logins, homes, local bool
	compare              bool // see [Rebuild]
}

// deriveRecords makes what follows from local records, where the modules stay; nil where
// nothing but the policy does.
func (tx *Tx) deriveRecords(db *policydb.Policy) (*derived, error) {
	changed := func(k Kind) bool { return tx.local[k].modified }
	logins := changed(Logins) || changed(Users)
	d := &derivation{tx: tx, db: db, logins: logins, homes: logins, local: changed(FileContexts)}
	if !logins && !d.local && !changed(Equivalences) {
		return nil, nil
	}
	var err error
	read := func(name string) (text []byte) {
		if err == nil {
			text, err = tx.store.root.ReadFile(tx.store.activePath(name), sysroot.MaxRecords)
			if isGone(err) {
				err = nil
			}
		}
		return text
	}
	out := &derived{}
	if logins {
		d.seusers, d.extra = read("seusers.linked"), read("users_extra.linked")
	}
	if d.homes {
		d.contexts, d.template = read(fileContexts), read(homeTemplate)
		d.homes = err == nil && tx.store.root.Exists(tx.store.activePath(homeTemplate))
	}
	if err != nil {
		return nil, storeError(err)
	}
	contexts := d.contexts
	d.contexts = nil // they are installed already
	err = d.filesWith(out, contexts)
	return out, err
}

// files adds all that is to be made.
func (d *derivation) files(out *derived) error { return d.filesWith(out, d.contexts) }

func (d *derivation) filesWith(out *derived, contexts []byte) error {
	names := &policyNames{db: d.db}
	var logins []Login
	var prefixes []userPrefix
	if d.logins {
		var err error
		if logins, prefixes, err = d.merge(names, out); err != nil {
			return err
		}
	}
	if d.local || d.tx.rebuild != nil {
		if err := d.tx.checkFileContexts(names); err != nil {
			return err
		}
	}
	var installed []contextfile.File
	if d.contexts != nil {
		installed = append(installed, contextfile.File{Name: fileContexts, Data: d.contexts})
	}
	if local := d.localContexts(); d.local && local != nil {
		installed = append(installed, contextfile.File{Name: fileContextsLocal, Data: local})
	}
	conf := d.tx.store.config.Build
	if d.homes && !conf.NoHomedirs {
		in := homes.Input{
			Policy: newContextChecker(d.db), Contexts: contexts, Template: d.template, UsePasswd: conf.UsePasswd,
			IgnoreDirs: conf.IgnoreDirs, Root: d.tx.store.root, Prefixes: make(map[string]string, len(prefixes)),
		}
		for _, l := range logins {
			in.Logins = append(in.Logins, homes.Login{Name: l.Name, User: l.User})
		}
		for _, p := range prefixes {
			in.Prefixes[p.User] = p.Prefix
		}
		text, said, err := homes.Make(in)
		if err != nil {
			return err
		}
		out.warnings = append(out.warnings, said...)
		out.active = append(out.active, File{Name: homeContexts, Data: text})
		installed = append(installed, contextfile.File{Name: homeContexts, Data: text})
	}
	maker := contextfile.Maker{Root: d.tx.store.root, Dir: path.Join(d.tx.store.etc, contextsDir),
		Program: conf.Programs["sefcontext_compile"], Mode: fs.FileMode(d.tx.store.config.FileMode),
		Compare: d.compare}
	compiled, err := maker.Compile(installed)
	if err != nil {
		return err
	}
	var list []File
	for _, f := range append(installed, compiled...) {
		list = append(list, File{Name: path.Join(contextsDir, f.Name), Data: f.Data, Remove: f.Remove})
	}
	if t := &d.tx.local[Equivalences]; t.modified {
		list = append(list, File{Name: path.Join(contextsDir, substitutions), Data: formatEquivalences(t.list)})
	}
	out.installed = append(list, out.installed...)
	return nil
}

// localContexts returns the text of the local file contexts, nil where there is no such
// file.
func (d *derivation) localContexts() []byte {
	t := &d.tx.local[FileContexts]
	if t.modified {
		return FormatLocal(t.list)
	}
	text, err := d.tx.store.root.ReadFile(d.tx.store.activePath(fileContextsLocal), sysroot.MaxRecords)
	if err != nil {
		return nil // it was read when the transaction began
	}
	return text
}

// merge makes seusers and users_extra, and checks the local logins.
func (d *derivation) merge(names *policyNames, out *derived) ([]Login, []userPrefix, error) {
	logins, err := parseLogins("seusers.linked", d.seusers)
	if err != nil {
		return nil, nil, err
	}
	prefixes, err := parsePrefixes("users_extra.linked", d.extra)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range d.tx.local[Users].list {
		if u := r.(User); u.Prefix != "" {
			prefixes = mergeByName(prefixes, u.prefix(), func(p userPrefix) string { return p.User })
		}
	}
	local := d.tx.local[Logins].list
	for _, r := range local {
		l := r.(Login)
		if err := names.checkLogin(l); err != nil {
			return nil, nil, err
		}
		logins = mergeByName(logins, l, func(l Login) string { return l.Name })
	}
	seusers, extra := d.seusers, d.extra
	if len(local) > 0 || len(seusers) == 0 {
		seusers = formatLines(logins)
	}
	if len(d.tx.local[Users].list) > 0 || len(extra) == 0 {
		extra = formatLines(prefixes)
	}
	out.active = append(out.active, File{Name: "seusers", Data: seusers}, File{Name: "users_extra", Data: extra})
	out.installed = append(out.installed, File{Name: "seusers", Data: seusers})
	return logins, prefixes, nil
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

// recordFiles returns the files of the active directory that have the records of a kind.
func recordFiles(kind Kind, list []Record) []newFile {
	switch kind {
	case Users:
		base, extra := formatUsers(list)
		return []newFile{{usersLocal, base}, {usersExtraLocal, extra}}
	case Equivalences: // installed
		return nil
	}
	return []newFile{{kind.File(), FormatLocal(list)}}
}

// withUsers returns the policy without other local records than the users, which labels
// may name.
func (tx *Tx) withUsers() (*policydb.Policy, error) {
	users := tx.local[Users].list
	if len(users) == 0 {
		return tx.linked, nil
	}
	if tx.merged == nil || tx.mergedAt != tx.local[Users].changes {
		db := tx.linked.Clone()
		if err := mergeUsers(db, users); err != nil {
			return nil, err
		}
		tx.merged, tx.mergedAt = db, tx.local[Users].changes
	}
	return tx.merged, nil
}

// checkUser refuses a user with roles that the policy does not have, or none.
func (tx *Tx) checkUser(u User) error {
	if strings.TrimSpace(u.Roles) == "" {
		return fmt.Errorf("%w: user %s has no roles", ErrContext, u.Name)
	}
	_, err := tx.names.makeUser(u)
	return err
}
