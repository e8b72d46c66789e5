package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// The same answer, in parts and in one piece.
const (
	wholeQuery = `{ items(first: 5) { nodes { key description comments(first: 2) { nodes { body author { name } } } } totalCount } labels { nodes { name } } }`
	deferQuery = `query Q($later: Boolean = true) { items(first: 5) { nodes { key ...Said @defer(label: "said", if: $later) } totalCount } ... @defer { labels { nodes { name } } } }
		fragment Said on Item { description comments(first: 2) { nodes { body ... @defer { author { name } } } } }`
	// takesParts is what Apollo Client accepts for a query with @defer.
	takesParts = "multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9"
)

// answerIn is one part of an answer.
type answerIn struct {
	Data        any
	Errors      any
	HasNext     *bool
	Incremental []struct {
		Data, Errors any
		Path         []any
		Label        string
	}
}

// inParts asks for an answer in parts.
func (s *testServer) inParts(t *testing.T, tenant, query string) (parts []answerIn) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	w := s.do(request(t, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json", "Accept", takesParts, tenancy.HeaderName, tenant))
	kind, parameters, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" || parameters["deferspec"] != "20220824" {
		t.Fatal(w.Header(), w.Body)
	}
	for r := multipart.NewReader(w.Body, parameters["boundary"]); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return parts
		}
		var part answerIn
		if err == nil {
			err = json.NewDecoder(p).Decode(&part)
		}
		if err != nil || p.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Fatal(err, p)
		}
		parts = append(parts, part)
	}
}

// merge puts data where a path leads.
func merge(into any, path []any, data any) any {
	if len(path) == 0 {
		all, more := into.(map[string]any), data.(map[string]any)
		for name, value := range more {
			if known, ok := all[name].(map[string]any); ok {
				value = merge(known, nil, value)
			}
			all[name] = value
		}
		return all
	}
	switch step := path[0].(type) {
	case string:
		into.(map[string]any)[step] = merge(into.(map[string]any)[step], path[1:], data)
	case float64:
		into.([]any)[int(step)] = merge(into.([]any)[int(step)], path[1:], data)
	}
	return into
}

func TestWhatIsDeferredComesLater(t *testing.T) {
	s := newTestServer(t)
	for tenant, ctx := range map[string]context.Context{"acme": s.Acme, "globex": s.Globex} {
		fill(ctx, t, s, tenant)
		var whole any
		s.query(t, tenant, wholeQuery, &whole)
		s.Reset()
		parts := s.inParts(t, tenant, deferQuery)
		if n := len(s.Ran()); n != 5 { // items, their number, comments, authors, labels: as in one piece
			t.Errorf("%d statements:\n%s", n, shorten(s.Ran()))
		}
		// gqlgen defers relations alone, and those of no root. Nothing stands for what comes later.
		first, err := json.Marshal(parts[0].Data)
		if err != nil || len(parts) < 2 || strings.Contains(string(first), "comments") || !strings.Contains(string(first), `"description":null`) || !strings.Contains(string(first), "labels") {
			t.Fatalf("%d parts, the first: %s", len(parts), first)
		}
		merged, labels := parts[0].Data, map[string]int{}
		for i, part := range parts {
			if part.Errors != nil || part.HasNext == nil || *part.HasNext != (i < len(parts)-1) {
				t.Errorf("part %d: %+v", i, part)
			}
			for _, later := range part.Incremental {
				merged = merge(merged, later.Path, later.Data)
				labels[later.Label]++
			}
		}
		if !reflect.DeepEqual(merged, whole) {
			t.Errorf("%s: merged %v, whole %v", tenant, merged, whole)
		}
		if labels["said"] != 5 || labels[""] != 10 {
			t.Errorf("labels %v", labels)
		}
	}
}

