package modstore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// A Built is the result of a build.
type Built struct {
	// Policy is the policy without local records.
	Policy *policydb.Policy
	// Modules are the compiled modules, in that order.
	Modules []Module
	// Origins finds the statements of a rule; nil if the store's last build had the same modules,
	// so that nothing was compiled.
	Origins *compile.Origins
}

// Build compiles the modules and gives the policy, and all files that depend on it, to the
// transaction of the records. The error wraps ErrNoModules if no module is enabled, ErrConvert or
// ErrVerify, or is a *[CompileError].
func (tx *Tx) Build() (*Built, error) {
	s := tx.store
	conf := s.records.Config().Build
	if conf.Verify {
		return nil, ErrVerify
	}
	for _, m := range tx.modules {
		if err := tx.damaged[m.Key]; err != nil {
			return nil, err
		}
	}
	units, idle := tx.units()
	if len(units) == 0 {
		return nil, ErrNoModules
	}
	cache := s.openCache()
	defer cache.close()
	again := conf.IgnoreCache || tx.again
	if err := tx.read(units, cache, again); err != nil {
		return nil, err
	}
	options, err := tx.options()
	if err != nil {
		return nil, err
	}
	b := &Built{Modules: make([]Module, len(units))}
	for i, u := range units {
		b.Modules[i] = u.Module
	}
	result, check, err := s.compile(units, options, cache)
	if err != nil {
		return nil, tx.explain(units, err)
	}
	b.Policy, b.Origins = result.Policy, result.Origins
	if again {
		if check, err = s.checksumOf(units, options, cache, true); err != nil {
			return nil, err
		}
	}
	rebuild, err := tx.rebuild(result)
	if err != nil {
		return nil, err
	}
	rebuild.Active = append(rebuild.Active, tx.files(append(slices.Clone(units), idle...))...)
	rebuild.Active = append(rebuild.Active, semanage.File{Name: "modules_checksum", Data: check})
	if err := tx.records.Rebuild(rebuild); err != nil {
		return nil, err
	}
	cache.keep(s.fresh(units, options, cache))
	return b, nil
}

// Current reports whether the last build used the modules and flags of the transaction, according
// to modules_checksum. It is false where modules have to be converted again.
func (tx *Tx) Current() (bool, error) {
	s := tx.store
	if tx.again || s.records.Config().Build.IgnoreCache {
		return false, nil
	}
	have, err := s.root.ReadFile(s.active("modules_checksum"), sysroot.MaxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, semanage.StoreError(err)
	}
	units, _ := tx.units()
	cache := s.openCache()
	defer cache.close()
	if err := tx.read(units, cache, false); err != nil {
		return false, err
	}
	options, err := tx.options()
	if err != nil {
		return false, err
	}
	sum, err := s.checksumOf(units, options, cache, false)
	return bytes.Equal(sum, have), err
}

// units returns the modules to compile, in their order, and those that are installed but not
// compiled.
func (tx *Tx) units() (units, idle []*unit) {
	compiled := map[Key]bool{}
	for _, m := range activeOf(tx.modules) {
		u := tx.installs[m.Key]
		if u == nil {
			u = &unit{Module: m}
		}
		units = append(units, u)
		compiled[m.Key] = true
	}
	for _, m := range tx.modules {
		if u := tx.installs[m.Key]; u != nil && !compiled[m.Key] {
			idle = append(idle, u)
		}
	}
	return units, idle
}

// read reads the modules, and converts those that are not CIL and were not converted yet.
func (tx *Tx) read(units []*unit, cache *moduleCache, again bool) error {
	for _, u := range units {
		// A newly installed module that is not CIL has to be converted first.
		if u.source != nil && u.text == nil || again && !IsCIL(u.Lang) {
			u.err = errNoCIL
		}
	}
	tx.store.load(units, cache)
	for _, u := range units {
		if u.err == errNoCIL { //nolint:errorlint // a mark of this package
			u.err = tx.convert(u)
		}
	}
	var errs []error
	for _, u := range units {
		if u.err != nil {
			errs = append(errs, u.err)
		}
	}
	return errors.Join(errs...)
}

