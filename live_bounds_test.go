package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"rowhouse/model"
	"rowhouse/tenancy"
)

func TestSocketsAreBounded(t *testing.T) {
	s := newTestServer(t)
	options := defaults
	options.Limits.Sockets, options.Limits.Subscriptions = 2, 1
	stopping := make(chan struct{})
	options.Stopping = stopping
	url := s.listen(t, options)
	first := connect(t, url, "acme")
	_ = connect(t, url, "acme")
	third := dial(t, url, nil)
	third.send(`{"type": "connection_init", "payload": {"X-Tenant-ID": "acme"}}`)
	if code, reason := third.closes(); code != websocket.StatusTryAgainLater || reason != "the tenant has 2 sockets, and may have no more" {
		t.Error(code, reason)
	}
	other := connect(t, url, "globex")
	const query = `subscription { projectChanged { projectId } }`
	first.subscribe("a", query)
	s.listening(s.Acme, t, 1)
	first.subscribe("b", query)
	first.expect("error", "RATE_LIMITED")
	first.send(`{"id": "a", "type": "complete"}`)
	s.listening(s.Acme, t, 0)
	try := 0
	waitUntil(t, "the quota is free again", func() bool { // a moment after the subscription has ended
		try++
		first.subscribe(fmt.Sprint("again ", try), query)
		now, err := s.Subscriptions(s.Acme)
		return err == nil && now == 1
	})
	other.subscribe("a", query)
	s.listening(s.Globex, t, 1)
	close(stopping)
	for _, c := range []*client{first, other} {
		if code, _ := c.closes(); code != websocket.StatusServiceRestart {
			t.Error("at the server's end:", code)
		}
	}
}

// TestAStopTellsEverySocket has many sockets, as none must be torn before it is told to
// connect again: some say nothing, some listen, and some wait for answers.
func TestAStopTellsEverySocket(t *testing.T) {
	s := newTestServer(t)
	options := defaults
	stopping := make(chan struct{})
	options.Stopping = stopping
	url := s.listen(t, options)
	codes := make(chan websocket.StatusCode)
	const sockets = 200
	for i := range sockets {
		c := dial(t, url, nil)
		if i%2 == 0 {
			c.send(`{"type": "connection_init", "payload": {"X-Tenant-ID": "acme"}}`)
			c.subscribe("a", `subscription { projectChanged { projectId } }`)
		}
		go func() {
			code, _ := c.closes()
			codes <- code
		}()
		for id := 0; i%10 == 0 && id < 50; id++ {
			c.subscribe(fmt.Sprint(id), "{ tenant { slug } }")
		}
	}
	close(stopping)
	told := map[websocket.StatusCode]int{}
	for range sockets {
		told[<-codes]++
	}
	if told[websocket.StatusServiceRestart] != sockets {
		t.Error("at the server's end:", told)
	}
}

