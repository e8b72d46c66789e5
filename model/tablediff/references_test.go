package tablediff_test

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"rowhouse/model/relay"
	"rowhouse/model/tablediff"
)

const errNoReferencedRow = 1452 // ER_NO_REFERENCED_ROW_2

// values returns the values of a row: NULL where a column can be NULL, and those of some columns.
func values(table tablediff.Table, some map[string]string) string {
	var all []string
	for _, c := range table.Columns {
		value, ok := some[c.Name]
		switch {
		case ok:
		case c.Name == "tenant_id":
			value = "1"
		case c.Nullable:
			value = "NULL"
		case c.Type == "JSON":
			value = "'[]'"
		case strings.HasPrefix(c.Type, "DATE"):
			value = "'2026-01-31'"
		case strings.HasPrefix(c.Type, "VARCHAR"):
			value = "HEX(RANDOM_BYTES(5))"
		default:
			value = "0"
		}
		all = append(all, value)
	}
	return strings.Join(all, ", ")
}

// requireForeignKeys checks each foreign key alone: a row with a reference to a missing row is refused, although its other
// columns are NULL, and the deletion of a referenced row has its effect.
func requireForeignKeys(t *testing.T, db *sql.DB, tables []tablediff.Table) {
	t.Helper()
	for _, table := range tables {
		for _, f := range table.ForeignKeys {
			t.Run(f.Name, func(t *testing.T) { requireForeignKey(t, db, tables, table, f) })
		}
	}
}

