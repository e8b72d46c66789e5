package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/graph/limits"
	"rowhouse/graph/server"
	"rowhouse/tenancy"
)

// Server serves the library to the tenants Acme and Globex.
type Server struct {
	*library
	*control
	http.Handler
	// Options are the options of the handler.
	Options server.Options
	// Log holds the lines that the server has logged.
	Log *Log
}

// newOptions returns the options of New: the default limits, introspection and Resolve.
func newOptions() server.Options {
	return server.Options{
		Limits: limits.DefaultLimits(), Introspection: true, Resolve: Resolve,
		Origins: []string{"https://app.example.com", "http://[::1]:3000"},
	}
}

// New returns a server with an empty database. Each set changes its options.
func New(t testing.TB, set ...func(*server.Options)) *Server {
	t.Helper()
	d := database.New(t)
	return newServer(&library{d.DB, d.SQL, d.Statements}, set)
}

// NewStateless returns a server without a database, for tests that read and write no rows: such fields
// panic.
func NewStateless(set ...func(*server.Options)) *Server { return newServer(&library{}, set) }

func newServer(rows *library, set []func(*server.Options)) *Server {
	return (&Server{library: rows, control: newControl(), Options: newOptions()}).With(set...)
}

// With returns another server of the same data, with changed options and a log of its own.
func (s *Server) With(set ...func(*server.Options)) *Server {
	options, log := s.Options, &Log{}
	for _, change := range set {
		change(&options)
	}
	graphQL := server.New(newSchema(s.db, s.control), options, slog.New(slog.NewTextHandler(log, nil)))
	return &Server{s.library, s.control, server.WithRequestID(graphQL), options, log}
}

// Resolve returns the tenant whose slug or number is in the header X-Tenant-ID, or in the
// parameter of a socket with this name.
func Resolve(_ context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
	value, err := c.Value(tenancy.HeaderName)
	if err != nil {
		return tenancy.Identity{}, err
	}
	if value == "" {
		return tenancy.Identity{}, tenancy.ErrNone
	}
	for _, tenant := range []tenancy.Tenant{Acme, Globex} {
		if value == tenant.Slug || value == strconv.Itoa(int(tenant.ID)) {
			return tenancy.Identity{Tenant: tenant}, nil
		}
	}
	return tenancy.Identity{}, tenancy.ErrUnavailable
}

// Do returns the response to a request.
func (s *Server) Do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// Post returns the response to a document, or to a whole body in JSON. The tenant is a slug, or ""
// for none.
func (s *Server) Post(t testing.TB, tenant, document string) (status int, body string) {
	t.Helper()
	if !strings.HasPrefix(document, `{"`) {
		document = Body(map[string]any{"query": document})
	}
	r := NewRequest(t, http.MethodPost, "/graphql", document, "Content-Type", "application/json")
	if tenant != "" {
		r.Header.Set(tenancy.HeaderName, tenant)
	}
	w := s.Do(r)
	return w.Code, w.Body.String()
}

// Query posts a document and decodes the data of the response into out, unless out is nil. Errors
// fail the test.
func (s *Server) Query(t testing.TB, tenant, document string, out any) {
	t.Helper()
	status, body := s.Post(t, tenant, document)
	var got struct{ Data, Errors json.RawMessage }
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK || got.Errors != nil {
		t.Fatalf("%s\n%d %v %s", document, status, err, body)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(got.Data, out); err != nil {
		t.Fatal(err)
	}
}

// Listen starts the server on a port. Its timeouts for reading a request, and for writing a
// response that is not a stream, are long enough for a busy machine.
func (s *Server) Listen(t testing.TB) (url string) {
	t.Helper()
	return s.ListenFor(t, 2*time.Minute)
}

// ListenFor is like Listen with other timeouts.
func (s *Server) ListenFor(t testing.TB, timeout time.Duration) (url string) {
	t.Helper()
	listening := httptest.NewUnstartedServer(s)
	listening.Config.ReadTimeout, listening.Config.WriteTimeout = timeout, timeout
	listening.Start()
	t.Cleanup(listening.Close)
	return listening.URL + "/graphql"
}

// WaitSubscriptions waits until a tenant has n subscriptions: no protocol reports that a
// subscription has begun.
func (s *Server) WaitSubscriptions(t testing.TB, tenant tenancy.Tenant, n int) {
	t.Helper()
	WaitUntil(t, "the tenant has "+strconv.Itoa(n)+" subscriptions", func() bool { return s.Subscriptions(tenant) == n })
}

// WaitUntil polls a condition. It fails the test after two minutes, which is for a condition that
// never holds.
func WaitUntil(t testing.TB, condition string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("this did not become true: " + condition)
}

// NewRequest returns a request with headers, which are names and values in turn.
func NewRequest(t testing.TB, method, target, body string, headers ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	for header := range slices.Chunk(headers, 2) {
		r.Header.Set(header[0], header[1])
	}
	return r
}

// Body returns JSON. It panics for a value that has none.
func Body(value any) string {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(body)
}

// Log is a buffer that a test reads while the server writes.
type Log struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

// Write appends lines.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.Write(p)
}

// String returns all lines.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.String()
}

// Take returns all lines and removes them.
func (l *Log) Take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.buffer.String()
	l.buffer.Reset()
	return text
}