// TestSlowClientsAreDropped opens slow consumers over a socket and each kind of stream, beside a
// client that reads. They are disconnected, their quota is released, and they use no memory.
func TestSlowClientsAreDropped(t *testing.T) {
	s := newTestServer(t)
	options := defaults
	options.Limits.Sockets, options.Limits.Subscriptions = 3, 5
	url := s.listen(t, options)
	project, err := model.CreateProject(s.Acme, s.DB, model.CreateProjectInput{Key: "WEB", Name: "web", Description: text(strings.Repeat("€", 10_000))})
	if err != nil {
		t.Fatal(err)
	}
	const query = `subscription { projectChanged { project { name description } } }`
	reading, silent := connect(t, url, "acme"), connect(t, url, "acme")
	reading.subscribe("a", query)
	silent.subscribe("a", query)
	for _, accept := range []string{"text/event-stream", "multipart/mixed;subscriptionSpec=1.0"} {
		call(t, http.MethodGet, url+"?query="+neturl.QueryEscape(query), "acme", "", "Accept", accept)
	}
	many := reserve(t, url, "acme")
	many.start("a", query)
	many.open()
	s.listening(s.Acme, t, 5)
	elsewhere, err := model.CreateProject(s.Acme, s.DB, model.CreateProjectInput{Key: "ELSE", Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	reading.expect("next", `"web"`)
	// room reports whether the quota has room for a socket with four subscriptions. Either all
	// receive an event that nobody else subscribes to, or one is refused.
	room := func() bool {
		c := dial(t, url, nil)
		defer func() { _ = c.CloseNow() }()
		c.send(`{"type": "connection_init", "payload": {"X-Tenant-ID": "acme"}}`)
		own := fmt.Sprintf(`subscription { itemChanged(projectId: %q) { itemId } }`, elsewhere.GlobalID())
		for id := range 4 {
			c.subscribe(fmt.Sprint(id), own)
		}
		asked, stop := context.WithCancel(s.Acme)
		var publishing sync.WaitGroup
		publishing.Go(func() {
			for ; asked.Err() == nil; time.Sleep(5 * time.Millisecond) {
				s.Publish(asked, tenancy.Event{Topic: fmt.Sprintf("items of %x", elsewhere.ID[:]), Kind: "DELETED", Key: string(elsewhere.ID[:])})
			}
		})
		defer publishing.Wait()
		defer stop()
		told := map[string]bool{}
		for {
			f, err := c.next()
			if err != nil || f.Type == "error" {
				return false
			}
			if f.Type == "next" {
				told[f.ID] = true
			}
			if len(told) == 4 {
				return true
			}
		}
	}
	if room() {
		t.Fatal("more is open than may be")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const events = 1500 // of 30 kB: more than the buffers of two connections hold
	for range events {
		s.Publish(s.Acme, tenancy.Event{Topic: "projects", Kind: "UPDATED", Key: string(project.ID[:])})
		reading.expect("next", `"web"`)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("the heap has grown by %d MiB", grown>>20)
	}
	waitUntil(t, "slow consumers are disconnected and their quota is released", room)
	reading.send(`{"type": "ping"}`)
	reading.expect("pong", "")
}

// TestASocketRunsSoManyOperations sends more queries than may run, while they wait.
func TestASocketRunsSoManyOperations(t *testing.T) {
	s := newTestServer(t)
	options := defaults
	options.Limits.Operations = 2
	url := s.listen(t, options)
	lock, err := s.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.ExecContext(t.Context(), "LOCK TABLES labels WRITE"); err != nil {
		t.Fatal(err)
	}
	c, other := connect(t, url, "acme"), connect(t, url, "globex")
	for i := range 5 { // subscriptions are counted apart
		c.subscribe(fmt.Sprint("s", i), `subscription { projectChanged { projectId } }`)
		s.listening(s.Acme, t, i+1)
	}
	for i := range 5 {
		c.subscribe(fmt.Sprint(i), `{ labels { totalCount } }`)
	}
	for range 3 {
		c.expect("error", "RATE_LIMITED")
	}
	other.subscribe("a", `{ tenant { slug } }`)
	other.expect("next", "globex")
	other.expect("complete", "")
	if _, err := lock.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if f, err := c.next(); err != nil || f.Type != "next" && f.Type != "complete" {
			t.Error(f, err)
		}
	}
	other.subscribe("b", `query($x: Boolean = true) { tenant @skip(if: $x) { slug } }`)
	other.expect("next", `{"data":{}}`)
	other.expect("complete", "")
}

// raw returns a connection to a server that takes little unread, for what no client does.
func raw(t *testing.T, url string) net.Conn {
	t.Helper()
	address, err := neturl.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	return conn
}

// TestABodyThatNeverComesIsNotWaitedFor asks for events, and keeps the body.
func TestABodyThatNeverComesIsNotWaitedFor(t *testing.T) {
	s := newTestServer(t)
	conn := raw(t, s.listenFor(t, defaults, shortTimeout))
	fmt.Fprintf(conn, "GET /graphql?query=%s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nX-Tenant-ID: acme\r\nContent-Length: 1000\r\n\r\n",
		neturl.QueryEscape("subscription { projectChanged { projectId } }"))
	if err := conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != "HTTP/1.1 200 OK\r\n" {
		t.Error(line, err)
	}
}

// TestATenantRunsSoManyOperations has a tenant that sends a body without an end: it keeps
// its own place, and nobody else's.
func TestATenantRunsSoManyOperations(t *testing.T) {
	s := newTestServer(t)
	options := defaults
	options.Limits.Operations = 1
	url := s.listen(t, options)
	slow := raw(t, url)
	ask := func(tenant string) (status int, retry string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(`{"query": "{ tenant { slug } }"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Content-Type": {"application/json"}, tenancy.HeaderName: {tenant}}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode, answer.Header.Get("Retry-After")
	}
	if status, _ := ask("acme"); status != http.StatusOK {
		t.Error(status)
	}
	fmt.Fprint(slow, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Tenant-ID: acme\r\nContent-Length: 1000\r\n\r\n{")
	becomes := func(want int) {
		t.Helper()
		waitUntil(t, http.StatusText(want)+" is the answer", func() bool {
			status, retry := ask("acme")
			return status == want && (retry != "") == (want == http.StatusTooManyRequests)
		})
	}
	becomes(http.StatusTooManyRequests)
	if status, _ := ask("globex"); status != http.StatusOK {
		t.Error("globex:", status)
	}
	_ = slow.Close()
	becomes(http.StatusOK)
}

// TestWhoReadsNothingKeepsLittle asks for large answers, and reads the beginning of each:
// more than one of a tenant's does not wait, in whatever form, and none is in the way of
// another tenant's.
func TestWhoReadsNothingKeepsLittle(t *testing.T) {
	s := newTestServer(t)
	for _, tenant := range []context.Context{s.Acme, s.Globex} {
		project, err := model.CreateProject(tenant, s.DB, model.CreateProjectInput{Key: "WEB", Name: "web"})
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			in := model.CreateItemInput{ProjectID: project.GlobalID(), Name: "x", Description: text(strings.Repeat("😀", 10_000)), Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow}
			if _, err := model.CreateItem(tenant, s.DB, in); err != nil {
				t.Fatal(err)
			}
		}
	}
	options := defaults
	options.Limits.Buffered = 9_000 // an answer has 8 MB: more than the system's buffers take
	const body = `{"query": "{ items(first: 100) { nodes { a: description b: description } } }"}`
	for _, accept := range []string{"application/json", "text/event-stream"} {
		server := httptest.NewServer(newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler)))
		t.Cleanup(server.CloseClientConnections) // after those of the clients
		begin := func(tenant string) string {
			conn := raw(t, server.URL)
			fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nAccept: %s\r\nX-Tenant-ID: %s\r\nContent-Length: %d\r\n\r\n%s", accept, tenant, len(body), body)
			if err := conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewReaderSize(conn, 1_000)
			for {
				line, err := lines.Peek(1_000)
				if strings.Contains(string(line), `"data":{`) || strings.Contains(string(line), "RATE_LIMITED") {
					return string(line)
				}
				if err != nil {
					t.Fatalf("%s: %v, %s", accept, err, line)
				}
				_, _ = lines.Discard(500)
			}
		}
		if answer := begin("acme"); strings.Contains(answer, "RATE_LIMITED") {
			t.Errorf("%s: %s", accept, answer)
		}
		for range 3 {
			if answer := begin("acme"); !strings.Contains(answer, "RATE_LIMITED") {
				t.Errorf("%s: it waits beside the first", accept)
			}
		}
		if answer := begin("globex"); strings.Contains(answer, "RATE_LIMITED") {
			t.Errorf("%s: of another tenant: %s", accept, answer)
		}
	}
}

// TestAnEventHasTheTimeOfAnOperation keeps an event from the rows that it needs.
func TestAnEventHasTheTimeOfAnOperation(t *testing.T) {
	s := newTestServer(t)
	options := defaults
	options.Limits.Time = 300 * time.Millisecond
	c := connect(t, s.listenFor(t, options, shortTimeout), "acme")
	project, err := model.CreateProject(s.Acme, s.DB, model.CreateProjectInput{Key: "WEB", Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	c.subscribe("a", fmt.Sprintf(`subscription { itemChanged(projectId: %q) { item { name labels { nodes { name } } } } }`, project.GlobalID()))
	time.Sleep(shortTimeout + options.Limits.Time) // an idle subscription has no time limit
	locking, err := s.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer locking.Close()
	for _, step := range []struct{ lock, name, holds string }{
		{"LOCK TABLES labels WRITE", "late", "COMPLEXITY_LIMIT_EXCEEDED"},
		{"UNLOCK TABLES", "in time", `"name":"in time","labels":{"nodes":[]}`},
	} {
		if _, err := locking.ExecContext(t.Context(), step.lock); err != nil {
			t.Fatal(err)
		}
		in := model.CreateItemInput{ProjectID: project.GlobalID(), Name: step.name, Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow}
		if _, err := model.CreateItem(s.Acme, s.DB, in); err != nil {
			t.Fatal(err)
		}
		c.expect("next", step.holds)
	}
}

// TestAMessageIsNotWaitedForLong begins one, and never ends it.
func TestAMessageIsNotWaitedForLong(t *testing.T) {
	s := newTestServer(t)
	c := connect(t, s.listen(t, defaults), "acme")
	w, err := c.Writer(t.Context(), websocket.MessageText)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(w, `{"type": "ping", "payload": {"a": "%s`, strings.Repeat("x", 10_000)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Read(t.Context()); err == nil { // but for the deadline of go test
		t.Error("it was answered")
	}
}

// TestAnIDIsFreeAsSoonAsItsOperationIsStopped uses one again, at once and many times.
func TestAnIDIsFreeAsSoonAsItsOperationIsStopped(t *testing.T) {
	s := newTestServer(t)
	c := connect(t, s.listen(t, defaults), "acme")
	for i := range 60 {
		c.subscribe("a", `subscription { projectChanged { project { name } } }`)
		c.send(`{"id": "a", "type": "complete"}`)
		c.subscribe("a", `subscription { projectChanged { project { name } } }`)
		project, err := model.CreateProject(s.Acme, s.DB, model.CreateProjectInput{Key: "P" + string(rune('A'+i/26)) + string(rune('A'+i%26)), Name: fmt.Sprint("p", i)})
		if err != nil {
			t.Fatal(err)
		}
		// The protocol does not report that the second has begun, so publish the event again.
		asked, stop := context.WithCancel(s.Acme)
		var publishing sync.WaitGroup
		publishing.Go(func() {
			for ; asked.Err() == nil; time.Sleep(5 * time.Millisecond) {
				s.Publish(asked, tenancy.Event{Topic: "projects", Kind: "UPDATED", Key: string(project.ID[:])})
			}
		})
		for heard := false; !heard; {
			f, err := c.next()
			if err != nil || f.Type != "next" {
				t.Fatal(f, err)
			}
			heard = strings.Contains(string(f.Payload), `"`+project.Name+`"`)
		}
		stop()
		publishing.Wait()
		c.send(`{"id": "a", "type": "complete"}`)
	}
}

// TestASubscriptionKeepsLittle subscribes with much that nobody needs.
func TestASubscriptionKeepsLittle(t *testing.T) {
	s := newTestServer(t)
	options := defaults
	options.Limits.Subscriptions = 13
	c := connect(t, s.listen(t, options), "acme")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const rounds = 4
	for i := range rounds {
		c.send(fmt.Sprintf(`{"id": "%d", "type": "subscribe", "payload": {"query": "subscription { projectChanged { projectId } }", "extensions": {"a": [1%s]}}}`, i, strings.Repeat(",{}", 100_000)))
	}
	c.send(fmt.Sprintf(`{"id": "b", "type": "subscribe", "payload": {"query": "subscription { projectChanged { projectId } } #%s"}}`, strings.Repeat("x", 100_000)))
	c.expect("error", "at most 65536 bytes")
	s.listening(s.Acme, t, rounds)
	c.subscribe("long", "subscription { projectChanged { projectId } } #"+strings.Repeat("x", 10_000))
	c.expect("error", "has 4 subscriptions and may have 13, and this one counts for 10")
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("%d subscriptions keep %d MiB", rounds, grown>>20)
	}
}
