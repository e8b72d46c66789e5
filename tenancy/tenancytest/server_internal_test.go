package tenancytest

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestProductIsReadWithoutADatabase(t *testing.T) {
	running := started(t)
	s := &server{dsn: running.address("missing")}
	if product, err := s.readProduct(t.Context()); err != nil || product != running.product {
		t.Errorf("the product is %q, %v", product, err)
	}
}

func TestUnexpectedProductIsAnError(t *testing.T) {
	running := started(t)
	for _, test := range []struct {
		product string
		fails   bool
	}{
		{"", false},
		{running.product, false},
		{"Oracle", true},
	} {
		t.Setenv("TEST_DATABASE_PRODUCT", test.product)
		s := &server{dsn: running.dsn}
		if err := s.checkProduct(t.Context()); (err != nil) != test.fails {
			t.Errorf("TEST_DATABASE_PRODUCT=%s: %v", test.product, err)
		}
	}
}

func TestInvalidAddressIsAnError(t *testing.T) {
	s := &server{dsn: "postgres://db/rowhouse"}
	if err := s.checkProduct(t.Context()); err == nil || !strings.Contains(err.Error(), "TEST_DATABASE_URL") {
		t.Errorf("checkProduct: %v", err)
	}
	if _, err := s.openAdmin(); err == nil || !strings.Contains(err.Error(), "TEST_DATABASE_URL") {
		t.Errorf("openAdmin: %v", err)
	}
	if _, _, err := s.createDatabase(t.Context()); err == nil {
		t.Error("createDatabase has no error")
	}
	if _, err := openUnguarded(s.dsn); err == nil {
		t.Error("openUnguarded has no error")
	}
}

func TestStoppedServerIsAnError(t *testing.T) {
	s := &server{dsn: "root@tcp(127.0.0.1:1)/rowhouse"}
	if err := s.checkProduct(t.Context()); err == nil {
		t.Error("checkProduct has no error")
	}
	if _, _, err := s.createDatabase(t.Context()); err == nil {
		t.Error("createDatabase has no error")
	}
	if _, err := s.migrate(t.Context(), &Schema{Migrate: func(context.Context, string) error { return nil }}); err == nil {
		t.Error("migrate has no error")
	}
}

func TestFailedCopyIsAnError(t *testing.T) {
	failure := errors.New("no migration")
	for _, test := range []struct {
		name   string
		schema *Schema
		want   string
	}{
		{
			name:   "Migrate fails",
			schema: &Schema{Migrate: func(context.Context, string) error { return failure }},
			want:   failure.Error(),
		},
		{
			name: "a kept table is missing",
			schema: &Schema{
				Migrate: func(context.Context, string) error { return nil },
				Keep:    []string{"goose_db_version"},
			},
			want: "copy the rows of goose_db_version",
		},
		{
			name: "foreign keys form a cycle",
			schema: &Schema{Migrate: func(ctx context.Context, dsn string) error {
				return runStatements(ctx, dsn,
					"CREATE TABLE a (id INT PRIMARY KEY)",
					"CREATE TABLE b (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES a (id))",
					"ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES b (id)")
			}},
			want: "form a cycle",
		},
		{
			name:   "the copy fails",
			schema: &Schema{Migrate: func(context.Context, string) error { return nil }},
			want:   "tenants",
		},
	} {
		if _, err := test.schema.Create(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// runStatements runs statements on a database.
func runStatements(ctx context.Context, dsn string, statements ...string) error {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func TestLoggersWithAttributesRecordStatements(t *testing.T) {
	s := &Statements{}
	log := slog.New(s)
	log.With("pool", 1).Info("sql", "statement", "SELECT 1")
	log.WithGroup("pool").Debug("sql", "duration", 1, "statement", "SELECT 2")
	log.Info("a message", "statement", "SELECT 3")
	if ran := strings.Join(s.Ran(), "; "); ran != "SELECT 1; SELECT 2" {
		t.Errorf("recorded %s", ran)
	}
}
