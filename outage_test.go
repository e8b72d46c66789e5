package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/migration"
	"rowhouse/tenancy"
)

const (
	readQuery      = `{ projects(first: 1) { nodes { name } } }`
	createMutation = `mutation { createProject(input: {key: "OUT", name: "Outage"}) { project { key } } }`
)

// TestStoppedDatabaseIsTenantUnavailable stops the database server while the API runs.
func TestStoppedDatabaseIsTenantUnavailable(t *testing.T) {
	private, err := dbtest.StartPrivate(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := migration.CreateDatabase(t.Context(), private.DSN("outage")); err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	place := location{dsn: private.DSN("outage"), description: "a private server"}
	db, err := openDatabase(t.Context(), place, databaseFlags{MaxConnections: 4}, migration.Up, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.close(log) })
	if _, err := db.directory.Create(t.Context(), tenancy.Tenant{Slug: "acme", Name: "Acme"}); err != nil {
		t.Fatal(err)
	}
	s := &testServer{&dbtest.Database{DB: db.DB}, newHandler(db.DB, db.directory, defaults, corsFlags{}, log)}
	if status, body := s.post(t, "acme", readQuery); status != 200 || strings.Contains(body, "errors") {
		t.Fatal(status, body)
	}
	if err := private.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{readQuery, createMutation} {
		status, body := s.post(t, "acme", query)
		if status != 200 || !isOutageResponse(body) || strings.Contains(body, "INTERNAL") {
			t.Errorf("%s: %d %s", query, status, body)
		}
	}
	w := s.do(newUncachedRequest(t))
	after, _ := strconv.Atoi(w.Header().Get("Retry-After"))
	if w.Code != http.StatusServiceUnavailable || after < 1 || !isOutageResponse(w.Body.String()) {
		t.Errorf("a tenant that is not in the cache: %d, Retry-After %d, %s", w.Code, after, w.Body)
	}
	if w := s.do(servertest.NewRequest(t, http.MethodGet, "/readyz", "")); w.Code != http.StatusServiceUnavailable {
		t.Errorf("ready: %d", w.Code)
	}
	if strings.Contains(logged.String(), "level=ERROR") {
		t.Errorf("an outage is logged as an error:\n%s", &logged)
	}
}

// newUncachedRequest returns a request for a tenant that the directory has not read.
func newUncachedRequest(t *testing.T) *http.Request {
	t.Helper()
	return servertest.NewRequest(t, http.MethodPost, "/graphql", `{"query": "{ tenant { slug } }"}`,
		tenancy.HeaderName, "uncached", "Content-Type", "application/json")
}

// isOutageResponse reports whether a response has the code of an outage and the time of a retry.
func isOutageResponse(body string) bool {
	return strings.Contains(body, `"TENANT_UNAVAILABLE"`) && strings.Contains(body, `"retryAfter"`)
}

