package limits_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// The same response, in parts and in one piece.
const (
	wholeQuery = `{ books(first: 5) { nodes { key summary reviews(first: 2) { nodes { body reader { name } } } } totalCount } ` +
		`tags { nodes { name } } }`
	deferQuery = `{ books(first: 5) { nodes { key ...Said @defer(label: "said") } totalCount } ... @defer { tags { ` +
		`nodes { name } } } } ` +
		`fragment Said on Book { summary reviews(first: 2) { nodes { body ... @defer { reader { name } } } } }`
)

// accept returns the response to acme's request in a content type.
func accept(t *testing.T, s *servertest.Server, contentType, body string) string {
	t.Helper()
	return s.Do(servertest.NewRequest(t, http.MethodPost, "/graphql", body,
		"Content-Type", "application/json", "Accept", contentType, tenancy.HeaderName, "acme")).Body.String()
}

// TestLargeResponsesAreRefused queries long strings again and again, and lists without pages.
func TestLargeResponsesAreRefused(t *testing.T) {
	s := servertest.New(t)
	s.AddBooks(servertest.Acme, 100, strings.Repeat("😀", 10_000))
	const each = `a: strings(length: 0) b: strings(length: 0) c: strings(length: 0) d: strings(length: 0) e: strings(length: 0)`
	for _, test := range []struct {
		name, query string
		refused     string // part of the message
	}{
		{
			name:  "4 MB of strings",
			query: `{ books(first: 100) { nodes { summary } } }`,
		},
		{
			name:    "400 MB",
			query:   `{ books(first: 100) { nodes { shelf { books(first: 100) { nodes { summary } } } } } }`,
			refused: "the response is longer than 8388608 bytes",
		},
		{
			name:    "40 MB by aliases",
			query:   `{ books(first: 100) { nodes { ` + strings.Repeat("%", 10) + ` } } }`,
			refused: "the response is longer",
		},
		{
			name:    "40 MB, deferred",
			query:   `{ books(first: 100) { nodes { id ... @defer { ` + strings.Repeat("%", 10) + ` } } } }`,
			refused: "the response is longer",
		},
		{
			name:  "a list without pages",
			query: `{ probe { list(length: 101) { ` + each + ` } } }`,
		},
		{
			name:    "lists without pages in each other",
			query:   `{ probe { list(length: 100) { list(length: 101) { ` + each + ` } } } }`,
			refused: "in lists like ", // either list can be the first to exceed the limit
		},
		{
			name:  "a list of as many strings as the cost allows",
			query: `{ probe { strings(length: 50000) } }`,
		},
		{
			name:    "a list of one string more",
			query:   `{ probe { strings(length: 50001) } }`,
			refused: "in lists like strings",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			query := test.query
			for i := 0; strings.Contains(query, "%"); i++ {
				query = strings.Replace(query, "%", fmt.Sprintf("a%d: summary ", i), 1)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			response := accept(t, s, servertest.AcceptParts, servertest.Body(map[string]string{"query": query}))
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("| %s | %.1f ms | %d bytes | %d MB allocated |", test.name, took.Seconds()*1000, len(response), allocated)
			refused := strings.Contains(response, "COMPLEXITY_LIMIT_EXCEEDED")
			if refused != (test.refused != "") || !strings.Contains(response, test.refused) || len(response) > 9<<20 {
				t.Errorf("%.600s", response)
			}
		})
	}
}

// TestOperationsEndInTime blocks an operation, in one piece, deferred, and over a socket.
func TestOperationsEndInTime(t *testing.T) {
	s := servertest.New(t, func(o *server.Options) { o.Limits.Time = 300 * time.Millisecond })
	s.Fill(servertest.Acme)
	release := s.Hold("reviews")
	defer release()
	const late = "COMPLEXITY_LIMIT_EXCEEDED"
	// Each response comes while the field is held, so it comes because of the time limit.
	if _, response := s.Post(t, "acme", wholeQuery); !strings.Contains(response, late) ||
		!strings.Contains(response, "longer than it may") {
		t.Error(response)
	}
	if parts := servertest.Body(s.PostDeferred(t, "acme", deferQuery)); !strings.Contains(parts, late) {
		t.Error(parts)
	}
	c := servertest.Connect(t, s.Listen(t), "acme")
	c.Subscribe("a", wholeQuery)
	c.Expect("next", late)
	release()
	s.Query(t, "acme", wholeQuery, nil)
}

// TestBufferedResponsesAreCounted has a limit that allows one large response, and one that allows
// none, over each transport.
func TestBufferedResponsesAreCounted(t *testing.T) {
	s := servertest.New(t)
	s.AddBooks(servertest.Acme, 10, strings.Repeat("x", 10_000))
	const query = `{ books { nodes { id ... @defer { summary } } } }`
	body := servertest.Body(map[string]string{"query": query})
	for _, limit := range []struct {
		kib     int
		refused bool
	}{
		{kib: 150},
		{kib: 50, refused: true},
	} {
		s := s.With(func(o *server.Options) { o.Limits.Buffered = limit.kib })
		c := servertest.Connect(t, s.Listen(t), "acme")
		c.SetReadLimit(1 << 20)
		for name, post := range map[string]func() string{
			"parts":  func() string { return accept(t, s, servertest.AcceptParts, body) },
			"JSON":   func() string { return accept(t, s, "application/json", body) },
			"events": func() string { return accept(t, s, "text/event-stream", body) },
			"socket": func() string {
				c.Subscribe("a", query)
				return readPayloads(t, c)
			},
		} {
			for range 5 {
				response, refused := "", true
				for try := 0; refused && try < 50; try++ { // the quota is free a moment after the response was read
					response = post()
					refused = strings.Contains(response, "RATE_LIMITED")
					if limit.refused {
						break
					}
					time.Sleep(time.Millisecond)
				}
				if refused != limit.refused {
					t.Errorf("%s, %d KiB: %.300s", name, limit.kib, response)
				}
			}
		}
	}
}

// readPayloads returns the payloads of an operation's messages until its last one.
func readPayloads(t *testing.T, c *servertest.Socket) (all string) {
	t.Helper()
	for {
		m, err := c.Next()
		if err != nil {
			t.Fatal(err)
		}
		if all += string(m.Payload); m.Type != "next" {
			return all
		}
	}
}
