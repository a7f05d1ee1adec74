package semanagecli

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

// fcontext carries out the subcommand.
func (r *run) fcontext(a *arguments) error {
	spec, equal := a.text("file_spec"), a.text("equal")
	files, _ := semanage.FileKind(a.text("ftype"))
	f := semanage.FileContext{Path: spec, Files: files,
		Context: semanage.Context{User: a.text("seuser"), Type: a.text("type"), Range: a.text("range")}}
	switch a.action() {
	case "list":
		return r.listFileContexts(a)
	case "extract":
		if err := r.extract(semanage.FileContexts); err != nil {
			return err
		}
		return r.extract(semanage.Equivalences)
	case "add", "modify":
		return r.change(func() error {
			switch {
			case equal != "":
				return r.addEquivalence(spec, equal)
			case a.action() == "add":
				return r.addFileContext(f)
			}
			return r.modifyFileContext(f)
		})
	case "delete":
		return r.change(func() error { return r.deleteFileContext(spec, files, equal) })
	}
	return r.change(func() error {
		for _, record := range r.tx.Records(semanage.FileContexts) {
			r.auditFiles("delete", record.(semanage.FileContext))
		}
		if err := r.tx.DeleteAll(semanage.FileContexts); err != nil {
			return err
		}
		return r.tx.DeleteAll(semanage.Equivalences)
	})
}

// equivalences returns the local equivalences, as the transaction has them, and those of the distribution.
func (r *run) equivalences() (local, dist []semanage.Equivalence, err error) {
	var records []semanage.Record
	if records, err = r.records(semanage.Equivalences, true); err != nil {
		return nil, nil, err
	}
	for _, record := range records {
		local = append(local, record.(semanage.Equivalence))
	}
	dist, err = r.store.DistributionEquivalences()
	return local, dist, err
}

// validSpec refuses a path that an equivalence replaces by another path.
func (r *run) validSpec(spec string) error {
	switch {
	case spec == "" || strings.Contains(spec, "\n"):
		return valueError("Invalid file specification")
	case strings.Contains(spec, " "):
		return valueError("File specification can not include spaces")
	}
	local, dist, err := r.equivalences()
	if err != nil {
		return err
	}
	for _, e := range slices.Concat(local, dist) {
		if !strings.HasPrefix(spec, e.Path+"/") {
			continue
		}
		// semanage takes the path of the equivalence for a regular expression, and replaces all its matches.
		instead := strings.ReplaceAll(spec, e.Path, e.Like)
		if re, err := regexp.Compile(e.Path); err == nil {
			instead = re.ReplaceAllLiteralString(spec, e.Like)
		}
		return valueError(fmt.Sprintf("File spec %s conflicts with equivalency rule '%s %s'; Try adding '%s' instead",
			spec, e.Path, e.Like, instead))
	}
	return nil
}

func (r *run) addEquivalence(path, like string) error {
	for _, p := range []struct{ what, path string }{{"Target", path}, {"Substitute", like}} {
		if p.path != "/" && strings.HasSuffix(p.path, "/") {
			return valueError(fmt.Sprintf("%s %s is not valid. %[1]s is not allowed to end with '/'", p.what, p.path))
		}
	}
	local, dist, err := r.equivalences()
	if err != nil {
		return err
	}
	for _, e := range local {
		if e.Path == path {
			return valueError("Equivalence class for " + path + " already exists")
		}
	}
	if err := r.validSpec(path); err != nil {
		return err
	}
	for _, e := range slices.Concat(local, dist) {
		if strings.HasPrefix(e.Path, path+"/") {
			return valueError(fmt.Sprintf("File spec %s conflicts with equivalency rule '%s %s'", path, e.Path, e.Like))
		}
	}
	e := semanage.Equivalence{Path: path, Like: like}
	if err := r.tx.Set(e); err != nil {
		return r.failed("add", target{key: e.Key(), name: "equivalence of " + path}, err)
	}
	r.auditConfig("resrc=fcontext op=add-equal " + auditPair("sglob", path) + " " + auditPair("tglob", like))
	return nil
}

const noLabel = "<<none>>"

// fileType returns the type for a name or alias.
func (r *run) fileType(name string) (string, error) {
	own, err := r.tx.TypeFor(semanage.FileContexts, name)
	if err != nil {
		return "", valueError("Type " + own + " is invalid, must be a file or device type")
	}
	return own, nil
}

func (r *run) addFileContext(f semanage.FileContext) error {
	if err := r.validSpec(f.Path); err != nil {
		return err
	}
	asked := f.Context
	if f.Context.Type == noLabel {
		f.Context = semanage.Context{}
	} else {
		var err error
		if f.Context.Type, err = r.fileType(f.Context.Type); err != nil {
			return err
		}
		asked.Type = f.Context.Type
	}
	if defined, _ := r.tx.Defined(f.Key()); defined {
		return valueError("File context for " + f.Path + " already defined")
	}
	return r.setFileContext("add", f, asked)
}

