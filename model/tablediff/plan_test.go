package tablediff_test

import (
	"slices"
	"strings"
	"testing"

	"rowhouse/model/tablediff"
)

// optional returns a column that can be NULL.
func optional(name, sqlType string) tablediff.Column {
	return tablediff.Column{Name: name, Type: sqlType, Nullable: true}
}

// withDefault returns a required column with a default.
func withDefault(name, sqlType, value string) tablediff.Column {
	return tablediff.Column{Name: name, Type: sqlType, Default: value}
}

// ascii returns a required column for names of enums.
func ascii(name, sqlType string) tablediff.Column {
	return tablediff.Column{Name: name, Type: sqlType, ASCII: true}
}

// The library: books on shelves.
func shelves(columns ...tablediff.Column) tablediff.Table {
	return addIndex(newTable("shelves", append([]tablediff.Column{column("name", "VARCHAR(100)")}, columns...)...), false, "name", "id")
}

func books(columns ...tablediff.Column) tablediff.Table {
	own := []tablediff.Column{column("title", "VARCHAR(100)"), column("shelf_id", "BINARY(16)"), ascii("state", "VARCHAR(16)")}
	return refer(newTable("books", append(own, columns...)...), "shelf_id", "shelves", true)
}

// without returns the table without a column, and its indexes and foreign keys.
func without(table tablediff.Table, name string) tablediff.Table {
	table.Columns = slices.DeleteFunc(slices.Clone(table.Columns), func(c tablediff.Column) bool { return c.Name == name })
	table.Indexes = slices.DeleteFunc(slices.Clone(table.Indexes), func(i tablediff.Index) bool { return slices.Contains(i.Columns, name) })
	table.ForeignKeys = slices.DeleteFunc(slices.Clone(table.ForeignKeys), func(f tablediff.ForeignKey) bool {
		return slices.Contains(f.Columns, name)
	})
	return table
}

// replaced returns the table with another definition of a column, whose name may differ.
func replaced(table tablediff.Table, name string, c tablediff.Column) tablediff.Table {
	rename := func(columns []string) []string {
		columns = slices.Clone(columns)
		for i := range columns {
			if columns[i] == name {
				columns[i] = c.Name
			}
		}
		return columns
	}
	table.Columns, table.Indexes = slices.Clone(table.Columns), slices.Clone(table.Indexes)
	table.ForeignKeys = slices.Clone(table.ForeignKeys)
	for i := range table.Columns {
		if table.Columns[i].Name == name {
			table.Columns[i] = c
		}
	}
	for i := range table.Indexes {
		table.Indexes[i].Columns = rename(table.Indexes[i].Columns)
	}
	for i := range table.ForeignKeys {
		table.ForeignKeys[i].Columns = rename(table.ForeignKeys[i].Columns)
	}
	return table
}

// uniqueName adds the column that makes the name of a shelf unique, as a type does.
func uniqueName(table tablediff.Table) tablediff.Table {
	key := tablediff.Column{Name: "name_key", Type: "BINARY(32)", Default: "(UNHEX(SHA2(LOWER(name), 256)))"}
	table.Columns = append(slices.Clone(table.Columns), key)
	return addIndex(table, true, "name_key")
}

