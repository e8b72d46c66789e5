package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// listen starts the server on a port, which sockets need. Its timeouts are long enough for a busy
// machine.
func (s *testServer) listen(t testing.TB, options apiOptions) (url string) {
	t.Helper()
	return s.listenFor(t, options, 2*time.Minute)
}

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

// waitSubscriptions waits until a tenant has n subscriptions: the protocol does not report that a
// subscription has begun.
func (s *testServer) waitSubscriptions(tenant context.Context, t testing.TB, n int) {
	t.Helper()
	servertest.WaitUntil(t, fmt.Sprintf("the tenant has %d subscriptions", n), func() bool {
		subscriptions, err := s.Subscriptions(tenant)
		if err != nil {
			t.Fatal(err)
		}
		return subscriptions == n
	})
}

// TestSubscriptionsReportChanges changes rows of both tenants. Failed mutations and mutations without
// a change publish nothing.
func TestSubscriptionsReportChanges(t *testing.T) {
	s := newTestServer(t)
	url := s.listen(t, defaults)
	item := string(fillTenant(s.Acme, t, s, "acme"))
	fillTenant(s.Globex, t, s, "globex")
	project := s.findProject(t, item)

	acme, globex := servertest.Connect(t, url, "acme"), servertest.Connect(t, url, "2")
	acme.Subscribe("items", fmt.Sprintf(`subscription { itemChanged(projectId: %q) {
		change itemId item { name comments { totalCount } project { key } } project { key }
	} }`, project))
	acme.Subscribe("comments", fmt.Sprintf(`subscription { commentAdded(itemId: %q) { change comment { body item { id } } } }`, item))
	globex.Subscribe("projects", `subscription { projectChanged { change project { name } } }`)
	globex.Subscribe("items of acme", fmt.Sprintf(`subscription { itemChanged(projectId: %q) { itemId } }`, project))
	globex.Expect("error", "NOT_FOUND")
	s.waitSubscriptions(s.Acme, t, 2)
	s.waitSubscriptions(s.Globex, t, 1)

	for _, test := range []struct {
		name     string
		tenant   string
		mutation string
		response string // a part of it
		event    string // a part of acme's event; "" if there is none
	}{
		{
			name:     "a new name",
			tenant:   "acme",
			mutation: fmt.Sprintf(`updateItem(input: {id: %q, name: "new name"}) { item { id } }`, item),
			response: "id",
			event:    `"change":"UPDATED"`,
		},
		{
			name:     "the same name",
			tenant:   "acme",
			mutation: fmt.Sprintf(`updateItem(input: {id: %q, name: "new name"}) { item { id } }`, item),
			response: "id",
		},
		{
			name:     "a comment",
			tenant:   "acme",
			mutation: fmt.Sprintf(`createComment(input: {itemId: %q, body: "a remark"}) { comment { id } }`, item),
			response: "id",
			event:    `"body":"a remark"`,
		},
		{
			name:     "an item",
			tenant:   "acme",
			mutation: fmt.Sprintf(`createItem(input: {projectId: %q, name: "second"}) { item { id } }`, project),
			response: "id",
			event:    `"name":"second"`,
		},
		{
			name:     "an invalid item",
			tenant:   "acme",
			mutation: fmt.Sprintf(`createItem(input: {projectId: %q, name: "", assigneeId: "x"}) { item { id } }`, project),
			response: "BAD_USER_INPUT",
		},
		{
			name:     "an item of the other tenant",
			tenant:   "globex",
			mutation: fmt.Sprintf(`updateItem(input: {id: %q, name: "of globex"}) { item { id } }`, item),
			response: "NOT_FOUND",
		},
		{
			name:     "a deleted item",
			tenant:   "acme",
			mutation: fmt.Sprintf(`deleteItem(input: {id: %q}) { deletedId }`, item),
			response: "deletedId",
		},
	} {
		if _, response := s.post(t, test.tenant, "mutation { "+test.mutation+" }"); !strings.Contains(response, test.response) {
			t.Fatalf("%s: %s", test.name, response)
		}
		if test.event != "" {
			acme.Expect("next", test.event)
		}
	}
	for range 2 { // in either order
		f, err := acme.Next()
		deleted := f.ID == "items" && strings.Contains(string(f.Payload), `"item":null,"project":{"key":"PJ"}`)
		if err != nil || !deleted && (f.ID != "comments" || f.Type != "complete") {
			t.Error(f.ID, f.Type, string(f.Payload), err)
		}
	}
	s.query(t, "globex", `mutation { createProject(input: {key: "NEW", name: "of globex"}) { project { id } } }`, nil)
	globex.Expect("next", "of globex")
	// The socket of acme has received no event of globex, and still runs operations.
	acme.Complete("items")
	acme.Send(`{"type": "ping", "payload": {"a": 1}}`)
	acme.Expect("pong", `{"a":1}`)
	acme.Subscribe("query", `{ tenant { slug } }`)
	acme.Expect("next", `{"data":{"tenant":{"slug":"acme"}}}`)
	acme.Expect("complete", "")
}

