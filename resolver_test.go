package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// testUser is the caller in a token.
type testUser struct{ Name string }

// newToken returns an unsigned token of tokenResolver: package server tests signed ones.
func newToken(tenant, name string) string { return tenant + "/" + name }

// tokenResolver is a Resolver of an application: a bearer token has the tenant and the user.
func tokenResolver(directory *tenancy.Directory) tenancy.Resolver {
	return func(ctx context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
		token, err := c.Value("Authorization")
		if param, ok := c.Parameters["authToken"].(string); ok && token == "" {
			token = "Bearer " + param
		}
		token, bearer := strings.CutPrefix(token, "Bearer ")
		slug, user, ok := strings.Cut(token, "/")
		if err != nil || !bearer || !ok {
			return tenancy.Identity{}, &tenancy.ResolveError{Kind: tenancy.ErrUnauthenticated, Message: "send one token"}
		}
		tenant, err := directory.BySlug(ctx, slug)
		return tenancy.Identity{Tenant: tenant, Caller: testUser{user}}, err
	}
}

// callers are the callers in the contexts of statements, by table.
type callers struct {
	mu      sync.Mutex
	byTable map[string][]string
}

// watchCallers collects the callers of a server's queries and creates.
func watchCallers(t *testing.T, s *testServer) *callers {
	t.Helper()
	c := &callers{byTable: map[string][]string{}}
	addCaller := func(ctx context.Context, table string) {
		caller, _ := tenancy.CallerFrom[testUser](ctx)
		c.mu.Lock()
		defer c.mu.Unlock()
		if !slices.Contains(c.byTable[table], caller.Name) {
			c.byTable[table] = append(c.byTable[table], caller.Name)
		}
	}
	from := regexp.MustCompile("(?:FROM|JOIN) `(\\w+)`")
	s.Trace(func(ctx context.Context, statement string, _ []any) {
		for _, match := range from.FindAllStringSubmatch(statement, -1) {
			addCaller(ctx, match[1])
		}
	})
	callback := func(db *gorm.DB) { addCaller(db.Statement.Context, db.Statement.Table) }
	callbacks := s.For(s.Acme).Callback()
	if err := errors.Join(
		callbacks.Query().Before("gorm:query").Register("test:caller", callback),
		callbacks.Create().Before("gorm:create").Register("test:caller", callback),
	); err != nil {
		t.Fatal(err)
	}
	return c
}

// takeCallers returns the callers of a table, sorted, and forgets them.
func (c *callers) takeCallers(table string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := slices.Sorted(slices.Values(c.byTable[table]))
	delete(c.byTable, table)
	return strings.Join(names, " ")
}

// postWithToken returns the response to a query with a token. The header X-Tenant-ID has another tenant.
func (s *testServer) postWithToken(t *testing.T, token, query string) string {
	t.Helper()
	w := s.do(servertest.NewRequest(t, http.MethodPost, "/graphql", servertest.Body(map[string]string{"query": query}),
		"Content-Type", "application/json", tenancy.HeaderName, "globex", "Authorization", "Bearer "+token))
	return w.Body.String()
}

// newTokenServer returns a server that resolves tokens, with its address.
func newTokenServer(t *testing.T) (s *testServer, url string) {
	t.Helper()
	s = newTestServer(t)
	options := defaults
	options.Resolve = tokenResolver(tenancy.NewDirectory(s.DB))
	s.Handler = newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))
	return s, s.listen(t, options)
}

// TestStatementsHaveTheCallerOfTheToken queries relations. A header with another tenant is ignored.
func TestStatementsHaveTheCallerOfTheToken(t *testing.T) {
	s, _ := newTokenServer(t)
	item := string(fillTenant(s.Acme, t, s, "acme"))
	seen := watchCallers(t, s)
	query := `{ tenant { slug } items { nodes { name project { name } comments { nodes { body } } } } }`
	got := s.postWithToken(t, newToken("acme", "ada"), query)
	if !strings.Contains(got, `"slug":"acme"`) || strings.Contains(got, "errors") {
		t.Error(got)
	}
	for _, table := range []string{"items", "projects", "comments"} {
		if got := seen.takeCallers(table); got != "ada" {
			t.Errorf("the callers of statements on %s are %q", table, got)
		}
	}
	got = s.postWithToken(t, newToken("globex", "gus"), `{ tenant { slug } items { nodes { name } } }`)
	if !strings.Contains(got, `"slug":"globex"},"items":{"nodes":[]}`) {
		t.Error(got)
	}
	got = s.postWithToken(t, newToken("globex", "gus"), fmt.Sprintf(`{ item(id: %q) { name } }`, item))
	if !strings.Contains(got, `"item":null`) {
		t.Error(got)
	}
}

