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

// ErrNoServer is the error if this machine has neither MariaDB nor MySQL. Its message names the packages to install.
var ErrNoServer = errors.New("no database server on this machine: install MariaDB " +
	"(Debian and Ubuntu: apt-get install mariadb-server-core mariadb-client-core; macOS: brew install mariadb), " +
	"or name a running server in DATABASE_URL")

// serverFolders are usual folders of server programs that are often not in the PATH of a user.
var serverFolders = []string{
	"/usr/sbin", "/usr/bin", "/usr/libexec",
	"/usr/local/sbin", "/usr/local/bin", "/usr/local/libexec", "/usr/local/mysql/bin",
	"/opt/homebrew/bin", "/opt/homebrew/opt/mariadb/bin", "/opt/homebrew/opt/mysql/bin",
}

// findProgram returns the server program of a name or path, or an installed one if name is empty. It
// prefers MariaDB: AppArmor does not confine it, and MySQL is often installed by default.
func findProgram(ctx context.Context, name string, throwaway bool) (serverProgram, error) {
	if name != "" {
		return inspectProgram(ctx, name, throwaway)
	}
	program, installer := lookPath("mariadbd"), lookPath("mariadb-install-db")
	if program != "" && installer != "" {
		return serverProgram{program, installer, throwaway, nil}, nil
	}
	if program := lookPath("mysqld"); program != "" {
		return serverProgram{program, "", throwaway, nil}, nil
	}
	return serverProgram{}, ErrNoServer
}

// inspectProgram runs a program with --version to find its product. The name is not enough: mysqld of
// Debian is a link to mariadbd.
func inspectProgram(ctx context.Context, name string, throwaway bool) (serverProgram, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.Abs(path) // the server runs in another folder
	}
	if err != nil {
		return serverProgram{}, fmt.Errorf("find the database program: %w", err)
	}
	version, err := exec.CommandContext(ctx, path, "--no-defaults", "--version").Output()
	if ctx.Err() != nil {
		return serverProgram{}, context.Cause(ctx)
	}
	if err != nil {
		return serverProgram{}, fmt.Errorf("run %s --version: %w", path, err)
	}
	if !strings.Contains(string(version), "MariaDB") {
		return serverProgram{path, "", throwaway, nil}, nil
	}
	const script = "mariadb-install-db"
	dir := filepath.Dir(path)
	installer := lookPath(script, dir, filepath.Join(dir, "../bin"), filepath.Join(dir, "../scripts"))
	if installer == "" {
		return serverProgram{}, fmt.Errorf("%s is MariaDB, and its %s is missing", path, script)
	}
	return serverProgram{path, installer, throwaway, nil}, nil
}

// lookPath returns the path of an executable, or "". It searches the folders in first, then the PATH,
// then serverFolders.
func lookPath(name string, first ...string) string {
	for _, dir := range slices.Concat(first, filepath.SplitList(os.Getenv("PATH")), serverFolders) {
		path := filepath.Join(dir, name)
		// A relative entry of PATH would run a file in the current folder.
		if _, err := exec.LookPath(path); err == nil && filepath.IsAbs(path) {
			return path
		}
	}
	return ""
}
