package servertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rowhouse/tenancy"
)

// AcceptParts is the header Accept of Apollo Client for a query with @defer.
const AcceptParts = "multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9"

// Part is one part of a response with @defer.
type Part struct {
	Data        any
	Errors      any
	HasNext     *bool
	Incremental []struct {
		Data, Errors any
		Path         []any
		Label        string
	}
}

// PostDeferred posts a document with @defer, whose response has at least two parts.
func (s *Server) PostDeferred(t testing.TB, tenant, document string) []Part {
	t.Helper()
	parts := s.PostParts(t, tenant, Body(map[string]string{"query": document}))
	if len(parts) < 2 {
		t.Fatalf("the response has one part: %v", parts)
	}
	return parts
}

// PostParts posts a body and accepts a response in parts. A response without parts is one Part.
func (s *Server) PostParts(t testing.TB, tenant, body string) []Part {
	t.Helper()
	return ReadParts(t, s.Do(NewRequest(t, http.MethodPost, "/graphql", body,
		"Content-Type", "application/json", "Accept", AcceptParts, tenancy.HeaderName, tenant)))
}

// ReadParts returns the parts of a response.
func ReadParts(t testing.TB, w *httptest.ResponseRecorder) (parts []Part) {
	t.Helper()
	kind, parameters, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if kind == "application/graphql-response+json" {
		var whole Part
		if err := json.Unmarshal(w.Body.Bytes(), &whole); err != nil {
			t.Fatal(err)
		}
		return []Part{whole}
	}
	if err != nil || kind != "multipart/mixed" || parameters["deferspec"] != "20220824" {
		t.Fatal(w.Header(), w.Body)
	}
	for r := multipart.NewReader(w.Body, parameters["boundary"]); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return parts
		}
		var part Part
		if err == nil {
			err = json.NewDecoder(p).Decode(&part)
		}
		if err != nil || p.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Fatal(err, p)
		}
		parts = append(parts, part)
	}
}

// Payloads describes the payloads of a response, in their order: path, label, data, and codes of
// errors.
func Payloads(parts []Part) (all []string) {
	for _, part := range parts {
		for _, p := range part.Incremental {
			line := fmt.Sprint(Body(p.Path), " ", p.Label, " ", Body(p.Data))
			errs, _ := p.Errors.([]any)
			for _, e := range errs {
				e := e.(map[string]any)
				line += fmt.Sprint(" ", e["extensions"].(map[string]any)["code"], " ", Body(e["path"]))
			}
			all = append(all, line)
		}
	}
	return all
}

// Merge merges data into a value at a path, as a client does. It panics if the path does not exist.
func Merge(into any, path []any, data any) any {
	if len(path) == 0 {
		return mergeValue(into, data)
	}
	switch step := path[0].(type) {
	case string:
		into.(map[string]any)[step] = Merge(into.(map[string]any)[step], path[1:], data)
	case float64:
		into.([]any)[int(step)] = Merge(into.([]any)[int(step)], path[1:], data)
	}
	return into
}

func mergeValue(into, data any) any {
	switch more := data.(type) {
	case map[string]any:
		all, ok := into.(map[string]any)
		if !ok {
			return data
		}
		for name, value := range more {
			all[name] = mergeValue(all[name], value)
		}
		return all
	case []any:
		all, ok := into.([]any)
		if !ok {
			return data
		}
		for i := range more {
			all[i] = mergeValue(all[i], more[i])
		}
		return all
	}
	return data
}

// AddOverlapping adds twenty books with long summaries to each tenant. It returns the body of a
// query with thirty deferred fragments that each repeat the summaries.
func (s *Server) AddOverlapping() (body string) {
	for _, tenant := range []tenancy.Tenant{Acme, Globex} {
		s.AddBooks(tenant, 20, strings.Repeat("x", 10_000))
	}
	var fragments string
	for i := range 30 {
		fragments += fmt.Sprintf(` ... @defer(label: "l%d") { summary }`, i)
	}
	return Body(map[string]string{"query": `{ books { nodes { key` + fragments + ` } } }`})
}
