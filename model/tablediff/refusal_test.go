package tablediff_test

import (
	"errors"
	"strings"
	"testing"

	"rowhouse/model/tablediff"
)

// TestRiskyChangesAreRefused checks the messages: each names the object, the reason and the remedy.
func TestRiskyChangesAreRefused(t *testing.T) {
	library := []tablediff.Table{books(), shelves()}
	for _, test := range []struct {
		name    string
		tables  []tablediff.Table // or library
		wanted  []tablediff.Table
		options tablediff.Options
		want    []string // parts of the error
	}{
		{
			name:   "a table without a type",
			wanted: []tablediff.Table{shelves()},
			want:   []string{"books: no type has this table; to drop it with its rows, add --drop books"},
		},
		{
			name: "a table under another name",
			wanted: func() []tablediff.Table {
				volumes := books()
				volumes.Name = "volumes"
				return []tablediff.Table{shelves(), volumes}
			}(),
			want: []string{
				"books: no type has this table; if volumes is the same table under another name, add @renamedFrom(name:) to its type; ",
			},
		},
		{
			name:   "a column without a field",
			wanted: []tablediff.Table{shelves(), without(books(), "title")},
			want: []string{
				"books.title: no field of the types has this column; to drop it with its data, add --drop books.title; " +
					"to keep it until a later release, add --keep books.title",
			},
		},
		{
			name: "a column under another name",
			wanted: []tablediff.Table{
				shelves(),
				replaced(books(), "title", tablediff.Column{Name: "headline", Field: "Book.headline", Type: "VARCHAR(200)"}),
			},
			want: []string{
				"books.title: no field of the types has this column; if Book.headline is the same field under another name, " +
					"add @renamedFrom(name:) with the old name; to drop it with its data, add --drop books.title",
				"books.headline: the column is required",
			},
		},
		{
			name:   "a required column",
			wanted: []tablediff.Table{shelves(tablediff.Column{Name: "code", Field: "Shelf.code", Type: "INT"}), books()},
			want: []string{
				"shelves.code: the column is required, and existing rows have no value for it; add @default(value:) to Shelf.code, " +
					"or make it optional; for a table without rows, --accept shelves.code",
			},
		},
		{
			name:   "a required reference",
			wanted: []tablediff.Table{shelves(), refer(books(column("spare_id", "BINARY(16)")), "spare_id", "shelves", false)},
			want:   []string{"books.spare_id: the column is required, and existing rows have no value for it"},
		},
		{
			name:   "a column that becomes required",
			tables: []tablediff.Table{shelves(optional("code", "INT")), books()},
			wanted: []tablediff.Table{shelves(column("code", "INT")), books()},
			want: []string{
				"shelves.code: the column becomes required, and existing rows may have no value; add @default(value:) to shelves.code, " +
					"or --accept shelves.code: rows that do not fit make the statement fail, which then changes nothing",
			},
		},
		{
			name:   "a narrower string",
			wanted: []tablediff.Table{replaced(shelves(), "name", column("name", "VARCHAR(50)")), books()},
			want: []string{
				"shelves.name: VARCHAR(100) becomes VARCHAR(50), and values of existing rows may not fit; keep the wider type, " +
					"or add a field of the new type and copy the values, or --accept shelves.name",
			},
		},
		{
			name:   "another character set",
			wanted: []tablediff.Table{replaced(shelves(), "name", ascii("name", "VARCHAR(100)")), books()},
			want:   []string{"shelves.name: VARCHAR(100) becomes VARCHAR(100) CHARACTER SET ASCII"},
		},
		{
			name: "narrower numbers, and another kind of values",
			tables: []tablediff.Table{
				newTable("n", column("a", "BIGINT"), column("b", "DECIMAL(10,4)"), column("c", "INT UNSIGNED"), column("d", "VARCHAR(10)")),
			},
			wanted: []tablediff.Table{
				newTable("n", column("a", "INT"), column("b", "DECIMAL(10,2)"), column("c", "INT"), column("d", "INT")),
			},
			want: []string{
				"n.a: BIGINT", "n.b: DECIMAL(10,4) becomes DECIMAL(10,2)",
				"n.c: INT UNSIGNED becomes INT, in which half of the values do not fit; add @constraint(min: 0) to n.c, or --accept",
				"n.d: VARCHAR(10) becomes INT",
			},
		},
		{
			name:   "an index that no type needs",
			tables: []tablediff.Table{addIndex(shelves(), false, "id", "name"), books()},
			wanted: library,
			want: []string{
				"shelves.shelves_id_name: no type needs this index of (tenant_id, id, name); " +
					"add @index(fields:) to the type, or drop the index by --drop shelves.shelves_id_name, " +
					"or keep it by --keep shelves.shelves_id_name",
			},
		},
		{
			name: "a foreign key that no type has",
			wanted: []tablediff.Table{shelves(), func() tablediff.Table {
				b := books()
				b.ForeignKeys = nil
				return b
			}()},
			want: []string{"books.books_shelf: no relation of the types has this foreign key: ", "--drop books.books_shelf"},
		},
		{
			name:   "a unique column with the same default in all rows",
			wanted: []tablediff.Table{addIndex(shelves(withDefault("code", "INT", "0")), true, "code"), books()},
			want: []string{
				"shelves.code: the new column is unique, and existing rows would have equal values; make shelves.code optional",
			},
		},
		{
			name:   "a unique name whose default is the same in all rows",
			tables: []tablediff.Table{newTable("shelves")},
			wanted: []tablediff.Table{uniqueName(newTable("shelves", withDefault("name", "VARCHAR(100)", "'x'")))},
			want: []string{
				"shelves.name: the new column is unique, and existing rows would have equal values; make shelves.name optional",
			},
		},
		{
			name:   "a name that becomes unique",
			wanted: []tablediff.Table{uniqueName(shelves()), books()},
			want: []string{
				"shelves.name: the values become unique, and existing rows may have equal ones; correct these rows, and " +
					"add --accept shelves.name: rows with equal values of shelves.name make the statement fail, which then changes nothing",
			},
		},
		{
			name:   "values that become unique together",
			wanted: []tablediff.Table{shelves(), addIndex(books(), true, "shelf_id", "title")},
			want:   []string{"books.books_shelf_title: the values become unique", "--accept books.books_shelf_title: rows with equal"},
		},
		{
			name:   "a column that becomes a reference",
			tables: []tablediff.Table{shelves(), without(books(), "shelf_id"), newTable("loans", column("shelf_id", "BINARY(16)"))},
			wanted: []tablediff.Table{
				shelves(), without(books(), "shelf_id"),
				refer(newTable("loans", column("shelf_id", "BINARY(16)")), "shelf_id", "shelves", true),
			},
			want: []string{
				"loans.shelf_id: the column becomes a reference, and existing rows may refer to missing rows of shelves; " +
					"correct these rows, and add --accept loans.shelf_id: rows of which shelf_id has no row in shelves",
			},
		},
		{
			name: "another primary key",
			wanted: []tablediff.Table{shelves(), func() tablediff.Table {
				b := books()
				b.PrimaryKey = []string{"tenant_id", "shelf_id", "id"}
				return b
			}()},
			want: []string{"books: its primary key is not (tenant_id, shelf_id, id); write a migration by hand that changes it"},
		},
		{
			name:    "options without an effect",
			wanted:  library,
			options: tablediff.Options{Drop: []string{"boks"}, Keep: []string{"books.titel"}, Accept: []string{"books.title"}},
			want: []string{
				"boks: an option names this object, but no change needs it; correct the name, or leave out the option",
				"books.titel: an option names this object", "books.title: an option names this object",
			},
		},
		{
			name:   "several at once",
			wanted: []tablediff.Table{without(shelves(column("code", "INT")), "name")},
			want:   []string{"books: ", "shelves.code: ", "shelves.name: "},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tables := test.tables
			if tables == nil {
				tables = library
			}
			steps, err := tablediff.Plan(t.Context(), create(t, tables...), open(t), test.wanted, test.options)
			if refusal := (*tablediff.Refusal)(nil); !errors.As(err, &refusal) {
				t.Fatalf("got %+v, %v", steps, err)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%s is not in\n%v", part, err)
				}
			}
			if strings.Count(err.Error(), "\n") >= len(test.want) {
				t.Errorf("more than %d messages:\n%v", len(test.want), err)
			}
		})
	}
}

// TestOtherTablesAreLeftAlone plans beside a table of all tenants, and beside parts of a table that no type
// describes: a CHECK constraint, an index of a prefix, a default and a comment.
func TestOtherTablesAreLeftAlone(t *testing.T) {
	db := create(t, books(), shelves())
	exec(t, db, "CREATE TABLE countries (code CHAR(2) PRIMARY KEY)")
	exec(t, db, "CREATE VIEW titles AS SELECT tenant_id, title FROM books")
	exec(t, db, "ALTER TABLE shelves ADD CONSTRAINT named CHECK (name <> ''), ADD KEY beginnings (tenant_id, name(5))")
	exec(t, db, "ALTER TABLE books ALTER COLUMN state SET DEFAULT 'NEW', COMMENT 'of the library'")
	before := describe(t, db)
	steps, err := tablediff.Plan(t.Context(), db, open(t), []tablediff.Table{shelves(), books()}, tablediff.Options{})
	if err != nil || len(steps) > 0 {
		t.Errorf("got %+v, %v", steps, err)
	}
	if after := describe(t, db); before["shelves"] != after["shelves"] || len(after) != 3 {
		t.Errorf("the tables have changed: %s", after)
	}
}
