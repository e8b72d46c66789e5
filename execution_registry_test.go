package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"rowhouse/graph"
	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// TestPlansEqualGqlgenForEachType compares the responses of both executors to queries for all fields, aggregates, orders
// and filters of each type.
func TestPlansEqualGqlgenForEachType(t *testing.T) {
	w := &twins{testServer: newTestServer(t), tables: map[string][]string{}}
	dbtest.FillEmptyTables(w.Acme, t, w.Database)
	gqlgen := w.withoutPlans()
	for _, query := range w.listReads(t) {
		_, got := w.post(t, "acme", query)
		if _, want := gqlgen.post(t, "acme", query); got != want {
			t.Errorf("%s:\n%s\nwant %s", query, got, want)
		}
	}
}

// withoutPlans returns a server of the same data in which gqlgen executes all fields.
func (s *testServer) withoutPlans() *testServer {
	options := defaults
	options.NoPlans = true
	return &testServer{s.Database, newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, slog.New(slog.DiscardHandler))}
}

// TestFieldsOfEachTypeCanBeDeferred compares the merged parts of a response with the response in one piece, and the parts
// of both executors, for all fields of each type.
func TestFieldsOfEachTypeCanBeDeferred(t *testing.T) {
	s := newTestServer(t)
	dbtest.FillEmptyTables(s.Acme, t, s.Database)
	schema, gqlgen := graph.NewExecutableSchema(graph.Config{}).Schema(), s.withoutPlans()
	for _, of := range model.Types.All() {
		t.Run(of.Name(), func(t *testing.T) {
			query := fmt.Sprintf("{ %s(first: 5) { totalCount nodes { id ... @defer { %s } } } }",
				connectionField(of), selectFields(schema, of.Name(), 1))
			body, err := json.Marshal(map[string]string{"query": query})
			if err != nil {
				t.Fatal(err)
			}
			newRequest := func() *http.Request {
				return servertest.NewRequest(t, http.MethodPost, "/graphql", string(body),
					"Content-Type", "application/json", "Accept", servertest.AcceptParts, tenancy.HeaderName, "acme")
			}
			response := s.do(newRequest())
			if got, want := response.Body.String(), gqlgen.do(newRequest()).Body.String(); got != want {
				t.Errorf("%s\nwant %s", got, want)
			}
			parts := servertest.ReadParts(t, response)
			if len(parts) < 2 {
				t.Fatalf("the response has %d parts", len(parts))
			}
			merged := parts[0].Data
			for _, p := range parts[1:] {
				for _, payload := range p.Incremental {
					merged = servertest.Merge(merged, payload.Path, payload.Data)
				}
			}
			var whole struct{ Data any }
			_, inOnePiece := s.post(t, "acme", strings.Replace(query, "@defer", "", 1))
			if err := json.Unmarshal([]byte(inOnePiece), &whole); err != nil || !reflect.DeepEqual(merged, whole.Data) {
				t.Errorf("%v\nmerged %v\nwhole  %v", err, merged, whole.Data)
			}
		})
	}
}
