package change

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel kill the child when this process ends. semodule
// ignores the signals that ask.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
