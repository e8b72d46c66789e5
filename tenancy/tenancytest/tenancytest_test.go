package tenancytest_test

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// note is a model of tenants, and color is a shared one.
type note struct {
	TenantID tenancy.ID
	ID       uint64 `gorm:"primaryKey;autoIncrement:false"`
	Text     string
	Color    string
}

type color struct {
	Name string `gorm:"primaryKey"`
}

// tables are the migrations of these tests. The table a_notes refers to colors, which comes
// later by name: copies are ordered by their foreign keys.
var tables = []string{
	tenancy.CreateDirectory,
	"CREATE TABLE colors (name VARCHAR(20) NOT NULL, rank_no INT AS (LENGTH(name)) VIRTUAL, PRIMARY KEY (name))",
	"CREATE TABLE a_notes (tenant_id INT UNSIGNED NOT NULL, id BIGINT UNSIGNED NOT NULL, " +
		"text VARCHAR(200) NOT NULL DEFAULT (LOWER('NEW')), " +
		"color VARCHAR(20) NOT NULL, PRIMARY KEY (tenant_id, id), FOREIGN KEY (color) REFERENCES colors (name))",
	"CREATE TABLE versions (id INT NOT NULL, at DATETIME(6) NOT NULL, PRIMARY KEY (id))",
	"INSERT INTO versions VALUES (1, '2026-01-02 03:04:05.123456'), (2, '2026-01-02 03:04:06')",
	"INSERT INTO colors (name) VALUES ('red')",
}

// TableName returns a name before colors.
func (note) TableName() string { return "a_notes" }

// migrations counts the calls of Migrate.
var migrations int

var schema = &tenancytest.Schema{
	Migrate: func(ctx context.Context, dsn string) error {
		migrations++
		return execute(ctx, dsn, tables)
	},
	Models: []any{&note{}},
	Shared: []any{&color{}},
	Keep:   []string{"versions"},
	// Only for the processes that test the collection: make vtexplain collects those of applications.
	Collect: os.Getenv("TEST_COLLECTION") != "",
}

