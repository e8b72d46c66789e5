package privatedb

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

// ErrNoServer says that this machine has neither MariaDB nor MySQL, and what to
// install.
var ErrNoServer = errors.New("no database server on this machine: install MariaDB " +
	"(Debian and Ubuntu: apt-get install mariadb-server-core mariadb-client-core; macOS: brew install mariadb), " +
	"or name a running server in DATABASE_URL")

// folders hold servers and are often missing in an ordinary user's PATH.
var folders = []string{
	"/usr/sbin", "/usr/bin", "/usr/libexec",
	"/usr/local/sbin", "/usr/local/bin", "/usr/local/libexec", "/usr/local/mysql/bin",
	"/opt/homebrew/bin", "/opt/homebrew/opt/mariadb/bin", "/opt/homebrew/opt/mysql/bin",
}

// find prefers MariaDB: a machine that has both got it on purpose, and AppArmor
// does not confine it.
func find(throwaway bool) (engine, error) {
	program, installer := look("mariadbd"), look("mariadb-install-db")
	if program != "" && installer != "" {
		return engine{program, installer, throwaway}, nil
	}
	if program := look("mysqld"); program != "" {
		return engine{program, "", throwaway}, nil
	}
	return engine{}, ErrNoServer
}

func look(name string) string {
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), folders...) {
		path := filepath.Join(dir, name)
		// A relative entry would run whatever lies in the current folder.
		if _, err := exec.LookPath(path); err == nil && filepath.IsAbs(path) {
			return path
		}
	}
	return ""
}
