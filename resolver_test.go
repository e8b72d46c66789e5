package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// testUser is the caller that a token names.
type testUser struct{ Name string }

// testClaims are what a token says.
type testClaims struct {
	Tenant, User string
	Expires      time.Time
}

var tokenKey = []byte("a key of this test")

// signTest returns a token: the claims, and their HMAC.
func signTest(key []byte, c testClaims) string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // claims are JSON
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return base64.RawURLEncoding.EncodeToString(text) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// tokenOf returns a token that is valid for an hour.
func tokenOf(tenant, name string) string {
	return signTest(tokenKey, testClaims{tenant, name, time.Now().Add(time.Hour)})
}

// readToken returns the claims of a token whose HMAC is right.
func readToken(token string) (c testClaims, ok bool) {
	encoded, signature, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	sum, sumErr := base64.RawURLEncoding.DecodeString(signature)
	mac := hmac.New(sha256.New, tokenKey)
	mac.Write(text)
	ok = err == nil && sumErr == nil && hmac.Equal(mac.Sum(nil), sum) && json.Unmarshal(text, &c) == nil
	return c, ok
}

// tokenResolver is a custom resolver: a bearer token names the tenant and the user.
func tokenResolver(directory *tenancy.Directory) tenancy.Resolver {
	refuse := func(message string) (tenancy.Identity, error) {
		return tenancy.Identity{}, &tenancy.ResolveError{Kind: tenancy.ErrUnauthenticated, Message: message}
	}
	return func(ctx context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
		token, err := c.Value("Authorization")
		if err != nil {
			return refuse("send one token")
		}
		if param, ok := c.Parameters["authToken"].(string); ok && token == "" {
			token = "Bearer " + param
		}
		token, bearer := strings.CutPrefix(token, "Bearer ")
		if !bearer {
			return refuse("send a token in the header Authorization: Bearer")
		}
		claims, ok := readToken(token)
		if !ok {
			return refuse("the token is not valid")
		}
		if time.Now().After(claims.Expires) {
			return refuse("the token has expired")
		}
		tenant, err := directory.BySlug(ctx, claims.Tenant)
		return tenancy.Identity{Tenant: tenant, Caller: testUser{claims.User}}, err
	}
}

// withTokens returns options whose resolver reads tokens.
func withTokens(s *testServer) apiOptions {
	options := defaults
	options.Resolve = tokenResolver(tenancy.NewDirectory(s.DB))
	return options
}

// badTokens are credentials that the resolver refuses, as the value of Authorization.
var badTokens = []struct {
	name, value   string
	status        int
	code, message string
}{
	{"none", "", 401, "UNAUTHENTICATED", "send a token in the header Authorization: Bearer"},
	{"another scheme", "Basic YWRhOnNlY3JldA==", 401, "UNAUTHENTICATED", "send a token"},
	{"no token", "Bearer ", 401, "UNAUTHENTICATED", "the token is not valid"},
	{"another key", "Bearer " + signTest([]byte("another key"), testClaims{"acme", "eve", time.Now().Add(time.Hour)}), 401, "UNAUTHENTICATED", "the token is not valid"},
	{"other claims", "Bearer " + strings.Replace(tokenOf("acme", "eve"), "ey", "eY", 1), 401, "UNAUTHENTICATED", "the token is not valid"},
	{"no signature", "Bearer " + strings.Split(tokenOf("acme", "eve"), ".")[0] + ".", 401, "UNAUTHENTICATED", "the token is not valid"},
	{"expired", "Bearer " + signTest(tokenKey, testClaims{"acme", "eve", time.Now().Add(-time.Second)}), 401, "UNAUTHENTICATED", "the token has expired"},
	{"without an end", "Bearer " + signTest(tokenKey, testClaims{Tenant: "acme", User: "eve"}), 401, "UNAUTHENTICATED", "the token has expired"},
	{"an unknown tenant", "Bearer " + tokenOf("umbrella", "eve"), 403, "TENANT_UNAVAILABLE", "no such tenant may be used"},
	{"no tenant", "Bearer " + tokenOf("", "eve"), 403, "TENANT_UNAVAILABLE", "no such tenant may be used"},
	{"a long token", "Bearer " + strings.Repeat("A", 9000), 401, "UNAUTHENTICATED", "the token is not valid"},
}

