package tablediff_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"rowhouse/model/tablediff"
)

// populated has tables with rows in migrations of an earlier change.
var populated = fstest.MapFS{
	"00101_create_shelves.sql": newFile(shelves(optional("note", "VARCHAR(60)")).CreateSQL()),
	"00102_create_books.sql":   newFile(books().CreateSQL()),
}

// newFile returns a file with a statement.
func newFile(up string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("-- +goose Up\n" + up + ";\n-- +goose Down\n")}
}

// TestLintFindsProblems lints one file after the populated tables.
func TestLintFindsProblems(t *testing.T) {
	for _, test := range []struct {
		statement string
		want      []string // severity and problem
	}{
		{statement: "CREATE TABLE a (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id))"},
		{statement: "ALTER TABLE shelves ADD COLUMN a INT NULL, ADD COLUMN b INT NOT NULL DEFAULT 0, ADD KEY c (tenant_id, name)"},
		{statement: "ALTER TABLE shelves ADD COLUMN a INT NULL, ADD UNIQUE KEY c (tenant_id, a)"},
		{statement: "ALTER TABLE shelves DROP KEY shelves_name"},
		{statement: "ALTER TABLE shelves MODIFY COLUMN name VARCHAR(200) NOT NULL"},
		{statement: "CREATE INDEX a ON shelves (tenant_id, note)"},
		{statement: "DROP TABLE books", want: []string{"error: drops the table with its rows"}},
		{statement: "RENAME TABLE books TO a", want: []string{"error: renames the table"}},
		{statement: "ALTER TABLE books RENAME TO a", want: []string{"error: renames the table"}},
		{statement: "ALTER TABLE books DROP COLUMN title, ADD COLUMN a INT", want: []string{"error: drops the column with its data"}},
		{statement: "ALTER TABLE books RENAME COLUMN shelf_id TO a", want: []string{"error: renames the column"}},
		{statement: "ALTER TABLE books CHANGE COLUMN title a VARCHAR(100) NOT NULL", want: []string{"error: renames the column"}},
		{statement: "ALTER TABLE books CHANGE COLUMN title title VARCHAR(100) NOT NULL"},
		{
			statement: "ALTER TABLE books MODIFY COLUMN title VARCHAR(60) NOT NULL",
			want: []string{
				"error: VARCHAR(100) becomes VARCHAR(60): fails if values of rows do not fit",
				"warning: the server copies the table",
			},
		},
		{
			statement: "ALTER TABLE books MODIFY COLUMN title TEXT NOT NULL",
			want:      []string{"warning: the server copies the table"},
		},
		{
			statement: "ALTER TABLE shelves MODIFY COLUMN note VARCHAR(70)",
			want:      []string{"warning: the server copies the table"}, // its length takes two bytes
		},
		{
			statement: "ALTER TABLE shelves MODIFY COLUMN note VARCHAR(60) NOT NULL",
			want:      []string{"error: the column becomes NOT NULL: fails if rows have NULL"},
		},
		{
			statement: "ALTER TABLE shelves ADD COLUMN a INT NOT NULL",
			want:      []string{"error: the column is NOT NULL without a default"},
		},
		{
			statement: "ALTER TABLE shelves ADD COLUMN a INT NOT NULL DEFAULT (LENGTH(name))",
			want:      []string{"warning: the server copies the table"},
		},
		{
			statement: "ALTER TABLE shelves ADD UNIQUE KEY a (tenant_id, name)",
			want:      []string{"error: fails if rows have equal values"},
		},
		{
			statement: "CREATE UNIQUE INDEX a ON shelves (tenant_id, name)",
			want:      []string{"error: fails if rows have equal values"},
		},
		{
			statement: "ALTER TABLE books ADD CONSTRAINT a FOREIGN KEY (tenant_id, id) REFERENCES shelves (tenant_id, id)",
			want:      []string{"error: fails if rows refer to missing rows", "warning: the server copies the table"},
		},
		{
			statement: "ALTER TABLE books ADD CONSTRAINT a CHECK (title <> '')",
			want:      []string{"error: fails if rows violate the constraint", "warning: the server copies the table"},
		},
		{statement: "UPDATE books SET title = 'x' WHERE tenant_id > 0", want: []string{"warning: changes rows in one transaction"}},
		{statement: "ALTER TABLE nothing ADD COLUMN a INT", want: []string{"warning: no file before creates the table"}},
		{statement: "INSERT INTO books SELECT * FROM books", want: []string{"warning: changes rows in one transaction"}},
		{statement: "REPLACE INTO books (tenant_id, id) VALUES (1, 'a')", want: []string{"error: deletes the rows with equal keys"}},
		{statement: "DELETE FROM books WHERE title = ''", want: []string{"error: deletes rows"}},
		{statement: "DELETE b FROM books b JOIN shelves s ON s.id = b.id", want: []string{"error: deletes rows"}},
		{statement: "TRUNCATE TABLE books", want: []string{"error: deletes all rows"}},
		{statement: "TRUNCATE books", want: []string{"error: deletes all rows"}},
		{statement: "DROP DATABASE rowhouse", want: []string{"error: drops the database"}},
		{statement: "DROP SCHEMA IF EXISTS rowhouse", want: []string{"error: drops the database"}},
		{statement: "CREATE VIEW a AS SELECT title FROM books"},
		{statement: "CREATE OR REPLACE VIEW a AS SELECT title FROM books", want: []string{"error: replaces a view"}},
		{statement: "DROP VIEW a", want: []string{"error: drops the view"}},
		{
			statement: "RENAME TABLE books TO a, shelves TO books, a TO shelves",
			want:      []string{"error: renames the table", "error: renames the table", "error: renames the table"},
		},
		{statement: "SET foreign_key_checks = 0", want: []string{"error: lint does not know the effects of"}},
		{statement: "LOAD DATA INFILE 'a' REPLACE INTO TABLE books", want: []string{"error: lint does not know the effects of"}},
		{statement: "OPTIMIZE TABLE books", want: []string{"error: lint does not know the effects of"}},
		{statement: "CALL a()", want: []string{"error: lint does not know the effects of"}},
		{statement: "ALTER DATABASE rowhouse CHARACTER SET = utf8mb4", want: []string{"error: lint does not know the effects of"}},
		{statement: "/*! DROP TABLE books */", want: []string{"error: drops the table with its rows"}},
		{statement: "PREPARE a FROM 'DROP TABLE books'", want: []string{"error: lint does not know the effects of"}},
		{statement: "ALTER TABLE books ENCRYPT ALL", want: []string{"error: the statement can't be read"}},
		{statement: "ALTER TABLE books DROP FOREIGN KEY books_shelf"},
		{statement: "ALTER TABLE books RENAME INDEX books_shelf TO a, ALTER INDEX a INVISIBLE"},
		{statement: "ALTER TABLE books ADD COLUMN a INT, ALGORITHM = INPLACE, LOCK = NONE"},
		{statement: "ALTER TABLE books ALTER COLUMN title SET DEFAULT 'a'"},
		{
			statement: "ALTER TABLE books ALTER COLUMN title DROP DEFAULT",
			want:      []string{"warning: inserts of the release before without a value fail"},
		},
		{statement: "ALTER TABLE books DROP PRIMARY KEY", want: []string{"error: drops the primary key"}},
		{
			statement: "ALTER TABLE books CONVERT TO CHARACTER SET ascii",
			want:      []string{"error: converts all strings", "warning: the definition of the table after it is unknown"},
		},
		{statement: "ALTER TABLE books ENGINE = InnoDB", want: []string{"warning: the server may copy the table"}},
		{statement: "ALTER TABLE books DISCARD TABLESPACE", want: []string{"error: lint does not know the effects of this clause"}},
		{statement: "ALTER TABLE books DROP PARTITION a", want: []string{"error: changes partitions"}},
		{statement: "ALTER TABLE books TRUNCATE PARTITION a", want: []string{"error: changes partitions"}},
		{
			statement: "ALTER TABLE nothing DROP COLUMN a, MODIFY COLUMN b INT, ADD UNIQUE KEY c (tenant_id, b)",
			want: []string{
				"warning: no file before creates the table", "error: drops the column", "error: the former type is unknown",
				"error: fails if rows have equal values",
			},
		},
		{
			statement: "ALTER TABLE nothing ADD CONSTRAINT a FOREIGN KEY (tenant_id, id) REFERENCES shelves (tenant_id, id)",
			want:      []string{"warning: no file before creates the table", "error: fails if rows refer to missing rows"},
		},
		{
			statement: "DROP TABLE a; DROP TABLE b",
			want:      []string{"error: the file has 2 statements", "error: drops the table", "error: drops the table"},
		},
	} {
		t.Run(test.statement, func(t *testing.T) {
			for _, accept := range []string{"", "-- lint: a reason\n"} {
				dir := fstest.MapFS{"00201_next.sql": newFile("\n" + accept + test.statement)}
				for name, file := range populated {
					dir[name] = file
				}
				findings, err := tablediff.Lint(dir, 0)
				if err != nil || len(findings) != len(test.want) {
					t.Fatalf("got %+v, %v", findings, err)
				}
				for i, f := range findings {
					severity, problem, _ := strings.Cut(test.want[i], ": ")
					if !strings.HasPrefix(f.Problem, problem) || f.Warning != (severity == "warning" || accept != "") ||
						f.Remedy == "" || f.Statement == "" || f.File != "00201_next.sql" {
						t.Errorf("%q: got %+v, want %s", accept, f, test.want[i])
					}
				}
			}
		})
	}
}

