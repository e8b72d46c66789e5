package privatedb

import (
	"os"
	"path/filepath"
	"slices"
)

// serverProgram is a server program of this machine and how to run it.
type serverProgram struct {
	path string
	// installer is MariaDB's script that initialises a data folder. It is empty for MySQL, whose
	// server does this.
	installer string
	throwaway bool
	flags     []string
}

// isMySQL reports whether the program is MySQL's, not MariaDB's.
func (p serverProgram) isMySQL() bool { return p.installer == "" }

// initialiseArgs returns the command that creates the system tables in the empty folder data, with a
// user root without a password. It must run in the parent of data.
func (p serverProgram) initialiseArgs(data string) []string {
	if p.isMySQL() {
		args := []string{p.path, "--no-defaults", "--initialize-insecure", "--datadir=" + data}
		return append(append(args, rootFlags()...), p.noSyncFlags()...)
	}
	// The installer is a script that fails on a space in a path. With --user it would change the
	// owner of the PAM plugin of this machine; without --user it also works as root.
	args := []string{
		p.installer, "--no-defaults", "--datadir=./" + filepath.Base(data),
		"--auth-root-authentication-method=normal", "--skip-test-db", "--force",
	}
	return append(args, p.noSyncFlags()...)
}

// serveArgs returns the command that runs the server.
func (p serverProgram) serveArgs(f *dataFolder, sockets string) []string {
	args := []string{
		p.path, "--no-defaults",
		"--datadir=" + f.dataDir(), "--tmpdir=" + f.tempDir(),
		"--socket=" + filepath.Join(sockets, "s"), "--pid-file=" + filepath.Join(sockets, "pid"),
		"--skip-networking", "--skip-log-bin", "--performance-schema=OFF",
		"--character-set-server=utf8mb4", "--default-time-zone=+00:00",
		"--innodb-buffer-pool-size=256M",
		"--back-log=500", // the listen queue, for many connections on a busy machine
	}
	if p.isMySQL() {
		// The default of secure-file-priv is a folder that only the full package of the
		// distribution creates; the server does not start without it.
		args = append(args, "--mysqlx=OFF", "--secure-file-priv=NULL")
	}
	if p.throwaway {
		// Not for the initialiser, whose files must be complete.
		args = append(args, "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF", "--innodb-fast-shutdown=2")
	}
	return slices.Concat(args, rootFlags(), p.noSyncFlags(), p.flags)
}

// rootFlags returns the flags without which the server refuses to run as root.
func rootFlags() []string {
	if os.Geteuid() == 0 {
		return []string{"--user=root"}
	}
	return nil
}

// noSyncFlags returns flags that avoid syncs to disk, for a throwaway database.
func (p serverProgram) noSyncFlags() []string {
	switch {
	case !p.throwaway:
		return nil
	case p.isMySQL():
		return []string{"--innodb-flush-method=nosync"}
	default:
		return []string{"--loose-debug-no-sync", "--innodb-log-file-size=32M"}
	}
}
