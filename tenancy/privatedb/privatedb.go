// Package privatedb runs a private MariaDB or MySQL server as a child process, for development and
// tests. It guarantees:
//
//   - No setup: Start creates and initialises the data folder. It needs no root, and ignores the
//     machine's configuration files.
//   - No other user can connect: the server listens only on a Unix socket in a folder of mode 0700.
//   - The server ends with this process: it is shut down cleanly even after SIGKILL.
//   - Two servers never run in the same folder.
//
// Start with [Start] and [Server]. A supervisor, which is a shell script in supervisor.go, is the
// parent of the server and stops it. The lock in lock.go is inherited by the server, so the folder
// stays locked until both have ended. program.go has the command lines of MariaDB and MySQL.
//
// It does not run on Windows, where Start fails with errors.ErrUnsupported.
package privatedb

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Options configure the server. The zero value is right for development.
type Options struct {
	// Log is the log of starts and stops; nil is slog.Default().
	Log *slog.Logger

	// Program is the path of mariadbd or mysqld, or a name in the PATH. If it is empty, Start
	// runs an installed program, MariaDB if there are both.
	Program string

	// Flags are additional flags for the server.
	Flags []string

	// Throwaway is for tests: data is not synced to disk, and the folder is removed after the
	// server has ended. The folder must be new or empty.
	Throwaway bool
}

// Start runs a server with its data in dir, and returns when a client can log in. It creates dir if
// it does not exist; the first start initialises it, which takes seconds.
//
// It fails with ErrNoServer if the machine has no server program, with ErrInUse if a server runs in
// dir, with the last lines of the log if the server ends early, and with the cause of ctx if ctx ends
// first. No process is left then. After Start has returned, ctx has no effect.
func Start(ctx context.Context, dir string, opts Options) (*Server, error) {
	log := cmp.Or(opts.Log, slog.Default())
	began := time.Now()
	s, err := startIn(ctx, dir, opts, log)
	if err != nil {
		return nil, fmt.Errorf("start the private database: %w", err)
	}
	log.Info("private database started", "version", s.Version(), "pid", s.pid,
		"dir", dir, "took", time.Since(began).Round(time.Millisecond))
	return s, nil
}

// startIn is Start, with errors that lack its prefix.
func startIn(ctx context.Context, dir string, opts Options, log *slog.Logger) (*Server, error) {
	e, err := findProgram(ctx, opts.Program, opts.Throwaway)
	if err != nil {
		return nil, err
	}
	e.flags = opts.Flags
	f, err := openFolder(ctx, dir, opts.Throwaway, log)
	if err != nil {
		return nil, err
	}
	defer f.close()
	s, err := f.initialiseAndLaunch(ctx, e, log)
	if err != nil {
		return nil, errors.Join(err, f.removeThrowaway())
	}
	err = s.waitUntilReady(ctx)
	if err == nil {
		err = s.publishSocket(f.dir)
	}
	if err != nil {
		_ = s.Stop() // err is the cause, and Stop would only report the kill
		return nil, err
	}
	return s, nil
}

// initialiseAndLaunch starts the server, after the initialisation of a new folder.
func (f *dataFolder) initialiseAndLaunch(ctx context.Context, e serverProgram, log *slog.Logger) (*Server, error) {
	if err := f.initialiseData(ctx, e, log); err != nil {
		return nil, err
	}
	return launchServer(e, f, log)
}

// waitUntilReady returns when a client can log in. It fails if the server refuses the login or ends, or
// when ctx ends.
func (s *Server) waitUntilReady(ctx context.Context) error {
	slow := time.AfterFunc(10*time.Second, func() { s.log.Warn("private database is still starting") })
	defer slow.Stop()
	db, err := sql.Open("mysql", s.DSN(""))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for {
		err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&s.version)
		if err == nil {
			_, err = fmt.Fprintln(s.stdin, "up")
			return err
		}
		if refused := (*mysql.MySQLError)(nil); errors.As(err, &refused) {
			return err
		}
		select {
		case <-s.done:
			return errors.Join(errors.New("the server program ended before it accepted a connection"), s.failure)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
