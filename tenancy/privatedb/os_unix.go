//go:build unix

package privatedb

import (
	"os"
	"os/exec"
	"syscall"
)

// flock fails with EWOULDBLOCK when another open file holds the lock.
func flock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// ownGroup keeps the terminal's signals from the command, and makes cancelling
// it reach its children.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if cmd.Cancel != nil {
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}
}