func requireForeignKey(t *testing.T, db *sql.DB, tables []tablediff.Table, table tablediff.Table, f tablediff.ForeignKey) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	run := func(check bool, statement string) error {
		_, err := conn.ExecContext(t.Context(), fmt.Sprintf("SET foreign_key_checks = %t", check))
		if err == nil {
			_, err = conn.ExecContext(t.Context(), statement)
		}
		return err
	}
	row, referenced := map[string]string{"id": "'child'"}, map[string]string{}
	for i, c := range f.Columns[1:] {
		row[c], referenced[f.References[i+1]] = "'missing'", "'missing'"
	}
	find := func(name string) tablediff.Table {
		return tables[slices.IndexFunc(tables, func(other tablediff.Table) bool { return other.Name == name })]
	}
	for _, other := range table.ForeignKeys { // the others have their rows
		name := other.Columns[len(other.Columns)-1]
		isColumn := func(c tablediff.Column) bool { return c.Name == name && !c.Nullable }
		if other.Name == f.Name || !slices.ContainsFunc(table.Columns, isColumn) {
			continue
		}
		row[name] = cmp.Or(row[name], "'other'")
		parent := values(find(other.Table), map[string]string{"id": row[name]})
		if err := run(false, "INSERT INTO "+other.Table+" VALUES ("+parent+")"); err != nil {
			t.Fatal(err)
		}
	}
	insert := "INSERT INTO " + table.Name + " VALUES (" + values(table, row) + ")"
	last, dangling := f.Columns[len(f.Columns)-1], insert
	if f.Table == table.Name { // MySQL 9.7.4 checks no reference of a new row to its own table
		unset := maps.Clone(row)
		unset[last] = "NULL"
		if err := run(true, "INSERT INTO "+table.Name+" VALUES ("+values(table, unset)+")"); err != nil {
			t.Fatal(err)
		}
		dangling = "UPDATE " + table.Name + " SET " + last + " = 'missing'"
	}
	if number := errorNumber(run(true, dangling)); number != errNoReferencedRow {
		t.Errorf("a reference to a missing row gives the error %d", number)
	}
	if f.Table == table.Name {
		if err := run(false, "DELETE FROM "+table.Name); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{"INSERT INTO " + f.Table + " VALUES (" + values(find(f.Table), referenced) + ")", insert} {
		if err := run(false, statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
	deleted := run(true, "DELETE FROM "+f.Table+" WHERE id = 'missing' OR id LIKE 'missing%'")
	var left int
	query := fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s LIKE 'missing%%'", table.Name, last)
	if err := conn.QueryRowContext(t.Context(), query).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if f.Cascade && (deleted != nil || left != 0) || !f.Cascade && (deleted == nil || left != 1) {
		t.Errorf("the deletion of a referenced row gives %v, and leaves %d rows", deleted, left)
	}
	for _, other := range tables { // of the next foreign key
		if err := run(false, "DELETE FROM "+other.Name); err != nil {
			t.Fatal(err)
		}
	}
}

// errorNumber returns the number of a server's error, or 0.
func errorNumber(err error) uint16 {
	var e *mysql.MySQLError
	errors.As(err, &e)
	if e == nil {
		return 0
	}
	return e.Number
}

// TestForeignKeysOfTypesAreChecked adds keys and orders of references and columns that can be NULL.
func TestForeignKeysOfTypesAreChecked(t *testing.T) {
	for name, options := range map[string][]relay.Option{
		"no keys": nil,
		"unique": {
			relay.UniqueTogether("room", "sequel"), relay.UniqueTogether("sequel", "dueAt"), relay.UniqueTogether("room", "dueAt"),
		},
		"within":   {relay.UniqueTogether("room", "sequel", "dueAt")},
		"indexes":  {relay.Index("room", "dueAt"), relay.Index("sequel", "dueAt"), relay.Index("room", "sequel", "dueAt")},
		"an order": {relay.OrderBy("SEQUEL_DUE_AT", "sequel", "dueAt"), relay.OrderBy("ROOM_SEQUEL", "room", "sequel")},
	} {
		t.Run(name, func(t *testing.T) {
			tables := mustTables(t, newTypes(roomFields, options...))
			requireForeignKeys(t, create(t, tables...), tables)
			// The same keys in tables that exist.
			db := create(t, mustTables(t, newTypes(roomFields))...)
			if _, err := tablediff.Plan(t.Context(), db, open(t), tables, tablediff.Options{}); err != nil {
				var accept []string
				for refusal := range strings.Lines(err.Error()) {
					object, _, _ := strings.Cut(refusal, ":")
					accept = append(accept, object)
				}
				if _, err := tablediff.Plan(t.Context(), db, open(t), tables, tablediff.Options{Accept: accept}); err != nil {
					t.Fatal(err)
				}
			}
			requireForeignKeys(t, db, tables)
		})
	}
}

// TestIndexesAreOrderedForForeignKeys adds a foreign key to a table with an index of its column and one that can be NULL.
func TestIndexesAreOrderedForForeignKeys(t *testing.T) {
	plain := newTable("books", column("shelf_id", "BINARY(16)"), optional("note", "VARCHAR(20)"))
	indexed := addIndex(plain, false, "shelf_id", "note", "id")
	tables, wanted := []tablediff.Table{shelves(), indexed}, []tablediff.Table{shelves(), refer(indexed, "shelf_id", "shelves", true)}
	var names []string
	for _, f := range change(t, tables, wanted, tablediff.Options{Accept: []string{"books.shelf_id"}}) {
		names = append(names, f.Name)
	}
	want := []string{"00401_next_books_indexes.sql", "00402_next_books_foreign_keys.sql", "00403_next_books_order.sql"}
	if !slices.Equal(names, want) {
		t.Errorf("the files are %q, want %q", names, want)
	}
	db := create(t, tables...)
	if _, err := tablediff.Plan(t.Context(), db, open(t), wanted, tablediff.Options{Accept: []string{"books.shelf_id"}}); err != nil {
		t.Fatal(err)
	}
	requireForeignKeys(t, db, wanted)
	referring := refer(plain, "shelf_id", "shelves", true)
	unique := []tablediff.Table{shelves(), addIndex(referring, true, "shelf_id", "note")}
	if _, err := tablediff.Plan(t.Context(), create(t, shelves(), referring), open(t), unique,
		tablediff.Options{Accept: []string{"books.books_shelf_note"}}); err == nil ||
		!strings.Contains(err.Error(),
			"books: MySQL would not check a foreign key, whose columns begin the index (tenant_id, shelf_id, note)") {
		t.Errorf("a unique key before the index of the foreign key gives %v", err)
	}
}
