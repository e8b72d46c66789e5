package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"rowhouse/model"
	"rowhouse/tenancy"
)

// frame is a message of graphql-transport-ws.
type frame struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// client is a socket's other side.
type client struct {
	*websocket.Conn
	t testing.TB
}

// listen starts the server on a port, which sockets need. Its timeouts are long, so that a
// busy machine loses no request.
func (s *testServer) listen(t testing.TB, options apiOptions) (url string) {
	t.Helper()
	return s.listenFor(t, options, 2*time.Minute)
}

// shortTimeout is for tests that outlast the server's timeouts.
const shortTimeout = 2 * time.Second

// listenFor starts the server with a timeout for reading a request, and for writing a response
// that is not a stream.
func (s *testServer) listenFor(t testing.TB, options apiOptions, timeout time.Duration) (url string) {
	t.Helper()
	server := httptest.NewUnstartedServer(newHandler(s.DB, tenancy.NewDirectory(s.DB), options,
		corsFlags{Origin: []string{"https://app.example.com", "http://[::1]:3000"}}, slog.New(slog.DiscardHandler)))
	server.Config.ReadTimeout, server.Config.WriteTimeout = timeout, timeout // streams have their own
	server.Start()
	t.Cleanup(server.Close)
	return server.URL + "/graphql"
}

// dial opens a socket and says nothing yet.
func dial(t testing.TB, url string, header http.Header) *client {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: header}) //nolint:bodyclose // the library closes it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{conn, t}
}

// connect opens a socket of a tenant.
func connect(t testing.TB, url, tenant string) *client {
	t.Helper()
	c := dial(t, url, nil)
	c.send(`{"type": "connection_init", "payload": {"X-Tenant-ID": "` + tenant + `"}}`)
	c.expect("connection_ack", "")
	return c
}

func (c *client) send(text string) {
	c.t.Helper()
	if err := c.Write(c.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) subscribe(id, query string) {
	c.t.Helper()
	payload, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		c.t.Fatal(err)
	}
	c.send(fmt.Sprintf(`{"id": %q, "type": "subscribe", "payload": %s}`, id, payload))
}

func (c *client) next() (f frame, err error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), 2*time.Minute)
	defer cancel()
	err = wsjson.Read(ctx, c.Conn, &f)
	return f, err
}

// expect reads one message.
func (c *client) expect(kind, holds string) {
	c.t.Helper()
	f, err := c.next()
	if err != nil || f.Type != kind || !strings.Contains(string(f.Payload), holds) {
		c.t.Fatalf("got %s %s %v, want %s %s", f.Type, f.Payload, err, kind, holds)
	}
}

// closes reads until the server closes, and returns its code.
func (c *client) closes() (code websocket.StatusCode, reason string) {
	for {
		if _, err := c.next(); err != nil {
			var closed websocket.CloseError
			errors.As(err, &closed)
			return closed.Code, closed.Reason
		}
	}
}

// listening waits until a tenant has n subscriptions: the protocol does not report that a
// subscription has begun.
func (s *testServer) listening(tenant context.Context, t testing.TB, n int) {
	t.Helper()
	waitUntil(t, fmt.Sprintf("the tenant has %d subscriptions", n), func() bool {
		now, err := s.Subscriptions(tenant)
		if err != nil {
			t.Fatal(err)
		}
		return now == n
	})
}

func TestSubscriptionsTellWhatHappened(t *testing.T) {
	s := newTestServer(t)
	url := s.listen(t, defaults)
	item := string(fill(s.Acme, t, s, "acme"))
	fill(s.Globex, t, s, "globex")
	var found struct {
		Item struct{ Project struct{ ID string } }
	}
	s.query(t, "acme", fmt.Sprintf(`{ item(id: %q) { project { id } } }`, item), &found)
	project := found.Item.Project.ID

	acme, globex := connect(t, url, "acme"), connect(t, url, "2")
	acme.subscribe("items", fmt.Sprintf(`subscription { itemChanged(projectId: %q) { change itemId item { name labels { nodes { name } } project { key } } project { key } } }`, project))
	acme.subscribe("comments", fmt.Sprintf(`subscription { commentAdded(itemId: %q) { change comment { body item { id } } } }`, item))
	globex.subscribe("projects", `subscription { projectChanged { change project { name } } }`)
	globex.subscribe("theirs", fmt.Sprintf(`subscription { itemChanged(projectId: %q) { itemId } }`, project))
	globex.expect("error", "NOT_FOUND")
	s.listening(s.Acme, t, 2)
	s.listening(s.Globex, t, 1)

	change := func(tenant, mutation, holds string, heard ...string) {
		t.Helper()
		if _, answer := s.ask(t, tenant, mutation); !strings.Contains(answer, holds) {
			t.Fatal(answer)
		}
		for _, part := range heard {
			acme.expect("next", part)
		}
	}
	change("acme", fmt.Sprintf(`mutation { updateItem(input: {id: %q, name: "new name"}) { item { id } } }`, item), "id", `"change":"UPDATED"`)
	change("acme", fmt.Sprintf(`mutation { updateItem(input: {id: %q, name: "new name"}) { item { id } } }`, item), "id")
	change("acme", fmt.Sprintf(`mutation { createComment(input: {itemId: %q, body: "said"}) { comment { id } } }`, item), "id", `"body":"said"`)
	change("acme", fmt.Sprintf(`mutation { createItem(input: {projectId: %q, name: "second"}) { item { id } } }`, project), "id", `"name":"second"`)
	change("acme", fmt.Sprintf(`mutation { createItem(input: {projectId: %q, name: "", assigneeId: "x"}) { item { id } } }`, project), "BAD_USER_INPUT")
	change("globex", fmt.Sprintf(`mutation { updateItem(input: {id: %q, name: "theirs"}) { item { id } } }`, item), "NOT_FOUND")
	change("acme", fmt.Sprintf(`mutation { deleteItem(input: {id: %q}) { deletedId } }`, item), "deletedId")
	for range 2 { // in either order
		f, err := acme.next()
		deleted := f.ID == "items" && strings.Contains(string(f.Payload), `"item":null,"project":{"key":"PJ"}`)
		if err != nil || !deleted && (f.ID != "comments" || f.Type != "complete") {
			t.Error(f.ID, f.Type, string(f.Payload), err)
		}
	}
	change("globex", `mutation { createProject(input: {key: "NEW", name: "of globex"}) { project { id } } }`, "id")
	globex.expect("next", "of globex")
	acme.send(`{"id": "items", "type": "complete"}`)
	acme.send(`{"type": "ping", "payload": {"a": 1}}`)
	acme.expect("pong", `{"a":1}`)
	acme.subscribe("query", `{ tenant { slug } }`)
	acme.expect("next", `{"data":{"tenant":{"slug":"acme"}}}`)
	acme.expect("complete", "")
}

