package change

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes the kernel kill the child when this process ends. semodule ignores
// the signals that it could handle.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
