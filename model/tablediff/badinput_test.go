package tablediff_test

import (
	"slices"
	"strings"
	"testing"

	"rowhouse/model/tablediff"
)

// TestRenamesOfTables changes names of tables to which others refer.
func TestRenamesOfTables(t *testing.T) {
	racks := shelves()
	racks.Name, racks.RenamedFrom = "racks", "shelves"
	referring := books()
	referring.ForeignKeys = slices.Clone(referring.ForeignKeys)
	referring.ForeignKeys[0].Table = "racks"
	swapped, other := shelves(), shelves()
	swapped.Name, swapped.RenamedFrom = "b", "a"
	other.Name, other.RenamedFrom = "a", "b"
	a, b, c := shelves(), shelves(), shelves()
	a.Name, b.Name, c.Name = "a", "b", "c"
	chained, first := b, c
	chained.RenamedFrom, first.RenamedFrom = "a", "b"
	for _, test := range []struct {
		name           string
		tables, wanted []tablediff.Table
		want           []string // names of files
		refusal        string
	}{
		{
			name:   "a table with foreign keys from others",
			tables: []tablediff.Table{books(), shelves()},
			wanted: []tablediff.Table{referring, racks},
			want:   []string{"00401_next.sql"},
		},
		{
			name:    "exchanged names",
			tables:  []tablediff.Table{a, b},
			wanted:  []tablediff.Table{swapped, other},
			refusal: "b: its type has @renamedFrom, and another type has the table a; ",
		},
		{
			name:    "a chain",
			tables:  []tablediff.Table{a, b},
			wanted:  []tablediff.Table{chained, first},
			refusal: "c: its type has @renamedFrom, and another type has the table b; ",
		},
		{
			name:    "exchanged columns",
			tables:  []tablediff.Table{newTable("n", column("a", "INT"), column("b", "INT"))},
			wanted:  []tablediff.Table{newTable("n", tablediff.Column{Name: "a", RenamedFrom: "b", Type: "INT"}, column("b", "INT"))},
			refusal: "n.a: its field has @renamedFrom, and another field has the column b; ",
		},
		{
			name:    "two columns from one",
			tables:  []tablediff.Table{newTable("n", column("a", "INT"))},
			wanted:  []tablediff.Table{newTable("n", renamedColumn("b", "a"), renamedColumn("c", "a"))},
			refusal: "n.c: its field has @renamedFrom, and another field has the same earlier name a; ",
		},
		{
			name:    "two tables from one",
			tables:  []tablediff.Table{a},
			wanted:  []tablediff.Table{renamedTable(b, "a"), renamedTable(c, "a")},
			refusal: "c: its type has @renamedFrom, and another type has the same earlier name a; ",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.refusal != "" {
				steps, err := tablediff.Plan(t.Context(), create(t, test.tables...), open(t), test.wanted, tablediff.Options{})
				if err == nil || !strings.Contains(err.Error(), test.refusal) {
					t.Errorf("got %+v, %v", steps, err)
				}
				return
			}
			var names []string
			for _, f := range change(t, test.tables, test.wanted, tablediff.Options{}) {
				names = append(names, f.Name)
			}
			if !slices.Equal(names, test.want) {
				t.Errorf("the files are %q, want %q", names, test.want)
			}
		})
	}
}

func renamedColumn(name, from string) tablediff.Column {
	return tablediff.Column{Name: name, RenamedFrom: from, Type: "INT"}
}

func renamedTable(table tablediff.Table, from string) tablediff.Table {
	table.RenamedFrom = from
	return table
}

