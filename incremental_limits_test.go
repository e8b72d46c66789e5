package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"rowhouse/model"
	"rowhouse/tenancy"
)

// overlapping are thirty deferred fragments with the same strings, of 20 items.
func overlapping(t *testing.T, s *testServer) (body string) {
	t.Helper()
	for _, tenant := range []context.Context{s.Acme, s.Globex} {
		project, err := model.CreateProject(tenant, s.DB, model.CreateProjectInput{Key: "WEB", Name: "web"})
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			in := model.CreateItemInput{ProjectID: project.GlobalID(), Name: "x", Description: text(strings.Repeat("x", 10_000)), Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow}
			if _, err := model.CreateItem(tenant, s.DB, in); err != nil {
				t.Fatal(err)
			}
		}
	}
	var fragments string
	for i := range 30 {
		fragments += fmt.Sprintf(` ... @defer(label: "l%d") { description }`, i)
	}
	return jsonOf(map[string]string{"query": `{ items { nodes { key` + fragments + ` } } }`})
}

// TestWhatOverlapsIsBounded repeats strings until they exceed the limit of a response.
func TestWhatOverlapsIsBounded(t *testing.T) {
	s := newTestServer(t)
	body := overlapping(t, s)
	options := defaults
	for _, test := range []struct {
		limit    int64
		payloads int
		refused  bool
	}{{options.Limits.Response, 600, false}, {1 << 20, 125, true}} {
		options.Limits.Response = test.limit
		s.Handler = newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))
		parts := s.inPartsOr(t, "acme", body)
		if len(parts) != 2 || *parts[1].HasNext {
			t.Fatalf("%d parts", len(parts))
		}
		payloads := payloadsOf(parts)
		last := payloads[len(payloads)-1]
		if refused := strings.Contains(last, " null COMPLEXITY_LIMIT_EXCEEDED [\"items\",\"nodes\","); refused != test.refused || len(payloads) != test.payloads {
			t.Errorf("with %d bytes: %d payloads, the last %.200s", test.limit, len(payloads), last)
		}
	}
}

// TestAClientThatLeavesEndsItsPayloads stops reading in the middle of the payloads. The operation
// keeps the tenant's only slot until the client disconnects.
func TestAClientThatLeavesEndsItsPayloads(t *testing.T) {
	s := newTestServer(t)
	body := overlapping(t, s)
	options := defaults
	options.Limits.Operations = 1
	url := s.listen(t, options)
	for range 3 {
		conn := raw(t, url)
		fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: %s\r\nX-Tenant-ID: acme\r\nContent-Length: %d\r\n\r\n%s", takesParts, len(body), body)
		if err := conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewReaderSize(conn, 1_000); ; {
			line, err := lines.Peek(1_000)
			if strings.Contains(string(line), `"incremental":[`) {
				break
			}
			if err != nil {
				t.Fatalf("%v, %s", err, line)
			}
			_, _ = lines.Discard(500)
		}
		if status := askStatus(t, url, "acme"); status != http.StatusTooManyRequests {
			t.Errorf("while payloads wait: %d", status)
		}
		if status := askStatus(t, url, "globex"); status != http.StatusOK {
			t.Errorf("another tenant: %d", status)
		}
		_ = conn.Close()
		waitUntil(t, "the tenant's place is free", func() bool { return askStatus(t, url, "acme") == http.StatusOK })
	}
}

func askStatus(t *testing.T, url, tenant string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(`{"query": "{ tenant { slug } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, tenancy.HeaderName: {tenant}}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// TestEachPayloadWithoutDataHasAnError has more failed payloads than a response has errors.
func TestEachPayloadWithoutDataHasAnError(t *testing.T) {
	s := newTestServer(t)
	overlapping(t, s)
	options := defaults
	for _, test := range []struct {
		errors int
		query  string
		failed int
	}{
		{20, `{ items { nodes { key ... @defer(label: "bad") { comments(first: -1) { totalCount } } ... @defer(label: "good") { name } } } }`, 20},
		{5, `{ items { nodes { key ... @defer(label: "bad") { comments(first: -1) { totalCount } } ... @defer(label: "good") { name } } } }`, 20},
		{1, `{ items { nodes { key ... @defer(label: "bad") { comments(first: -1) { totalCount } } ... @defer(label: "good") { name } } } }`, 20},
		{1, `{ a: item(id: "x") { id } items { nodes { key ... @defer(label: "bad") { labels(last: 101) { totalCount } } } } }`, 20},
	} {
		options.Limits.Errors = test.errors
		s.Handler = newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))
		failed := 0
		for _, payload := range payloadsOf(s.inParts(t, "acme", test.query)) {
			bad := strings.Contains(payload, " bad null BAD_USER_INPUT [\"items\",\"nodes\",")
			if bad {
				failed++
			}
			if bad == strings.Contains(payload, " good ") || strings.Contains(payload, "good") && strings.Contains(payload, "BAD_USER_INPUT") {
				t.Errorf("with %d errors: %s", test.errors, payload)
			}
		}
		if failed != test.failed {
			t.Errorf("with %d errors: %d payloads failed", test.errors, failed)
		}
	}
}
