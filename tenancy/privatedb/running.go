package privatedb

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Running returns the data source name of a database on the server that another
// process runs on dir, and false when none answers there. The other process decides
// how long that server lives.
func Running(ctx context.Context, dir, database string) (dsn string, ok bool) {
	socket, err := os.ReadFile(socketFile(dir))
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

// socketFile tells where the socket of the running server is.
func socketFile(dir string) string { return filepath.Join(dir, "socket") }

// publish lets Running find the server.
func (s *Server) publish(dir string) error {
	return os.WriteFile(socketFile(dir), []byte(s.socket), 0o600)
}