// execute runs statements on a database.
func execute(ctx context.Context, dsn string, statements []string) error {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func TestEachDatabaseIsMigratedAndEmpty(t *testing.T) {
	for range 2 {
		d := schema.New(t)
		d.SkipOnVitess(t)
		if n := d.Count(t, "a_notes", ""); n != 0 {
			t.Errorf("%d rows of an earlier test, or of Migrate in a table that is not kept", n)
		}
		if n := d.Count(t, "colors", "name = 'red' AND rank_no = 3"); n != 1 || d.Count(t, "colors", "") != 1 {
			t.Error("the rows of the shared table differ from those of Migrate")
		}
		if n := d.Count(t, "versions", "at LIKE '2026-01-02 03:04:05.123456%' AND id = ?", 1); n != 1 || d.Count(t, "versions", "") != 2 {
			t.Error("the rows of the kept table differ from those of Migrate")
		}
		if _, err := d.SQL.ExecContext(t.Context(), "INSERT INTO colors (name) VALUES ('blue')"); err != nil {
			t.Fatal(err)
		}
		if err := d.For(d.Acme).Create(&note{ID: 1, Color: "blue"}).Error; err != nil {
			t.Error(err)
		}
		if err := d.For(d.Globex).First(&note{}, 1).Error; err == nil {
			t.Error("globex reads the note of acme")
		}
	}
	if migrations != 1 {
		t.Errorf("Migrate was called %d times", migrations)
	}
}

func TestTenantsHaveTheIDs1And2(t *testing.T) {
	d := schema.New(t)
	for id, ctx := range map[tenancy.ID]context.Context{1: d.Acme, 2: d.Globex} {
		if tenant, err := tenancy.FromContext(ctx); err != nil || tenant.ID != id {
			t.Errorf("tenant %d: %+v, %v", id, tenant, err)
		}
	}
}

// TestZeroSchemaHasTheDirectory needs no migrations; the test creates its own table.
func TestZeroSchemaHasTheDirectory(t *testing.T) {
	d := new(tenancytest.Schema).New(t)
	if n := d.Count(t, "tenants", ""); n != 2 {
		t.Errorf("%d tenants", n)
	}
	const ddl = "CREATE TABLE a_notes (tenant_id INT NOT NULL, id INT NOT NULL, text TEXT, color TEXT, PRIMARY KEY (tenant_id, id))"
	if _, err := d.SQL.ExecContext(t.Context(), ddl); err != nil {
		t.Fatal(err)
	}
	d.Reopen(t, &note{})
	if err := d.For(d.Acme).Create(&note{ID: 1}).Error; err != nil {
		t.Error(err)
	}
}

func TestStatementsAreRecorded(t *testing.T) {
	d := schema.New(t)
	if ran := d.Ran(); len(ran) > 0 {
		t.Errorf("a new database has recorded %q", ran)
	}
	for range 2 {
		if err := d.For(d.Acme).Find(&[]note{}).Error; err != nil {
			t.Fatal(err)
		}
	}
	if ran := d.Ran(); len(ran) != 2 || !strings.Contains(ran[0], "a_notes") {
		t.Errorf("recorded %q", ran)
	}
	if d.Reset(); len(d.Ran()) > 0 {
		t.Error("Reset cleared nothing")
	}
}

// TestProcessesListTheConnectionsOfTheDatabase finds a running statement.
func TestProcessesListTheConnectionsOfTheDatabase(t *testing.T) {
	d := schema.New(t)
	d.SkipOnVitess(t)
	processes := d.Processes(t)
	isShow := func(p tenancytest.Process) bool { return p.ID > 0 && strings.HasPrefix(p.Statement, "SHOW") }
	if !slices.ContainsFunc(processes, isShow) {
		t.Errorf("%+v", processes)
	}
}

func TestEmptyDatabaseHasNoTables(t *testing.T) {
	dsn := tenancytest.Empty(t)
	if err := execute(t.Context(), dsn, tables); err != nil {
		t.Error(err) // a table that exists
	}
}

func TestPIDIsThatOfThePrivateServer(t *testing.T) {
	if pid := tenancytest.PID(t); (pid == 0) != (os.Getenv("TEST_DATABASE_URL") != "") {
		t.Errorf("the process id is %d", pid)
	}
}

// TestStatementsAreCollected runs a test in another process, which writes to TEST_STATEMENTS.
func TestStatementsAreCollected(t *testing.T) {
	dir := t.TempDir()
	if out, err := runTest(t, "TestStatementsAreRecorded", "TEST_COLLECTION=yes", "TEST_STATEMENTS="+dir); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for file, want := range map[string]string{
		"statements.json": "FROM `a_notes`",
		"schema.sql":      "DEFAULT (lcase(",
	} {
		content, err := os.ReadFile(filepath.Join(dir, file))
		text := strings.ReplaceAll(string(content), "(lower(", "(lcase(") // MySQL's name, and MariaDB's
		if err != nil || !strings.Contains(text, want) {
			t.Errorf("%s: %v\n%s", file, err, content)
		}
	}
}

func TestStatementsThatCannotBeCollectedFailTheTest(t *testing.T) {
	out, err := runTest(t, "TestStatementsAreRecorded", "TEST_COLLECTION=yes", "TEST_STATEMENTS="+filepath.Join(t.TempDir(), "missing"))
	if err == nil || !strings.Contains(out, "missing") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAnotherProductFailsTheTest(t *testing.T) {
	out, err := runTest(t, "TestTenantsHaveTheIDs1And2", "TEST_DATABASE_PRODUCT=Oracle")
	if err == nil || !strings.Contains(out, "the tests need Oracle, and the server is ") {
		t.Errorf("%v\n%s", err, out)
	}
}

// runTest runs a test in another process, with further environment variables.
func runTest(t *testing.T, name string, env ...string) (output string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+name+"$")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