// convert makes the CIL of a module in another language.
func (tx *Tx) convert(u *unit) error {
	source, err := unpack(u.source)
	if u.source == nil {
		source, err = tx.store.text(u.Key, "hll")
	}
	if err != nil {
		return &ModuleError{"convert", u.Key, err}
	}
	convert := tx.Convert
	if convert == nil {
		if convert, err = tx.store.converter(u.Lang, tx.release); err != nil {
			return err
		}
	}
	text, said, err := convert(u.Lang, source)
	for _, line := range said {
		tx.said = append(tx.said, u.Name+": "+line)
	}
	if err != nil {
		return &ModuleError{"convert", u.Key, err}
	}
	u.text = text
	u.stored = pack(text, tx.store.records.Config().Build.BzipLevel)
	return nil
}

// options returns the options of the compiler: those of semanage.conf, else those of the store's
// present policy.
func (tx *Tx) options() (compile.Options, error) {
	conf := tx.store.records.Config()
	o := compile.Options{
		Version: uint32(conf.PolicyVersion), Target: conf.Build.Target, HandleUnknown: conf.Build.HandleUnknown,
		DisableNeverallow: !conf.Build.Check, MultipleDecls: conf.Build.MultipleDecls, Optimize: conf.Build.Optimize,
		DisableDontAudit: tx.flag(flagNoDontAudit), PreserveTunables: tx.flag(flagTunables),
	}
	now, err := tx.present()
	if err != nil {
		return o, err
	}
	library, known := tx.library()
	o.Libsepol, o.FatalConflicts = releaseFor(now, library, known), tx.FatalConflicts
	switch {
	case o.Version > o.Libsepol.Version() && known && o.Version > library.Version():
		return o, fmt.Errorf("%w: semanage.conf says policy-version = %d, and libsepol %s writes up to %d",
			policydb.ErrUnsupportedVersion, o.Version, library, library.Version())
	case o.Version > release34.Version():
		o.Libsepol = max(o.Libsepol, releaseNeverAudit)
	case o.Version > releaseDJB.Version():
		o.Libsepol = max(o.Libsepol, release34)
	}
	if now != nil {
		if o.Version == 0 {
			o.Version = now.Version
		}
	}
	if o.Version == 0 { // the newest one that is sure to be read
		o.Version = compile.DefaultVersion
		if known {
			o.Version = library.Version()
		}
	}
	o.Version = min(o.Version, o.Libsepol.Version())
	// Else the defaults of its libsemanage.
	if !conf.Build.OptimizeSaid {
		o.Optimize = o.Libsepol >= optimizes
	}
	if !conf.Build.MultipleDeclsSaid {
		o.MultipleDecls = o.Libsepol >= optimizes
	}
	return o, nil
}

// release returns the libsepol release of the store's policy.
func (tx *Tx) release() (compile.Release, error) {
	now, err := tx.present()
	library, known := tx.library()
	return releaseFor(now, library, known), err
}

// present returns the policy in the store, or the installed one, nil for none.
func (tx *Tx) present() (*policydb.Policy, error) {
	if now := tx.records.Linked(); now != nil {
		return now, nil
	}
	s := tx.store
	dir := path.Join("/etc/selinux", s.records.Name(), "policy")
	names, _ := s.root.ReadDir(dir, 0)
	best, file := 0, ""
	for _, name := range names {
		v, ok := strings.CutPrefix(name, "policy.")
		if n, err := strconv.Atoi(v); ok && err == nil && n > best {
			best, file = n, path.Join(dir, name)
		}
	}
	if file == "" {
		return nil, nil
	}
	image, err := s.root.ReadFile(file, maxStored)
	if err != nil {
		return nil, semanage.StoreError(err)
	}
	db, err := policydb.Decode(image)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.root.Path(file), err)
	}
	return db, nil
}