// TestPlannedFilesGiveWantedTables applies and reverts the files of each change.
func TestPlannedFilesGiveWantedTables(t *testing.T) {
	library := []tablediff.Table{books(), shelves()}
	for _, test := range []struct {
		name           string
		tables, wanted []tablediff.Table
		options        tablediff.Options
		want           []string // names of files, with "contract: " before those with a mark
		has            []string // parts of the files
	}{
		{
			name:   "tables in any order",
			tables: nil,
			wanted: library,
			want:   []string{"00401_next_create_shelves.sql", "00402_next_create_books.sql"},
		},
		{
			name:   "no change",
			tables: library,
			wanted: library,
		},
		{
			name: "other names of keys, and another order of columns",
			tables: []tablediff.Table{func() tablediff.Table {
				b := books()
				slices.Reverse(b.Columns)
				b.Indexes[0].Name, b.ForeignKeys[0].Name = "an_index", "a_foreign_key"
				return b
			}(), shelves()},
			wanted: library,
		},
		{
			name:   "a table with JSON, decimals and dates, and a foreign key of three columns",
			tables: library,
			wanted: []tablediff.Table{func() tablediff.Table {
				b := books()
				b.Indexes[0].Unique = true
				return b
			}(), shelves(), func() tablediff.Table {
				loans := newTable("loans", column("shelf_id", "BINARY(16)"), optional("book_id", "BINARY(16)"), column("data", "JSON"),
					withDefault("price", "DECIMAL(12,2)", "0.50"), optional("day", "DATE"), column("returned", "BOOLEAN"),
					column("weight", "DOUBLE"), column("isbn", "BIGINT"), withDefault("tags", "JSON", "('[]')"), optional("note", "TEXT"))
				loans = addIndex(loans, false, "shelf_id", "book_id", "id")
				loans.ForeignKeys = append(loans.ForeignKeys, tablediff.ForeignKey{
					Name: "loans_book", Columns: []string{"tenant_id", "shelf_id", "book_id"},
					Table: "books", References: []string{"tenant_id", "shelf_id", "id"}, Cascade: true,
				})
				return loans
			}()},
			want: []string{"00401_next_books_indexes.sql", "00402_next_create_loans.sql", "00403_next_books_drop_keys.sql"},
		},
		{
			name:   "tables that refer to each other and to themselves",
			tables: nil,
			wanted: []tablediff.Table{
				refer(
					refer(newTable("a", optional("b_id", "BINARY(16)"), optional("parent_id", "BINARY(16)")), "b_id", "b", false),
					"parent_id", "a", true,
				),
				refer(newTable("b", column("a_id", "BINARY(16)")), "a_id", "a", true),
			},
			want: []string{"00401_next_create_a.sql", "00402_next_create_b.sql", "00403_next_a_foreign_keys.sql"},
		},
		{
			name:   "columns and indexes",
			tables: library,
			wanted: []tablediff.Table{
				shelves(),
				addIndex(books(optional("due_at", "DATETIME(6)"), withDefault("data", "JSON", "('{}')")), false, "due_at", "id"),
			},
			want: []string{"00401_next_books_columns.sql", "00402_next_books_indexes.sql"},
		},
		{
			name:   "a reference",
			tables: library,
			wanted: []tablediff.Table{shelves(), refer(books(optional("spare_id", "BINARY(16)")), "spare_id", "shelves", false)},
			want:   []string{"00401_next_books_columns.sql", "00402_next_books_indexes.sql", "00403_next_books_foreign_keys.sql"},
		},
		{
			name:   "an enum with a longer value, and a longer string",
			tables: library,
			wanted: []tablediff.Table{
				shelves(),
				replaced(replaced(books(), "state", ascii("state", "VARCHAR(32)")), "title", column("title", "TEXT")),
			},
			want: []string{"00401_next.sql"},
			has: []string{
				"MODIFY COLUMN title TEXT NOT NULL,\n",
				"MODIFY COLUMN state VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL;",
			},
		},
		{
			name:   "an integer that becomes a float",
			tables: []tablediff.Table{newTable("n", column("a", "INT"), column("b", "INT UNSIGNED"))},
			wanted: []tablediff.Table{newTable("n", column("a", "DOUBLE"), column("b", "DOUBLE"))},
			want:   []string{"00401_next.sql"},
		},
		{
			name:   "a column that can be NULL",
			tables: library,
			wanted: []tablediff.Table{shelves(), replaced(books(), "title", optional("title", "VARCHAR(100)"))},
			want:   []string{"00401_next.sql"},
		},
		{
			name:   "a renamed column, to which a default refers",
			tables: []tablediff.Table{books(), uniqueName(shelves())},
			wanted: []tablediff.Table{books(), func() tablediff.Table {
				s := replaced(uniqueName(shelves()), "name", tablediff.Column{Name: "label", RenamedFrom: "name", Type: "VARCHAR(100)"})
				return replaced(s, "name_key", tablediff.Column{
					Name: "label_key", RenamedFrom: "name_key", Type: "BINARY(32)", Default: "(UNHEX(SHA2(LOWER(label), 256)))",
				})
			}()},
			want: []string{"contract: 00401_next_shelves_defaults.sql", "contract: 00402_next_shelves_rename.sql"},
		},
		{
			name:   "a renamed table and reference",
			tables: library,
			wanted: func() []tablediff.Table {
				racks := shelves()
				racks.Name, racks.RenamedFrom = "racks", "shelves"
				b := replaced(books(), "shelf_id", tablediff.Column{Name: "rack_id", RenamedFrom: "shelf_id", Type: "BINARY(16)"})
				b.ForeignKeys[0].Table = "racks"
				return []tablediff.Table{racks, b}
			}(),
			want: []string{"contract: 00401_next_rename_shelves.sql", "contract: 00402_next_books_rename.sql"},
		},
		{
			name:    "a dropped column with its key and foreign key",
			tables:  library,
			wanted:  []tablediff.Table{shelves(), without(books(), "shelf_id")},
			options: tablediff.Options{Drop: []string{"books.shelf_id"}},
			want:    []string{"contract: 00401_next.sql"},
			has:     []string{"-- lint: contracts the schema: books.shelf_id is dropped with its data."},
		},
		{
			name:    "a kept column",
			tables:  library,
			wanted:  []tablediff.Table{shelves(), without(books(), "shelf_id")},
			options: tablediff.Options{Keep: []string{"books.shelf_id"}},
			want:    []string{"00401_next.sql"},
			has:     []string{"A later release drops it."},
		},
		{
			name:    "dropped tables, referring ones first",
			tables:  library,
			options: tablediff.Options{Drop: []string{"books", "shelves"}},
			want:    []string{"contract: 00401_next_drop_books.sql", "contract: 00402_next_drop_shelves.sql"},
		},
		{
			name: "a dropped index, and a kept one",
			tables: []tablediff.Table{func() tablediff.Table {
				s := addIndex(addIndex(shelves(), false, "id", "name"), true, "name")
				s.Indexes[2].Name = "extra"
				return s
			}(), books()},
			wanted:  library,
			options: tablediff.Options{Drop: []string{"shelves.shelves_id_name"}, Keep: []string{"shelves.extra"}},
			want:    []string{"00401_next.sql"},
		},
		{
			name:   "an index that another one covers",
			tables: []tablediff.Table{addIndex(newTable("shelves", column("name", "VARCHAR(100)")), false, "name"), books()},
			wanted: library,
			want:   []string{"00401_next_shelves_indexes.sql", "00402_next_shelves_drop_keys.sql"},
		},
		{
			name:   "a required column with a default for rows without a value",
			tables: []tablediff.Table{shelves(optional("note", "VARCHAR(20)")), books()},
			wanted: []tablediff.Table{shelves(withDefault("note", "VARCHAR(20)", "'it''s'")), books()},
			want:   []string{"contract: 00401_next_shelves_fill.sql", "contract: 00402_next_shelves_narrow.sql"},
			has:    []string{"UPDATE /*vt+ ALLOW_SCATTER */ shelves SET note = 'it''s' WHERE note IS NULL;"},
		},
		{
			name:    "accepted risks",
			tables:  library,
			wanted:  []tablediff.Table{replaced(shelves(column("code", "INT")), "name", column("name", "VARCHAR(50)")), books()},
			options: tablediff.Options{Accept: []string{"shelves.code", "shelves.name"}},
			want: []string{
				"contract: 00401_next_shelves_columns.sql", "contract: 00402_next_shelves_check.sql",
				"contract: 00403_next_shelves_narrow.sql",
			},
		},
		{
			name:    "a unique name",
			tables:  library,
			wanted:  []tablediff.Table{uniqueName(shelves()), books()},
			options: tablediff.Options{Accept: []string{"shelves.name"}},
			want:    []string{"00401_next_shelves_columns.sql", "contract: 00402_next_shelves_unique.sql"},
			has: []string{
				"-- lint: contracts the schema: rows with equal values of name make the statement fail, or inserts of\n",
				"-- Before this statement, the program corrects name_key, whose default ignores case only: see\n-- keys.go.\n",
			},
		},
		{
			name:   "a new column with a unique name",
			tables: []tablediff.Table{newTable("shelves"), books()},
			wanted: []tablediff.Table{
				addIndex(newTable("shelves", optional("name", "VARCHAR(100)"), optional("name_key", "BINARY(32)")), true, "name_key"),
				books(),
			},
			want: []string{"00401_next_shelves_columns.sql", "00402_next_shelves_indexes.sql"},
		},
		{
			name:   "a unique key of columns with values, and a foreign key",
			tables: []tablediff.Table{shelves(), newTable("books", ascii("isbn", "VARCHAR(13)"), column("shelf_id", "BINARY(16)"))},
			wanted: []tablediff.Table{
				shelves(),
				refer(
					addIndex(newTable("books", ascii("isbn", "VARCHAR(13)"), column("shelf_id", "BINARY(16)")), true, "isbn"),
					"shelf_id", "shelves", true,
				),
			},
			options: tablediff.Options{Accept: []string{"books.isbn", "books.shelf_id"}},
			want: []string{
				"00401_next_books_indexes.sql", "contract: 00402_next_books_unique.sql", "contract: 00403_next_books_foreign_keys.sql",
			},
		},
		{
			name: "a dropped foreign key and the unique key to which it refers",
			tables: []tablediff.Table{addIndex(books(), true, "title"), shelves(), func() tablediff.Table {
				loans := newTable("loans", column("title", "VARCHAR(100)"))
				loans = addIndex(loans, false, "title", "id")
				loans.ForeignKeys = []tablediff.ForeignKey{{
					Name: "by_title", Columns: []string{"tenant_id", "title"}, Table: "books", References: []string{"tenant_id", "title"},
				}}
				return loans
			}()},
			wanted: []tablediff.Table{
				books(),
				shelves(),
				addIndex(newTable("loans", column("title", "VARCHAR(100)")), false, "title", "id"),
			},
			options: tablediff.Options{Drop: []string{"books.books_title", "loans.by_title"}},
			want:    []string{"00401_next_loans_drop_foreign_keys.sql", "00402_next_books_drop_keys.sql"},
		},
		{
			name:   "another effect of deletions",
			tables: library,
			wanted: []tablediff.Table{shelves(), func() tablediff.Table {
				b := books()
				b.ForeignKeys[0].Cascade = false
				return b
			}()},
			want: []string{"00401_next.sql"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var names []string
			text := ""
			for _, f := range change(t, test.tables, test.wanted, test.options) {
				mark := ""
				if f.Step.Contract != "" {
					mark = "contract: "
				}
				names = append(names, mark+f.Name)
				text += f.Text
			}
			if test.want != nil && !slices.Equal(names, test.want) {
				t.Errorf("the files are %q, want %q:\n%s", names, test.want, text)
			}
			for _, part := range test.has {
				if !strings.Contains(text, part) {
					t.Errorf("%s is not in\n%s", part, text)
				}
			}
		})
	}
}
