package privatedb

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Server is a running private database. Its methods are safe for concurrent use.
type Server struct {
	socket   string
	version  string
	pid      int
	log      *slog.Logger
	lifeline io.WriteCloser // the keeper reads it: its end, or ours, ends the database
	done     chan struct{}  // closed when the database has ended
	failure  error          // how it ended; set before done is closed
}

// DSN returns the data source name of a database on this server, in the form of
// go-sql-driver/mysql; no database when the name is empty. It does not look
// whether the database exists and cannot fail.
func (s *Server) DSN(database string) string {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.DBName = "root", "unix", s.socket, database
	return c.FormatDSN()
}

// Version returns the product and version that the server itself told at its
// start, such as "MariaDB 10.11.19". It cannot fail.
func (s *Server) Version() string {
	number, rest, _ := strings.Cut(s.version, "-")
	if strings.Contains(rest, "MariaDB") {
		return "MariaDB " + number
	}
	return "MySQL " + number
}

// PID returns the process id of the database itself, not of a parent of it. It
// cannot fail; when Done is closed, the number means nothing any more.
func (s *Server) PID() int { return s.pid }

// Done returns a channel that is closed when the database has ended, whoever
// ended it. Stop then tells how.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop shuts the database down and waits for its end; after 30 seconds it kills
// it. It fails when the database was killed or had already ended with an error,
// and the error holds the last lines of its log. A second call returns the same.
func (s *Server) Stop() error {
	began := time.Now()
	first := s.lifeline.Close() == nil
	<-s.done
	if s.failure != nil {
		return fmt.Errorf("private database: %w", s.failure)
	}
	if first {
		s.log.Info("private database stopped", "took", time.Since(began).Round(time.Millisecond))
	}
	return nil
}
