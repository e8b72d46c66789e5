package tenancy_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

func fill(t testing.TB, db *sql.DB, texts ...string) {
	t.Helper()
	for _, statement := range strings.Split(strings.Join(texts, ";"), ";") {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
}

func rowsOf(text, number, name string) string {
	return strings.NewReplacer("#", number, "@@", "@"+name, "@", name).Replace(text)
}

// newShop returns a database with the shops of two tenants.
func newShop(t testing.TB) *tenancytest.Database {
	t.Helper()
	d := schema.New(t)
	d.SkipOnVitess(t)
	fill(t, d.SQL, strings.NewReplacer("(T,", "(tenant_id INT UNSIGNED NOT NULL,", "(K ", "(tenant_id, ").Replace(shopTables),
		rowsOf(shopRows, "1", "acme"), rowsOf(shopRows+globexRows, "2", "globex"))
	db, err := tenancy.Open(t.Context(), d.DSN, shop, tenancy.Options{Log: slog.New(d.Statements), Shared: shared})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d.DB = db
	return d
}

// newPlainShop returns the shop of acme alone, in a database without tenants, and plain GORM.
func newPlainShop(t testing.TB) *gorm.DB {
	t.Helper()
	config, err := tenancy.ParseDSN(tenancytest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	config.ParseTime, config.ClientFoundRows = true, true // as tenancy has it
	pool, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	fill(
		t,
		pool,
		strings.NewReplacer("(T,", "(tenant_id INT UNSIGNED NOT NULL DEFAULT 1,", "(K ", "(").Replace(shopTables),
		rowsOf(shopRows, "1", "acme"),
	)
	db, err := gorm.Open(
		mysql.New(mysql.Config{Conn: pool, DisableWithReturning: true}),
		&gorm.Config{TranslateError: true, Logger: logger.Discard, SkipDefaultTransaction: true},
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range shop { // here the tenant is a column like others, with a default
		stmt := &gorm.Statement{DB: db}
		if err := stmt.Parse(m); err != nil {
			t.Fatal(err)
		}
		stmt.Schema.QueryClauses = slices.DeleteFunc(
			stmt.Schema.QueryClauses,
			func(c clause.Interface) bool { return fmt.Sprintf("%T", c) == "tenancy.tenantClause" },
		)
		f := stmt.Schema.LookUpField("TenantID")
		f.HasDefaultValue, f.DefaultValue, f.DefaultValueInterface = true, "1", int64(1)
	}
	return db
}

// call is a use of GORM's API.
type call struct {
	name string
	run  func(s *gorm.DB) (any, error)
	// refused is a part of the error through tenancy, for calls that work on one tenant's
	// database only.
	refused string
}

var errUndo = errors.New("undo")

// outcomeOf returns the result of a call and the rows after it, in a transaction that is rolled
// back.
func outcomeOf(t *testing.T, s *gorm.DB, c call) (result string, err error) {
	t.Helper()
	outer := s.Transaction(func(s *gorm.DB) error {
		var found any
		if found, err = c.run(s.Session(&gorm.Session{NewDB: true})); errors.Is(err, gorm.ErrRecordNotFound) {
			found, err = "not found", nil
		}
		if err != nil {
			return errUndo
		}
		text, jsonErr := json.MarshalIndent(found, "", " ")
		if jsonErr != nil {
			t.Fatal(jsonErr)
		}
		result = string(text)
		for _, table := range slices.Concat(shopTenants, shopShared) {
			result += "\n" + table + dumpOf(t, s, table)
		}
		return errUndo
	})
	if !errors.Is(outer, errUndo) {
		t.Fatal(c.name, outer)
	}
	return result, err
}

// dumpOf returns the rows of a table without times and tenants.
func dumpOf(t *testing.T, s *gorm.DB, table string) string {
	t.Helper()
	var rows []map[string]any
	q := s.Session(&gorm.Session{NewDB: true}).Table(table)
	if err := q.Find(&rows).Error; err != nil {
		t.Fatal(table, err)
	}
	var lines []string
	for _, row := range rows {
		delete(row, "tenant_id")
		delete(row, "updated_at")
		row["deleted_at"] = row["deleted_at"] != nil
		line, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	slices.Sort(lines)
	return "\n" + strings.Join(lines, "\n")
}

// TestGORMBehavesAsOnASingleTenantDatabase makes each call through tenancy, and with plain GORM on a
// database that has only acme's rows: result, rows and error are the same.
func TestGORMBehavesAsOnASingleTenantDatabase(t *testing.T) {
	d, plain := newShop(t), newPlainShop(t)
	for _, c := range slices.Concat(plainReads, plainJoins, plainWrites, plainGenerics, plainMore) {
		t.Run(c.name, func(t *testing.T) {
			want, wantErr := outcomeOf(t, plain, c)
			if wantErr != nil && c.refused == "" {
				t.Fatalf("plain GORM fails: %v", wantErr)
			}
			d.Reset()
			got, err := outcomeOf(t, d.For(d.Acme), c)
			switch {
			case c.refused != "":
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("got %v, want a refusal with %q\n%s", err, c.refused, strings.Join(d.Ran(), "\n"))
				}
			case err != nil:
				t.Errorf("%v\n%s", err, strings.Join(d.Ran(), "\n"))
			case got != want || strings.Contains(got, "globex"):
				t.Errorf("%s\n%s", firstDifference(got, want), strings.Join(d.Ran(), "\n"))
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d: got %q, want %q", i, g[min(i, len(g)-1):], w[min(i, len(w)-1):])
		}
	}
	return ""
}

// found runs a query into a slice of T.
func found[T any](s *gorm.DB) (any, error) {
	var all []T
	err := s.Find(&all).Error
	return all, err
}

// finds is a call that finds rows of T.
func finds[T any](name string, query func(s *gorm.DB) *gorm.DB) call {
	return call{name: name, run: func(s *gorm.DB) (any, error) { return found[T](query(s)) }}
}

// scans is a call that scans a value of T.
func scans[T any](name string, scan func(s *gorm.DB, into *T) error) call {
	return call{name: name, run: func(s *gorm.DB) (any, error) {
		var into T
		err := scan(s, &into)
		return into, err
	}}
}

// writes is a call that changes rows.
func writes(name string, change func(s *gorm.DB) *gorm.DB) call {
	return call{name: name, run: func(s *gorm.DB) (any, error) {
		s = change(s)
		return s.RowsAffected, s.Error
	}}
}

// refuses is a call that tenancy refuses, with a part of the error.
func refuses(reason string, c call) call { c.refused = reason; return c }
