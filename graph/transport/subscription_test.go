package transport_test

import (
	"bufio"
	"fmt"
	"net/http"
	neturl "net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
	"rowhouse/tenancy"
)

// TestViolationsOfTheProtocolCloseTheSocket violates each rule of graphql-transport-ws.
func TestViolationsOfTheProtocolCloseTheSocket(t *testing.T) {
	s := servertest.New(t)
	url := s.Listen(t)
	const hello = `{"type": "connection_init", "payload": {"x-tenant-id": "acme"}}`
	const subscribe = `{"id": "a", "type": "subscribe", "payload": {"query": "subscription { shelfChanged { shelfId } }"}}`
	for _, test := range []struct {
		name   string
		header http.Header
		send   []string
		code   websocket.StatusCode
		reason string
	}{
		{
			name:   "not JSON",
			send:   []string{"hello"},
			code:   4400,
			reason: "Invalid message",
		},
		{
			name:   "no type",
			send:   []string{`{}`},
			code:   4400,
			reason: `Invalid message: the type "" is unknown`,
		},
		{
			name:   "a type for servers",
			send:   []string{hello, `{"type": "next"}`},
			code:   4400,
			reason: "Invalid message",
		},
		{
			name:   "parameters that are not an object",
			send:   []string{`{"type": "connection_init", "payload": []}`},
			code:   4400,
			reason: "must be an object",
		},
		{
			name:   "a subscription before connection_init",
			send:   []string{subscribe},
			code:   4401,
			reason: "Unauthorized",
		},
		{
			name:   "no tenant",
			send:   []string{`{"type": "connection_init"}`},
			code:   4403,
			reason: "Forbidden: TENANT_REQUIRED",
		},
		{
			name:   "no such tenant",
			send:   []string{`{"type": "connection_init", "payload": {"X-Tenant-ID": "umbrella"}}`},
			code:   4403,
			reason: "Forbidden: TENANT_UNAVAILABLE",
		},
		{
			name:   "a number for the tenant",
			send:   []string{`{"type": "connection_init", "payload": {"X-Tenant-ID": 1}}`},
			code:   4403,
			reason: "Forbidden: TENANT_INVALID",
		},
		{
			name:   "the header twice",
			header: http.Header{"X-Tenant-Id": {"acme", "globex"}},
			send:   []string{hello},
			code:   4403,
			reason: "Forbidden: TENANT_INVALID",
		},
		{
			name:   "another tenant than in the header",
			header: http.Header{"X-Tenant-Id": {"globex"}},
			send:   []string{hello},
			code:   4403,
			reason: "Forbidden: TENANT_INVALID",
		},
		{
			name:   "connection_init twice",
			send:   []string{hello, hello},
			code:   4429,
			reason: "Too many initialisation requests",
		},
		{
			name:   "an id twice",
			send:   []string{hello, subscribe, subscribe},
			code:   4409,
			reason: "Subscriber for a already exists",
		},
		{
			name:   "no id",
			send:   []string{hello, `{"type": "subscribe", "payload": {"query": "{ tenant { slug } }"}}`},
			code:   4400,
			reason: "Invalid message",
		},
		{
			name: "an id of 1 kB",
			send: []string{hello, `{"id": "` + strings.Repeat("a", 1000) +
				`", "type": "subscribe", "payload": {"query": "{ tenant { slug } }"}}`},
			code:   4400,
			reason: "Invalid message",
		},
		{
			name:   "no query",
			send:   []string{hello, `{"id": "a", "type": "subscribe"}`},
			code:   4400,
			reason: "Invalid message",
		},
		{
			name: "a message of 2 MiB",
			send: []string{hello, strings.Repeat(" ", 2<<20)},
			code: websocket.StatusMessageTooBig,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := servertest.Dial(t, url, test.header)
			for _, text := range test.send {
				_ = c.Write(t.Context(), websocket.MessageText, []byte(text))
			}
			if code, reason := c.WaitClosed(); code != test.code || !strings.Contains(reason, test.reason) {
				t.Errorf("%d %s", code, reason)
			}
		})
	}
	t.Run("another protocol", func(t *testing.T) {
		options := &websocket.DialOptions{Subprotocols: []string{"graphql-ws"}}
		conn, _, err := websocket.Dial(t.Context(), url, options) //nolint:bodyclose // the library closes it
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != 4406 {
			t.Error(err)
		}
	})
	t.Run("a page of another origin", func(t *testing.T) {
		for origin, good := range map[string]bool{
			"https://app.example.com": true, "http://[::1]:3000": true, "http://[::1]:3001": false,
			"null": false, "https://evil.example.com": false, "http://app.example.com": false,
		} {
			options := &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}}
			conn, _, err := websocket.Dial(t.Context(), url, options) //nolint:bodyclose // the library closes it
			if (err == nil) != good {
				t.Errorf("%s: %v", origin, err)
			}
			if err == nil {
				_ = conn.CloseNow()
			}
		}
	})
	t.Run("a POST request with the headers of an upgrade", func(t *testing.T) {
		r := servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } }"}`,
			"Content-Type", "application/json", "Upgrade", "websocket", "Connection", "Upgrade")
		if w := s.Do(r); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "TENANT_REQUIRED") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// readEvent reads an event of a stream, and returns its name and data; "" at the end.
