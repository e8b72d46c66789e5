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
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"rowhouse/graph/servertest"
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
func newToken(tenant, name string) string {
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
func newTokenOptions(s *testServer) apiOptions {
	options := defaults
	options.Resolve = tokenResolver(tenancy.NewDirectory(s.DB))
	return options
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

// TestTokenNamesTenantAndCaller sends tokens in headers and connectionParams. A header that
// names another tenant is ignored, and resolvers, relations and events have the caller of their own
// client.
func TestTokenNamesTenantAndCaller(t *testing.T) {
	s := newTestServer(t)
	item := string(fillTenant(s.Acme, t, s, "acme"))
	options := newTokenOptions(s)
	url := s.listen(t, options)
	s.Handler = newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))
	seen := watchCallers(t, s)
	ask := func(tenant, name, query string) string {
		t.Helper()
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		w := s.do(servertest.NewRequest(t, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json",
			tenancy.HeaderName, "globex", "Authorization", "Bearer "+newToken(tenant, name)))
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
	subscribers := map[string]*servertest.Socket{
		"authToken":                   subscriber(t, url, `{"authToken": "`+newToken("acme", "sam")+`", "X-Tenant-ID": "globex"}`, nil),
		"Authorization":               subscriber(t, url, `{"Authorization": "Bearer `+newToken("acme", "sam")+`"}`, nil),
		"headers":                     subscriber(t, url, `{"headers": {"authorization": "Bearer `+newToken("acme", "sam")+`"}}`, nil),
		"the header of the upgrade":   subscriber(t, url, `{}`, http.Header{"Authorization": {"Bearer " + newToken("acme", "sam")}, tenancy.HeaderName: {"globex"}}),
		"the header, no parameters":   subscriber(t, url, "", http.Header{"Authorization": {"Bearer " + newToken("acme", "sam")}}),
		"the same in both":            nil,
		"another tenant's subscriber": subscriber(t, url, `{"authToken": "`+newToken("globex", "gus")+`"}`, nil),
	}
	same := "Bearer " + newToken("acme", "sam")
	subscribers["the same in both"] = subscriber(t, url, `{"Authorization": "`+same+`"}`, http.Header{"Authorization": {same}})
	for _, c := range subscribers {
		c.Subscribe("projects", projects)
	}
	events := openEventStream(t, url, newToken("acme", "sse"), projects)
	s.waitSubscriptions(s.Acme, t, 7)
	s.waitSubscriptions(s.Globex, t, 1)
	if got := ask("acme", "ada", `mutation { createProject(input: {key: "NEW", name: "of acme"}) { project { id } } }`); strings.Contains(got, "errors") {
		t.Fatal(got)
	}
	for name, c := range subscribers {
		if name == "another tenant's subscriber" {
			continue
		}
		c.Expect("next", `"name":"of acme"`)
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
	subscribers["another tenant's subscriber"].Expect("next", `"name":"of globex"`)
	if got := ask("globex", "gus", fmt.Sprintf(`{ item(id: %q) { name } }`, item)); !strings.Contains(got, `"item":null`) {
		t.Error(got)
	}
}

// subscriber opens a socket with connectionParams, or without any, and with headers.
func subscriber(t *testing.T, url, parameters string, header http.Header) *servertest.Socket {
	t.Helper()
	c := servertest.Dial(t, url, header)
	text := `{"type": "connection_init"}`
	if parameters != "" {
		text = `{"type": "connection_init", "payload": ` + parameters + `}`
	}
	c.Send(text)
	c.Expect("connection_ack", "")
	return c
}

// eventStream subscribes by Server-Sent Events, and returns a function that reads the next event's
// data.
func openEventStream(t *testing.T, url, token, query string) (next func() string) {
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
