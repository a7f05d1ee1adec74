package say

import (
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// moduleText says how a module of the kernel is loaded without the program that asked for it.
func moduleText(name string) string {
	if name == "" {
		name = "NAME"
	}
	return words.Sprintf("load it before the program asks, which opens nothing: %s now, and for each boot a line %s "+
		"in %s; the boolean domain_kernel_load_modules, where the policy has it, is for all domains",
		shell.New("modprobe").Arg(name), name, "/etc/modules-load.d/"+name+".conf")
}
