package privatedb

import (
	"os"
	"path/filepath"
	"slices"
)

// engine is the server program of this machine, and what is particular about it.
type engine struct {
	program   string
	installer string // MariaDB's; MySQL initialises itself
	throwaway bool
	flags     []string
}

func (e engine) isMySQL() bool { return e.installer == "" }

// initialiseArgs is the command that makes the system tables in the empty folder
// data, with a root who needs no password. It runs in the folder above data.
func (e engine) initialiseArgs(data string) []string {
	if e.isMySQL() {
		args := []string{e.program, "--no-defaults", "--initialize-insecure", "--datadir=" + data}
		return append(append(args, asRoot()...), e.unsynced()...)
	}
	// The installer is a script that trips over a space in a path. It gets no
	// --user, or it would change the owner of the machine's own PAM plugin; nor
	// does it need one, as root.
	args := []string{
		e.installer, "--no-defaults", "--datadir=./" + filepath.Base(data),
		"--auth-root-authentication-method=normal", "--skip-test-db", "--force",
	}
	return append(args, e.unsynced()...)
}

// serveArgs is the command that runs the database.
func (e engine) serveArgs(f *folder, sockets string) []string {
	args := []string{
		e.program, "--no-defaults",
		"--datadir=" + f.data(), "--tmpdir=" + f.tmp(),
		"--socket=" + filepath.Join(sockets, "s"), "--pid-file=" + filepath.Join(sockets, "pid"),
		"--skip-networking", "--skip-log-bin", "--performance-schema=OFF",
		"--character-set-server=utf8mb4", "--default-time-zone=+00:00",
		"--innodb-buffer-pool-size=256M",
		"--back-log=500", // the listen queue, for many connections while the machine is busy
	}
	if e.isMySQL() {
		// The default of secure-file-priv is a folder that only the distribution's
		// full package makes, and without it the server does not start.
		args = append(args, "--mysqlx=OFF", "--secure-file-priv=NULL")
	}
	if e.throwaway {
		// Not for the initialiser: what it leaves has to be whole.
		args = append(args, "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF", "--innodb-fast-shutdown=2")
	}
	return slices.Concat(args, asRoot(), e.unsynced(), e.flags)
}

// asRoot is the consent without which neither server runs as root.
func asRoot() []string {
	if os.Geteuid() == 0 {
		return []string{"--user=root"}
	}
	return nil
}

// unsynced trades durability, which a throwaway database has no use for.
func (e engine) unsynced() []string {
	switch {
	case !e.throwaway:
		return nil
	case e.isMySQL():
		return []string{"--innodb-flush-method=nosync"}
	default:
		return []string{"--loose-debug-no-sync", "--innodb-log-file-size=32M"}
	}
}
