package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// TestPathsHaveTheirStatus requests each path of the server.
func TestPathsHaveTheirStatus(t *testing.T) {
	s := newTestServer(t)
	const query = "?query=%7Btenant%7Bslug%7D%7D" // {tenant{slug}}
	mutation := "?query=" + url.QueryEscape(`mutation { createMember(input: {name: "a", email: "a@acme.example"}) { member { id } } }`)
	acme := []string{tenancy.HeaderName, "acme"}
	for _, test := range []struct {
		name    string
		method  string // GET if ""
		target  string
		headers []string
		status  int
		body    string // a part of it
	}{
		{
			name:    "a query",
			target:  "/graphql" + query,
			headers: acme,
			status:  200,
			body:    `"acme"`,
		},
		{
			name:    "a query of the other tenant",
			target:  "/graphql" + query,
			headers: []string{tenancy.HeaderName, "globex"},
			status:  200,
			body:    `"globex"`,
		},
		{
			name:   "a query without a tenant",
			target: "/graphql" + query,
			status: 400,
			body:   "TENANT_REQUIRED",
		},
		{
			name:    "a mutation by GET",
			target:  "/graphql" + mutation,
			headers: acme,
			status:  405,
			body:    "a mutation can't be sent by GET",
		},
		{
			name:    "no tenant, with the media type of GraphQL",
			target:  "/graphql" + query,
			headers: []string{"Accept", "application/graphql-response+json"},
			status:  400,
			body:    "TENANT_REQUIRED",
		},
		{
			name:    "no tenant, with another media type",
			target:  "/graphql" + query,
			headers: []string{"Accept", "image/png"},
			status:  400,
			body:    "TENANT_REQUIRED",
		},
		{
			name:    "a slash after the path",
			target:  "/graphql/" + query,
			headers: acme,
			status:  200,
			body:    `"acme"`,
		},
		{
			name:    "a path below /graphql",
			target:  "/graphql/x" + query,
			headers: acme,
			status:  404,
		},
		{
			name:   "health",
			target: "/healthz",
			status: 200,
			body:   "ok",
		},
		{
			name:   "readiness",
			target: "/readyz",
			status: 200,
			body:   "ok",
		},
		{
			name:   "an unknown path",
			target: "/nothing",
			status: 404,
		},
		{
			name:   "HEAD of health",
			method: http.MethodHead,
			target: "/healthz",
			status: 200,
		},
		{
			name:   "HEAD of readiness",
			method: http.MethodHead,
			target: "/readyz",
			status: 200,
		},
		{
			name:   "HEAD of the schema",
			method: http.MethodHead,
			target: "/schema.graphql",
			status: 200,
		},
		{
			name:   "HEAD of the Playground",
			method: http.MethodHead,
			target: "/",
			status: 200,
		},
		{
			name:   "HEAD of an unknown path",
			method: http.MethodHead,
			target: "/nothing",
			status: 404,
		},
		{
			name:    "a preflight",
			method:  http.MethodOptions,
			target:  "/graphql",
			headers: []string{"Origin", "https://app.example.com"},
			status:  204,
		},
		{
			name:   "POST to the Playground",
			method: http.MethodPost,
			target: "/",
			status: 405,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := s.do(servertest.NewRequest(t, cmp.Or(test.method, http.MethodGet), test.target, "", test.headers...))
			body := strings.ReplaceAll(w.Body.String(), `":"`, `": "`)
			if w.Code != test.status || !strings.Contains(body, test.body) {
				t.Errorf("%d %s", w.Code, body)
			}
		})
	}
	if n := s.Count(t, "members", ""); n != 0 {
		t.Error("the mutation by GET has created a member")
	}
}

// TestReadinessNeedsTheDatabase closes the database: /healthz still succeeds, /readyz does not.
func TestReadinessNeedsTheDatabase(t *testing.T) {
	d := dbtest.New(t)
	var log bytes.Buffer
	s := &testServer{d, newHandler(d.DB, tenancy.NewDirectory(d.DB), defaults, corsFlags{}, slog.New(slog.NewTextHandler(&log, nil)))}
	get := func(target string) int { return s.do(servertest.NewRequest(t, http.MethodGet, target, "")).Code }
	if get("/readyz") != 200 {
		t.Errorf("not ready: %s", log.String())
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if ready, healthy := get("/readyz"), get("/healthz"); ready != 503 || healthy != 200 {
		t.Errorf("without a database: /readyz %d, /healthz %d", ready, healthy)
	}
}

// TestDatabaseErrorIsHiddenAndLoggedOnce renames a table. The client receives the request id, and the log
// has one line with the request and the tenant.
func TestDatabaseErrorIsHiddenAndLoggedOnce(t *testing.T) {
	s := newTestServer(t)
	if _, err := s.SQL.ExecContext(t.Context(), "RENAME TABLE members TO was_members"); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	handler := newHandler(s.DB, tenancy.NewDirectory(s.DB), defaults, corsFlags{}, newLog(&log, logFlags{}))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, servertest.NewRequest(t, http.MethodPost, "/graphql",
		`{"query": "{ tenant { slug } members { nodes { name } } }"}`,
		"Content-Type", "application/json", tenancy.HeaderName, "acme", server.RequestIDHeader, "r-1"))
	body := w.Body.String()
	if !strings.Contains(body, `"code":"INTERNAL_SERVER_ERROR"`) || !strings.Contains(body, `"requestId":"r-1"`) {
		t.Error(body)
	}
	for _, secret := range []string{"SELECT", "rowhouse_test", "1146", "exist"} {
		if strings.Contains(body, secret) {
			t.Errorf("the response contains %q: %s", secret, body)
		}
	}
	line := log.String()
	if strings.Count(line, "level=ERROR") != 1 || !strings.Contains(line, "requestId=r-1") || !strings.Contains(line, "tenant=1") {
		t.Errorf("log: %s", line)
	}
}

