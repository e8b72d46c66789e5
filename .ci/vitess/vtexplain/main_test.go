package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	testVSchema = `{"sharded": true, "foreignKeyMode": "unmanaged",
		"vindexes": {"tenant": {"type": "xxhash"}, "one": {"type": "null"}},
		"tables": {
			"notes": {"columnVindexes": [{"column": "tenant_id", "name": "tenant"}]},
			"tenants": {"columnVindexes": [{"column": "id", "name": "one"}], "pinned": "00"}}}`
	testSchema = "CREATE TABLE notes (tenant_id INT NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id));\n" +
		"CREATE TABLE tenants (id INT NOT NULL PRIMARY KEY);\n"
)

func TestStatementsOfSeveralShardsFail(t *testing.T) {
	for _, test := range []struct{ statement, problem string }{
		{statement: "SELECT id FROM notes WHERE tenant_id = ? AND id IN (?, ?)"},
		{
			statement: "SELECT id FROM notes WHERE tenant_id = 2 AND " +
				"EXISTS (SELECT * FROM notes n WHERE tenant_id = ? AND n.id = notes.id)",
		},
		{statement: "SELECT id FROM tenants ORDER BY id"},
		{statement: "INSERT INTO tenants (id) VALUES (?)"},
		{statement: "INSERT INTO notes (tenant_id, id) VALUES (?, ?), (?, ?)"},
		{statement: "SELECT id FROM notes WHERE id = ?", problem: "needs more than one shard (Route Scatter)"},
		{statement: "DELETE FROM notes", problem: "needs more than one shard (Delete Scatter)"},
		{statement: "SELECT id FROM notes WHERE tenant_id IN (1, 2)", problem: "needs 2 shards"},
		{statement: "INSERT INTO notes (tenant_id, id) VALUES (1, ?), (2, ?)", problem: "needs 2 shards"},
		{statement: "REPLACE INTO notes (tenant_id, id) VALUES (1, 1)", problem: "VT12001"},
		{statement: "SELECT missing FROM notes WHERE tenant_id = 1", problem: "can't be planned"},
	} {
		dir := t.TempDir()
		line, err := json.Marshal(test.statement)
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string]string{
			"vschema":         testVSchema,
			"exceptions":      "# none",
			"schema.sql":      testSchema,
			"statements.json": string(line) + "\n",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var out strings.Builder
		bad, err := planFolder(filepath.Join(dir, "vschema"), filepath.Join(dir, "exceptions"), dir, &out)
		if err != nil || (bad > 0) != (test.problem != "") || !strings.Contains(out.String(), test.problem) {
			t.Errorf("%s: %d, %v\n%s", test.statement, bad, err, &out)
		}
	}
}