// TestSocketsCloseAsTheProtocolSays breaks each rule of graphql-transport-ws.
func TestSocketsCloseAsTheProtocolSays(t *testing.T) {
	s := newTestServer(t)
	url := s.listen(t, defaults)
	const hello = `{"type": "connection_init", "payload": {"x-tenant-id": "acme"}}`
	const listen = `{"id": "a", "type": "subscribe", "payload": {"query": "subscription { projectChanged { projectId } }"}}`
	for _, test := range []struct {
		name   string
		header http.Header
		send   []string
		code   websocket.StatusCode
		reason string
	}{
		{"no JSON", nil, []string{"hello"}, 4400, "Invalid message"},
		{"no type", nil, []string{`{}`}, 4400, `Invalid message: the type "" is unknown`},
		{"a type of the server's", nil, []string{hello, `{"type": "next"}`}, 4400, "Invalid message"},
		{"parameters that are no object", nil, []string{`{"type": "connection_init", "payload": []}`}, 4400, "must be an object"},
		{"a subscription before the start", nil, []string{listen}, 4401, "Unauthorized"},
		{"no tenant", nil, []string{`{"type": "connection_init"}`}, 4403, "Forbidden: TENANT_REQUIRED"},
		{"no such tenant", nil, []string{`{"type": "connection_init", "payload": {"X-Tenant-ID": "nobody"}}`}, 4403, "Forbidden: TENANT_UNAVAILABLE"},
		{"a number for the tenant", nil, []string{`{"type": "connection_init", "payload": {"X-Tenant-ID": 1}}`}, 4403, "Forbidden: TENANT_INVALID"},
		{"two headers", http.Header{"X-Tenant-Id": {"acme", "globex"}}, []string{hello}, 4403, "Forbidden: TENANT_INVALID"},
		{"another tenant than the header's", http.Header{"X-Tenant-Id": {"globex"}}, []string{hello}, 4403, "Forbidden: TENANT_INVALID"},
		{"two of the first message", nil, []string{hello, hello}, 4429, "Too many initialisation requests"},
		{"two of an id", nil, []string{hello, listen, listen}, 4409, "Subscriber for a already exists"},
		{"no id", nil, []string{hello, `{"type": "subscribe", "payload": {"query": "{ tenant { slug } }"}}`}, 4400, "Invalid message"},
		{"an id of 1 kB", nil, []string{hello, `{"id": "` + strings.Repeat("a", 1000) + `", "type": "subscribe", "payload": {"query": "{ tenant { slug } }"}}`}, 4400, "Invalid message"},
		{"no query", nil, []string{hello, `{"id": "a", "type": "subscribe"}`}, 4400, "Invalid message"},
		{"a message of 2 MiB", nil, []string{hello, strings.Repeat(" ", 2<<20)}, websocket.StatusMessageTooBig, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dial(t, url, test.header)
			for _, text := range test.send {
				_ = c.Write(t.Context(), websocket.MessageText, []byte(text))
			}
			if code, reason := c.closes(); code != test.code || !strings.Contains(reason, test.reason) {
				t.Errorf("%d %s", code, reason)
			}
		})
	}
	t.Run("another protocol", func(t *testing.T) {
		conn, _, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: []string{"graphql-ws"}}) //nolint:bodyclose // the library closes it
		if err != nil {
			t.Fatal(err)
		}
		if code, _ := (&client{conn, t}).closes(); code != 4406 {
			t.Error(code)
		}
	})
	t.Run("a page of another origin", func(t *testing.T) {
		for origin, good := range map[string]bool{"https://app.example.com": true, "http://[::1]:3000": true, "http://[::1]:3001": false, "null": false, "https://evil.example.com": false, "http://app.example.com": false} {
			conn, _, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}}) //nolint:bodyclose // the library closes it
			if (err == nil) != good {
				t.Errorf("%s: %v", origin, err)
			}
			if err == nil {
				_ = conn.CloseNow()
			}
		}
	})
	t.Run("what only looks like a socket", func(t *testing.T) {
		r := request(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } }"}`, "Content-Type", "application/json", "Upgrade", "websocket", "Connection", "Upgrade")
		if w := s.do(r); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "TENANT_REQUIRED") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// TestEventsOverHTTP reads subscriptions as Server-Sent Events.
