package cli

import (
	"os/exec"
	"strings"
)

// UseSemoduleOfPath makes commands build modules by the semodule that PATH has first, as
// root too, if it is a test's own. Else modules are built here.
func UseSemoduleOfPath() {
	path, err := exec.LookPath("semodule")
	if system := strings.HasPrefix(path, "/usr/") || strings.HasPrefix(path, "/sbin/"); err == nil && !system {
		semoduleForTest = path
	}
}
