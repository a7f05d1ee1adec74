package subject

import (
	"fmt"
	"path"
	"strings"

	"github.com/senet-selinux/senet/policy"
)

// programDirs are searched for a program without a path.
var programDirs = [...]string{"/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/libexec", "/sbin",
	"/bin"}

// ProgramDirs returns the directories that are searched for a program without a path.
func ProgramDirs() []string { return programDirs[:] }

// named finds a service by its name: a unit of that name, else a program of the system, else one in
// file_contexts that is not installed, else a type NAME_t. The error wraps ErrUnknown if there is
// none.
func (f *finder) named(name string) error {
	unknown := fmt.Errorf("%w: %s", ErrUnknown, name)
	if name == "" || strings.ContainsAny(name, "/ \t") {
		return unknown
	}
	// A unit that starts /bin/true represents other units, which are the service.
	if u, err := loadUnit(f.Root, name); err == nil && path.Base(u.Exec) != "true" {
		if err := f.start(&u, name); err == nil {
			f.runs(name, "runs")
			return nil
		}
		f.s.Steps = nil
	}
	for _, dir := range programDirs {
		if file := dir + "/" + name; f.Root.Exists(file) {
			if err := f.run(file, false); err != nil {
				break // for example of a policy that is not this system's
			}
			f.runs(name, "runs")
			return nil
		}
	}
	f.s.Steps = nil
	if f.elsewhere(name) {
		return nil
	}
	f.s.Steps = nil
	if f.notInstalled(name) {
		f.runs(name, "would run")
		return nil
	}
	f.s.Steps = nil
	if found, ok := f.typeOf(name); ok {
		f.s.Context, f.s.Assumed = found.Context, true
		f.step("named", "", "no unit and no program of the name %s was found; the policy has a type of that name: %s",
			name, found.Name)
		return nil
	}
	return unknown
}

// typeOf finds the type with the name of a service.
func (f *finder) typeOf(name string) (Subject, bool) {
	for _, try := range []string{name + "_t", strings.TrimSuffix(name, "d") + "_t", name + "d_t"} {
		if found, err := Resolve(f.p, try); err == nil {
			return found, true
		}
	}
	return Subject{}, false
}

// notInstalled finds the context of a program that does not exist, by a label that file_contexts
// has only for it.
func (f *finder) notInstalled(name string) bool {
	table, err := f.FileContexts()
	if err != nil {
		return false
	}
	for _, dir := range programDirs {
		m, err := table.Lookup(path.Join(dir, name), '-')
		if err != nil {
			continue
		}
		label, err := f.p.ParseContext(m.Context)
		if err != nil || general(f.typeName(label)) {
			continue
		}
		init, err := f.initContext()
		if err != nil {
			return false
		}
		f.s.Steps = nil
		f.step("file_contexts", m.File, "%s is not installed; %s would be labelled %s", name, m.Path, m.Context)
		if f.exec(init, label, m.Path, false) == nil && f.s.Context.Type != init.Type {
			return true
		}
	}
	return false
}

// general reports whether a label is a general one for programs.
func general(typ string) bool {
	switch typ {
	case "bin_t", "sbin_t", "usr_t", "lib_t", "file_t", "unlabeled_t", "default_t":
		return true
	}
	return false
}

// IsLeftover reports whether a type is one in which the reference policy leaves a daemon whose
// program has no own label: the type of its starter. init_t is also systemd's own.
func IsLeftover(typ string) bool {
	return typ == "init_t" || typ == "initrc_t" || typ == "unconfined_service_t"
}

// runs adds the context of the program as the last step.
func (f *finder) runs(name, verb string) {
	name = strings.TrimSuffix(name, ".service")
	domain := f.typeName(f.s.Context)
	unconfined, ok := f.p.Attribute("unconfined_domain_type")
	free := ok && f.p.Members(unconfined).Has(policy.TypeID(f.s.Context.Type)) || IsLeftover(domain)
	own, has := f.typeOf(name)
	switch {
	case !free:
		f.step("runs", "", "%s %s as %s here", name, verb, domain)
	case has && own.Name != domain:
		f.step("runs", "", "%s %s as %s here, which is not confined: the policy has %s, but no transition to it", name,
			verb, domain, own.Name)
	default:
		f.step("runs", "", "this policy does not confine %s: it %s as %s", name, verb, domain)
	}
}
