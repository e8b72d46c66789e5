package limits_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
)

// limitResponse sets the limit on the bytes of a response's data.
func limitResponse(bytes int) func(*server.Options) {
	return func(o *server.Options) { o.Limits.Response = int64(bytes) }
}

// TestEachByteOfAResponseCounts runs operations with a limit of the size of their data, and with
// one byte less.
func TestEachByteOfAResponseCounts(t *testing.T) {
	s := servertest.New(t)
	s.Fill(servertest.Acme)
	shelf := s.AddShelf(servertest.Acme, "WEB", "web")
	book := s.AddBook(servertest.Acme, shelf, "x", "\t\"\\\nä😀"+strings.Repeat("x", 200)).GlobalID()
	const rows = `books(first: 50) { nodes { %s } }`
	var aliases strings.Builder
	for i := range 20 {
		fmt.Fprintf(&aliases, "%s%d: pages ", strings.Repeat("a", 90), i)
	}
	for _, test := range []struct{ name, query string }{
		{name: "ids", query: "{ " + fmt.Sprintf(rows, "id") + " }"},
		{name: "enums", query: "{ " + fmt.Sprintf(rows, "genre borrower { role }") + " }"},
		{name: "times and nulls", query: "{ tenant { createdAt } " + fmt.Sprintf(rows, "publishedAt rating summary") + " }"},
		{name: "integers", query: "{ " + fmt.Sprintf(rows, "pages") + " }"},
		{name: "type names", query: "{ __typename " + fmt.Sprintf(rows, "__typename") + " }"},
		{name: "keys", query: "{ " + fmt.Sprintf(rows, aliases.String()) + " }"},
		{name: "booleans and cursors", query: `{ books { pageInfo { hasNextPage endCursor } edges { cursor } } }`},
		{name: "short strings", query: `{ books { nodes { key title shelf { key name } tags { nodes { color } } } } }`},
		{
			name:  "lists without pages",
			query: `{ probe { strings(length: 100) } shelves { nodes { bookCounts(by: GENRE) { genre count } } } }`,
		},
		{name: "objects of a union", query: `{ search(text: "acme") { ... on Book { title } ... on Reader { name } } }`},
		{name: "a string with escapes", query: fmt.Sprintf(`{ book(id: %q) { summary } }`, book)},
		{
			name:  "several fields at the root",
			query: fmt.Sprintf(`{ tenant { id slug } a: books { totalCount } node(id: %q) { id } }`, book),
		},
		{name: "the schema", query: `{ __schema { types { name description } } __type(name: "Book") { name } }`},
		{name: "a mutation", query: fmt.Sprintf(`mutation { updateBook(input: {id: %q, title: "x"}) { book { id genre } } }`, book)},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := func(limit int) (json.RawMessage, string) {
				t.Helper()
				limited := s.With(limitResponse(limit))
				response := accept(t, limited, "application/json", servertest.Body(map[string]string{"query": test.query}))
				var got struct{ Data json.RawMessage }
				if err := json.Unmarshal([]byte(response), &got); err != nil {
					t.Fatal(err)
				}
				return got.Data, response
			}
			whole, response := data(1 << 20)
			if strings.Contains(response, `"errors"`) {
				t.Fatal(response)
			}
			if same, response := data(len(whole)); string(same) != string(whole) {
				t.Errorf("with a limit of its length: %.300s", response)
			}
			refused, response := data(len(whole) - 1)
			want := fmt.Sprintf("response is longer than %d bytes", len(whole)-1)
			if string(refused) != "null" || !strings.Contains(response, want) || !strings.Contains(response, "COMPLEXITY_LIMIT_EXCEEDED") {
				t.Errorf("with one byte less: %.300s", response)
			}
			if took := strings.Contains(response, "the mutation took effect"); took != strings.HasPrefix(test.query, "mutation") {
				t.Errorf("%.300s", response)
			}
		})
	}
}

// TestPartsAndEventsAreLimitedByThemselves sets a limit that the first part of a response meets and
// its deferred part exceeds, and one that the event of one book meets and that of another exceeds.
func TestPartsAndEventsAreLimitedByThemselves(t *testing.T) {
	s := servertest.New(t, limitResponse(5_000))
	s.Fill(servertest.Acme)
	const query = `{ books(first: 50) { nodes { id ... @defer { title genre rating publishedAt shelf { id key name } } } } }`
	parts := s.PostDeferred(t, "acme", query)
	if first := servertest.Body(parts[0]); !strings.Contains(first, `"nodes"`) || !strings.Contains(first, `"Errors":null`) {
		t.Errorf("the first part is %s", first)
	}
	if rest := servertest.Body(parts[1:]); len(rest) > 10_000 || !strings.Contains(rest, "longer than 5000 bytes") {
		t.Errorf("the deferred part is %s", rest)
	}

	c := servertest.Connect(t, s.Listen(t), "acme")
	shelf := s.AddShelf(servertest.Acme, "WEB", "web")
	c.Subscribe("a", fmt.Sprintf(`subscription { bookChanged(shelfId: %q) { bookId book { summary } } }`, shelf.GlobalID()))
	s.WaitSubscriptions(t, servertest.Acme, 1)
	for _, length := range []int{10, 5_000, 10} { // the subscription lasts
		b := s.AddBook(servertest.Acme, shelf, "x", strings.Repeat("x", length))
		s.PublishBook(servertest.Acme, b)
		if length == 5_000 {
			c.Expect("next", `{"errors":[{"message":"the response is longer than 5000 bytes`)
		} else {
			c.Expect("next", `"bookId":"`+string(b.GlobalID())+`"`)
		}
	}
}

