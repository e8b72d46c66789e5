//go:build linux

package main

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/migration"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/privatedb"
)

// scaleServer is the database server of BenchmarkScale.
type scaleServer struct {
	*privatedb.Server
	dir string
}

// startScaleServer starts a database server. The pages that the requests read fit in its buffer pool.
func startScaleServer(b *testing.B) scaleServer {
	dir := filepath.Join(b.TempDir(), "database")
	server, err := dbtest.StartPrivate(b.Context(), dir,
		"--innodb-buffer-pool-size=1G", "--innodb-sort-buffer-size=64M",
		"--loose-innodb-log-file-size=1G", "--loose-innodb-redo-log-capacity=1G")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := server.Stop(); err != nil {
			b.Error(err)
		}
	})
	return scaleServer{server, dir}
}

// diskGB returns the size of the files in GB, of 10^9 bytes.
func (s scaleServer) diskGB() (size float64) {
	_ = filepath.WalkDir(s.dir, func(_ string, file fs.DirEntry, err error) error {
		if err == nil && file.Type().IsRegular() {
			if info, err := file.Info(); err == nil {
				size += float64(info.Size()) / 1e9
			}
		}
		return nil
	})
	return size
}

// scaleDatabase is a database of a size.
type scaleDatabase struct {
	dsn  string
	size scaleSize
}

// scaleSize is the number of tenants, and the number of items of each.
type scaleSize struct{ tenants, items int }

// newScaleDatabase creates a database, which is dropped at the end of the benchmark.
func newScaleDatabase(b *testing.B, server scaleServer, size scaleSize) *scaleDatabase {
	name := fmt.Sprintf("scale_%d_%d", size.tenants, size.items)
	d := &scaleDatabase{dsn: server.DSN(name), size: size}
	err := migration.CreateDatabase(b.Context(), d.dsn)
	if err == nil {
		_, err = migration.Up(b.Context(), d.dsn, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		b.Fatal(err)
	}
	config, err := tenancy.ParseDSN(d.dsn)
	if err != nil {
		b.Fatal(err)
	}
	pool, err := tenancy.OpenUnguarded(config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_, err := pool.ExecContext(context.Background(), "DROP DATABASE "+name)
		if err := errors.Join(err, pool.Close()); err != nil {
			b.Error(err)
		}
	})
	d.seed(b, server, pool)
	server.waitUntilIdle(b.Context())
	return d
}

// The rows of the database are functions of the number of their tenant, t, and of their number in it, n. Ids have the time
// of their number, as those of the application.
const (
	scaleTime = 0x019a_0000_0000 // ms since 1970

	scaleTenants = "INSERT INTO tenants (id, slug, name, created_at) SELECT t, CONCAT('tenant-', t), CONCAT('Tenant ', t), NOW(6) FROM "
	scaleMembers = "INSERT INTO members (tenant_id, id, name, email, role) SELECT t, " + scaleIDOfN +
		", CONCAT('Member ', n, ' Surname'), CONCAT('member-', n, '@tenant-', t, '.example'), 'MEMBER' FROM "
	scaleProjects = "INSERT INTO projects (tenant_id, id, `key`, name, description, last_number) SELECT t, " + scaleIDOfN +
		", CONCAT('PRO', CHAR(65 + n)), CONCAT('Project ', n, ' of the tenant'), NULL, 100000000 FROM "
	scaleItems = "INSERT INTO items (tenant_id, id, project_id, number, `key`, name, description, status, priority, assignee_id, " +
		"version, created_at, updated_at) SELECT t, " + scaleIDOfN + ", " + scaleIDOf + "n MOD 10" + scaleIDEnd + ", n DIV 10 + 1, " +
		"CONCAT('PRO', CHAR(65 + n MOD 10), '-', n DIV 10 + 1), CONCAT('Item ', LPAD(n, 7, '0'), ': the price without tax'), " +
		"'Customers see the price without tax until they reach the basket, and the law asks for it earlier.', " +
		"ELT(n MOD 5 + 1, 'BACKLOG', 'TODO', 'IN_PROGRESS', 'DONE', 'CANCELED'), n DIV 3 MOD 5, " +
		"IF(n MOD 5 = 0, NULL, " + scaleIDOf + "n MOD 20" + scaleIDEnd + "), 1, " + scaleCreated + ", " + scaleCreated + " FROM "
	scaleCreated = "'2026-01-01' + INTERVAL n SECOND"

	// These are the parts of an id, around a number in the tenant. 1760936591360 is scaleTime.
	scaleIDOf  = "UNHEX(CONCAT(LPAD(HEX(1760936591360 + "
	scaleIDEnd = "), 12, '0'), '70008000', LPAD(HEX(t), 12, '0')))"
	scaleIDOfN = scaleIDOf + "n" + scaleIDEnd
)

