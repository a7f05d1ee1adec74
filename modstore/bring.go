package modstore

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
)

// The bounds of a search for the modules that declare missing names.
const (
	maxMissing  = 16   // names
	maxPackages = 1000 // files
)

// packageDirs are the directories in which distributions install packages of modules; %s is the
// name of the store.
var packageDirs = [...]string{"/usr/share/selinux/%s", "/usr/share/selinux/packages", "/usr/share/selinux/packages/%s"}

// declares reports whether a statement declares names of a [compile.Diagnostic.Sort].
func declares(statement, sort string) bool {
	switch statement {
	case "type", "typealias", "typeattribute":
		return sort == "type or attribute"
	case "role", "roleattribute":
		return sort == "role"
	case "user", "userattribute":
		return sort == "user"
	case "class", "classmap":
		return sort == "class"
	case "boolean", "tunable":
		return sort == statement
	}
	return false
}

// bring adds notes to the errors about missing names. Each note tells a module that declares the
// name: one of the store that is disabled or hidden by a higher priority, else one that the
// distribution has in a file.
func (tx *Tx) bring(units []*unit, found *compile.Errors) {
	missing := make(map[string][]*compile.Diagnostic)
	for _, d := range found.List {
		if d.Kind == compile.Missing && d.Name != "" && (len(missing) < maxMissing || missing[d.Name] != nil) {
			missing[d.Name] = append(missing[d.Name], d)
		}
	}
	used := make(map[string]bool) // modules of the policy, by key and by name
	for _, u := range units {
		used[u.Key.String()], used[u.Name] = true, true
	}
	look := func(name string, text []byte, say func() string) {
		f, err := cil.ParseFile(name, string(text))
		if err != nil || len(text) == 0 {
			return
		}
		for _, word := range declared(f, missing) {
			for _, d := range missing[word] {
				d.Notes = append(d.Notes, compile.Note{Msg: say()})
			}
			delete(missing, word)
		}
	}
	for _, m := range tx.modules {
		if len(missing) == 0 {
			return
		}
		if used[m.Key.String()] {
			continue
		}
		text, err := tx.CIL(m.Key)
		if err != nil {
			continue
		}
		look(m.Name, text, func() string {
			if m.Disabled {
				return fmt.Sprintf("module %s declares it, and is disabled", m.Name)
			}
			return fmt.Sprintf("module %s of priority %d declares it, and one of a higher priority takes its place",
				m.Name, m.Priority)
		})
	}
	for _, file := range tx.packages(used) {
		if len(missing) == 0 {
			return
		}
		text, err := tx.packageText(file)
		if err != nil {
			continue
		}
		look(file, text, func() string {
			return fmt.Sprintf("%s declares it, and is not installed", tx.store.root.Path(file))
		})
	}
}

// declared lists the missing names that a file declares.
func declared(f *cil.File, missing map[string][]*compile.Diagnostic) (names []string) {
	for i := uint32(0); i < f.Len(); i++ {
		if !f.IsList(i) || f.End(i) <= i+2 || f.IsList(i+1) || f.IsList(i+2) {
			continue
		}
		name := f.Text(i + 2)
		list := missing[name]
		if len(list) == 0 || slices.Contains(names, name) {
			continue
		}
		if declares(f.Text(i+1), list[0].Sort) {
			names = append(names, name)
		}
	}
	return names
}

// packages lists the files of modules that the policy does not use.
func (tx *Tx) packages(used map[string]bool) (files []string) {
	for _, dir := range packageDirs {
		if strings.Contains(dir, "%s") {
			dir = fmt.Sprintf(dir, tx.store.records.Name())
		}
		names, err := tx.store.root.ReadDir(dir, maxPackages)
		if err != nil {
			continue
		}
		slices.Sort(names)
		for _, name := range names {
			module, ext := cutPackage(name)
			if ext != "" && !used[module] {
				files = append(files, path.Join(dir, name))
			}
		}
	}
	return files
}

// cutPackage returns the name and the language of a module from the name of its file, "" for other
// files.
func cutPackage(file string) (module, lang string) {
	base := strings.TrimSuffix(file, ".bz2")
	for _, lang := range []string{langPackage, langCIL} {
		if module, ok := strings.CutSuffix(base, "."+lang); ok {
			return module, lang
		}
	}
	return "", ""
}

// packageText returns the CIL of a file of a module.
func (tx *Tx) packageText(file string) ([]byte, error) {
	data, err := tx.store.root.ReadFile(file, maxStored)
	if err != nil {
		return nil, err
	}
	if data, err = Unpack(data); err != nil {
		return nil, err
	}
	if _, lang := cutPackage(file); lang == langCIL {
		return data, nil
	}
	release, err := tx.release()
	if err != nil {
		return nil, err
	}
	text, _, err := convertPackage(data, release)
	return text, err
}

// explain adds notes to an error of the compiler: which modules declare the missing names.
func (tx *Tx) explain(units []*unit, err error) error {
	var found *CompileError
	if errors.As(err, &found) {
		tx.bring(units, found.Errors)
	}
	return err
}
