package main

import (
	"bytes"
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
	"gorm.io/gorm"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

func TestPathsHaveTheirStatus(t *testing.T) {
	s := newTestServer(t)
	query := "/graphql?query=" + url.QueryEscape("{ tenant { slug } }")
	for _, test := range []struct {
		method, target string
		headers        []string
		status         int
		holds          string
	}{
		{http.MethodGet, query, []string{tenancy.HeaderName, "globex"}, 200, `"globex"`},
		{http.MethodGet, query, nil, 400, "TENANT_REQUIRED"},
		{http.MethodGet, "/graphql?query=" + url.QueryEscape(`mutation { createLabel(input: {name: "a", color: "#000000"}) { label { id } } }`), []string{tenancy.HeaderName, "acme"}, 405, "a mutation can't be sent by GET"},
		{http.MethodGet, query, []string{"Accept", "application/graphql-response+json"}, 400, "TENANT_REQUIRED"},
		{http.MethodGet, query, []string{"Accept", "image/png"}, 400, "TENANT_REQUIRED"},
		{http.MethodGet, "/healthz", nil, 200, "ok"},
		{http.MethodGet, "/readyz", nil, 200, "ok"},
		{http.MethodGet, "/nothing", nil, 404, ""},
		{http.MethodGet, "/graphql/?query=%7Btenant%7Bslug%7D%7D", []string{tenancy.HeaderName, "acme"}, 200, `"acme"`},
		{http.MethodGet, "/graphql/x?query=%7Btenant%7Bslug%7D%7D", []string{tenancy.HeaderName, "acme"}, 404, ""},
		{http.MethodHead, "/healthz", nil, 200, ""},
		{http.MethodHead, "/readyz", nil, 200, ""},
		{http.MethodHead, "/schema.graphql", nil, 200, ""},
		{http.MethodHead, "/", nil, 200, ""},
		{http.MethodHead, "/nothing", nil, 404, ""},
		{http.MethodOptions, "/graphql", []string{"Origin", "https://app.example.com"}, 204, ""},
		{http.MethodPost, "/", nil, 405, ""},
	} {
		w := s.do(servertest.NewRequest(t, test.method, test.target, "", test.headers...))
		body := strings.ReplaceAll(w.Body.String(), `":"`, `": "`)
		if w.Code != test.status || !strings.Contains(body, test.holds) {
			t.Errorf("%s %s: %d %s", test.method, test.target, w.Code, body)
		}
	}
	if n := s.Count(t, "labels", ""); n != 0 {
		t.Error("GET changed something")
	}
}

func TestReadinessNeedsTheDatabase(t *testing.T) {
	d := dbtest.New(t)
	var log bytes.Buffer
	handler := newHandler(d.DB, tenancy.NewDirectory(d.DB), defaults, corsFlags{}, slog.New(slog.NewTextHandler(&log, nil)))
	ask := func(target string) int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, servertest.NewRequest(t, http.MethodGet, target, ""))
		return w.Code
	}
	if ask("/readyz") != 200 {
		t.Errorf("not ready: %s", log.String())
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if ask("/readyz") != 503 || ask("/healthz") != 200 {
		t.Error("without a database the process is well, but not ready")
	}
}

func TestOnlyAllowedOriginsMayRead(t *testing.T) {
	s := newTestServer(t)
	var log bytes.Buffer
	closed := newHandler(s.DB, tenancy.NewDirectory(s.DB), defaults, corsFlags{}, slog.New(slog.NewTextHandler(&log, nil)))
	for _, test := range []struct {
		name    string
		handler http.Handler
		origin  string
		allowed string
	}{
		{"named", s, "https://app.example.com", "https://app.example.com"},
		{"another", s, "https://evil.example", ""},
		{"a prefix", s, "https://app.example.com.evil.example", ""},
		{"null", s, "null", ""},
		{"none are named", closed, "https://app.example.com", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			// A preflight carries no tenant.
			preflight := servertest.NewRequest(t, http.MethodOptions, "/graphql", "", "Origin", test.origin,
				"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "apollographql-client-name,content-type,traceparent,x-apollo-operation-name,x-tenant-id")
			post := servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } }"}`,
				"Origin", test.origin, "Content-Type", "application/json", tenancy.HeaderName, "acme")
			for _, r := range []*http.Request{preflight, post} {
				w := httptest.NewRecorder()
				test.handler.ServeHTTP(w, r)
				if got := w.Header().Get("Access-Control-Allow-Origin"); got != test.allowed {
					t.Errorf("%s: allows %q", r.Method, got)
				}
				if allowed := w.Header().Get("Access-Control-Allow-Credentials") != ""; allowed != (test.allowed != "") {
					t.Errorf("%s: allows credentials: %t", r.Method, allowed)
				}
				if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Origin") {
					t.Errorf("%s: a cache would give the answer to another origin", r.Method)
				}
			}
		})
	}
	if told := strings.Count(log.String(), "--cors-origin"); told != 1 {
		t.Errorf("a page that was refused is in the log %d times", told)
	}
}

