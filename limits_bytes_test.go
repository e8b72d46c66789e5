package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"rowhouse/model"
	"rowhouse/tenancy"
)

// limited returns a server with a limit on the bytes of a response's data.
func (s *testServer) limited(most int64) {
	options := defaults
	options.Limits.Response = most
	s.Handler = newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))
}

// TestEveryByteOfAResponseCounts runs operations with a limit of the size of their data, and with
// one byte less.
func TestEveryByteOfAResponseCounts(t *testing.T) {
	s := newTestServer(t)
	item := fill(s.Acme, t, s, "acme")
	if _, err := model.UpdateItem(s.Acme, s.DB, model.UpdateItemInput{ID: item, Description: text("\t\"\\\nä😀" + strings.Repeat("x", 200))}); err != nil {
		t.Fatal(err)
	}
	const rows = `items(first: 50, orderBy: CREATED_AT_ASC) { nodes { %s } }`
	var aliases strings.Builder
	for i := range 20 {
		fmt.Fprintf(&aliases, "%s%d: version ", strings.Repeat("a", 90), i)
	}
	for _, test := range []struct{ name, query string }{
		{"ids", "{ " + fmt.Sprintf(rows, "id") + " }"},
		{"enums", "{ " + fmt.Sprintf(rows, "status priority") + " }"},
		{"times and nulls", "{ " + fmt.Sprintf(rows, "createdAt updatedAt dueAt") + " }"},
		{"integers", "{ " + fmt.Sprintf(rows, "number version") + " }"},
		{"type names", "{ __typename " + fmt.Sprintf(rows, "__typename") + " }"},
		{"keys", "{ " + fmt.Sprintf(rows, aliases.String()) + " }"},
		{"booleans and cursors", `{ items { pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor } } }`},
		{"short strings", `{ items { nodes { key name project { key name } labels { nodes { color } } } } }`},
		{"a string with escapes", fmt.Sprintf(`{ item(id: %q) { description } }`, item)},
		{"several fields at the root", `{ tenant { id slug } a: items { totalCount } node(id: "SXRlbTo") { id } }`},
		{"the schema", `{ __schema { types { name description } } __type(name: "Item") { name } }`},
		{"a mutation", fmt.Sprintf(`mutation { updateItem(input: {id: %q, status: DONE}) { item { id status } } }`, item)},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := func() (json.RawMessage, string) {
				t.Helper()
				body, err := json.Marshal(map[string]string{"query": test.query})
				if err != nil {
					t.Fatal(err)
				}
				response := s.accepting(t, "application/json", body)
				var got struct{ Data json.RawMessage }
				if err := json.Unmarshal([]byte(response), &got); err != nil {
					t.Fatal(err)
				}
				return got.Data, response
			}
			s.limited(1 << 20)
			whole, _ := data()
			s.limited(int64(len(whole)))
			if same, response := data(); string(same) != string(whole) {
				t.Errorf("with a limit of its length: %.300s", response)
			}
			s.limited(int64(len(whole)) - 1)
			refused, response := data()
			if want := fmt.Sprintf("response is longer than %d bytes", len(whole)-1); string(refused) != "null" || !strings.Contains(response, want) || !strings.Contains(response, "COMPLEXITY_LIMIT_EXCEEDED") {
				t.Errorf("with one byte less: %.300s", response)
			}
			if took := strings.Contains(response, "the mutation took effect"); took != strings.HasPrefix(test.query, "mutation") {
				t.Errorf("%.300s", response)
			}
		})
	}
}

// TestTheBytesOfPartsAndEventsCount sets a limit that the first part of a response meets and its
// deferred part exceeds, and one that the event of one item meets and that of another exceeds.
func TestTheBytesOfPartsAndEventsCount(t *testing.T) {
	s := newTestServer(t)
	fill(s.Acme, t, s, "acme")
	const query = `{ items(first: 50) { nodes { id ... @defer { createdAt updatedAt status priority } } } }`
	s.limited(5_000)
	parts := s.inParts(t, "acme", query)
	first, err := json.Marshal(parts[0])
	if err != nil || !strings.Contains(string(first), `"nodes"`) || strings.Contains(string(first), "errors") {
		t.Errorf("the first part is %s, %v", first, err)
	}
	rest, err := json.Marshal(parts[1:])
	if err != nil || len(rest) > 10_000 || !strings.Contains(string(rest), "longer than 5000 bytes") {
		t.Errorf("the deferred part is %s, %v", rest, err)
	}

	options := defaults
	options.Limits.Response = 5_000
	c := connect(t, s.listen(t, options), "acme")
	project, err := model.CreateProject(s.Acme, s.DB, model.CreateProjectInput{Key: "WEB", Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	c.subscribe("a", fmt.Sprintf(`subscription { itemChanged(projectId: %q) { itemId item { comments { nodes { id createdAt item { id createdAt updatedAt status } } } } } }`, project.GlobalID()))
	s.listening(s.Acme, t, 1)
	create := func(comments int) model.GlobalID {
		var id model.GlobalID
		if err := s.Tx(s.Acme, func(ctx context.Context) error {
			i, err := model.CreateItem(ctx, s.DB, model.CreateItemInput{ProjectID: project.GlobalID(), Name: "x", Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow})
			for range comments {
				if err == nil {
					_, err = model.CreateComment(ctx, s.DB, nil, model.CreateCommentInput{ItemID: i.GlobalID(), Body: "said"})
				}
			}
			if err == nil {
				id = i.GlobalID()
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return id
	}
	for _, comments := range []int{1, 100, 1} { // the subscription lasts
		id := create(comments)
		if comments == 100 {
			c.expect("next", `{"errors":[{"message":"the response is longer than 5000 bytes`)
		} else {
			c.expect("next", `"itemId":"`+string(id)+`"`)
		}
	}
}

// TestDeferredPayloadsThatWaitAreCounted stops to read in the middle of payloads that repeat
// six MB of a response of 200 KB.
func TestDeferredPayloadsThatWaitAreCounted(t *testing.T) {
	s := newTestServer(t)
	body := overlapping(t, s)
	options := defaults
	options.Limits.Buffered = 9_000
	url := s.listen(t, options)
	payloads := func(tenant string) (number int, refused bool) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {takesParts}, tenancy.HeaderName: {tenant}}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if err != nil || !strings.HasSuffix(string(text), "],\"hasNext\":false}\r\n-----\r\n") {
			t.Fatalf("%v, %.300s", err, text)
		}
		_ = response.Body.Close()
		return strings.Count(string(text), `"label":"l`), strings.Contains(string(text), `"RATE_LIMITED"`)
	}
	waiting := raw(t, url)
	fmt.Fprintf(waiting, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: %s\r\nX-Tenant-ID: acme\r\nContent-Length: %d\r\n\r\n%s", takesParts, len(body), body)
	for lines := bufio.NewScanner(waiting); !strings.HasPrefix(lines.Text(), `{"incremental":[`); { // it is longer than a line may be
		if !lines.Scan() {
			break
		}
	}
	if n, refused := payloads("acme"); !refused || n < 2 || n > 500 {
		t.Errorf("beside payloads that wait: %d payloads, refused: %t", n, refused)
	}
	if n, refused := payloads("globex"); refused || n != 600 {
		t.Errorf("of another tenant: %d payloads, refused: %t", n, refused)
	}
	_ = waiting.Close()
	waitUntil(t, "payloads that nobody reads any more do not count", func() bool {
		n, refused := payloads("acme")
		return n == 600 && !refused
	})
}