func (r *run) modifyFileContext(f semanage.FileContext) error {
	asked := f.Context
	if asked.Type != noLabel {
		var err error
		if asked.Type, err = r.fileType(asked.Type); err != nil {
			return err
		}
	}
	if err := r.validSpec(f.Path); err != nil {
		return err
	}
	record, _, ok := r.tx.Lookup(f.Key())
	if !ok {
		return valueError("File context for " + f.Path + " is not defined")
	}
	f.Context = semanage.Context{}
	if asked.Type != noLabel {
		f.Context = record.(semanage.FileContext).Context
		f.Context.Type = asked.Type
		if asked.Range != "" && r.mls() {
			f.Context.Range = asked.Range
		}
		if asked.User != "" {
			f.Context.User = asked.User
		}
	}
	return r.setFileContext("modify", f, asked)
}

func (r *run) setFileContext(op string, f semanage.FileContext, asked semanage.Context) error {
	if err := r.tx.Set(f); err != nil {
		return r.failed(op, target{key: f.Key(), name: "file context for " + f.Path}, err)
	}
	f.Context = asked
	r.auditFiles(op, f)
	return nil
}

// deleteFileContext deletes an equivalence of the path, else its label.
func (r *run) deleteFileContext(path, files, equal string) error {
	if key := semanage.EquivalenceKey(path); r.isLocal(key) {
		r.auditConfig("resrc=fcontext op=delete-equal " + auditPair("tglob", path))
		return r.tx.Delete(key)
	}
	if equal != "" { // semanage then looks up this value as the kind of files
		kind, ok := semanage.FileKind(equal)
		if !ok {
			return &failure{"KeyError", equal}
		}
		files = kind
	}
	key := semanage.FileContextKey{Path: path, Files: files}
	switch defined, local := r.tx.Defined(key); {
	case !defined:
		return valueError("File context for " + path + " is not defined")
	case !local:
		return valueError("File context for " + path + " is defined in policy, cannot be deleted")
	}
	r.auditFiles("delete", semanage.FileContext{Path: path, Files: files})
	return r.tx.Delete(key)
}

func (r *run) isLocal(k semanage.Key) bool {
	_, local, _ := r.tx.Lookup(k)
	return local
}

func (r *run) listFileContexts(a *arguments) error {
	onlyLocal, heading := a.given("locallist"), !a.given("noheading")
	records, err := r.records(semanage.FileContexts, onlyLocal)
	if err != nil {
		return err
	}
	local, dist, err := r.equivalences()
	if err != nil {
		return err
	}
	mls, err := r.storeMLS()
	if err != nil {
		return err
	}
	if len(records) > 0 && heading {
		fmt.Fprintf(&r.out, "%-50s %-18s %s\n\n", "SELinux fcontext", "type", "Context")
	}
	for _, f := range lastOfEach(records) {
		c := f.Context
		switch {
		case c == (semanage.Context{}):
			fmt.Fprintf(&r.out, "%-50s %-18s <<None>>\n", f.Path, semanage.FilesName(f.Files))
			continue
		case !mls:
			c.Range = ""
		}
		fmt.Fprintf(&r.out, "%-50s %-18s %s \n", f.Path, semanage.FilesName(f.Files), c)
	}
	if len(dist) > 0 && !onlyLocal {
		r.listEquivalences("Distribution", dist, heading)
	}
	if len(local) > 0 {
		r.listEquivalences("Local", local, heading)
	}
	return nil
}

func (r *run) listEquivalences(whose string, list []semanage.Equivalence, heading bool) {
	if heading {
		r.out.WriteString("\nSELinux " + whose + " fcontext Equivalence \n\n")
	}
	for _, e := range list {
		r.out.WriteString(e.Path + " = " + e.Like + "\n")
	}
}

// lastOfEach returns the last record of each key, sorted by path and the name of the kind
// of files.
func lastOfEach(records []semanage.Record) []semanage.FileContext {
	index := make(map[semanage.FileContextKey]int, len(records))
	var list []semanage.FileContext
	for _, record := range records {
		f := record.(semanage.FileContext)
		key := semanage.FileContextKey{Path: f.Path, Files: f.Files}
		if i, ok := index[key]; ok {
			list[i] = f
			continue
		}
		index[key] = len(list)
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b semanage.FileContext) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return strings.Compare(semanage.FilesName(a.Files), semanage.FilesName(b.Files))
	})
	return list
}
