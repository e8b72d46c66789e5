package migration_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"rowhouse/model/dbtest"
	"rowhouse/model/migration"
)

// TestMigrationsRunInStrictMode checks that a value that does not fit makes a file fail, and that the file runs once
// the row is correct. The second file is a check of migrate diff: only strict mode refuses NULL there.
func TestMigrationsRunInStrictMode(t *testing.T) {
	for _, statement := range []string{
		"ALTER TABLE numbers MODIFY COLUMN value TINYINT NULL",
		"UPDATE numbers SET id = NULL WHERE value > 127",
		"UPDATE numbers SET name = NULL WHERE value > 127",
	} {
		dsn := dbtest.Empty(t)
		files := fstest.MapFS{
			"00101_create.sql": {Data: []byte("-- +goose Up\n" +
				"CREATE TABLE numbers (id INT NOT NULL, value INT NULL, name VARCHAR(10) NOT NULL);\n")},
		}
		if _, err := migration.UpFiles(t.Context(), dsn, files, discard); err != nil {
			t.Fatal(err)
		}
		db := openDB(t, dsn)
		mustExec(t, db, "INSERT INTO numbers VALUES (1, 5, ''), (2, 5000, '')")
		files["00102_next.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + statement + ";\n")}
		_, err := migration.UpFiles(t.Context(), dsn, files, discard)
		if err == nil || !strings.Contains(err.Error(), "00102_next.sql failed") {
			t.Errorf("%s: got %v", statement, err)
		}
		if got := queryColumn(t, db, "SELECT value FROM numbers WHERE id = 2 AND name IS NOT NULL"); len(got) != 1 || got[0] != "5000" {
			t.Errorf("%s: the row has %v", statement, got)
		}
		mustExec(t, db, "UPDATE numbers SET value = 50 WHERE id = 2")
		if _, err := migration.UpFiles(t.Context(), dsn, files, discard); err != nil {
			t.Errorf("%s: got %v", statement, err)
		}
	}
}
