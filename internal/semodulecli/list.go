package semodulecli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/modstore"
)

// now returns the modules as this run has changed them.
func (r *run) now() ([]modstore.Module, error) {
	if r.tx != nil {
		return r.tx.Modules(), nil
	}
	return r.modules.List()
}

// list prints the modules that take effect, one a line, or all modules.
func (r *run) list(kind string) error {
	list, err := r.now()
	if err != nil {
		return err
	}
	switch kind {
	case "", "standard":
		list = modstore.Counting(list)
		slices.SortStableFunc(list, func(a, b modstore.Module) int { return strings.Compare(a.Name, b.Name) })
	case "full":
	default:
		return errSaid
	}
	if len(list) == 0 {
		fmt.Fprintln(r.stdout, "No modules.")
		return nil
	}
	name, lang := 0, 0
	for _, m := range list {
		name, lang = max(name, len(m.Name)), max(lang, len(m.Lang))
	}
	for _, m := range list {
		sum := ""
		if r.checksums {
			if sum, err = r.checksum(m); err != nil {
				return err
			}
		}
		if kind != "full" {
			fmt.Fprintln(r.stdout, strings.TrimSuffix(m.Name+" "+sum, " "))
			continue
		}
		off := ""
		if m.Disabled {
			off = "disabled"
		}
		if sum != "" {
			sum = " " + sum + " "
		}
		fmt.Fprintf(r.stdout, "%03d %-*s %-*s %-8s%s\n", m.Priority, name, m.Name, lang, m.Lang, off, sum)
	}
	return nil
}

// checksum returns the SHA-256 of a module's CIL.
func (r *run) checksum(m modstore.Module) (string, error) {
	text, err := r.modules.Converted(m)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// extract writes a module to a new file in the working directory.
func (r *run) extract(name string) error {
	list, err := r.now()
	if err != nil {
		return err
	}
	at := r.priority
	if !r.given {
		i := slices.IndexFunc(list, func(m modstore.Module) bool { return m.Name == name })
		if i < 0 {
			return errSaid
		}
		at = list[i].Priority
		fmt.Fprintf(r.stdout, "Extracting at highest existing priority '%d'.\n", at)
	}
	r.say("Attempting to extract module '%s':", name)
	i := slices.IndexFunc(list, func(m modstore.Module) bool { return m.Name == name && m.Priority == at })
	if i < 0 {
		return fmt.Errorf("%w: %03d/%s", modstore.ErrNoModule, at, name)
	}
	m := list[i]
	lang, text := m.Lang, []byte(nil)
	switch {
	case r.cil:
		lang = "cil"
		text, err = r.modules.Converted(m)
	case r.hll && modstore.IsCIL(m.Lang):
		return fmt.Errorf("module %s has no source but CIL", name)
	default:
		text, err = r.modules.Source(m)
	}
	if err != nil {
		return err
	}
	file := name + "." + lang
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		fmt.Fprintf(r.stderr, "semodule: %s is already extracted with extension %s.\n", name, lang)
		return errSaid
	}
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return errors.Join(err, out.Close())
}
