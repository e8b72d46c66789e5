package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/tenancy"
)

// TestRequestWithoutConnectionIsRateLimited uses all connections of a tenant. Its requests get
// a code, and the log has the cause once. Requests of the other tenant succeed.
func TestRequestWithoutConnectionIsRateLimited(t *testing.T) {
	s := newTestServer(t)
	fillTenant(s.Acme, t, s, "acme")
	var log bytes.Buffer
	logger := newLog(&log, logFlags{})
	db, err := tenancy.Open(t.Context(), s.DSN, model.Types.Models(), tenancy.Options{
		Log: logger, MaxConnections: 8, MaxWait: 100 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	handler := newHandler(db, tenancy.NewDirectory(db), defaults, corsFlags{}, logger)
	for range 2 {
		rows, err := db.For(s.Acme).Model(&model.Item{}).Rows() //nolint:rowserrcheck // nothing is read
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
	}
	for _, test := range []struct {
		name, tenant, query string
		busy                bool
		logged              int
	}{
		{"a query", "acme", `{ items { nodes { name } } }`, true, 1},
		{"a mutation", "acme", `mutation { createLabel(input: {name: \"new\", color: \"#000000\"}) { label { id } } }`, true, 1},
		{"several fields", "acme", `{ a: items { totalCount } b: labels { totalCount } }`, true, 2},
		{"another tenant", "globex", `{ items { nodes { name } } }`, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			log.Reset()
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "`+test.query+`"}`,
				"Content-Type", "application/json", tenancy.HeaderName, test.tenant))
			body := w.Body.String()
			if busy := strings.Contains(body, `"code":"RATE_LIMITED"`) && strings.Contains(body, `"retryAfter":10`); busy != test.busy || w.Code != http.StatusOK {
				t.Errorf("%d %s", w.Code, body)
			}
			if strings.Contains(body, "Tx") || strings.Contains(body, " 2 ") {
				t.Errorf("it tells too much: %s", body)
			}
			if n := strings.Count(log.String(), "level=WARN"); n != test.logged || test.busy && !strings.Contains(log.String(), "2 in open rows") {
				t.Errorf("log: %s", &log)
			}
		})
	}
	if n := s.Count(t, "labels", "name = 'new'"); n != 0 {
		t.Error("the mutation that was told to retry has taken effect")
	}
}

// TestServerNeedsOneConnection plays the scenarios on a pool of one connection: no request
// waits for a connection while it holds one.
func TestServerNeedsOneConnection(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			s := newTestServer(t)
			db, err := tenancy.Open(t.Context(), s.DSN, model.Types.Models(), tenancy.Options{Log: slog.New(slog.DiscardHandler), MaxConnections: 1})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			s.DB = db
			s.Handler = newHandler(db, tenancy.NewDirectory(db), defaults, corsFlags{}, slog.New(slog.DiscardHandler))
			playScenario(t, s, file)
		})
	}
}