// newScaleID returns the id of a row.
func newScaleID(t, n int) (id relay.ID) {
	binary.BigEndian.PutUint64(id[:], (scaleTime+uint64(n))<<16|0x7000)
	binary.BigEndian.PutUint64(id[8:], 0x8000<<48|uint64(t))
	return id
}

// seed inserts the rows of a table with one statement: MariaDB then sorts the entries of each index, and inserts them in
// their order.
func (d *scaleDatabase) seed(b *testing.B, server scaleServer, pool *sql.DB) {
	conn, err := pool.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	began, cpu := time.Now(), readCPU(server.PID())
	run := func(statement string, args ...any) {
		if _, err := conn.ExecContext(b.Context(), statement, args...); err != nil {
			b.Fatalf("%v\n%s", err, statement)
		}
	}
	run("SET foreign_key_checks = 0, unique_checks = 0 /*M! , join_cache_level = 0 */")
	run("CREATE TABLE numbers (n INT UNSIGNED PRIMARY KEY)")
	run("INSERT INTO numbers VALUES (0)")
	most := max(d.size.tenants, d.size.items, benchMembers)
	for n := 1; n < most; n *= 2 {
		run("INSERT INTO numbers SELECT n + ? FROM numbers WHERE n + ? < ?", n, n, most)
	}
	run("ANALYZE TABLE numbers")
	for _, rows := range []struct {
		into  string
		items int
	}{{scaleTenants, 1}, {scaleMembers, benchMembers}, {scaleProjects, benchProjects}, {scaleItems, d.size.items}} {
		if total := d.size.tenants * rows.items; total >= 1e6 {
			fmt.Fprintf(os.Stderr, "%.19s… (%d rows), after %.0f s\n", rows.into, total, time.Since(began).Seconds())
		}
		run(rows.into+"(SELECT a.n + 1 AS t, b.n FROM numbers a STRAIGHT_JOIN numbers b WHERE a.n < ? AND b.n < ?) AS source",
			d.size.tenants, rows.items)
	}
	run("DROP TABLE numbers")
	run("ANALYZE TABLE tenants, members, projects, items")
	fmt.Fprintf(os.Stderr, "%d tenants with %d items each: seeded in %.0f s (%.0f s of CPU); the database server has %.1f GB\n",
		d.size.tenants, d.size.items, time.Since(began).Seconds(), (readCPU(server.PID())-cpu)/1e3, server.diskGB())
}

// waitUntilIdle waits until the server has written the changed pages, for at most two minutes.
func (s scaleServer) waitUntilIdle(ctx context.Context) {
	for range 120 {
		before := readCPU(s.PID())
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		if readCPU(s.PID())-before < 20 {
			return
		}
	}
}

// pickTenants returns random tenants for requests, with random items of each.
func (d *scaleDatabase) pickTenants() []benchTenant {
	random := rand.New(rand.NewPCG(2, 3))
	tenants := make([]benchTenant, min(d.size.tenants, scaleActive))
	for i, n := range random.Perm(d.size.tenants)[:len(tenants)] {
		t := &tenants[i]
		t.id, t.number = tenancy.ID(n+1), strconv.Itoa(n+1)
		for n := range benchProjects {
			project := &model.Project{Row: relay.Row[model.Project]{ID: newScaleID(int(t.id), n)}}
			t.projects = append(t.projects, string(project.GlobalID()))
		}
		for range 100 {
			id := newScaleID(int(t.id), random.IntN(d.size.items))
			t.items = append(t.items, string((&model.Item{Row: relay.Row[model.Item]{ID: id}}).GlobalID()))
		}
	}
	return tenants
}