// TestVitessServesOtherShardsWhileOneIsDown kills the MySQL servers of two shards of Vitess in turn: the
// shard of acme and that of the directory. Vitess starts each again after some seconds.
func TestVitessServesOtherShardsWhileOneIsDown(t *testing.T) {
	d := dbtest.New(t)
	if d.Product(t) != "Vitess" {
		t.Skip("for make vitess")
	}
	directory := tenancy.NewDirectory(d.DB)
	directory.CacheTime = 100 * time.Millisecond
	s := &testServer{d, newHandler(d.DB, directory, defaults, corsFlags{}, slog.New(slog.DiscardHandler))}
	for _, tenant := range []string{"acme", "globex"} { // on different shards
		s.checkServed(t, tenant)
	}

	restarted := killShard(t, d, "c0-") // of acme
	servertest.WaitUntil(t, "acme's shard is down", func() bool { _, body := s.post(t, "acme", readQuery); return isOutageResponse(body) })
	down := 0
	for range 20 {
		status, body := s.post(t, "acme", readQuery)
		if restarted() {
			break
		}
		down++
		if status != 200 || !isOutageResponse(body) {
			t.Errorf("acme: %d %s", status, body)
		}
		if _, body := s.post(t, "acme", createMutation); !isOutageResponse(body) && !restarted() {
			t.Errorf("acme's mutation: %s", body)
		}
		s.checkServed(t, "globex")
		if w := s.do(servertest.NewRequest(t, http.MethodGet, "/readyz", "")); w.Code != 200 {
			t.Errorf("ready with three of four shards: %d", w.Code)
		}
		time.Sleep(100 * time.Millisecond)
	}
	if down == 0 {
		t.Error("no request was sent while the shard was down")
	}
	servertest.WaitUntil(t, "acme is served again", func() bool {
		_, body := s.post(t, "acme", readQuery)
		return !strings.Contains(body, "errors")
	})

	restarted = killShard(t, d, "-40") // of the directory, and of no tenant
	time.Sleep(200 * time.Millisecond)
	for range 10 {
		s.checkServed(t, "acme")
		s.checkServed(t, "globex")
		w := s.do(newUncachedRequest(t))
		if !restarted() && (w.Code != http.StatusServiceUnavailable || !isOutageResponse(w.Body.String())) {
			t.Errorf("a tenant that is not in the cache: %d %s", w.Code, w.Body)
		}
		time.Sleep(100 * time.Millisecond)
	}
	// New connections need any one shard.
	other, err := tenancy.Open(t.Context(), d.DSN, model.Types.Models(), tenancy.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil || restarted() {
		t.Errorf("open a pool while the first shard is down: %v; it is up: %t", err, restarted())
	} else {
		_ = other.Close()
	}
	servertest.WaitUntil(t, "the directory is read again", func() bool {
		_, err := directory.BySlug(context.WithoutCancel(t.Context()), "uncached")
		return err != nil && !tenancy.IsOutage(err)
	})
}

// TestVitessKillsCancelledStatement lists the statements of the shard after the context of one ended.
func TestVitessKillsCancelledStatement(t *testing.T) {
	d := dbtest.New(t)
	if d.Product(t) != "Vitess" {
		t.Skip("for make vitess")
	}
	_, err := d.SQL.ExecContext(t.Context(), "INSERT INTO members (tenant_id, id, name, email, role) VALUES (1, 'x', 'n', 'e', 'MEMBER')")
	if err != nil {
		t.Fatal(err)
	}
	running := func() int { return d.RunningOnShard(t, "c0-", "cancelled statement") }
	system := tenancy.System(context.WithoutCancel(t.Context()), "test")
	for name, run := range map[string]func(context.Context) error{
		"query": func(ctx context.Context) error { return d.For(ctx).Exec(cancelledStatement).Error },
		"transaction": func(ctx context.Context) error {
			return d.Tx(ctx, func(ctx context.Context) error { return d.For(ctx).Exec(cancelledStatement).Error })
		},
	} {
		ctx, cancel := context.WithTimeout(system, 800*time.Millisecond)
		start := time.Now()
		ended := make(chan error, 1)
		go func() { ended <- run(ctx) }()
		servertest.WaitUntil(t, "the statement runs on the shard", func() bool { return running() > 0 })
		if err := <-ended; err == nil || time.Since(start) > 1200*time.Millisecond {
			t.Errorf("%s: it ended after %s, %v", name, time.Since(start), err)
		}
		cancel()
		servertest.WaitUntil(t, "the statement ended on the shard", func() bool { return running() == 0 })
		if took := time.Since(start); took > 3*time.Second { // the statement takes 30 seconds, and query_timeout is one
			t.Errorf("%s: its statement ran for %s on the shard", name, took)
		}
	}
}

// TestVitessRefusesSnapshots begins a transaction with an isolation level, which vtgate would set for the
// session. A read-only transaction without the level succeeds.
func TestVitessRefusesSnapshots(t *testing.T) {
	d := dbtest.New(t)
	if d.Product(t) != "Vitess" {
		t.Skip("for make vitess")
	}
	for _, test := range []struct {
		options sql.TxOptions
		refused bool
	}{
		{options: sql.TxOptions{ReadOnly: true}},
		{options: sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, refused: true},
	} {
		err := d.Tx(d.Acme, func(ctx context.Context) error { return d.For(ctx).Find(&[]model.Project{}).Error }, &test.options)
		if test.refused != (errors.Is(err, tenancy.ErrScope) && strings.Contains(err.Error(), "Vitess")) || !test.refused && err != nil {
			t.Errorf("%+v: %v", test.options, err)
		}
	}
}

// cancelledStatement runs for 30 seconds if it is not killed.
const cancelledStatement = "UPDATE members SET name = CONCAT('cancelled statement', SLEEP(30)) WHERE tenant_id = 1"

// createdMembers is the number of members that checkServed has created: their email addresses differ.
var createdMembers atomic.Int32

// checkServed fails the test unless a read and a write of a tenant succeed.
func (s *testServer) checkServed(t *testing.T, tenant string) {
	t.Helper()
	write := fmt.Sprintf(`mutation { createMember(input: {name: "Served", email: "served%d@example.com"}) { member { id } } }`,
		createdMembers.Add(1))
	for _, query := range []string{readQuery, write} {
		if status, body := s.post(t, tenant, query); status != 200 || strings.Contains(body, "errors") {
			t.Errorf("%s: %d %s", tenant, status, body)
		}
	}
}

// killShard kills the MySQL server of a shard, and returns a function that reports whether it runs
// again.
func killShard(t *testing.T, d *dbtest.Database, shard string) (restarted func() bool) {
	t.Helper()
	file := d.ShardPIDFile(t, shard)
	readPID := func() int {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0
		}
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		return pid
	}
	killed := readPID()
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		t.Fatalf("kill the MySQL server of %s: %v", shard, err)
	}
	return func() bool { pid := readPID(); return pid != 0 && pid != killed }
}