func readEvent(lines *bufio.Scanner) (name, data string) {
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok && lines.Scan() {
			return name, strings.TrimPrefix(lines.Text(), "data: ")
		}
	}
	return "", ""
}

// TestSubscriptionsAreSentAsEvents subscribes by Server-Sent Events, until the server stops.
func TestSubscriptionsAreSentAsEvents(t *testing.T) {
	t.Parallel() // it waits for timeouts
	s, url, stop := listenStoppable(t, func(o *server.Options) { o.Limits.Subscriptions = 1 })
	post := func(tenant, accept, document string) *bufio.Scanner {
		t.Helper()
		response := servertest.Call(t, http.MethodPost, url, tenant, queryBody(document), "Accept", accept)
		kind := response.Header.Get("Content-Type")
		if response.StatusCode != http.StatusOK || kind != "text/event-stream; charset=utf-8" {
			t.Fatal(response.Status, kind)
		}
		return bufio.NewScanner(response.Body)
	}
	expect := func(lines *bufio.Scanner, event, contains string) {
		t.Helper()
		if name, data := readEvent(lines); name != event || !strings.Contains(data, contains) {
			t.Errorf("%s %s, want %s %s", name, data, event, contains)
		}
	}
	acme, globex := post("acme", "text/event-stream", onShelves), post("globex", "application/json, text/event-stream", onShelves)
	time.Sleep(2 * shortTimeout) // the server's timeouts are for other responses
	for _, tenant := range []tenancy.Tenant{servertest.Acme, servertest.Globex} {
		s.PublishShelf(tenant, s.AddShelf(tenant, "WEB", "of "+tenant.Slug))
	}
	expect(acme, "next", `{"data":{"shelfChanged":{"shelf":{"name":"of acme"}}}}`)
	expect(globex, "next", "of globex")
	for document, contains := range map[string]string{
		onShelves: "RATE_LIMITED", "subscription { nothing }": "GRAPHQL_VALIDATION_FAILED", "{ tenant { slug } }": `"acme"`,
	} {
		lines := post("acme", "text/event-stream", document)
		expect(lines, "next", contains)
		expect(lines, "complete", "")
	}
	stop()
	if name, data := readEvent(acme); name != "" {
		t.Error("at the server's end:", name, data)
	}
}

// TestSubscriptionsCompleteOnlyWhenTheirSubjectEnds completes a subscription, and loses events of
// another, after which clients must subscribe again.
func TestSubscriptionsCompleteOnlyWhenTheirSubjectEnds(t *testing.T) {
	s := servertest.New(t)
	url := s.ListenFor(t, shortTimeout)
	for _, test := range []struct {
		name   string
		end    func(shelf *model.Shelf)
		stream string
		code   websocket.StatusCode // 0: the socket stays open
	}{
		{
			name:   "the subject is deleted",
			end:    func(shelf *model.Shelf) { s.Complete(servertest.Acme, shelf) },
			stream: ":\n\nevent: complete\ndata: \n\n",
		},
		{
			name:   "events are lost",
			end:    func(shelf *model.Shelf) { s.Interrupt(servertest.Acme, shelf) },
			stream: ":\n\n",
			code:   websocket.StatusTryAgainLater,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			shelf := s.AddShelf(servertest.Acme, "WEB", "web")
			document := fmt.Sprintf(`subscription { bookChanged(shelfId: %q) { bookId } }`, shelf.GlobalID())
			c := servertest.Connect(t, url, "acme")
			c.Subscribe("a", document)
			stream := servertest.Call(t, http.MethodGet, url+"?query="+
				neturl.QueryEscape(document), "acme", "", "Accept", "text/event-stream")
			s.WaitSubscriptions(t, servertest.Acme, 2)
			test.end(shelf)
			if got := stream.Read(t); got != test.stream {
				t.Errorf("the stream is %q", got)
			}
			if test.code == 0 {
				c.Expect("complete", "")
				c.Send(`{"type": "ping", "payload": {"a": 1}}`)
				c.Expect("pong", `{"a":1}`)
			} else if code, reason := c.WaitClosed(); code != test.code {
				t.Error(code, reason)
			}
		})
	}
}

// TestSubscribersReceiveOnlyEventsOfTheirTenant publishes events of both tenants, to subscriptions of
// one socket each.
func TestSubscribersReceiveOnlyEventsOfTheirTenant(t *testing.T) {
	s := servertest.New(t)
	url := s.Listen(t)
	acme, globex := servertest.Connect(t, url, "acme"), servertest.Connect(t, url, "globex")
	shelf := s.AddShelf(servertest.Acme, "WEB", "of acme")
	globex.Subscribe("theirs", fmt.Sprintf(`subscription { bookChanged(shelfId: %q) { bookId } }`, shelf.GlobalID()))
	globex.Expect("error", "NOT_FOUND")
	acme.Subscribe("shelves", onShelves)
	globex.Subscribe("shelves", onShelves)
	s.WaitSubscriptions(t, servertest.Acme, 1)
	s.WaitSubscriptions(t, servertest.Globex, 1)
	for range 20 {
		s.PublishShelf(servertest.Acme, shelf)
	}
	s.PublishShelf(servertest.Globex, s.AddShelf(servertest.Globex, "WEB", "of globex"))
	globex.Expect("next", `"of globex"`)
	for range 20 {
		acme.Expect("next", `"of acme"`)
	}
}
