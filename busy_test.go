package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rowhouse/model"
	"rowhouse/tenancy"
)

// TestRequestWithoutConnectionIsRateLimited holds all connections of a tenant. Its requests fail with a
// code, and the cause is logged once. Requests of the other tenant succeed.
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
	server := &testServer{s.Database, newHandler(db, tenancy.NewDirectory(db), defaults, corsFlags{}, logger)}
	for range 2 {
		rows, err := db.For(s.Acme).Model(&model.Item{}).Rows() //nolint:rowserrcheck // nothing is read
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
	}
	for _, test := range []struct {
		name     string
		tenant   string
		query    string
		warnings int // in the log; 0 if the request succeeds
	}{
		{
			name:     "a query",
			tenant:   "acme",
			query:    `{ items { nodes { name } } }`,
			warnings: 1,
		},
		{
			name:     "a mutation",
			tenant:   "acme",
			query:    `mutation { createMember(input: {name: "new", email: "new@acme.example"}) { member { id } } }`,
			warnings: 1,
		},
		{
			name:     "several fields",
			tenant:   "acme",
			query:    `{ a: items { totalCount } b: members { totalCount } }`,
			warnings: 2,
		},
		{
			name:   "the other tenant",
			tenant: "globex",
			query:  `{ items { nodes { name } } }`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			log.Reset()
			status, body := server.post(t, test.tenant, test.query)
			limited := strings.Contains(body, `"code": "RATE_LIMITED"`) && strings.Contains(body, `"retryAfter": 10`)
			if limited != (test.warnings > 0) || status != http.StatusOK {
				t.Errorf("%d %s", status, body)
			}
			if strings.Contains(body, "Tx") || strings.Contains(body, " 2 ") {
				t.Errorf("the response describes the pool: %s", body)
			}
			cause := strings.Contains(log.String(), "2 in open rows")
			if n := strings.Count(log.String(), "level=WARN"); n != test.warnings || limited && !cause {
				t.Errorf("log: %s", &log)
			}
		})
	}
	if n := s.Count(t, "members", "name = 'new'"); n != 0 {
		t.Error("the rejected mutation has created a member")
	}
}

// TestServerNeedsOneConnection plays the scenarios with one connection: no request waits for a
// connection while it holds one.
func TestServerNeedsOneConnection(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			s := newTestServer(t)
			db, err := tenancy.Open(t.Context(), s.DSN, model.Types.Models(), tenancy.Options{
				Log: slog.New(slog.DiscardHandler), MaxConnections: 1,
			})
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
