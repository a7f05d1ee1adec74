package diagnose

import (
	"github.com/senet-selinux/senet/policy"
)

// RootRefused says that the owner and the mode of a file refuse a process there, root too.
const RootRefused = "the owner or the mode of a file or directory refuses the process there: root passes by them " +
	"with this capability, which SELinux refused"

// noBypass returns the capability without which owner and mode of a file count for a service that runs as root too:
// dac_override where it writes, else dac_read_search. It is "" where the domain may use it, for a domain that no
// service gets, and for an operation that other capabilities are for. SELinux is asked for it by such a service
// alone: a process that is not root has no capability to ask for.
func (g *Diagnoser) noBypass(c policy.Context, operation, use string) string {
	reads := use == "read" || use == "list"
	switch operation {
	case "read", "list", "search", "stat", "chdir", "readlink", "map", "mmap":
		reads = true
	case "open", "":
	case "write", "create", "mkdir", "link", "unlink", "rename", "rmdir", "bind":
		reads = false
	default:
		return ""
	}
	init, ok := g.p.Type("init_t")
	if !ok || c.Type == 0 || c.Type == uint32(init) || g.p.IsPermissive(policy.TypeID(c.Type)) {
		return ""
	}
	manager, ok := g.context("init_t", true)
	if !ok || !g.granted(manager.Context, c, "process", "transition") {
		return ""
	}
	switch {
	case g.granted(c, c, "capability", "dac_override"):
		return ""
	case !reads:
		return "dac_override"
	case g.granted(c, c, "capability", "dac_read_search"):
		return ""
	}
	return "dac_read_search"
}
