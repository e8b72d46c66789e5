//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"rowhouse/tenancy"
)

// benchServer is a measured server, with its clients in this process.
type benchServer struct {
	name        string
	pid         int // of its process
	databasePID int // of its database server, or 0 with TEST_DATABASE_URL
	addr        string
	commands    io.Writer
	replies     *json.Decoder
	conns       []*benchConn
	tenants     []benchTenant
}

// startServer starts a measured server, and opens conns connections to it. It ends with the benchmark.
func startServer(b *testing.B, name, dsn string, databasePID int, tenants []benchTenant, conns int) *benchServer {
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), benchServerVariable+"="+name, benchDatabaseVariable+"="+dsn)
	command.Stderr = os.Stderr
	in, inErr := command.StdinPipe()
	out, outErr := command.StdoutPipe()
	if err := errors.Join(inErr, outErr, command.Start()); err != nil {
		b.Fatal(err)
	}
	s := &benchServer{
		name: name, pid: command.Process.Pid, databasePID: databasePID, commands: in, replies: json.NewDecoder(out), tenants: tenants,
	}
	b.Cleanup(func() {
		s.closeConns()
		_ = in.Close()
		_ = command.Wait()
	})
	s.addr = s.readReply(b).Addr
	s.connect(b, conns)
	return s
}

// readReply reads a line of the server. The benchmark fails if the server has ended.
func (s *benchServer) readReply(b *testing.B) (reply benchReply) {
	if err := s.replies.Decode(&reply); err != nil {
		b.Fatalf("the process of %s has ended: %v", s.name, err)
	}
	return reply
}

// command sends a command to the server and returns its reply.
func (s *benchServer) command(b *testing.B, command string) benchReply {
	if _, err := io.WriteString(s.commands, command+"\n"); err != nil {
		b.Fatal(err)
	}
	return s.readReply(b)
}

// connect replaces the connections by n new ones.
func (s *benchServer) connect(b *testing.B, n int) {
	s.closeConns()
	s.conns = nil
	for i := range n {
		conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", s.addr)
		if err != nil {
			b.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, uint64(i)))
		s.conns = append(s.conns, &benchConn{addr: s.addr, Conn: conn, reader: bufio.NewReader(conn), random: random})
	}
}

func (s *benchServer) closeConns() {
	for _, c := range s.conns {
		_ = c.Close()
	}
}

// benchTarget is a request to a server. before and after are the parts of the body around the variables.
type benchTarget struct {
	*benchServer
	benchRequest
	path, before, after string
}

// withRequest returns the server with a request. Rowhouse receives GraphQL; the limit receives only the variables, and
// has a path for each request.
func (s *benchServer) withRequest(q benchRequest) benchTarget {
	if s.name == benchLimit {
		return benchTarget{s, q, "/" + q.name, "", ""}
	}
	return benchTarget{s, q, "/graphql", `{"query":` + strconv.Quote(q.query) + `,"variables":`, `}`}
}

// benchConn is a keep-alive connection of a client. It sends requests in turn. It reuses its buffers: the client's CPU
// time is not measured, but the client competes with the server for the processors.
type benchConn struct {
	net.Conn
	addr     string
	reader   *bufio.Reader
	random   *rand.Rand
	request  []byte
	response bytes.Buffer
}

// sendRequest fails if the response has no data. The response is valid until the next request.
func (c *benchConn) sendRequest(to benchTarget, t *benchTenant, variables string) ([]byte, error) {
	c.request = fmt.Appendf(c.request[:0],
		"POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n%s: %s\r\nContent-Length: %d\r\n\r\n%s%s%s",
		to.path, c.addr, tenancy.HeaderName, t.number, len(to.before)+len(variables)+len(to.after), to.before, variables, to.after)
	if _, err := c.Write(c.request); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return nil, err
	}
	c.response.Reset()
	_, err = c.response.ReadFrom(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK || !bytes.HasPrefix(c.response.Bytes(), []byte(`{"data":{`)) {
		return nil, fmt.Errorf("%s %s: %s: %.300s", to.benchServer.name, to.path, response.Status, c.response.Bytes())
	}
	return c.response.Bytes(), nil
}

// sendRequests sends n requests for random tenants, on all connections concurrently.
func (to benchTarget) sendRequests(b *testing.B, n int) {
	var sent atomic.Int64
	var failed atomic.Pointer[error]
	var clients sync.WaitGroup
	for _, c := range to.conns {
		clients.Go(func() {
			for sent.Add(1) <= int64(n) {
				t := &to.tenants[c.random.IntN(len(to.tenants))]
				if _, err := c.sendRequest(to, t, to.variables(c.random, t)); err != nil {
					failed.Store(&err)
					return
				}
			}
		})
	}
	clients.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
}
