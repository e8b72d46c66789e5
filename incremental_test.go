package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/model"
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
func (s *testServer) inParts(t *testing.T, tenant, query string) []answerIn {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	parts := s.inPartsOr(t, tenant, string(body))
	if len(parts) < 2 {
		t.Fatalf("in one piece: %v", parts)
	}
	return parts
}

// inPartsOr posts a body, whose answer comes in parts or in one piece.
func (s *testServer) inPartsOr(t *testing.T, tenant, body string) (parts []answerIn) {
	t.Helper()
	w := s.do(request(t, http.MethodPost, "/graphql", body, "Content-Type", "application/json", "Accept", takesParts, tenancy.HeaderName, tenant))
	kind, parameters, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if kind == "application/graphql-response+json" {
		var whole answerIn
		if err := json.Unmarshal(w.Body.Bytes(), &whole); err != nil {
			t.Fatal(err)
		}
		return []answerIn{whole}
	}
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

// merge puts data where a path leads. It panics when nothing is there yet.
func merge(into any, path []any, data any) any {
	if len(path) == 0 {
		switch more := data.(type) {
		case map[string]any:
			all, ok := into.(map[string]any)
			if !ok {
				return data
			}
			for name, value := range more {
				all[name] = merge(all[name], nil, value)
			}
			return all
		case []any:
			all, ok := into.([]any)
			if !ok {
				return data
			}
			for i := range more {
				all[i] = merge(all[i], nil, more[i])
			}
			return all
		}
		return data
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
		first, err := json.Marshal(parts[0].Data)
		if err != nil || len(parts) != 2 || strings.Contains(string(first), "comments") || strings.Contains(string(first), "description") || strings.Contains(string(first), "labels") || !strings.Contains(string(first), `"totalCount":110`) {
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
		if labels["said"] != 5 || labels[""] != 11 { // each comment has a fragment of its own
			t.Errorf("labels %v", labels)
		}
	}
}

// TestWhoTakesNoPartsGetsItWhole sends @defer by every way that has no parts, and where
// nothing is deferred.
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
	for _, accept := range []string{"application/json", "*/*", "multipart/mixed;q=0, application/json", "multipart/mixed;deferSpec=20990101, application/json", "multipart/mixed;incrementalSpec=v0.2,application/json", "multipart/mixed;subscriptionSpec=1.0;q=0, */*"} {
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
		fmt.Sprintf(`mutation { updateItem(input: {id: %q, name: "new"}) { item { ... @defer(if: false) { name } } } }`, item): `{"data":{"updateItem":{"item":{"name":"new"}}}}`,
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

// TestErrorsComeInTheirPart breaks what is deferred, in a way that leaves its neighbours
// alone and in one that takes all along, and what is not.
func TestErrorsComeInTheirPart(t *testing.T) {
	s := newTestServer(t)
	fill(s.Acme, t, s, "acme")
	text := func(v any) string {
		t.Helper()
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	broken := `item(id: "nonsense") { id }`
	parts := s.inParts(t, "acme", `{ tenant { slug } ... @defer(label: "bad") { `+broken+` } ... @defer(label: "good") { labels { totalCount } } }`)
	if parts[0].Errors != nil || len(parts) != 2 || len(parts[1].Incremental) != 2 {
		t.Fatalf("%s", text(parts))
	}
	for _, later := range parts[1].Incremental {
		if failed := strings.Contains(text(later.Errors), "BAD_USER_INPUT"); failed != (later.Label == "bad") || later.Data == nil {
			t.Errorf("%s", text(later))
		}
	}
	parts = s.inParts(t, "acme", `{ items(first: 2) { nodes { key ... @defer { comments(first: -1) { totalCount } } } } ... @defer { tenant { slug } } }`)
	for _, later := range parts[1].Incremental {
		if failed := strings.Count(text(later.Errors), "BAD_USER_INPUT") == 1; failed != (len(later.Path) == 3) || failed != (later.Data == nil) {
			t.Errorf("%s", text(later))
		}
	}
	if parts[0].Errors != nil || len(parts[1].Incremental) != 3 {
		t.Errorf("%s", text(parts))
	}
	// A field that fails makes only its own fragment null.
	var all struct {
		Projects struct{ Nodes []struct{ ID string } }
	}
	s.query(t, "acme", `{ projects { nodes { id } } }`, &all)
	parts = s.inParts(t, "acme", `{ project(id: "`+all.Projects.Nodes[0].ID+`") { key ... @defer(label: "bad") { items(first: -1) { totalCount } } ... @defer(label: "good") { name } } tenant { slug ... @defer(label: "other") { name } } }`)
	found := map[string]string{}
	for _, later := range parts[1].Incremental {
		found[later.Label] = fmt.Sprint(text(later.Path), text(later.Data), strings.Count(text(later.Errors), "BAD_USER_INPUT"))
	}
	if want := map[string]string{"bad": `["project"]null1`, "good": `["project"]{"name":"acme"}0`, "other": `["tenant"]{"name":"Acme Ltd"}0`}; !maps.Equal(found, want) {
		t.Errorf("%v, want %v", found, want)
	}
	many := ""
	for i := range 23 {
		many += fmt.Sprintf(" a%d: %s", i, broken)
	}
	for range 10 {
		parts = s.inParts(t, "acme", `{`+many+` ... @defer { tenant { slug } } }`)
		for _, later := range parts[1].Incremental {
			if later.Data == nil {
				t.Fatalf("of many errors some are cut, and nothing failed: %s", text(parts[1]))
			}
		}
	}
	parts = s.inParts(t, "acme", `{ `+broken+` ... @defer { tenant { slug } } }`)
	if all := parts[1].Incremental; !strings.Contains(text(parts[0].Errors), "BAD_USER_INPUT") || len(all) != 1 || all[0].Errors != nil {
		t.Errorf("an error that was told is told again: %s", text(parts))
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
	for end := time.Now().Add(2 * time.Minute); runtime.NumGoroutine() > before+10; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, and %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
	s.query(t, "acme", wholeQuery, nil)
}

// TestNothingDeferredHangsOrKills sends what gqlgen's own @defer waits for forever, from
// clients that leave at any moment, to servers that give any time.
func TestNothingDeferredHangsOrKills(t *testing.T) {
	s := newTestServer(t)
	fill(s.Acme, t, s, "acme")
	queries := []string{
		deferQuery,
		`{ items(first: 1) { nodes { ... @defer { comments { totalCount } } ... @defer { comments { totalCount } } } } }`,
		`{ items(first: 1) { nodes { ... @defer { ... @defer { comments { totalCount } } } } } }`,
		`{ items(first: 1) { nodes { ...A @defer ...B @defer } } } fragment A on Item { comments { totalCount } } fragment B on Item { comments { totalCount } }`,
		`{ items(first: 20) { nodes { ... @defer(label: "a") { comments { nodes { id ... @defer(label: "b") { author { id } } } } } ... @defer(label: "c") { labels { nodes { name } } project { key } } } } }`,
		`{ items(first: 1) { ... @defer { totalCount } nodes { id } } }`,
		`{ items(first: 100) { nodes { comments(first: 100) { nodes { ` + strings.Repeat(`... @defer { `, 45) + `author { id }` + strings.Repeat(` }`, 45) + ` } } } } }`,
	}
	for _, limit := range []time.Duration{time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond, 30 * time.Second} {
		options := defaults
		options.Limits.Time = limit
		address := s.listen(t, options)
		for i := range 60 {
			body, err := json.Marshal(map[string]string{"query": queries[i%len(queries)]})
			if err != nil {
				t.Fatal(err)
			}
			ctx, leave := context.WithTimeout(t.Context(), time.Duration(1+i%20)*time.Millisecond)
			if limit < time.Second {
				ctx, leave = context.WithTimeout(t.Context(), 2*time.Minute)
			}
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {takesParts}, tenancy.HeaderName: {"acme"}}
			if answer, err := http.DefaultClient.Do(r); err == nil {
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
			}
			if limit < time.Second && ctx.Err() != nil {
				t.Errorf("with %s: no answer to %s", limit, queries[i%len(queries)])
			}
			leave()
		}
	}
	for _, query := range queries {
		if parts := s.inParts(t, "acme", query); len(parts) != 2 || parts[1].HasNext == nil || *parts[1].HasNext {
			t.Errorf("%s: %d parts", query, len(parts))
		}
	}
}

// TestPartsAreOfOneRead writes between the two runs, all the time: what comes later still
// belongs to the row at its place.
func TestPartsAreOfOneRead(t *testing.T) {
	s := newTestServer(t)
	project, err := model.CreateProject(s.Acme, s.DB, model.CreateProjectInput{Key: "WEB", Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	create := func(i int) {
		name := fmt.Sprint("w", i)
		if _, err := model.CreateItem(s.Acme, s.DB, model.CreateItemInput{
			ProjectID: project.GlobalID(), Name: name, Description: text(name), Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow,
		}); err != nil {
			t.Error(err)
		}
	}
	for i := range 10 {
		create(i)
	}
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := 10; ; i++ {
			select {
			case <-done:
				return
			default:
				create(i)
			}
		}
	})
	defer func() {
		close(done)
		wait.Wait()
	}()
	for _, query := range []string{
		`{ items(first: 5) { nodes { name ... @defer { description } } ... @defer { pageInfo { hasNextPage } } } }`,
		fmt.Sprintf(`{ project(id: %q) { items(first: 5) { nodes { name ... @defer { description } } } ... @defer { key } } }`, project.GlobalID()),
	} {
		for range 60 {
			parts := s.inParts(t, "acme", query)
			merged := parts[0].Data
			for _, later := range parts[1].Incremental {
				merged = merge(merged, later.Path, later.Data)
			}
			data := merged.(map[string]any)
			if p, ok := data["project"].(map[string]any); ok {
				data = p
			}
			for _, node := range data["items"].(map[string]any)["nodes"].([]any) {
				if row := node.(map[string]any); row["name"] != row["description"] {
					t.Fatalf("%s: %v", query, row)
				}
			}
		}
	}
}