// TestBadTokensAreRefused sends them over HTTP, as Server-Sent Events and over WebSocket, beside
// a header that names a tenant.
func TestBadTokensAreRefused(t *testing.T) {
	s := newTestServer(t)
	var log output
	s.Handler = newHandler(s.DB, tenancy.NewDirectory(s.DB), withTokens(s), corsFlags{}, newLog(&log, logFlags{Level: logLevel{slog.LevelDebug}}))
	server := httptest.NewServer(s.Handler)
	t.Cleanup(server.Close)
	for _, test := range badTokens {
		t.Run(test.name, func(t *testing.T) {
			for _, accept := range []string{"application/json", "application/graphql-response+json", "text/event-stream"} {
				r := request(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } }"}`, "Content-Type", "application/json",
					"Accept", accept, tenancy.HeaderName, "acme")
				if test.value != "" {
					r.Header.Set("Authorization", test.value)
				}
				w := s.do(r)
				body := w.Body.String()
				if w.Code != test.status || !strings.Contains(body, `"code":"`+test.code+`"`) || !strings.Contains(body, test.message) || strings.Contains(body, `"data"`) {
					t.Errorf("%s: %d %s", accept, w.Code, body)
				}
				if challenge := w.Header().Get("WWW-Authenticate"); (challenge == "Bearer") != (test.status == 401) {
					t.Errorf("%s: WWW-Authenticate is %q", accept, challenge)
				}
			}
			parameters, err := json.Marshal(map[string]string{tenancy.HeaderName: "acme", "Authorization": test.value})
			if err != nil {
				t.Fatal(err)
			}
			c := dial(t, server.URL+"/graphql", http.Header{tenancy.HeaderName: {"acme"}})
			c.send(`{"type": "connection_init", "payload": ` + string(parameters) + `}`)
			if code, reason := c.closes(); code != 4403 || !strings.HasPrefix(reason, "Forbidden: "+test.code+": ") || !strings.Contains(reason, test.message) {
				t.Errorf("the socket: %d %s", code, reason)
			}
		})
	}
	if lines := log.String(); strings.Contains(lines, "eyJ") || strings.Contains(lines, "level=ERROR") || strings.Contains(lines, "level=WARN") {
		t.Errorf("log: %s", lines)
	}
}

// callers collects the callers in the contexts of statements, by table.
type callers struct {
	mu sync.Mutex
	of map[string][]string
}

// watchCallers collects the callers of a server's queries and creates.
func watchCallers(t *testing.T, s *testServer) *callers {
	t.Helper()
	seen := &callers{of: map[string][]string{}}
	note := func(db *gorm.DB) {
		caller, _ := tenancy.CallerFrom[testUser](db.Statement.Context)
		seen.mu.Lock()
		defer seen.mu.Unlock()
		if !slices.Contains(seen.of[db.Statement.Table], caller.Name) {
			seen.of[db.Statement.Table] = append(seen.of[db.Statement.Table], caller.Name)
		}
	}
	callbacks := s.For(s.Acme).Callback()
	if err := errors.Join(callbacks.Query().Before("gorm:query").Register("test:caller", note), callbacks.Create().Before("gorm:create").Register("test:caller", note)); err != nil {
		t.Fatal(err)
	}
	return seen
}

// take returns the callers of some tables, and forgets all.
func (c *callers) take(tables ...string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, table := range tables {
		all = append(all, table+": "+strings.Join(c.of[table], " "))
	}
	c.of = map[string][]string{}
	return strings.Join(all, ", ")
}

