package cli

import "os/exec"

// UseSemoduleOfPath makes commands run the semodule that PATH has first, as root too, or none
// where PATH has none.
func UseSemoduleOfPath() {
	semoduleForTest = "none"
	if path, err := exec.LookPath("semodule"); err == nil {
		semoduleForTest = path
	}
}
