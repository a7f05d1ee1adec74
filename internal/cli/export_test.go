package cli

import "os/exec"

// UseSemoduleOfPath makes commands run the semodule that PATH has first, as root too.
func UseSemoduleOfPath() {
	if path, err := exec.LookPath("semodule"); err == nil {
		semoduleForTest = path
	}
}
