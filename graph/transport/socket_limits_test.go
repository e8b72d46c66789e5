package transport_test

import (
	"bufio"
	"fmt"
	"net/http"
	neturl "net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// onShelfIDs is a subscription with small events.
const onShelfIDs = `subscription { shelfChanged { shelfId } }`

// publishUntil calls publish repeatedly until stop is called.
func publishUntil(publish func()) (stop func()) {
	done := make(chan struct{})
	var publishing sync.WaitGroup
	publishing.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
				publish()
			}
		}
	})
	return func() {
		close(done)
		publishing.Wait()
	}
}

// TestSocketsAndSubscriptionsAreLimited exceeds the quotas of a tenant. The other tenant has its own.
func TestSocketsAndSubscriptionsAreLimited(t *testing.T) {
	stopping := make(chan struct{})
	s := servertest.New(t, func(o *server.Options) {
		o.Limits.Sockets, o.Limits.Subscriptions, o.Stopping = 2, 1, stopping
	})
	url := s.Listen(t)
	first := servertest.Connect(t, url, "acme")
	_ = servertest.Connect(t, url, "acme")
	third := servertest.Dial(t, url, nil)
	third.Init("acme")
	code, reason := third.WaitClosed()
	if code != websocket.StatusTryAgainLater || reason != "the tenant has 2 sockets, and may have no more" {
		t.Error(code, reason)
	}
	other := servertest.Connect(t, url, "globex")
	first.Subscribe("a", onShelfIDs)
	s.WaitSubscriptions(t, servertest.Acme, 1)
	first.Subscribe("b", onShelfIDs)
	first.Expect("error", "RATE_LIMITED")
	first.Complete("a")
	s.WaitSubscriptions(t, servertest.Acme, 0)
	try := 0
	servertest.WaitUntil(t, "the quota is free again", func() bool { // a moment after the subscription has ended
		try++
		first.Subscribe(fmt.Sprint("again ", try), onShelfIDs)
		return s.Subscriptions(servertest.Acme) == 1
	})
	other.Subscribe("a", onShelfIDs)
	s.WaitSubscriptions(t, servertest.Globex, 1)
	close(stopping)
	for _, c := range []*servertest.Socket{first, other} {
		if code, _ := c.WaitClosed(); code != websocket.StatusServiceRestart {
			t.Error("at the server's end:", code)
		}
	}
}

// TestSocketsCloseWhenTheServerStops has many sockets, of which none may be disconnected without a
// close code: sockets without a message, with a subscription, and with buffered results.
func TestSocketsCloseWhenTheServerStops(t *testing.T) {
	_, url, stop := listenStoppable(t, func(*server.Options) {})
	codes := make(chan websocket.StatusCode)
	const sockets = 200
	for i := range sockets {
		c := servertest.Dial(t, url, nil)
		if i%2 == 0 {
			c.Init("acme")
			c.Subscribe("a", onShelfIDs)
		}
		go func() {
			code, _ := c.WaitClosed()
			codes <- code
		}()
		for id := 0; i%10 == 0 && id < 50; id++ {
			c.Subscribe(fmt.Sprint(id), "{ tenant { slug } }")
		}
	}
	stop()
	counts := map[websocket.StatusCode]int{}
	for range sockets {
		counts[<-codes]++
	}
	if counts[websocket.StatusServiceRestart] != sockets {
		t.Error("at the server's end:", counts)
	}
}

