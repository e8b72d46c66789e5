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
	socket  string
	version string
	pid     int
	log     *slog.Logger
	stdin   io.WriteCloser // the stdin of the supervisor: closing it stops the server
	done    chan struct{}  // closed when the server has ended
	failure error          // the error with which the server ended; set before done is closed
}

// DSN returns the data source name of a database on this server, for go-sql-driver/mysql. The name may
// be empty, and the database need not exist.
func (s *Server) DSN(database string) string {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.DBName = "root", "unix", s.socket, database
	return c.FormatDSN()
}

// Version returns the product and version of the server, such as "MariaDB 10.11.19".
func (s *Server) Version() string {
	number, rest, _ := strings.Cut(s.version, "-")
	if strings.Contains(rest, "MariaDB") {
		return "MariaDB " + number
	}
	return "MySQL " + number
}

// PID returns the process id of the server. It is not valid after Done is closed.
func (s *Server) PID() int { return s.pid }

// Done returns a channel that is closed when the server has ended for any reason. Stop then returns the
// reason.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop shuts the server down and waits for its end; after 30 seconds it kills the server. It fails if
// the server was killed or ended with an error, with the last lines of its log. A second call
// returns the same result.
func (s *Server) Stop() error {
	began := time.Now()
	first := s.stdin.Close() == nil
	<-s.done
	if s.failure != nil {
		return fmt.Errorf("private database: %w", s.failure)
	}
	if first {
		s.log.Info("private database stopped", "took", time.Since(began).Round(time.Millisecond))
	}
	return nil
}
