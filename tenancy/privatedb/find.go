package privatedb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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

// find returns the server program called name, or an installed one if name is empty. Of
// those it prefers MariaDB, which AppArmor does not confine; where both are installed,
// MariaDB was installed on purpose.
func find(ctx context.Context, name string, throwaway bool) (engine, error) {
	if name != "" {
		return inspect(ctx, name, throwaway)
	}
	program, installer := look("mariadbd"), look("mariadb-install-db")
	if program != "" && installer != "" {
		return engine{program, installer, throwaway, nil}, nil
	}
	if program := look("mysqld"); program != "" {
		return engine{program, "", throwaway, nil}, nil
	}
	return engine{}, ErrNoServer
}

// inspect runs a program with --version to learn its product. Its name is not enough:
// Debian's mysqld is a link to mariadbd.
func inspect(ctx context.Context, name string, throwaway bool) (engine, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.Abs(path) // the server runs in another folder
	}
	if err != nil {
		return engine{}, fmt.Errorf("find the database program: %w", err)
	}
	version, err := exec.CommandContext(ctx, path, "--no-defaults", "--version").Output()
	if ctx.Err() != nil {
		return engine{}, context.Cause(ctx)
	}
	if err != nil {
		return engine{}, fmt.Errorf("run %s --version: %w", path, err)
	}
	if !strings.Contains(string(version), "MariaDB") {
		return engine{path, "", throwaway, nil}, nil
	}
	const script = "mariadb-install-db"
	dir := filepath.Dir(path)
	installer := look(script, dir, filepath.Join(dir, "../bin"), filepath.Join(dir, "../scripts"))
	if installer == "" {
		return engine{}, fmt.Errorf("%s is MariaDB, and its %s is missing", path, script)
	}
	return engine{path, installer, throwaway, nil}, nil
}

// look returns the path of an executable, or "". It searches the folders in first, then the
// PATH, then the usual folders of servers.
func look(name string, first ...string) string {
	for _, dir := range slices.Concat(first, filepath.SplitList(os.Getenv("PATH")), folders) {
		path := filepath.Join(dir, name)
		// A relative entry would run whatever lies in the current folder.
		if _, err := exec.LookPath(path); err == nil && filepath.IsAbs(path) {
			return path
		}
	}
	return ""
}