// TestWhoTakesNoPartsGetsItWhole sends @defer by every way that has no parts, and what
// gqlgen does not defer.
func TestWhoTakesNoPartsGetsItWhole(t *testing.T) {
	s := newTestServer(t)
	address := s.listen(t, defaults)
	item := fill(s.Acme, t, s, "acme")
	_, whole := s.ask(t, "acme", wholeQuery)
	same := func(name, answer string) {
		t.Helper()
		var want, got any
		if err := errors.Join(json.Unmarshal([]byte(whole), &want), json.Unmarshal([]byte(answer), &got)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v %s", name, err, answer)
		}
	}
	_, answer := s.ask(t, "acme", deferQuery)
	same("POST", answer)
	body, err := json.Marshal(map[string]string{"query": deferQuery})
	if err != nil {
		t.Fatal(err)
	}
	for _, accept := range []string{"application/json", "*/*", "multipart/mixed;q=0, application/json", "multipart/mixed;deferSpec=20990101, application/json", "multipart/mixed;subscriptionSpec=1.0;q=0, */*"} {
		same(accept, s.do(request(t, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json", "Accept", accept, tenancy.HeaderName, "acme")).Body.String())
	}
	same("GET", s.do(request(t, http.MethodGet, "/graphql?query="+url.QueryEscape(deferQuery), "", tenancy.HeaderName, "acme")).Body.String())
	w := s.do(request(t, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json", "Accept", "text/event-stream", tenancy.HeaderName, "acme"))
	_, event, _ := strings.Cut(w.Body.String(), "data: ")
	event, _, _ = strings.Cut(event, "\n")
	same("Server-Sent Events", event)
	c := connect(t, address, "acme")
	c.subscribe("a", deferQuery)
	f, err := c.next()
	if err != nil {
		t.Fatal(err)
	}
	same("a socket", string(f.Payload))
	c.expect("complete", "")
	for query, holds := range map[string]string{
		fmt.Sprintf(`mutation { updateItem(input: {id: %q, name: "new"}) { item { ... @defer { name } } } }`, item): `{"data":{"updateItem":{"item":{"name":"new"}}}}`,
		`{ tenant { slug } } # defer nothing`:           `{"data":{"tenant":{"slug":"acme"}}}`,
		`{ tenant { ... @defer(if: false) { slug } } }`: `{"data":{"tenant":{"slug":"acme"}}}`,
		`{ tenant { slug @defer } }`:                    "GRAPHQL_VALIDATION_FAILED",
		`{ tenant { ... @defer(if: 1) { slug } } }`:     "GRAPHQL_VALIDATION_FAILED",
	} {
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		w := s.do(request(t, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json", "Accept", takesParts, tenancy.HeaderName, "acme"))
		if !strings.Contains(w.Body.String(), holds) || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/graphql-response+json") {
			t.Errorf("%s: %v %s", query, w.Header(), w.Body)
		}
	}
}

// TestAnErrorInAPartStaysThere breaks what is deferred.
func TestAnErrorInAPartStaysThere(t *testing.T) {
	s := newTestServer(t)
	fill(s.Acme, t, s, "acme")
	parts := s.inParts(t, "acme", `{ items(first: 2) { nodes { key ... @defer { comments(first: 0) { totalCount } } } } }`)
	found := 0
	for _, part := range parts {
		for _, later := range part.Incremental {
			text, err := json.Marshal(later)
			if err != nil || later.Data != nil || !strings.Contains(string(text), "BAD_USER_INPUT") || !strings.Contains(string(text), "requestId") {
				t.Errorf("%s %v", text, err)
			}
			found++
		}
	}
	if found != 2 || parts[0].Errors != nil {
		t.Errorf("%+v", parts)
	}
}

// TestAClientThatLeavesLeavesNothingBehind goes away, again and again, while what it
// deferred waits for a lock.
func TestAClientThatLeavesLeavesNothingBehind(t *testing.T) {
	s := newTestServer(t)
	fill(s.Acme, t, s, "acme")
	address := s.listen(t, defaults)
	lock, err := s.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.ExecContext(t.Context(), "LOCK TABLES comments WRITE"); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]string{"query": deferQuery})
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	for range 20 {
		ctx, leave := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {takesParts}, tenancy.HeaderName: {"acme"}}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(answer.Body, make([]byte, 100)); err != nil { // the first part is there
			t.Error(err)
		}
		leave()
		_ = answer.Body.Close()
	}
	if _, err := lock.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before+10; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, and %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
	s.query(t, "acme", wholeQuery, nil)
}
