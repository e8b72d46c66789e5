package privatedb

import (
	"errors"
	"os"
	"os/exec"
)

// Windows has no private database; the server runs there with DATABASE_URL.
func flock(*os.File) error { return errors.ErrUnsupported }

func ownGroup(*exec.Cmd) {}
