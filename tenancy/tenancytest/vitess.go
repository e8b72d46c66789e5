package tenancytest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// keyspace is the keyspace that all tests share on Vitess, where CREATE DATABASE creates no
// sharded keyspace. It is emptied for each test, so tests must not run in parallel, and test
// binaries need go test -p 1.
type keyspace struct {
	dsn    string
	shards []string // such as -40; a database name with :-40 selects the shard
	tables []string // the migrated tables, each before the tables that its foreign keys refer to
	keep   []string // tables that keep their rows
}

// SkipOnVitess skips the test on Vitess. Tests with statements for several tenants call it: these
// need several shards, which vtgate refuses (--no-scatter).
func (d *Database) SkipOnVitess(t testing.TB) {
	t.Helper()
	if d.Product(t) == vitess {
		t.Skip("the statements of this test reach several tenants, and so several shards")
	}
}

// openKeyspace migrates the keyspace at dsn and waits until vtgate has the columns of its tables.
func openKeyspace(ctx context.Context, dsn string, schema *Schema) (*keyspace, error) {
	if schema.Migrate == nil {
		return nil, errors.New("tests on Vitess need Schema.Migrate: all tests share one keyspace")
	}
	db, err := openUnguarded(dsn)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	keep, err := schema.keptTables()
	if err != nil {
		return nil, err
	}
	k := &keyspace{dsn: dsn, keep: keep}
	shards, err := readColumn(db.QueryContext(ctx, "SHOW VITESS_SHARDS"))
	if err != nil {
		return nil, err
	}
	for _, s := range shards { // keyspace/shard
		_, shard, _ := strings.Cut(s, "/")
		k.shards = append(k.shards, shard)
	}
	if err := schema.Migrate(ctx, dsn); err != nil {
		return nil, err
	}
	tables, err := dumpTables(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		k.tables = append(k.tables, t.name)
	}
	slices.Reverse(k.tables)
	return k, tenancy.AwaitVTGate(ctx, db)
}

// deleteRows deletes all rows except those of kept tables, and drops the tables of earlier
// tests. It runs on one shard after the other, since a statement without tenant_id would need
// all shards.
func (k *keyspace) deleteRows(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for i, shard := range k.shards {
		db, err := k.openShard(shard)
		if err != nil {
			return err
		}
		defer db.Close()
		found, err := readColumn(db.QueryContext(ctx, "SHOW TABLES"))
		if err != nil {
			return err
		}
		for _, table := range found {
			if !slices.Contains(k.tables, table) {
				if _, err := db.ExecContext(ctx, "DROP TABLE `"+table+"`"); err != nil {
					return fmt.Errorf("drop %s of an earlier test: %w", table, err)
				}
			}
		}
		for _, table := range k.tables {
			statement := "DELETE FROM `" + table + "`"
			switch {
			case slices.Contains(k.keep, table):
				continue
			case table == "tenants" && i == 0: // resets AUTO_INCREMENT to 1
				statement = "TRUNCATE TABLE tenants"
			}
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("empty %s on %s: %w", table, shard, err)
			}
		}
	}
	return nil
}

// openShard returns an unguarded pool for one shard.
func (k *keyspace) openShard(name string) (*sql.DB, error) {
	config, err := tenancy.ParseDSN(k.dsn)
	if err != nil {
		return nil, err
	}
	config.DBName += ":" + name
	return openUnguarded(config.FormatDSN())
}

// scatterConnector opens connections for statements on all shards, although vtgate runs with
// --no-scatter and --transaction-mode SINGLE. Tests write and read the rows of all tenants in
// one statement.
type scatterConnector struct{ driver.Connector }

// Connect opens a connection.
func (c scatterConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &scatterConn{inner.(scatterInner)}, nil
}

// scatterInner has the interfaces of the driver's connection that the pool uses.
type scatterInner interface {
	driver.Conn
	driver.QueryerContext
	driver.ExecerContext
	driver.ConnBeginTx
	driver.NamedValueChecker
}

// scatterConn adds ALLOW_SCATTER to each SELECT.
type scatterConn struct{ scatterInner }

// allowScatter adds the directive ALLOW_SCATTER to a SELECT.
func allowScatter(query string) string {
	if rest, ok := strings.CutPrefix(query, "SELECT "); ok {
		return "SELECT /*vt+ ALLOW_SCATTER */ " + rest
	}
	return query
}

// QueryContext runs a query on all shards that it needs.
func (c *scatterConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.scatterInner.QueryContext(ctx, allowScatter(query), args)
}

// openScatter returns an unguarded pool for statements on all shards.
func (k *keyspace) openScatter() (*sql.DB, error) {
	config, err := tenancy.ParseDSN(k.dsn)
	if err != nil {
		return nil, err
	}
	config.Params = map[string]string{"transaction_mode": "'multi'"}
	config.InterpolateParams = true // vtgate prepares a SELECT on a random shard
	plain, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	connector, err := plain.Driver().(driver.DriverContext).OpenConnector(config.FormatDSN())
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(scatterConnector{connector}), nil
}

// addTables adds the tables of models to the VSchema, sharded by tenant.
func (k *keyspace) addTables(t testing.TB, db *sql.DB, models []any) {
	t.Helper()
	tables, err := tenancy.Tables(models)
	if err != nil {
		t.Fatal(err)
	}
	for name := range tables {
		_, err := db.ExecContext(t.Context(), "ALTER VSCHEMA ON `"+name+"` ADD VINDEX tenant (tenant_id)")
		if err != nil && !strings.Contains(err.Error(), "already") { // added by an earlier test
			t.Fatal(err)
		}
	}
	if err := tenancy.AwaitVTGate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
}

// ShardPIDFile returns the path of the PID file of a shard's MySQL server.
func (d *Database) ShardPIDFile(t testing.TB, shard string) (file string) {
	t.Helper()
	d.scanShard(t, shard, &file, "SELECT @@pid_file")
	return file
}

// RunningOnShard returns the number of running statements on a shard that contain a string,
// which must not contain a quote.
func (d *Database) RunningOnShard(t testing.TB, shard, text string) (n int) {
	t.Helper()
	d.scanShard(t, shard, &n, "SELECT COUNT(*) FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND info LIKE '%"+text+"%'")
	return n
}

func (d *Database) scanShard(t testing.TB, shard string, into any, query string) {
	t.Helper()
	db, err := d.schema.template.keyspace.openShard(shard)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), query).Scan(into); err != nil {
		t.Fatal(err)
	}
}