// TestBufferedDeferredPayloadsAreCounted stops to read in the middle of payloads that repeat six MB
// of a response of 200 KB.
func TestBufferedDeferredPayloadsAreCounted(t *testing.T) {
	s := servertest.New(t, func(o *server.Options) { o.Limits.Buffered = 9_000 })
	body := s.AddOverlapping()
	url := s.Listen(t)
	payloads := func(tenant string) (number int, refused bool) {
		t.Helper()
		text := servertest.Call(t, "POST", url, tenant, body, "Accept", servertest.AcceptParts).Read(t)
		if !strings.HasSuffix(text, "],\"hasNext\":false}\r\n-----\r\n") {
			t.Fatalf("%.300s", text)
		}
		return strings.Count(text, `"label":"l`), strings.Contains(text, `"RATE_LIMITED"`)
	}
	waiting := servertest.DialTCP(t, url)
	servertest.PostTCP(waiting, "acme", servertest.AcceptParts, body)
	servertest.ReadUntil(t, waiting, `{"incremental":[`)
	if n, refused := payloads("acme"); !refused || n < 2 || n > 500 {
		t.Errorf("beside payloads that wait: %d payloads, refused: %t", n, refused)
	}
	if n, refused := payloads("globex"); refused || n != 600 {
		t.Errorf("of another tenant: %d payloads, refused: %t", n, refused)
	}
	_ = waiting.Close()
	servertest.WaitUntil(t, "the payloads of a closed connection do not count", func() bool {
		n, refused := payloads("acme")
		return n == 600 && !refused
	})
}

// TestOverlappingPayloadsAreLimited repeats strings until they exceed the limit of a response.
func TestOverlappingPayloadsAreLimited(t *testing.T) {
	s := servertest.New(t)
	body := s.AddOverlapping()
	for _, test := range []struct {
		limit    int
		payloads int
		refused  bool
	}{
		{
			limit:    int(s.Options.Limits.Response),
			payloads: 600,
		},
		{
			limit:    1 << 20,
			payloads: 125,
			refused:  true,
		},
	} {
		parts := s.With(limitResponse(test.limit)).PostParts(t, "acme", body)
		if len(parts) != 2 || *parts[1].HasNext {
			t.Fatalf("%d parts", len(parts))
		}
		payloads := servertest.Payloads(parts)
		last := payloads[len(payloads)-1]
		refused := strings.Contains(last, " null COMPLEXITY_LIMIT_EXCEEDED [\"books\",\"nodes\",")
		if refused != test.refused || len(payloads) != test.payloads {
			t.Errorf("with %d bytes: %d payloads, the last %.200s", test.limit, len(payloads), last)
		}
	}
}

// TestEachPayloadWithoutDataHasAnError has more failed payloads than a response has errors.
func TestEachPayloadWithoutDataHasAnError(t *testing.T) {
	s := servertest.New(t)
	s.AddOverlapping()
	const (
		reviews = `{ books { nodes { key ... @defer(label: "bad") { reviews(first: -1) { totalCount } } ` +
			`... @defer(label: "good") { title } } } }`
		tags = `{ a: book(id: "x") { id } books { nodes { key ... @defer(label: "bad") { tags(last: 101) { totalCount } } } } }`
	)
	for _, test := range []struct {
		errors int
		query  string
	}{{errors: 20, query: reviews}, {errors: 5, query: reviews}, {errors: 1, query: reviews}, {errors: 1, query: tags}} {
		s := s.With(func(o *server.Options) { o.Limits.Errors = test.errors })
		failed := 0
		for _, payload := range servertest.Payloads(s.PostDeferred(t, "acme", test.query)) {
			bad := strings.Contains(payload, " bad null BAD_USER_INPUT [\"books\",\"nodes\",")
			if bad {
				failed++
			}
			good := strings.Contains(payload, " good ")
			if bad == good || good && strings.Contains(payload, "BAD_USER_INPUT") {
				t.Errorf("with %d errors: %s", test.errors, payload)
			}
		}
		if failed != 20 {
			t.Errorf("with %d errors: %d payloads failed", test.errors, failed)
		}
	}
}

// TestEventsReleaseTheQuotaOfThePreviousEvent sends events of 100 kB, of which the quota allows one.
func TestEventsReleaseTheQuotaOfThePreviousEvent(t *testing.T) {
	s := servertest.New(t, func(o *server.Options) { o.Limits.Buffered = 150 })
	shelf := s.AddShelf(servertest.Acme, "WEB", strings.Repeat("x", 10_000))
	c := servertest.Connect(t, s.Listen(t), "acme")
	c.SetReadLimit(1 << 20)
	c.Subscribe("a", "subscription { shelfChanged { shelf { name "+repeat(9, "a%d: name ")+"} } }")
	s.WaitSubscriptions(t, servertest.Acme, 1)
	for range 5 {
		s.PublishShelf(servertest.Acme, shelf)
		c.Expect("next", `"data":{"shelfChanged":{"shelf":{"name":"xxx`)
	}
}
