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
	"sync"
	"testing"
	"time"

	"rowhouse/model/dbtest"
)

// TestMain removes settings from the environment, so that tests do not use the database, the data
// folder or the port of a server on this machine.
func TestMain(m *testing.M) {
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

// output is a writer that a test can read while a command writes to it.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// rowhouse runs a command until it ends, or for two minutes if it serves by mistake.
func rowhouse(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var o, s output
	code = run(ctx, args, &o, &s)
	return code, o.String(), s.String()
}

// backgroundServer is a running `rowhouse serve`.
type backgroundServer struct {
	addr   string
	errOut *output
	stop   func() int
}

func serveInBackground(t *testing.T, args ...string) *backgroundServer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &backgroundServer{errOut: &output{}}
	var code int
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		code = run(ctx, append([]string{"--addr", "127.0.0.1:0"}, args...), &output{}, s.errOut)
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

func (s *backgroundServer) get(t *testing.T, path string, headers ...string) (int, string) {
	t.Helper()
	r := request(t, http.MethodGet, "http://"+s.addr+path, "", headers...)
	r.RequestURI = ""
	return send(t, r)
}

// waitUntil polls a condition. It fails the test after two minutes, far longer than a slow machine
// needs.
func waitUntil(t testing.TB, event string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		if happened() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("timeout: %s", event)
}

func send(t *testing.T, r *http.Request) (int, string) {
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
