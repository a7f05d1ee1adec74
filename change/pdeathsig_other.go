//go:build !linux

package change

import "os/exec"

// dieWithParent does nothing: there is no semodule elsewhere.
func dieWithParent(*exec.Cmd) {}
