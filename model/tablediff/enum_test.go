package tablediff_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"rowhouse/model/tablediff"
)

// stateOf returns a required column of an enum whose rows have the names of the values.
func stateOf(values ...string) tablediff.Column {
	c := ascii("state", "VARCHAR(16)")
	for _, v := range values {
		c.Values = append(c.Values, tablediff.EnumValue{Name: v})
	}
	return c
}

// renamed returns the column with the earlier name of a value.
func renamed(c tablediff.Column, name, from string) tablediff.Column {
	c.Values = slices.Clone(c.Values)
	for i, v := range c.Values {
		if v.Name == name {
			c.Values[i].RenamedFrom = from
		}
	}
	return c
}

// ranked returns a required column of an enum whose rows have ranks: pairs of a value and its rank.
func ranked(pairs ...string) tablediff.Column {
	c := column("state", "TINYINT UNSIGNED")
	for pair := range slices.Chunk(pairs, 2) {
		c.Values = append(c.Values, tablediff.EnumValue{Name: pair[0], Rank: pair[1]})
	}
	return c
}

// listOf returns the column as a list of values, in JSON.
func listOf(c tablediff.Column) tablediff.Column {
	c.Type, c.ASCII = "JSON", false
	return c
}

// planEnum plans another enum in a table whose values are recorded.
func planEnum(t *testing.T, from, to tablediff.Column, accept ...string) ([]tablediff.Step, error) {
	t.Helper()
	before, after := newTable("books", from), newTable("books", to)
	if from.Name != to.Name {
		after.Columns[2].RenamedFrom = from.Name
	}
	options := tablediff.Options{Accept: accept, Enums: tablediff.EnumsOf([]tablediff.Table{before})}
	return tablediff.Plan(t.Context(), create(t, before), open(t), []tablediff.Table{after}, options)
}

// TestRemovedValuesAreRefused checks that no value of a row becomes unreadable without a decision.
func TestRemovedValuesAreRefused(t *testing.T) {
	other := stateOf("NEW", "OLD")
	other.Name = "phase"
	for _, test := range []struct {
		name     string
		from, to tablediff.Column
		want     string
	}{
		{
			name: "a name",
			from: stateOf("NEW", "OLD"),
			to:   stateOf("NEW"),
			want: "books.state.OLD: the enum has no such value any more, and existing rows may have it, " +
				"which the API can not return then; " +
				"keep the value with @deprecated; or add @renamedFrom(name: \"OLD\") to the value that replaces it; or change the rows " +
				"by a migration of your own, such as UPDATE books SET state = ? WHERE state = 'OLD', and add --accept books.state.OLD",
		},
		{
			name: "a name in lists",
			from: listOf(stateOf("NEW", "OLD")),
			to:   listOf(stateOf("NEW")),
			want: `books.state.OLD: the enum has no such value any more`,
		},
		{
			name: "a rank",
			from: ranked("LOW", "1", "HIGH", "2"),
			to:   ranked("HIGH", "2"),
			want: "UPDATE books SET state = ? WHERE state = 1",
		},
		{
			name: "another rank",
			from: ranked("LOW", "1", "HIGH", "2"),
			to:   ranked("LOW", "1", "HIGH", "3"),
			want: "books.state.HIGH: its rank changes from 2 to 3, so existing rows would get another value; " +
				"write @rank(value: 2) as before; a rank never changes once rows can have it",
		},
		{
			name: "exchanged ranks",
			from: ranked("LOW", "1", "HIGH", "2"),
			to:   ranked("LOW", "2", "HIGH", "1"),
			want: "books.state.LOW: its rank changes from 1 to 2",
		},
		{
			name: "another rank of a renamed value",
			from: ranked("LOW", "1", "HIGH", "2"),
			to:   renamed(ranked("LOW", "1", "TOP", "3"), "TOP", "HIGH"),
			want: "books.state.HIGH: its rank changes from 2 to 3",
		},
		{
			name: "another value with the rank of a removed one",
			from: ranked("LOW", "1", "HIGH", "2"),
			to:   ranked("LOW", "1", "TOP", "2"),
			want: "books.state.HIGH: the enum has no such value any more",
		},
		{
			name: "a name, in a renamed column",
			from: other,
			to:   stateOf("NEW"),
			want: "books.state.OLD: the enum has no such value any more",
		},
		{
			name: "a string that becomes an enum",
			from: ascii("state", "VARCHAR(16)"),
			to:   stateOf("NEW"),
			want: "books.state: the field becomes an enum, and existing rows may have other values; ",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			steps, err := planEnum(t, test.from, test.to)
			if refusal := (*tablediff.Refusal)(nil); !errors.As(err, &refusal) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v, %v\nwant %s", steps, err, test.want)
			}
		})
	}
}

