package allow

import (
	"iter"
	"slices"
)

// A dangerous is one line of the list of dangers. The target "" matches any type, "self" the
// source, "other" any type but the source.
type dangerous struct {
	why, target, class string
	perms              []string
}

func (d *dangerous) about(source, target, class string) bool {
	switch {
	case d.class != class:
		return false
	case d.target == "self":
		return source == target
	case d.target == "other":
		return source != target
	}
	return d.target == "" || d.target == target
}

// The list of dangers that a reviewer must see. The names of types are those of the reference
// policy; a policy without such a type has no such danger.
var (
	readWrite = []string{"append", "read", "write"}
	write     = []string{"append", "write"}
	dangers   = []dangerous{
		{"policy", "", "security", []string{"load_policy", "setbool", "setenforce", "setsecparam"}},
		{"policy", "selinux_config_t", "file", write},
		{"policy", "policy_config_t", "file", write},
		{"policy", "semanage_store_t", "file", write},
		{"module", "", "system", []string{"module_load"}},
		{"module", "self", "capability", []string{"sys_module"}},
		{"memory", "memory_device_t", "chr_file", readWrite},
		{"memory", "self", "capability", []string{"sys_rawio"}},
		{"disk", "fixed_disk_device_t", "blk_file", readWrite},
		{"passwords", "shadow_t", "file", readWrite},
		{"ptrace", "other", "process", []string{"ptrace"}},
		{"code", "self", "process", []string{"execheap", "execstack"}},
		{"domain", "self", "process", []string{"setcurrent"}},
		{"bpf", "self", "bpf", []string{"prog_load"}},
	}
)

// DangerousObject returns why a type of objects is on the list, "" if it is not.
func DangerousObject(typ string) string {
	for _, d := range dangers {
		if d.target == typ && typ != "" && typ != "self" && typ != "other" {
			return d.why
		}
	}
	return ""
}

// DangerousObjects yields the types of objects that are on the list; some of them more than once.
func DangerousObjects() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, d := range dangers {
			if DangerousObject(d.target) != "" && !yield(d.target) {
				return
			}
		}
	}
}

// DangerousClass reports whether the list has a rule for a class.
func DangerousClass(class string) bool {
	return slices.ContainsFunc(dangers, func(d dangerous) bool { return d.class == class })
}

// Danger returns why an allow rule gets its source beyond the policy, or to what the
// policy is there to keep: policy, module, memory, disk, passwords, ptrace, code,
// domain or bpf; "" where it is not on the short list. perms returns the rule's permissions; it is
// not called where they do not matter.
func Danger(source, target, class string, perms func() []string) string {
	var names []string
	for _, d := range dangers {
		if !d.about(source, target, class) {
			continue
		}
		if names == nil {
			names = perms()
		}
		if slices.ContainsFunc(names, func(p string) bool { return slices.Contains(d.perms, p) }) {
			return d.why
		}
	}
	return ""
}
