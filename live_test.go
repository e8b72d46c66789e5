package main

import (
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
