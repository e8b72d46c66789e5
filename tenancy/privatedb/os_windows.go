package privatedb

import (
	"errors"
	"os"
	"os/exec"
)

// tryLock fails: there is no private database on Windows, only DATABASE_URL.
func tryLock(*os.File) error { return errors.ErrUnsupported }

// setProcessGroup does nothing.
func setProcessGroup(*exec.Cmd) {}
