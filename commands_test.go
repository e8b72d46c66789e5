package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/servertest"
	"rowhouse/model/dbtest"
)

// TestMain removes settings from the environment, so that tests do not use the database, the data
// folder or the port of a server on this machine.
func TestMain(m *testing.M) {
	serveBenchProcess()
	for _, setting := range os.Environ() {
		name, _, _ := strings.Cut(setting, "=")
		if name == "DATABASE_URL" || strings.HasPrefix(name, "ROWHOUSE_") {
			_ = os.Unsetenv(name)
		}
	}
	dataDir, err := os.MkdirTemp("", "rowhouse-test-data-")
	for name, value := range map[string]string{
		"ROWHOUSE_ADDR": "127.0.0.1:0", "ROWHOUSE_DATA_DIR": dataDir, "ROWHOUSE_DATABASE_PROGRAM": dbtest.Program(),
	} {
		err = errors.Join(err, os.Setenv(name, value))
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err := errors.Join(err, os.RemoveAll(dataDir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// runCommand runs rowhouse until it ends. A server that starts unexpectedly is stopped after two minutes.
func runCommand(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var stdout, stderr servertest.Log
	code = run(ctx, args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// backgroundServer is a running `rowhouse serve`.
type backgroundServer struct {
	addr   string
	errOut *servertest.Log
	stop   func() int
}

// serveInBackground starts rowhouse serve on a free port, and stops it when the test ends.
func serveInBackground(t *testing.T, args ...string) *backgroundServer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &backgroundServer{errOut: &servertest.Log{}}
	var code int
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		code = run(ctx, append([]string{"--addr", "127.0.0.1:0"}, args...), &servertest.Log{}, s.errOut)
	}()
	s.stop = func() int { cancel(); <-ended; return code }
	t.Cleanup(func() { s.stop() })
	address := regexp.MustCompile(`Playground +http://(\S+)/`)
	for range 2400 {
		if match := address.FindStringSubmatch(s.errOut.String()); match != nil {
			s.addr = match[1]
			return s
		}
		select {
		case <-ended:
			t.Fatalf("exit code %d: %s", code, s.errOut)
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("the server does not start: %s", s.errOut)
	return nil
}

// get returns the status and body of a response.
func (s *backgroundServer) get(t *testing.T, path string, headers ...string) (int, string) {
	t.Helper()
	r := servertest.NewRequest(t, http.MethodGet, "http://"+s.addr+path, "", headers...)
	r.RequestURI = ""
	return sendRequest(t, r)
}

// sendRequest returns the status and body of a response.
func sendRequest(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body.String()
}