// TestSlowConsumersAreDisconnected opens slow consumers over a socket and each kind of stream, beside
// a client that reads. Their quota is released, and they use no memory.
func TestSlowConsumersAreDisconnected(t *testing.T) {
	t.Parallel() // it waits for timeouts
	s := servertest.New(t, func(o *server.Options) { o.Limits.Sockets, o.Limits.Subscriptions = 3, 5 })
	url := s.Listen(t)
	large := s.AddShelf(servertest.Acme, "WEB", strings.Repeat("€", 10_000))
	reading, silent := servertest.Connect(t, url, "acme"), servertest.Connect(t, url, "acme")
	reading.Subscribe("a", onShelves)
	silent.Subscribe("a", onShelves)
	for _, accept := range []string{"text/event-stream", "multipart/mixed;subscriptionSpec=1.0"} {
		servertest.Call(t, http.MethodGet, url+"?query="+neturl.QueryEscape(onShelves), "acme", "", "Accept", accept)
	}
	shared := reserve(t, url, "acme")
	shared.start("a", onShelves)
	shared.open()
	s.WaitSubscriptions(t, servertest.Acme, 5)
	shelf := s.AddShelf(servertest.Acme, "ELSE", "web")
	s.PublishShelf(servertest.Acme, shelf)
	reading.Expect("next", `"web"`)
	book := s.AddBook(servertest.Acme, shelf, "x", "")
	// hasRoom reports whether the quota has room for a socket with four subscriptions. Either all
	// receive an event to which no other client subscribes, or one is refused.
	hasRoom := func() bool {
		c := servertest.Dial(t, url, nil)
		defer func() { _ = c.CloseNow() }()
		c.Init("acme")
		for id := range 4 {
			c.Subscribe(fmt.Sprint(id), fmt.Sprintf(`subscription { bookChanged(shelfId: %q) { bookId } }`, shelf.GlobalID()))
		}
		defer publishUntil(func() { s.PublishBook(servertest.Acme, book) })()
		received := map[string]bool{}
		for len(received) < 4 {
			m, err := c.Next()
			if err != nil || m.Type == "error" {
				return false
			}
			if m.Type == "next" {
				received[m.ID] = true
			}
		}
		return true
	}
	if hasRoom() {
		t.Fatal("the quota is exceeded")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const events = 1500 // of 30 kB: more than the buffers of two connections hold
	for range events {
		s.PublishShelf(servertest.Acme, large)
		reading.Expect("next", `"€€`)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("the heap has grown by %d MiB", grown>>20)
	}
	servertest.WaitUntil(t, "slow consumers are disconnected and their quota is released", hasRoom)
	reading.Send(`{"type": "ping"}`)
	reading.Expect("pong", "")
}

// TestOperationsOfASocketAreLimited sends more queries than may run, while they are blocked.
func TestOperationsOfASocketAreLimited(t *testing.T) {
	s := servertest.New(t, func(o *server.Options) { o.Limits.Operations = 2 })
	url := s.Listen(t)
	release := s.Hold("tags")
	defer release()
	c, other := servertest.Connect(t, url, "acme"), servertest.Connect(t, url, "globex")
	for i := range 5 { // subscriptions have a quota of their own
		c.Subscribe(fmt.Sprint("s", i), onShelfIDs)
		s.WaitSubscriptions(t, servertest.Acme, i+1)
	}
	for i := range 5 {
		c.Subscribe(fmt.Sprint(i), `{ tags { totalCount } }`)
	}
	for range 3 {
		c.Expect("error", "RATE_LIMITED")
	}
	other.Subscribe("a", `{ tenant { slug } }`)
	other.Expect("next", "globex")
	other.Expect("complete", "")
	release()
	for range 2 {
		if m, err := c.Next(); err != nil || m.Type != "next" && m.Type != "complete" {
			t.Error(m, err)
		}
	}
	other.Subscribe("b", `query($x: Boolean = true) { tenant @skip(if: $x) { slug } }`)
	other.Expect("next", `{"data":{}}`)
	other.Expect("complete", "")
}

// TestEventStreamBeginsBeforeTheBody accepts events, and sends no body.
func TestEventStreamBeginsBeforeTheBody(t *testing.T) {
	t.Parallel() // it waits for timeouts
	conn := servertest.DialTCP(t, servertest.New(t).ListenFor(t, shortTimeout))
	fmt.Fprintf(conn, "GET /graphql?query=%s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"+
		"X-Tenant-ID: acme\r\nContent-Length: 1000\r\n\r\n", neturl.QueryEscape(onShelfIDs))
	if err := conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != "HTTP/1.1 200 OK\r\n" {
		t.Error(line, err)
	}
}

// TestUnfinishedRequestsUseOnlyTheirTenantsQuota sends a body without its end. It uses a slot of its
// own tenant.
func TestUnfinishedRequestsUseOnlyTheirTenantsQuota(t *testing.T) {
	s := servertest.NewStateless(func(o *server.Options) { o.Limits.Operations = 1 })
	url := s.Listen(t)
	slow := servertest.DialTCP(t, url)
	post := func(tenant string) (status int, retry string) {
		response := servertest.Call(t, http.MethodPost, url, tenant, queryBody("{ tenant { slug } }"))
		return response.StatusCode, response.Header.Get("Retry-After")
	}
	if status, _ := post("acme"); status != http.StatusOK {
		t.Error(status)
	}
	fmt.Fprint(slow, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
		"X-Tenant-ID: acme\r\nContent-Length: 1000\r\n\r\n{")
	waitStatus := func(want int) {
		t.Helper()
		servertest.WaitUntil(t, "the status is "+http.StatusText(want), func() bool {
			status, retry := post("acme")
			return status == want && (retry != "") == (want == http.StatusTooManyRequests)
		})
	}
	waitStatus(http.StatusTooManyRequests)
	if status, _ := post("globex"); status != http.StatusOK {
		t.Error("globex:", status)
	}
	_ = slow.Close()
	waitStatus(http.StatusOK)
}

// TestBufferedResponsesOfASlowConsumerAreLimited reads the beginning of large responses. A tenant
// buffers at most one of them, in whatever form; another tenant has its own quota.
func TestBufferedResponsesOfASlowConsumerAreLimited(t *testing.T) {
	s := servertest.New(t, func(o *server.Options) { o.Limits.Buffered = 9_000 })
	for _, tenant := range []tenancy.Tenant{servertest.Acme, servertest.Globex} {
		s.AddBooks(tenant, 100, strings.Repeat("😀", 10_000))
	}
	// A response has 8 MB, more than the buffers of the operating system.
	body := queryBody(`{ books(first: 100) { nodes { a: summary b: summary } } }`)
	for _, accept := range []string{"application/json", "text/event-stream"} {
		url := s.With().Listen(t)
		begin := func(tenant string) string {
			conn := servertest.DialTCP(t, url)
			servertest.PostTCP(conn, tenant, accept, body)
			return servertest.ReadUntil(t, conn, `"data":{`, "RATE_LIMITED")
		}
		if response := begin("acme"); strings.Contains(response, "RATE_LIMITED") {
			t.Errorf("%s: %s", accept, response)
		}
		for range 3 {
			if response := begin("acme"); !strings.Contains(response, "RATE_LIMITED") {
				t.Errorf("%s: a second response is buffered", accept)
			}
		}
		if response := begin("globex"); strings.Contains(response, "RATE_LIMITED") {
			t.Errorf("%s: of another tenant: %s", accept, response)
		}
	}
}

// TestEventsHaveTheTimeOfAnOperation blocks a field of an event. The time of an idle subscription is
// not limited.
func TestEventsHaveTheTimeOfAnOperation(t *testing.T) {
	t.Parallel() // it waits for timeouts
	s := servertest.New(t, func(o *server.Options) { o.Limits.Time = 300 * time.Millisecond })
	c := servertest.Connect(t, s.ListenFor(t, shortTimeout), "acme")
	shelf := s.AddShelf(servertest.Acme, "WEB", "web")
	c.Subscribe("a", fmt.Sprintf(`subscription { bookChanged(shelfId: %q) { book { title tags { nodes { name } } } } }`, shelf.GlobalID()))
	s.WaitSubscriptions(t, servertest.Acme, 1)
	time.Sleep(shortTimeout + s.Options.Limits.Time)
	release := s.Hold("tags")
	s.PublishBook(servertest.Acme, s.AddBook(servertest.Acme, shelf, "late", ""))
	c.Expect("next", "COMPLEXITY_LIMIT_EXCEEDED")
	release()
	s.PublishBook(servertest.Acme, s.AddBook(servertest.Acme, shelf, "in time", ""))
	c.Expect("next", `"title":"in time","tags":{"nodes":[]}`)
}

// TestIDOfAStoppedOperationIsFree reuses an id immediately, many times.
func TestIDOfAStoppedOperationIsFree(t *testing.T) {
	s := servertest.New(t)
	c := servertest.Connect(t, s.Listen(t), "acme")
	for i := range 60 {
		c.Subscribe("a", onShelves)
		c.Complete("a")
		c.Subscribe("a", onShelves)
		shelf := s.AddShelf(servertest.Acme, "WEB", fmt.Sprint("p", i))
		// The protocol does not report that the second has begun, so publish the event again.
		stop := publishUntil(func() { s.PublishShelf(servertest.Acme, shelf) })
		for received := false; !received; {
			m, err := c.Next()
			if err != nil || m.Type != "next" {
				t.Fatal(m, err)
			}
			received = strings.Contains(string(m.Payload), `"`+shelf.Name+`"`)
		}
		stop()
		c.Complete("a")
	}
}

// TestLargeSubscriptionsCountMore subscribes with large extensions, which are not kept, and with long
// documents, which count for the quota.
func TestLargeSubscriptionsCountMore(t *testing.T) {
	s := servertest.New(t, func(o *server.Options) { o.Limits.Subscriptions = 13 })
	c := servertest.Connect(t, s.Listen(t), "acme")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const rounds = 4
	for i := range rounds {
		c.Send(fmt.Sprintf(`{"id": "%d", "type": "subscribe", "payload": {"query": %q, "extensions": {"a": [1%s]}}}`,
			i, onShelfIDs, strings.Repeat(",{}", 100_000)))
	}
	c.Subscribe("b", onShelfIDs+" #"+strings.Repeat("x", 100_000))
	c.Expect("error", "at most 65536 bytes")
	s.WaitSubscriptions(t, servertest.Acme, rounds)
	c.Subscribe("long", onShelfIDs+" #"+strings.Repeat("x", 10_000))
	c.Expect("error", "has 4 subscriptions and may have 13, and this one counts for 10")
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("%d subscriptions keep %d MiB", rounds, grown>>20)
	}
}
