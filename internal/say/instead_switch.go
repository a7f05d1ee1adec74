package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/object"
)

// allDevices is the boolean of container-selinux that opens all devices to all containers.
const allDevices = "container_use_devices"

// insteadSwitch says which boolean the policy has for an access for which no rule is offered: one for devices of this
// kind or a file system in containers, or the service's own for the storage of containers; "" where it has none but
// for far more.
func (x *AccessFixes) insteadSwitch() string {
	switch x.InsteadOfRule {
	case diagnose.InsteadDevice, diagnose.InsteadStorage, diagnose.InsteadHostPath:
	default:
		return ""
	}
	i := slices.IndexFunc(x.Fixes, func(f object.Fix) bool {
		return f.Kind == object.Boolean && f.Works && f.Own && !f.Wide()
	})
	if i < 0 {
		return ""
	}
	f := &x.Fixes[i]
	var commands []string
	for _, c := range x.Commands(f) {
		commands = append(commands, c.String())
	}
	set := strings.Join(commands, "; ")
	switch x.InsteadOfRule {
	case diagnose.InsteadHostPath:
		return words.Sprintf("the boolean for files labelled %s, for all containers: %s; where only containers use "+
			"that file system, the mount option context=\"system_u:object_r:container_file_t:s0\" instead", x.target(),
			set)
	case diagnose.InsteadStorage:
		return words.Sprintf("if its settings name files of containers, the boolean for that: %s; else leave it "+
			"refused, or hide it with a dontaudit rule, and have the program leave out the storage of containers", set)
	}
	if slices.ContainsFunc(f.Bools, func(s policy.BoolSetting) bool {
		return x.Policy.BoolName(s.Bool) == allDevices
	}) {
		return words.Sprintf("udica makes a policy for this container; the boolean %s opens all devices to all "+
			"containers: %s", allDevices, set)
	}
	return words.Sprintf("the boolean for devices labelled %s, for all containers: %s; for this container alone udica "+
		"makes a policy; %s=on, for all devices, opens more", x.target(), set, allDevices)
}
