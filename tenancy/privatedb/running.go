package privatedb

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Running returns the data source name of a database on the server that another process runs in dir.
// It returns false if it can't connect to a server within a second. The server ends with the other
// process.
func Running(ctx context.Context, dir, database string) (dsn string, ok bool) {
	socket, err := os.ReadFile(socketPath(dir))
	if err != nil {
		return "", false
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "unix", string(socket))
	if err != nil {
		return "", false
	}
	_ = conn.Close()
	s := Server{socket: string(socket)}
	return s.DSN(database), true
}

// socketPath returns the file in dir that has the path of the running server's socket.
func socketPath(dir string) string { return filepath.Join(dir, "socket") }

// publishSocket writes the path of the socket to the file that Running reads.
func (s *Server) publishSocket(dir string) error {
	return os.WriteFile(socketPath(dir), []byte(s.socket), 0o600)
}
