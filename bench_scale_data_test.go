//go:build linux

package main

import (
	"context"
	"database/sql"
	"encoding/binary"
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
		"--innodb-buffer-pool-size=1G", "--loose-innodb-log-file-size=1G", "--loose-innodb-redo-log-capacity=1G")
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

// scaleDatabase is a database that grows.
type scaleDatabase struct {
	server scaleServer
	dsn    string
	conn   *sql.Conn
	size   scaleSize
}

// scaleSize is the number of tenants, and the number of items of each.
type scaleSize struct{ tenants, items int }

// scaleBatch is the most rows that a statement inserts.
const scaleBatch = 100_000

// newScaleDatabase creates an empty database.
func newScaleDatabase(b *testing.B, server scaleServer, name string) *scaleDatabase {
	d := &scaleDatabase{server: server, dsn: server.DSN(name)}
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
	b.Cleanup(func() { _ = pool.Close() })
	if d.conn, err = pool.Conn(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.conn.Close() })
	d.exec(b, "SET foreign_key_checks = 0, unique_checks = 0")
	d.exec(b, "CREATE TABLE numbers (n INT UNSIGNED PRIMARY KEY)")
	d.exec(b, "INSERT INTO numbers VALUES (0)")
	for n := 1; n < scaleBatch; n *= 2 {
		d.exec(b, "INSERT INTO numbers SELECT n + ? FROM numbers WHERE n + ? < ?", n, n, scaleBatch)
	}
	return d
}

func (d *scaleDatabase) exec(b *testing.B, statement string, args ...any) {
	if _, err := d.conn.ExecContext(b.Context(), statement, args...); err != nil {
		b.Fatalf("%v\n%s", err, statement)
	}
}

// The rows of the database are functions of the number of their tenant, t, and of their number in it, n. Ids have the time
// of their number, as those of the application.
const (
	scaleTime = 0x019a_0000_0000 // ms since 1970

	scaleTenants = "INSERT INTO tenants (id, slug, name, created_at) SELECT t, CONCAT('tenant-', t), CONCAT('Tenant ', t), NOW(6) FROM "
	scaleMembers = "INSERT INTO members (tenant_id, id, name, email, role) SELECT t, " + scaleIDOfN + ", CONCAT('Member ', n, ' Surname'), " +
		"CONCAT('member-', n, '@tenant-', t, '.example'), 'MEMBER' FROM "
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

// grow inserts rows until the database has a size. Either the tenants or their items grow.
func (d *scaleDatabase) grow(b *testing.B, size scaleSize) {
	began := time.Now()
	old := d.size
	d.insert(b, scaleTenants, old.tenants, size.tenants, 0, 1)
	d.insert(b, scaleMembers, old.tenants, size.tenants, 0, benchMembers)
	d.insert(b, scaleProjects, old.tenants, size.tenants, 0, benchProjects)
	if old.tenants == size.tenants {
		d.insert(b, scaleItems, 0, size.tenants, old.items, size.items)
	} else {
		d.insert(b, scaleItems, old.tenants, size.tenants, 0, size.items)
	}
	d.size = size
	d.exec(b, "ANALYZE TABLE tenants, members, projects, items")
	d.waitUntilIdle(b.Context())
	fmt.Fprintf(os.Stderr, "%d tenants with %d items each: seeded in %.0f s; the database server has %.1f GB\n",
		size.tenants, size.items, time.Since(began).Seconds(), d.server.diskGB())
}

// insert inserts the rows with the numbers from ... until of the tenants after another.
func (d *scaleDatabase) insert(b *testing.B, into string, after, last, from, until int) {
	began, printed := time.Now(), time.Now()
	for t := after + 1; t <= last; {
		width := min(until-from, scaleBatch)
		tenants := 1
		if until-from <= scaleBatch {
			tenants = min(scaleBatch/width, last-t+1)
		}
		for n := from; n < until; n += width {
			d.exec(b, into+"(SELECT ? + n DIV ? AS t, ? + n MOD ? AS n FROM numbers WHERE n < ?) AS source",
				t, width, n, width, tenants*min(width, until-n))
		}
		t += tenants
		if time.Since(printed) > 10*time.Second {
			printed = time.Now()
			fmt.Fprintf(os.Stderr, "%.20s…: %d of %d tenants, %.0f s\n", into, t-1-after, last-after, time.Since(began).Seconds())
		}
	}
}

// waitUntilIdle waits until the server has written the changed pages, for at most two minutes.
func (d *scaleDatabase) waitUntilIdle(ctx context.Context) {
	for range 120 {
		before := readCPU(d.server.PID())
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		if readCPU(d.server.PID())-before < 20 {
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
			t.projects = append(t.projects, string((&model.Project{Row: relay.Row[model.Project]{ID: newScaleID(int(t.id), n)}}).GlobalID()))
		}
		for range 100 {
			id := newScaleID(int(t.id), random.IntN(d.size.items))
			t.items = append(t.items, string((&model.Item{Row: relay.Row[model.Item]{ID: id}}).GlobalID()))
		}
	}
	return tenants
}