// TestDatabaseErrorIsHiddenAndLoggedOnce takes a table away: the client learns the
// request's id, and the log, once, what happened to which request of which tenant.
func TestDatabaseErrorIsHiddenAndLoggedOnce(t *testing.T) {
	s := newTestServer(t)
	if _, err := s.SQL.ExecContext(t.Context(), "RENAME TABLE labels TO was_labels"); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	handler := newHandler(s.DB, tenancy.NewDirectory(s.DB), defaults, corsFlags{}, newLog(&log, logFlags{}))
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } labels { nodes { name } } }"}`,
		"Content-Type", "application/json", tenancy.HeaderName, "acme", server.RequestIDHeader, "r-1"))
	body := w.Body.String()
	if !strings.Contains(body, `"code":"INTERNAL_SERVER_ERROR"`) || !strings.Contains(body, `"requestId":"r-1"`) {
		t.Error(body)
	}
	for _, secret := range []string{"SELECT", "rowhouse_test", "1146", "exist"} {
		if strings.Contains(body, secret) {
			t.Errorf("it tells %q: %s", secret, body)
		}
	}
	if strings.Count(log.String(), "level=ERROR") != 1 || !strings.Contains(log.String(), "requestId=r-1") || !strings.Contains(log.String(), "tenant=1") {
		t.Errorf("log: %s", log.String())
	}
}

// TestGuardRefusesStatementsWithoutScope takes the tenant out of all that GORM builds: the
// statements of each request are refused and logged with its id, and nobody reads a row.
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
		`{ labels { totalCount } }`,
		`mutation { createLabel(input: {name: \"a\", color: \"#000000\"}) { label { id } } }`,
	} {
		log.Reset()
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "`+query+`"}`,
			"Content-Type", "application/json", tenancy.HeaderName, "globex", server.RequestIDHeader, "r-1"))
		if body := w.Body.String(); !strings.Contains(body, `"code":"INTERNAL_SERVER_ERROR"`) || strings.Contains(body, "tenant_id") {
			t.Errorf("%s: %s", query, body)
		}
		if line := log.String(); !strings.Contains(line, `msg="statement refused" table=`) || !strings.Contains(line, "requestId=r-1") || !strings.Contains(line, "tenant=2") {
			t.Errorf("%s: log %s", query, line)
		}
	}
}

// TestPanicOfGORMIsInternalServerError makes GORM panic below a resolver, and below a relation
// that many rows wait for: clients get errors with a code, and the server lives.
func TestPanicOfGORMIsInternalServerError(t *testing.T) {
	s := newTestServer(t)
	fillTenant(s.Acme, t, s, "acme")
	err := s.For(s.Acme).Callback().Query().Before("gorm:query").Register("test:panic", func(db *gorm.DB) {
		if db.Statement.Table == "members" {
			panic("hunter2")
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{`{ members { nodes { name } } }`, `{ items { nodes { assignee { name } } } }`} {
		_, answer := s.post(t, "acme", query)
		if !strings.Contains(answer, `"INTERNAL_SERVER_ERROR"`) || strings.Contains(answer, "hunter2") || strings.Contains(answer, "goroutine") {
			t.Errorf("%s: %.500s", query, answer)
		}
	}
	s.query(t, "acme", `{ labels { nodes { name } } }`, nil)
}

// TestEachNodeTypeIsFoundByID holds the schema against the models: a noun that implements
// Node is a model that tenants own, and node(id) knows it.
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
	if len(schema.Type.PossibleTypes) < 6 {
		t.Errorf("only %v implement Node", schema.Type.PossibleTypes)
	}
	for _, noun := range schema.Type.PossibleTypes {
		if noun.Name == "Tenant" {
			continue
		}
		if !owned[noun.Name] {
			t.Errorf("model.All lacks %s", noun.Name)
		}
		id := base64.RawURLEncoding.EncodeToString([]byte(noun.Name + ":" + uuid.NewString()))
		s.query(t, "acme", fmt.Sprintf(`{ node(id: %q) { id } }`, id), nil)
	}
}