// TestATokenNamesTheTenantAndTheCaller sends tokens in headers and connectionParams. A header that
// names another tenant is ignored, and resolvers, relations and events have the caller of their own
// client.
func TestATokenNamesTheTenantAndTheCaller(t *testing.T) {
	s := newTestServer(t)
	item := string(fill(s.Acme, t, s, "acme"))
	options := withTokens(s)
	url := s.listen(t, options)
	s.Handler = newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))
	seen := watchCallers(t, s)
	ask := func(tenant, name, query string) string {
		t.Helper()
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		w := s.do(request(t, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json",
			tenancy.HeaderName, "globex", "Authorization", "Bearer "+tokenOf(tenant, name)))
		return w.Body.String()
	}

	if got := ask("acme", "ada", `{ tenant { slug } items { nodes { name project { name } comments { nodes { body } } } } }`); !strings.Contains(got, `"slug":"acme"`) || strings.Contains(got, "errors") {
		t.Error(got)
	}
	if got := seen.take("items", "projects", "comments"); got != "items: ada, projects: ada, comments: ada" {
		t.Errorf("a query: %s", got)
	}
	if got := ask("globex", "gus", `{ tenant { slug } items { nodes { name } } }`); got != `{"data":{"tenant":{"slug":"globex"},"items":{"nodes":[]}}}`+"\n" && !strings.Contains(got, `"slug":"globex"},"items":{"nodes":[]}`) {
		t.Error(got)
	}
	seen.take()

	const projects = `subscription { projectChanged { project { name items { nodes { name } } } } }`
	subscribers := map[string]*client{
		"authToken":                   subscriber(t, url, `{"authToken": "`+tokenOf("acme", "sam")+`", "X-Tenant-ID": "globex"}`, nil),
		"Authorization":               subscriber(t, url, `{"Authorization": "Bearer `+tokenOf("acme", "sam")+`"}`, nil),
		"headers":                     subscriber(t, url, `{"headers": {"authorization": "Bearer `+tokenOf("acme", "sam")+`"}}`, nil),
		"the header of the upgrade":   subscriber(t, url, `{}`, http.Header{"Authorization": {"Bearer " + tokenOf("acme", "sam")}, tenancy.HeaderName: {"globex"}}),
		"the header, no parameters":   subscriber(t, url, "", http.Header{"Authorization": {"Bearer " + tokenOf("acme", "sam")}}),
		"the same in both":            nil,
		"another tenant's subscriber": subscriber(t, url, `{"authToken": "`+tokenOf("globex", "gus")+`"}`, nil),
	}
	same := "Bearer " + tokenOf("acme", "sam")
	subscribers["the same in both"] = subscriber(t, url, `{"Authorization": "`+same+`"}`, http.Header{"Authorization": {same}})
	for _, c := range subscribers {
		c.subscribe("projects", projects)
	}
	events := eventStream(t, url, tokenOf("acme", "sse"), projects)
	s.listening(s.Acme, t, 7)
	s.listening(s.Globex, t, 1)
	if got := ask("acme", "ada", `mutation { createProject(input: {key: "NEW", name: "of acme"}) { project { id } } }`); strings.Contains(got, "errors") {
		t.Fatal(got)
	}
	for name, c := range subscribers {
		if name == "another tenant's subscriber" {
			continue
		}
		c.expect("next", `"name":"of acme"`)
	}
	if line := events(); !strings.Contains(line, `"name":"of acme"`) {
		t.Error(line)
	}
	got := seen.take("projects", "items")
	for _, name := range []string{"ada", "sam", "sse"} {
		if !strings.Contains(strings.Split(got, ",")[0], name) {
			t.Errorf("who creates and who hears of it: %s", got)
		}
	}
	if items := strings.Fields(strings.Split(got, "items:")[1]); len(items) != 2 || !slices.Contains(items, "sam") || !slices.Contains(items, "sse") {
		t.Errorf("the relation of an event is read by %v", items)
	}
	if got := ask("globex", "gus", `mutation { createProject(input: {key: "NEW", name: "of globex"}) { project { id } } }`); strings.Contains(got, "errors") {
		t.Fatal(got)
	}
	subscribers["another tenant's subscriber"].expect("next", `"name":"of globex"`)
	if got := ask("globex", "gus", fmt.Sprintf(`{ item(id: %q) { name } }`, item)); !strings.Contains(got, `"item":null`) {
		t.Error(got)
	}
}

// subscriber opens a socket with connectionParams, or without any, and with headers.
func subscriber(t *testing.T, url, parameters string, header http.Header) *client {
	t.Helper()
	c := dial(t, url, header)
	text := `{"type": "connection_init"}`
	if parameters != "" {
		text = `{"type": "connection_init", "payload": ` + parameters + `}`
	}
	c.send(text)
	c.expect("connection_ack", "")
	return c
}

// eventStream subscribes by Server-Sent Events, and returns a function that reads the next event's
// data.
func eventStream(t *testing.T, url, token, query string) (next func() string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}, "Authorization": {"Bearer " + token}}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
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