// TestRenamedTwice renames a table, a column and a value in two changes, of which the sources keep the last.
func TestRenamedTwice(t *testing.T) {
	table := func(name, from, column, columnFrom, value, valueFrom string) tablediff.Table {
		c := renamed(stateOf("NEW", value), value, valueFrom)
		c.Name, c.RenamedFrom = column, columnFrom
		return renamedTable(newTable(name, c), from)
	}
	first := table("a", "", "x", "", "ONE", "")
	second := table("b", "a", "y", "x", "TWO", "ONE")
	third := table("c", "b", "z", "y", "THREE", "TWO")
	db := create(t, first)
	exec(t, db, "INSERT INTO a VALUES (1, 'a', 'ONE')")
	for _, change := range [][]tablediff.Table{{first, second}, {second, third}, {third, third}} {
		options := tablediff.Options{Enums: tablediff.EnumsOf(change[:1])}
		if _, err := tablediff.Plan(t.Context(), db, open(t), change[1:], options); err != nil {
			t.Fatal(err)
		}
	}
	var value string
	if err := db.QueryRowContext(t.Context(), "SELECT z FROM c").Scan(&value); err != nil || value != "THREE" {
		t.Errorf("%s, %v", value, err)
	}
}

// TestRemovedTablesWithRows drops tables with rows that refer to each other.
func TestRemovedTablesWithRows(t *testing.T) {
	a := refer(newTable("a", optional("b_id", "BINARY(16)")), "b_id", "b", false)
	b := refer(newTable("b", optional("a_id", "BINARY(16)")), "a_id", "a", true)
	self := refer(newTable("c", optional("c_id", "BINARY(16)")), "c_id", "c", true)
	outside := refer(newTable("d", optional("a_id", "BINARY(16)")), "a_id", "a", true)
	for name, test := range map[string]struct {
		tables, wanted []tablediff.Table
		drop           []string
	}{
		"tables that refer to each other": {[]tablediff.Table{a, b}, nil, []string{"a", "b"}},
		"a table that refers to itself":   {[]tablediff.Table{self}, nil, []string{"c"}},
		"a table with a reference to it": {
			[]tablediff.Table{a, b, outside}, []tablediff.Table{without(outside, "a_id")}, []string{"a", "b", "d.a_id"},
		},
		"one of two that refer to another": {[]tablediff.Table{a, b}, []tablediff.Table{without(a, "b_id")}, []string{"b", "a.b_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := tablediff.Options{Drop: test.drop}
			files := change(t, test.tables, test.wanted, options)
			db := create(t, test.tables...)
			for _, table := range test.tables {
				exec(t, db, "INSERT INTO "+table.Name+" (tenant_id, id) VALUES (1, 'x')")
				column := table.Columns[2].Name
				if table.ForeignKeys[0].Table == table.Name {
					exec(t, db, "UPDATE "+table.Name+" SET "+column+" = id")
				}
			}
			for _, f := range files {
				up, _ := splitFile(t, f)
				exec(t, db, up)
			}
		})
	}
}

// TestColumnBecomesRequired applies the files to rows without a value.
func TestColumnBecomesRequired(t *testing.T) {
	for name, columns := range map[string][2]tablediff.Column{
		"a string":    {optional("value", "VARCHAR(20)"), column("value", "VARCHAR(20)")},
		"a reference": {optional("value", "BINARY(16)"), column("value", "BINARY(16)")},
		"JSON":        {optional("value", "JSON"), column("value", "JSON")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, to := newTable("n", columns[0]), newTable("n", columns[1])
			if name == "a reference" {
				from, to = refer(from, "value", "n", true), refer(to, "value", "n", true)
			}
			files := change(t, []tablediff.Table{from}, []tablediff.Table{to}, tablediff.Options{Accept: []string{"n.value"}})
			db := create(t, from)
			exec(t, db, "INSERT INTO n VALUES (1, 'a', NULL)")
			up, _ := splitFile(t, files[0])
			if _, err := db.ExecContext(t.Context(), up); err == nil {
				t.Error("a row without a value passes")
			}
			var missing int
			err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM n WHERE value IS NULL").Scan(&missing)
			if err != nil || missing != 1 {
				t.Errorf("%d rows have no value, %v", missing, err)
			}
		})
	}
}
