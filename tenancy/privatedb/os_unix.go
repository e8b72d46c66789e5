//go:build unix

package privatedb

import (
	"os"
	"os/exec"
	"syscall"
)

// tryLock locks a file. It fails with EWOULDBLOCK if another open file has the lock.
func tryLock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// setProcessGroup runs a command in a process group of its own: signals of the terminal do not reach
// it, and a cancelled context kills its children, too.
func setProcessGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if cmd.Cancel != nil {
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}
}