// TestChangedValuesOfEnums executes the statements on rows.
func TestChangedValuesOfEnums(t *testing.T) {
	for _, test := range []struct {
		name      string
		from, to  tablediff.Column
		accept    string
		row, want string // the value in a row, before and after; "" if the row makes a statement fail
		down      string // the value after the statements for down
	}{
		{
			name: "a new value",
			from: stateOf("NEW"), to: stateOf("NEW", "OLD"),
			row: "NEW", want: "NEW", down: "NEW",
		},
		{
			name: "another order",
			from: stateOf("NEW", "OLD"), to: stateOf("OLD", "NEW"),
			row: "NEW", want: "NEW", down: "NEW",
		},
		{
			name: "a renamed value",
			from: stateOf("NEW", "OLD"), to: renamed(stateOf("NEW", "PAST"), "PAST", "OLD"),
			row: "OLD", want: "PAST", down: "OLD",
		},
		{
			name: "a renamed value, and another row",
			from: stateOf("NEW", "OLD"), to: renamed(stateOf("NEW", "PAST"), "PAST", "OLD"),
			row: "NEW", want: "NEW", down: "NEW",
		},
		{
			name: "a renamed value in lists",
			from: listOf(stateOf("NEW", "OLD", "OLDER")), to: listOf(renamed(stateOf("NEW", "PAST", "OLDER"), "PAST", "OLD")),
			row: `["OLDER","OLD"]`, want: `["OLDER","PAST"]`, down: `["OLDER","OLD"]`,
		},
		{
			name: "a value instead of another one",
			from: stateOf("NEW", "OLD"), to: renamed(stateOf("NEW"), "NEW", "OLD"),
			row: "OLD", want: "NEW", down: "NEW",
		},
		{
			name: "a rank instead of another one",
			from: ranked("LOW", "1", "HIGH", "2"), to: renamed(ranked("LOW", "1"), "LOW", "HIGH"),
			row: "2", want: "1", down: "1",
		},
		{
			name: "a renamed value with its rank",
			from: ranked("LOW", "1", "HIGH", "2"), to: renamed(ranked("LOW", "1", "TOP", "2"), "TOP", "HIGH"),
			row: "2", want: "2", down: "2",
		},
		{
			name: "a removed value without rows",
			from: stateOf("NEW", "OLD"), to: stateOf("NEW"), accept: "books.state.OLD",
			row: "NEW", want: "NEW", down: "NEW",
		},
		{
			name: "a removed value of a row",
			from: stateOf("NEW", "OLD"), to: stateOf("NEW"), accept: "books.state.OLD",
			row: "OLD",
		},
		{
			name: "a removed value in a list",
			from: listOf(stateOf("NEW", "OLD")), to: listOf(stateOf("NEW")), accept: "books.state.OLD",
			row: `["NEW","OLD"]`,
		},
		{
			name: "a removed rank of a row",
			from: ranked("LOW", "1", "HIGH", "2"), to: ranked("LOW", "1"), accept: "books.state.HIGH",
			row: "2",
		},
		{
			name: "a removed value whose rank another one gets, of a row",
			from: ranked("LOW", "1", "HIGH", "2"), to: ranked("LOW", "1", "TOP", "2"), accept: "books.state.HIGH",
			row: "2",
		},
		{
			name: "a string that becomes an enum, with a value of it",
			from: ascii("state", "VARCHAR(16)"), to: stateOf("NEW"), accept: "books.state",
			row: "NEW", want: "NEW", down: "NEW",
		},
		{
			name: "a string that becomes an enum, with another value",
			from: ascii("state", "VARCHAR(16)"), to: stateOf("NEW"), accept: "books.state",
			row: "OLD",
		},
		{
			name: "names that become ranks",
			from: stateOf("LOW", "HIGH"), to: ranked("LOW", "1", "HIGH", "2"), accept: "books.state",
			row: "LOW",
		},
		{
			name: "ranks that become names",
			from: ranked("LOW", "1", "HIGH", "2"), to: stateOf("LOW", "HIGH"), accept: "books.state",
			row: "1",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var accept []string
			if test.accept != "" {
				accept = append(accept, test.accept)
			}
			steps, err := planEnum(t, test.from, test.to, accept...)
			if err != nil {
				t.Fatal(err)
			}
			db := create(t, newTable("books", test.from))
			exec(t, db, "INSERT INTO books VALUES (1, 'a', '"+test.row+"')")
			for _, s := range steps {
				if _, err := db.ExecContext(t.Context(), s.Up); err != nil {
					if test.want != "" || readState(t, db) != test.row || !strings.Contains(s.Contract, "the statement fails if") {
						t.Errorf("%v: %s", err, s.Contract)
					}
					return
				}
				if s.Contract == "" {
					t.Errorf("%s is no contract", s.Up)
				}
			}
			if got := readState(t, db); got != test.want {
				t.Errorf("the row has %s, want %s", got, test.want)
			}
			for _, s := range slices.Backward(steps) {
				exec(t, db, s.Down)
			}
			if got := readState(t, db); got != test.down {
				t.Errorf("the row has %s after down, want %s", got, test.down)
			}
		})
	}
}

// readState returns the value of the only row, without spaces that MySQL adds to JSON.
func readState(t *testing.T, db *sql.DB) (state string) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), "SELECT state FROM books").Scan(&state); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(state, " ", "")
}

