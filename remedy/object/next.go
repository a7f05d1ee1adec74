package object

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/kin"
	"github.com/senet-selinux/senet/policy"
)

// Next returns what the kernel asks after a refused access and the policy refuses as well: the permissions on the same
// object, as open after read, and for a change of a directory those on the files there with its label.
func Next(d *access.Decider, source, target policy.Context, class string, perms []string) (same, files []string) {
	refused := func(class string, perms []string) (list []string) {
		check := d.Check(source, target, class, perms...)
		for i := range check.Perms {
			if !check.Perms[i].Allowed {
				list = append(list, check.Perms[i].Name)
			}
		}
		return list
	}
	if more := withFollowers(class, perms)[len(perms):]; len(more) > 0 {
		same = refused(class, more)
	}
	if class == "dir" && slices.Contains(perms, "remove_name") {
		files = refused("file", []string{"unlink", "rename"})
	}
	if class == "dir" && slices.Contains(perms, "add_name") {
		files = append(files, refused("file", []string{"create"})...)
	}
	return same, files
}

// Rotates returns the label for logs that a service rotates itself, where it was refused to remove, rename or write
// over its own logs, to which policies let it append alone: that of its data; "" for other accesses, and where it has
// none.
func Rotates(d *access.Decider, source, target policy.Context, class string, perms []string) string {
	p := d.Policy()
	domain, log := p.TypeName(policy.TypeID(source.Type)), p.TypeName(policy.TypeID(target.Type))
	if !IsLog(log) || kin.Of(domain, log) == kin.Stranger || class != "dir" && class != "file" {
		return ""
	}
	for _, perm := range perms {
		if class == "file" && perm == "write" ||
			slices.Contains([]string{"remove_name", "unlink", "rename", "rmdir"}, perm) {
			return DataLabel(d, source, target)
		}
	}
	return ""
}

// DataLabel returns the label of a domain's own data that it may make, change and remove in place of a target's, "" if
// there is none: that for data by its name, else one of data that stays.
func DataLabel(d *access.Decider, source, target policy.Context) string {
	p := d.Policy()
	target.User = source.User // that of what it makes: constraints on create compare the users
	domain := p.TypeName(policy.TypeID(source.Type))
	a, ok := p.Attribute("file_type")
	if !ok {
		return ""
	}
	best, rank := "", 0
	for id := range p.Members(a).All() {
		name := p.TypeName(id)
		if kin.Of(domain, name) == kin.Stranger || !IsLasting(name) {
			continue
		}
		of := 1
		switch {
		case strings.HasSuffix(name, "_sys_rw_content_t"):
			of = 4
		case holdsData(name) && plainPurpose(name, domain):
			of = 3
		case strings.HasSuffix(name, "_var_lib_t"):
			of = 2
		}
		if target.Type = uint32(id); of > rank && manages(d, source, target) {
			best, rank = name, of
		}
	}
	return best
}

// manages reports whether a domain may make, change and remove files with a label in directories with it.
func manages(d *access.Decider, source, target policy.Context) bool {
	dir := d.Check(source, target, "dir", "search", "write", "add_name", "remove_name")
	file := d.Check(source, target, "file", "create", "open", "append", "write", "rename", "unlink")
	return dir.Allowed() && file.Allowed()
}

// LogLabel returns the label of a domain's own logs that it may make and append to in place of a target's, "" if there
// is none: the one that is named after it first.
func LogLabel(d *access.Decider, source, target policy.Context) (label string) {
	p := d.Policy()
	target.User = source.User
	domain := p.TypeName(policy.TypeID(source.Type))
	a, ok := p.Attribute("file_type")
	if !ok {
		return ""
	}
	nearest := kin.Stranger
	for id := range p.Members(a).All() {
		name := p.TypeName(id)
		of := kin.Of(domain, strings.Replace(name, "_log_t", "_t", 1))
		if !IsLog(name) || of >= nearest {
			continue
		}
		target.Type = uint32(id)
		if check := d.Check(source, target, "file", "create", "open", "append"); check.Allowed() {
			label, nearest = name, of
		}
	}
	return label
}