// TestAResolverThatFails returns each error that is not the client's fault: nothing runs, clients get
// no detail, and the log has the error once.
func TestAResolverThatFails(t *testing.T) {
	s := newTestServer(t)
	fail := func(err error) tenancy.Resolver {
		return func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { return tenancy.Identity{}, err }
	}
	for _, test := range []struct {
		name    string
		resolve tenancy.Resolver
		status  int
		code    string
		closes  websocket.StatusCode
		logged  string // the level; "" for nothing
	}{
		{"a panic", func(context.Context, tenancy.Credentials) (tenancy.Identity, error) { panic("secret") }, 500, "INTERNAL_SERVER_ERROR", 4500, "ERROR"},
		{"an error", fail(errors.New("secret")), 500, "INTERNAL_SERVER_ERROR", 4500, "ERROR"},
		{"a kind that is none", fail(&tenancy.ResolveError{Message: "secret"}), 500, "INTERNAL_SERVER_ERROR", 4500, "ERROR"},
		{"a kind of the server", fail(&tenancy.ResolveError{Kind: tenancy.ErrScope, Message: "secret"}), 500, "INTERNAL_SERVER_ERROR", 4500, "ERROR"},
		{"no tenant", fail(nil), 400, "TENANT_REQUIRED", 4403, ""},
		{"a malformed tenant", fail(fmt.Errorf("secret: %w", tenancy.ErrInvalid)), 400, "TENANT_INVALID", 4403, ""},
		{"refused without a message", fail(fmt.Errorf("secret: %w", tenancy.ErrUnauthenticated)), 401, "UNAUTHENTICATED", 4403, ""},
		{"the provider is down", fail(fmt.Errorf("secret: %w", tenancy.ErrOutage)), 503, "TENANT_UNAVAILABLE", 1013, "WARN"},
		{"the provider refuses connections", fail(fmt.Errorf("secret: %w", &net.OpError{Op: "dial", Err: errors.New("refused")})), 503, "TENANT_UNAVAILABLE", 1013, "WARN"},
		{"no connection is free", fail(fmt.Errorf("secret: %w", tenancy.ErrBusy)), 429, "RATE_LIMITED", 1013, "WARN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log output
			options := defaults
			options.Resolve = test.resolve
			handler := newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, newLog(&log, logFlags{}))
			logged := func(lines string) {
				t.Helper()
				if n := strings.Count(lines, "level="); test.logged == "" && n > 0 || test.logged != "" && (n != 1 || !strings.Contains(lines, "level="+test.logged) || !strings.Contains(lines, "secret")) {
					t.Errorf("log: %s", lines)
				}
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, request(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } }"}`, "Content-Type", "application/json", tenancy.HeaderName, "acme"))
			body := w.Body.String()
			if w.Code != test.status || !strings.Contains(body, `"code":"`+test.code+`"`) || strings.Contains(body, "secret") || strings.Contains(body, `"data"`) {
				t.Errorf("%d %s", w.Code, body)
			}
			if retry := w.Header().Get("Retry-After") != ""; retry != (test.status == 503 || test.status == 429) || retry != strings.Contains(body, "retryAfter") {
				t.Errorf("retry: %t, %s", retry, body)
			}
			before := log.String()
			logged(before)

			server := httptest.NewServer(handler)
			defer server.Close()
			c := dial(t, server.URL+"/graphql", nil)
			c.send(`{"type": "connection_init", "payload": {"X-Tenant-ID": "acme"}}`)
			c.send(`{"id": "1", "type": "subscribe", "payload": {"query": "{ tenant { slug } }"}}`)
			if code, reason := c.closes(); code != test.closes || strings.Contains(reason, "secret") {
				t.Errorf("the socket: %d %s", code, reason)
			}
			logged(strings.TrimPrefix(log.String(), before))
		})
	}
}

// TestAnEventStreamBelongsToItsCaller tries to use a stream as another caller of its tenant, and
// as one with the same name of another tenant. Each request has a caller in another place of
// memory.
func TestAnEventStreamBelongsToItsCaller(t *testing.T) {
	s := newTestServer(t)
	options := withTokens(s)
	byToken := options.Resolve
	options.Resolve = func(ctx context.Context, c tenancy.Credentials) (tenancy.Identity, error) {
		identity, err := byToken(ctx, c)
		identity.Caller = &struct {
			testUser
			Roles []string // which == can't compare
		}{identity.Caller.(testUser), []string{"admin"}}
		return identity, err
	}
	url := s.listen(t, options)
	as := func(tenant, name, method, token string) int {
		body := ""
		if method == http.MethodPost {
			body = bodyOf(t, "{ tenant { slug } }", map[string]any{"operationId": name})
		}
		response := call(t, method, url+"?operationId=ada", tenant, body, tokenHeader, token, "Accept", "text/event-stream", "Authorization", "Bearer "+tokenOf(tenant, name))
		return response.StatusCode
	}
	response := call(t, http.MethodPut, url, "acme", "", "Authorization", "Bearer "+tokenOf("acme", "ada"))
	token := read(t, response)
	if response.StatusCode != http.StatusCreated {
		t.Fatal(response.Status, token)
	}
	for _, test := range []struct {
		tenant, name, method string
		want                 int
	}{
		{"acme", "ada", http.MethodPost, http.StatusAccepted},
		{"acme", "eve", http.MethodPost, http.StatusNotFound},
		{"acme", "eve", http.MethodDelete, http.StatusNotFound},
		{"acme", "eve", http.MethodGet, http.StatusNotFound},
		{"globex", "ada", http.MethodPost, http.StatusNotFound},
		{"globex", "ada", http.MethodGet, http.StatusNotFound},
		{"acme", "ada", http.MethodDelete, http.StatusOK},
		{"acme", "ada", http.MethodGet, http.StatusOK},
	} {
		if got := as(test.tenant, test.name, test.method, token); got != test.want {
			t.Errorf("%s as %s of %s: %d, want %d", test.method, test.name, test.tenant, got, test.want)
		}
	}
}
