package policydiff

import "slices"

// A Danger is what a domain gains that gets it beyond the policy, or to what the
// policy is there to keep.
type Danger struct {
	Domain string
	Why    string // a code of Dangers
	Rule   RuleChange
}

// A dangerous is one line of the list of dangers. A target of "" is any, of "self" the
// source, of "other" any but the source.
type dangerous struct {
	why, target, class string
	perms              []string
}

func (d *dangerous) about(x *RuleChange) bool {
	switch {
	case d.class != x.Class:
		return false
	case d.target == "self":
		return x.Source == x.Target
	case d.target == "other":
		return x.Source != x.Target
	}
	return d.target == "" || d.target == x.Target
}

// The short list of what a reviewer has to see. A name of a type is one of the
// reference policy; a policy without it has no such line.
func dangerList() []dangerous {
	readWrite := []string{"append", "read", "write"}
	write := []string{"append", "write"}
	return []dangerous{
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
		{"domain", "self", "process", []string{"setcurrent"}},
		{"bpf", "self", "bpf", []string{"prog_load"}},
	}
}

// dangers adds what an allow rule gives that is on the list.
func (r *Report) dangers(x *RuleChange) {
	var gained []string
	for _, d := range dangerList() {
		if !d.about(x) {
			continue
		}
		if gained == nil {
			gained = x.Gained()
		}
		if slices.ContainsFunc(gained, func(p string) bool { return slices.Contains(d.perms, p) }) {
			r.Dangerous = append(r.Dangerous, Danger{x.Source, d.why, *x})
			return
		}
	}
}