// TestColumnOfEnumStaysWide removes the longest value.
func TestColumnOfEnumStaysWide(t *testing.T) {
	long := stateOf("NEW", "A_NAME_OF_20_LETTERS")
	long.Type = "VARCHAR(32)"
	steps, err := planEnum(t, long, stateOf("NEW"), "books.state.A_NAME_OF_20_LETTERS")
	if err != nil || len(steps) != 1 {
		t.Errorf("got %+v, %v", steps, err)
	}
}

// TestValuesAreUnknownAtFirst plans without recorded values.
func TestValuesAreUnknownAtFirst(t *testing.T) {
	steps, err := tablediff.Plan(t.Context(), create(t, newTable("books", stateOf("NEW", "OLD"))), open(t),
		[]tablediff.Table{newTable("books", stateOf("NEW"))}, tablediff.Options{})
	if err != nil || len(steps) > 0 {
		t.Errorf("got %+v, %v", steps, err)
	}
}

// TestRecordWithoutItsMigrationIsRefused deletes the migration with which the values of enums were recorded, to plan again.
func TestRecordWithoutItsMigrationIsRefused(t *testing.T) {
	dir := t.TempDir()
	files := []tablediff.File{{Name: "00101_a.sql"}, {Name: "00201_b.sql"}}
	if err := tablediff.Write(dir, files); err != nil {
		t.Fatal(err)
	}
	enums := tablediff.EnumsOf([]tablediff.Table{newTable("books", stateOf("NEW"))})
	if err := enums.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := tablediff.ReadEnums(os.DirFS(dir)); err != nil || got.String() != enums.String() {
		t.Errorf("%v, %v", got, err)
	}
	if err := os.Remove(filepath.Join(dir, "00201_b.sql")); err != nil {
		t.Fatal(err)
	}
	const want = "enums.txt: the values were recorded with the migration 00201, which is missing"
	if _, err := tablediff.ReadEnums(os.DirFS(dir)); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	if err := tablediff.Write(dir, []tablediff.File{{Name: "00301_c.sql"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := tablediff.ReadEnums(os.DirFS(dir)); err != nil {
		t.Errorf("with a later migration: %v", err)
	}
}

// TestRenamedValuesNeedNoRecord plans without recorded values: the file was not there, or is lost.
func TestRenamedValuesNeedNoRecord(t *testing.T) {
	for _, test := range []struct {
		name     string
		from, to tablediff.Column
		row      string
		want     string
	}{
		{
			name: "a name",
			from: stateOf("NEW", "OLD"),
			to:   renamed(stateOf("NEW", "PAST"), "PAST", "OLD"),
			row:  "OLD",
			want: "PAST",
		},
		{
			name: "a name in lists",
			from: listOf(stateOf("NEW", "OLD")),
			to:   renamed(listOf(stateOf("NEW", "PAST")), "PAST", "OLD"),
			row:  `["OLD","NEW"]`,
			want: `["PAST","NEW"]`,
		},
		{
			name: "a rank",
			from: ranked("LOW", "1"),
			to:   renamed(ranked("LEAST", "1"), "LEAST", "LOW"),
			row:  "1",
			want: "1",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := newTable("books", test.from)
			steps, err := tablediff.Plan(t.Context(), create(t, before), open(t), []tablediff.Table{newTable("books", test.to)}, tablediff.Options{})
			if err != nil {
				t.Fatal(err)
			}
			db := create(t, before)
			exec(t, db, "INSERT INTO books VALUES (1, 'a', '"+test.row+"')")
			for _, s := range steps {
				exec(t, db, s.Up)
			}
			if got := readState(t, db); got != test.want {
				t.Errorf("the row has %s, want %s", got, test.want)
			}
		})
	}
}

func TestEnumsAreRecordedInAFile(t *testing.T) {
	dir := t.TempDir()
	tables := []tablediff.Table{
		newTable("books", stateOf("OLD", "NEW")), newTable("loans", ranked("B", "10", "A", "9"), column("note", "TEXT")),
	}
	if err := tablediff.EnumsOf(tables).Write(dir); err != nil {
		t.Fatal(err)
	}
	got, err := tablediff.ReadEnums(os.DirFS(dir))
	const want = "books.state: NEW OLD\nloans.state: A=9 B=10\n"
	if err != nil || !strings.HasSuffix(got.String(), "\n"+want) || got.String() != tablediff.EnumsOf(tables).String() {
		t.Errorf("%v, %v", got, err)
	}
	if none, err := tablediff.ReadEnums(fstest.MapFS{}); err != nil || none != nil {
		t.Errorf("%v, %v", none, err)
	}
	for _, text := range []string{"<<<<<<< ours\n", "a.b: C\na.b: D\n"} {
		_, err := tablediff.ReadEnums(fstest.MapFS{tablediff.EnumsFile: {Data: []byte(text)}})
		if err == nil || !strings.HasPrefix(err.Error(), "enums.txt:") || !strings.Contains(err.Error(), "restore the file") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