// TestSocketsReceiveOnlyEventsOfTheirTenant creates rows of equal names for both tenants concurrently,
// and reads each event of both.
func TestSocketsReceiveOnlyEventsOfTheirTenant(t *testing.T) {
	s := newTestServer(t)
	url := s.listen(t, defaults)
	var wait sync.WaitGroup
	var events atomic.Int64
	for tenant, ctx := range map[string]context.Context{"acme": s.Acme, "globex": s.Globex} {
		project, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: "WEB", Name: tenant})
		if err != nil {
			t.Fatal(err)
		}
		for socket := range 2 {
			c := servertest.Connect(t, url, tenant)
			c.Subscribe("items", fmt.Sprintf(`subscription { itemChanged(projectId: %q) { item { name project { name } } } }`,
				project.GlobalID()))
			c.Subscribe("projects", `subscription { projectChanged { project { name } } }`)
			s.waitSubscriptions(ctx, t, 2*(socket+1))
			wait.Go(func() { events.Add(checkEvents(t, c, tenant)) })
		}
		wait.Go(func() {
			const rounds = 60
			for i := range rounds {
				name := tenant
				if i == rounds-1 {
					name += " last"
				}
				createItemAndProject(ctx, t, s, project.GlobalID(), name, "P"+string(rune('A'+i/26))+string(rune('A'+i%26)))
			}
		})
	}
	wait.Wait()
	t.Logf("%d events, all of the right tenant", events.Load())
}

// checkEvents reads a socket until its two subscriptions have received their last event, and returns the
// number of events. Each event must contain the name of its tenant only.
func checkEvents(t *testing.T, c *servertest.Socket, tenant string) (n int64) {
	t.Helper()
	other := map[string]string{"acme": "globex", "globex": "acme"}[tenant]
	for last := 0; last < 2; n++ {
		f, err := c.Next()
		payload := string(f.Payload)
		if err != nil || !strings.Contains(payload, tenant) || strings.Contains(payload, other) {
			t.Errorf("%s received %s %s %v", tenant, f.Type, payload, err)
			return n
		}
		if strings.Contains(payload, "last") {
			last++
		}
	}
	return n
}

// createItemAndProject creates two rows, and fails to create a third one.
func createItemAndProject(ctx context.Context, t *testing.T, s *testServer, project relay.GlobalID, name, key string) {
	t.Helper()
	item := model.CreateItemInput{ProjectID: project, Name: name, Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow}
	if _, err := model.CreateItem(ctx, s.DB, item); err != nil {
		t.Error(err)
	}
	if _, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: key, Name: name}); err != nil {
		t.Error(err)
	}
	if _, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: "WEB", Name: "a key in use"}); err == nil {
		t.Error("two projects have the key WEB")
	}
}