// TestGuardRefusesStatementsWithoutScope removes the tenant condition from all statements that GORM
// builds. Each is refused and logged with its request id, and no row is read.
func TestGuardRefusesStatementsWithoutScope(t *testing.T) {
	s := newTestServer(t)
	fillTenant(s.Acme, t, s, "acme")
	var log bytes.Buffer
	db, err := tenancy.Open(t.Context(), s.DSN, model.Types.Models(), tenancy.Options{Log: newLog(&log, logFlags{})})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	session := db.For(s.Acme)
	for _, clause := range []string{"WHERE", "VALUES", "SET", "ON CONFLICT"} {
		delete(session.ClauseBuilders, clause)
	}
	if err := session.Callback().Create().Remove("tenancy:create"); err != nil {
		t.Fatal(err)
	}
	handler := newHandler(db, tenancy.NewDirectory(db), defaults, corsFlags{}, slog.New(slog.DiscardHandler))
	for _, query := range []string{
		`{ items { nodes { name } } }`,
		`{ members { totalCount } }`,
		`mutation { createMember(input: {name: \"a\", email: \"a@x.example\"}) { member { id } } }`,
	} {
		log.Reset()
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "`+query+`"}`,
			"Content-Type", "application/json", tenancy.HeaderName, "globex", server.RequestIDHeader, "r-1"))
		if body := w.Body.String(); !strings.Contains(body, `"code":"INTERNAL_SERVER_ERROR"`) || strings.Contains(body, "tenant_id") {
			t.Errorf("%s: %s", query, body)
		}
		for _, part := range []string{`msg="statement refused" table=`, "requestId=r-1", "tenant=2"} {
			if !strings.Contains(log.String(), part) {
				t.Errorf("%s: the log lacks %s: %s", query, part, &log)
			}
		}
	}
}

// TestPanicOfAStatementIsInternalServerError panics below a resolver, and below a relation of many rows. The next
// request succeeds.
func TestPanicOfAStatementIsInternalServerError(t *testing.T) {
	s := newTestServer(t)
	fillTenant(s.Acme, t, s, "acme")
	s.Trace(func(_ context.Context, statement string, _ []any) {
		if strings.Contains(statement, "`members`") {
			panic("hunter2")
		}
	})
	for _, query := range []string{`{ members { nodes { name } } }`, `{ items { nodes { assignee { name } } } }`} {
		_, response := s.post(t, "acme", query)
		if !strings.Contains(response, `"INTERNAL_SERVER_ERROR"`) || strings.Contains(response, "hunter2") ||
			strings.Contains(response, "goroutine") {
			t.Errorf("%s: %.500s", query, response)
		}
	}
	s.query(t, "acme", `{ comments { nodes { body } } }`, nil)
}

// TestEachNodeTypeIsFoundByID compares the schema with the models: a tenant owns each type that
// implements Node, and node(id) accepts its ids.
func TestEachNodeTypeIsFoundByID(t *testing.T) {
	s := newTestServer(t)
	owned := map[string]bool{}
	for _, m := range model.Types.Models() {
		owned[reflect.TypeOf(m).Elem().Name()] = true
	}
	var schema struct {
		Type struct {
			PossibleTypes []struct{ Name string }
		} `json:"__type"`
	}
	s.query(t, "acme", `{ __type(name: "Node") { possibleTypes { name } } }`, &schema)
	if len(schema.Type.PossibleTypes) != len(model.Types.All())+1 {
		t.Errorf("only %v implement Node", schema.Type.PossibleTypes)
	}
	for _, node := range schema.Type.PossibleTypes {
		if node.Name == "Tenant" {
			continue
		}
		if !owned[node.Name] {
			t.Errorf("model.Types lacks %s", node.Name)
		}
		id := base64.RawURLEncoding.EncodeToString([]byte(node.Name + ":" + uuid.NewString()))
		s.query(t, "acme", fmt.Sprintf(`{ node(id: %q) { id } }`, id), nil)
	}
}