func TestEventsOverHTTP(t *testing.T) {
	s := newTestServer(t)
	options := defaults
	options.Limits.Subscriptions = 1
	stopping := make(chan struct{})
	options.Stopping = stopping
	url := s.listenFor(t, options, shortTimeout)
	events := func(tenant, accept, query string) *bufio.Scanner {
		t.Helper()
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {accept}, tenancy.HeaderName: {tenant}}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || kind != "text/event-stream; charset=utf-8" {
			t.Fatal(answer.Status, kind)
		}
		return bufio.NewScanner(answer.Body)
	}
	expect := func(lines *bufio.Scanner, event, holds string) {
		t.Helper()
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				lines.Scan()
				if name != event || !strings.Contains(lines.Text(), holds) {
					t.Errorf("%s %s, want %s %s", name, lines.Text(), event, holds)
				}
				return
			}
		}
		t.Errorf("the stream ended before %s %s", event, holds)
	}
	const query = `subscription { projectChanged { change project { name } } }`
	acme, globex := events("acme", "text/event-stream", query), events("globex", "application/json, text/event-stream", query)
	time.Sleep(2 * shortTimeout)
	for tenant, ctx := range map[string]context.Context{"acme": s.Acme, "globex": s.Globex} {
		if _, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: "WEB", Name: "of " + tenant}); err != nil {
			t.Fatal(err)
		}
	}
	expect(acme, "next", `{"data":{"projectChanged":{"change":"CREATED","project":{"name":"of acme"}}}}`)
	expect(globex, "next", "of globex")
	for query, holds := range map[string]string{query: "RATE_LIMITED", "subscription { nothing }": "GRAPHQL_VALIDATION_FAILED", "{ tenant { slug } }": `"acme"`} {
		lines := events("acme", "text/event-stream", query)
		expect(lines, "next", holds)
		expect(lines, "complete", "")
	}
	close(stopping)
	for acme.Scan() {
		if strings.HasPrefix(acme.Text(), "event: ") {
			t.Error("at the server's end:", acme.Text())
		}
	}
}

// TestSocketsHearNothingOfAnotherTenant writes as both tenants at once, to the same
// names, and looks at every event of either.
func TestSocketsHearNothingOfAnotherTenant(t *testing.T) {
	s := newTestServer(t)
	url := s.listen(t, defaults)
	const rounds = 60
	contexts := map[string]context.Context{"acme": s.Acme, "globex": s.Globex}
	var wait sync.WaitGroup
	var heard atomic.Int64
	for tenant, ctx := range contexts {
		project, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: "WEB", Name: tenant})
		if err != nil {
			t.Fatal(err)
		}
		for socket := range 2 {
			c := connect(t, url, tenant)
			c.subscribe("items", fmt.Sprintf(`subscription { itemChanged(projectId: %q) { item { name project { name } } } }`, project.GlobalID()))
			c.subscribe("projects", `subscription { projectChanged { project { name } } }`)
			s.listening(ctx, t, 2*(socket+1))
			wait.Go(func() {
				for last := 0; last < 2; { // of items and of projects
					f, err := c.next()
					if err != nil || !strings.Contains(string(f.Payload), tenant) || strings.Contains(strings.ReplaceAll(string(f.Payload), tenant, ""), "globex") || tenant == "globex" && strings.Contains(string(f.Payload), "acme") {
						t.Errorf("%s heard %s %s %v", tenant, f.Type, f.Payload, err)
						return
					}
					heard.Add(1)
					if strings.Contains(string(f.Payload), "last") {
						last++
					}
				}
			})
		}
		wait.Go(func() {
			for i := range rounds {
				name := tenant
				if i == rounds-1 {
					name += " last"
				}
				if _, err := model.CreateItem(ctx, s.DB, model.CreateItemInput{ProjectID: project.GlobalID(), Name: name, Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow}); err != nil {
					t.Error(err)
				}
				if _, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: "P" + string(rune('A'+i/26)) + string(rune('A'+i%26)), Name: name}); err != nil {
					t.Error(err)
				}
				if _, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: "WEB", Name: "taken"}); err == nil {
					t.Error("a key was taken twice")
				}
			}
		})
	}
	wait.Wait()
	t.Logf("%d events, none of the other tenant", heard.Load())
}