// TestEventsHaveTheCallerOfTheSubscriber subscribes with tokens in connectionParams and in headers. The
// statements of an event have the caller of the subscriber, not of the change.
func TestEventsHaveTheCallerOfTheSubscriber(t *testing.T) {
	s, url := newTokenServer(t)
	const projects = `subscription { projectChanged { project { name items { nodes { name } } } } }`
	sam := newToken("acme", "sam")
	bearer := http.Header{"Authorization": {"Bearer " + sam}}
	sockets := map[string]*servertest.Socket{}
	for _, test := range []struct {
		name       string
		parameters string // of connection_init; none if ""
		header     http.Header
	}{
		{
			name:       "authToken, with the header of another tenant",
			parameters: `{"authToken": "` + sam + `", "X-Tenant-ID": "globex"}`,
		},
		{
			name:       "Authorization",
			parameters: `{"Authorization": "Bearer ` + sam + `"}`,
		},
		{
			name:       "headers",
			parameters: `{"headers": {"authorization": "Bearer ` + sam + `"}}`,
		},
		{
			name:       "a header of the upgrade",
			parameters: `{}`,
			header:     http.Header{"Authorization": bearer["Authorization"], tenancy.HeaderName: {"globex"}},
		},
		{
			name:   "a header of the upgrade, without parameters",
			header: bearer,
		},
		{
			name:       "the same token twice",
			parameters: `{"Authorization": "Bearer ` + sam + `"}`,
			header:     bearer,
		},
	} {
		sockets[test.name] = initSocket(t, url, test.parameters, test.header)
		sockets[test.name].Subscribe("projects", projects)
	}
	globex := initSocket(t, url, `{"authToken": "`+newToken("globex", "gus")+`"}`, nil)
	globex.Subscribe("projects", projects)
	readEvent := openEventStream(t, url, newToken("acme", "sse"), projects)
	s.waitSubscriptions(s.Acme, t, len(sockets)+1)
	s.waitSubscriptions(s.Globex, t, 1)

	seen := watchCallers(t, s)
	create := `mutation { createProject(input: {key: "NEW", name: "of %s"}) { project { id } } }`
	if got := s.postWithToken(t, newToken("acme", "ada"), fmt.Sprintf(create, "acme")); strings.Contains(got, "errors") {
		t.Fatal(got)
	}
	for name, socket := range sockets {
		message, err := socket.Next()
		if err != nil || !strings.Contains(string(message.Payload), `"name":"of acme"`) {
			t.Errorf("%s: %s %v", name, message.Payload, err)
		}
	}
	if data := readEvent(); !strings.Contains(data, `"name":"of acme"`) {
		t.Error(data)
	}
	if got := seen.takeCallers("projects"); got != "ada sam sse" {
		t.Errorf("the project is created and read by %s", got)
	}
	if got := seen.takeCallers("items"); got != "sam sse" {
		t.Errorf("the relation of the event is read by %s", got)
	}
	// The first event of the other tenant is its own.
	if got := s.postWithToken(t, newToken("globex", "gus"), fmt.Sprintf(create, "globex")); strings.Contains(got, "errors") {
		t.Fatal(got)
	}
	globex.Expect("next", `"name":"of globex"`)
}

// initSocket opens a socket, and sends connection_init with parameters, or without if they are "".
func initSocket(t *testing.T, url, parameters string, header http.Header) *servertest.Socket {
	t.Helper()
	socket := servertest.Dial(t, url, header)
	if parameters == "" {
		socket.Send(`{"type": "connection_init"}`)
	} else {
		socket.Send(`{"type": "connection_init", "payload": ` + parameters + `}`)
	}
	socket.Expect("connection_ack", "")
	return socket
}

// openEventStream subscribes with Server-Sent Events. read returns the data of the next event.
func openEventStream(t *testing.T, url, token, query string) (read func() string) {
	t.Helper()
	response := servertest.Call(t, http.MethodPost, url, "", servertest.Body(map[string]string{"query": query}),
		"Accept", "text/event-stream", "Authorization", "Bearer "+token)
	lines := bufio.NewScanner(response.Body)
	return func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		return "the stream has ended"
	}
}
