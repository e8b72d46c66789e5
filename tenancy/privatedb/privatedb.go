// Package privatedb runs a MariaDB or MySQL of our own as a child process, for
// development and tests. It promises that
//
//   - nothing has to be set up: the folder is made and initialised on first use,
//     no root is needed, and the machine's own configuration plays no part;
//   - no other user reaches the database: it listens on a unix socket in a folder
//     of mode 0700 and nowhere else;
//   - the database never outlives us: when our process ends, even by SIGKILL, it
//     is shut down cleanly;
//   - no two databases run on one folder.
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

// Options say how the database runs. The zero value is right for development.
type Options struct {
	// Log receives what Start and Stop do; nil means slog.Default().
	Log *slog.Logger

	// Program is the server program to run, a mariadbd or mysqld: a path, or a name to
	// find in the PATH. If it is empty, Start runs an installed one.
	Program string

	// Flags are further command-line flags of the server.
	Flags []string

	// Throwaway is for tests: nothing is synced to disk, and the folder, which
	// must be new or empty, is removed when the database has ended.
	Throwaway bool
}

// Start runs the database in dir, which it makes if need be, and waits until a
// login succeeds. The first start initialises the folder, which takes seconds.
//
// It fails with ErrNoServer when the machine has no database server, with
// ErrInUse when a database runs on dir already, with the last lines of the log
// when the database ends early, and with ctx's error when ctx ends first; then
// no process is left behind. Once it has returned, ctx no longer matters.
func Start(ctx context.Context, dir string, opts Options) (*Server, error) {
	log := cmp.Or(opts.Log, slog.Default())
	began := time.Now()
	s, err := start(ctx, dir, opts, log)
	if err != nil {
		return nil, fmt.Errorf("start the private database: %w", err)
	}
	log.Info("private database started", "version", s.Version(), "pid", s.pid,
		"dir", dir, "took", time.Since(began).Round(time.Millisecond))
	return s, nil
}

func start(ctx context.Context, dir string, opts Options, log *slog.Logger) (*Server, error) {
	e, err := find(ctx, opts.Program, opts.Throwaway)
	if err != nil {
		return nil, err
	}
	e.flags = opts.Flags
	f, err := open(ctx, dir, opts.Throwaway, log)
	if err != nil {
		return nil, err
	}
	defer f.close()
	s, err := f.run(ctx, e, log)
	if err != nil {
		return nil, errors.Join(err, f.discard())
	}
	err = s.await(ctx)
	if err == nil {
		err = s.publish(f.dir)
	}
	if err != nil {
		_ = s.Stop() // err says more than that it was killed
		return nil, err
	}
	return s, nil
}

func (f *folder) run(ctx context.Context, e engine, log *slog.Logger) (*Server, error) {
	if err := f.initialise(ctx, e, log); err != nil {
		return nil, err
	}
	return launch(e, f, log)
}

// await returns when the database answers or refuses, has ended, or ctx has.
func (s *Server) await(ctx context.Context) error {
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
			_, err = fmt.Fprintln(s.lifeline, "up")
			return err
		}
		if refusal := (*mysql.MySQLError)(nil); errors.As(err, &refusal) {
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