// TestLintFollowsTables checks that a file is compared with the tables that the files before it leave.
func TestLintFollowsTables(t *testing.T) {
	files := []string{
		"ALTER TABLE books RENAME COLUMN title TO name",
		"ALTER TABLE books RENAME TO volumes",
		"ALTER TABLE volumes MODIFY COLUMN name VARCHAR(500) NOT NULL",
		"ALTER TABLE volumes MODIFY COLUMN name VARCHAR(200) NOT NULL",
	}
	dir := fstest.MapFS{}
	for name, file := range populated {
		dir[name] = file
	}
	for i, statement := range files {
		dir["0020"+string(rune('1'+i))+"_next.sql"] = newFile(statement)
	}
	findings, err := tablediff.Lint(dir, 203)
	if err != nil || len(findings) == 0 || findings[0].File != "00204_next.sql" ||
		!strings.HasPrefix(findings[0].Problem, "VARCHAR(500) becomes VARCHAR(200)") {
		t.Errorf("got %+v, %v", findings, err)
	}
}

// TestNewTablesHaveNoRows changes a table in the change that creates it.
func TestNewTablesHaveNoRows(t *testing.T) {
	dir := fstest.MapFS{
		"00101_a.sql": newFile(shelves().CreateSQL()),
		"00102_b.sql": newFile("ALTER TABLE shelves ADD UNIQUE KEY a (tenant_id, name)"),
	}
	if findings, err := tablediff.Lint(dir, 0); err != nil || len(findings) > 0 {
		t.Errorf("got %+v, %v", findings, err)
	}
}

func TestFileWithoutGooseIsAnError(t *testing.T) {
	_, err := tablediff.Lint(fstest.MapFS{"00101_a.sql": {Data: []byte("DROP TABLE a;")}}, 0)
	if err == nil || err.Error() != "00101_a.sql: no -- +goose Up" {
		t.Errorf("got %v", err)
	}
}
