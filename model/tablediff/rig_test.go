package tablediff_test

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"rowhouse/model/tablediff"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// open returns a new database without tables.
func open(t *testing.T) *sql.DB {
	t.Helper()
	config, err := tenancy.ParseDSN(tenancytest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	db, err := tenancy.OpenUnguarded(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// create returns a database with tables.
func create(t *testing.T, tables ...tablediff.Table) *sql.DB {
	t.Helper()
	db := open(t)
	if _, err := tablediff.Plan(t.Context(), db, open(t), tables, tablediff.Options{}); err != nil {
		t.Fatal(err)
	}
	return db
}

// describe returns the definitions of all tables, by name, as the server returns them.
func describe(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT table_name FROM information_schema.tables"+
		" WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	tables := map[string]string{}
	for _, name := range names {
		var text string
		if err := db.QueryRowContext(t.Context(), "SHOW CREATE TABLE "+name).Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		text = strings.ReplaceAll(text, " CHARACTER SET utf8mb4 COLLATE", " COLLATE") // MySQL adds it to changed columns
		lines := strings.Split(strings.ReplaceAll(text, ",\n", "\n"), "\n")
		slices.Sort(lines) // Down adds columns at the end
		tables[name] = strings.Join(lines, "\n")
	}
	return tables
}

// splitFile returns the statements of a file.
func splitFile(t *testing.T, f tablediff.File) (up, down string) {
	t.Helper()
	up, down, ok := strings.Cut(f.Text, "-- +goose Down")
	if !ok || !strings.HasPrefix(up, "-- +goose Up\n") {
		t.Fatalf("%s:\n%s", f.Name, f.Text)
	}
	return strings.TrimSuffix(strings.TrimSpace(up), ";"), strings.TrimSuffix(strings.TrimSpace(down), ";")
}

// change plans the change from tables to wanted ones, and returns its files. It applies them to a copy of
// the tables: then a second plan is empty. It also reverts them.
func change(t *testing.T, tables, wanted []tablediff.Table, options tablediff.Options) []tablediff.File {
	t.Helper()
	steps, err := tablediff.Plan(t.Context(), create(t, tables...), open(t), wanted, options)
	if err != nil {
		t.Fatal(err)
	}
	files, err := tablediff.Files(fstest.MapFS{"00305_last.sql": {}}, "next", steps)
	if err != nil {
		t.Fatal(err)
	}
	requireAccepted(t, tables, files)
	db := create(t, tables...)
	before := describe(t, db)
	for _, f := range files {
		up, _ := splitFile(t, f)
		exec(t, db, up)
	}
	for _, f := range slices.Backward(files) {
		_, down := splitFile(t, f)
		exec(t, db, down)
	}
	if after := describe(t, db); !maps.Equal(before, after) {
		t.Errorf("up and down give other tables:\n%s\nwere\n%s", after, before)
	}
	for _, f := range files {
		up, _ := splitFile(t, f)
		exec(t, db, up)
	}
	if again, err := tablediff.Plan(t.Context(), db, open(t), wanted, tablediff.Options{Keep: options.Keep}); err != nil || len(again) > 0 {
		t.Errorf("a second plan has %+v, %v", again, err)
	}
	return files
}

// requireAccepted checks that Lint finds no error in files, of which those that contract have a mark.
func requireAccepted(t *testing.T, tables []tablediff.Table, files []tablediff.File) {
	t.Helper()
	dir := fstest.MapFS{}
	for i, table := range tables {
		dir[fmt.Sprintf("%05d_create.sql", 101+i)] = newFile(table.CreateSQL())
	}
	for _, f := range files {
		dir[f.Name] = &fstest.MapFile{Data: []byte(f.Text)}
	}
	findings, err := tablediff.Lint(dir, 305)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if !f.Warning || strings.Contains(f.Problem, "unknown") || strings.Contains(f.Problem, "can't be read") {
			t.Errorf("the planned file %s has the problem: %s: %s", f.File, f.Statement, f.Problem)
		}
	}
}

// column returns a required column.
func column(name, sqlType string) tablediff.Column {
	return tablediff.Column{Name: name, Type: sqlType}
}

// newTable returns a table with the columns tenant_id and id, and further ones.
func newTable(name string, columns ...tablediff.Column) tablediff.Table {
	own := []tablediff.Column{column("tenant_id", "INT UNSIGNED"), column("id", "BINARY(16)")}
	return tablediff.Table{Name: name, Columns: append(own, columns...), PrimaryKey: []string{"tenant_id", "id"}}
}

// addIndex returns the table with another index.
func addIndex(table tablediff.Table, unique bool, columns ...string) tablediff.Table {
	columns = append([]string{"tenant_id"}, columns...)
	index := tablediff.Index{Name: tablediff.Name(table.Name, columns...), Columns: columns, Unique: unique}
	table.Indexes = append(slices.Clone(table.Indexes), index)
	return table
}

// refer returns the table with another foreign key, and its index.
func refer(table tablediff.Table, column, target string, cascade bool) tablediff.Table {
	table = addIndex(table, false, column, "id")
	table.ForeignKeys = append(slices.Clone(table.ForeignKeys), tablediff.ForeignKey{
		Name: tablediff.Name(table.Name, "tenant_id", column), Columns: []string{"tenant_id", column},
		Table: target, References: []string{"tenant_id", "id"}, Cascade: cascade,
	})
	return table
}
