package object

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// contained reports whether the subject is a container: its type has an attribute of container
// domains, or the name of one.
func (f *finder) contained() bool {
	typ := policy.TypeID(f.problem.Source.Type)
	for _, name := range []string{"container_domain", "svirt_sandbox_domain"} {
		if a, ok := f.p.Attribute(name); ok && f.p.Members(a).Has(typ) {
			return true
		}
	}
	switch f.p.TypeName(typ) {
	case "container_t", "container_init_t", "svirt_lxc_net_t":
		return true
	}
	return false
}

// withoutHostLabels takes back labels of the host that fit a path or a name which a container uses: they are those in
// the container, and the host has another file there.
func (f *finder) withoutHostLabels() {
	if !f.contained() {
		return
	}
	f.fixes = slices.DeleteFunc(f.fixes, func(x Fix) bool {
		switch x.Kind {
		case Restore, Alike:
			return true
		case Relabel:
			return !strings.HasPrefix(x.Type, "container_") && !strings.HasPrefix(x.Type, "svirt_")
		}
		return false
	})
}

// hostTypes are labels of files that belong to the whole host, by their names in the reference
// policy and in Fedora's: no runtime should relabel them for a container.
var hostTypes = [...]string{
	"user_home_dir_t", "home_root_t", "root_t", "etc_t", "usr_t", "bin_t", "lib_t", "boot_t", "var_t", "var_run_t",
	"runtime_t", "var_lib_t", "var_log_t", "admin_home_t", "proc_t", "sysfs_t", "device_t", "modules_object_t",
	"shadow_t", "passwd_file_t", "selinux_config_t", "cert_t", "init_var_run_t", "udev_var_run_t",
	"container_var_run_t", "tmp_t", "user_tmp_t", "tmpfs_t", "var_spool_t", "var_cache_t", "lib_t",
}

// foreign reports whether the subject is a container and the object belongs to the host.
func (f *finder) foreign() bool {
	return IsFile(f.problem.Class) && f.contained() && !f.problem.Settled && (f.sensitive != "" &&
		f.sensitive != "programs" ||
		slices.Contains(hostTypes[:], f.typeName(f.problem.Target)))
}

// volume gives the files of a volume the label that a runtime gives them for :Z: the type of
// container files, and the container's level.
func (f *finder) volume() {
	switch f.problem.Class {
	case "file", "dir", "lnk_file", "sock_file", "fifo_file":
	default:
		return
	}
	if !f.contained() || f.foreign() || f.keepsNoLabels() || f.problem.Settled {
		return
	}
	for _, name := range []string{"container_file_t", "svirt_sandbox_file_t"} {
		id, ok := f.p.Type(name)
		if !ok || uint32(id) == f.problem.Target.Type {
			continue
		}
		c := f.labelled(id)
		c.Range = f.problem.Source.Range
		if f.p.ValidateContext(c) != nil || !f.allows(f.d, c) {
			continue
		}
		fix := Fix{Kind: Volume, Type: name, Works: true, Applicability: remedy.Review}
		f.cost(&fix, f.d, c)
		f.fixes = append(f.fixes, fix)
		return
	}
}

// keepsNoLabels reports whether the object's label is one that a file system gives to all of its
// files.
func (f *finder) keepsNoLabels() bool {
	a, ok := f.p.Attribute("filesystem_type")
	return ok && f.p.Members(a).Has(policy.TypeID(f.problem.Target.Type))
}

// oneLabel reports whether the object is in a file system that gives all files one label for good, as nfs_t.
func (f *finder) oneLabel() bool {
	a, ok := f.p.Attribute("noxattrfs")
	return ok && f.p.Members(a).Has(policy.TypeID(f.problem.Target.Type))
}
