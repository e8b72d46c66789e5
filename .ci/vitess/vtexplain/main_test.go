package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestStatementsOfSeveralShardsFail plans one statement of each kind.
func TestStatementsOfSeveralShardsFail(t *testing.T) {
	for statement, want := range map[string]string{
		"SELECT id FROM notes WHERE tenant_id = ? AND id IN (?, ?)":                                                           "",
		"SELECT id FROM notes WHERE tenant_id = 2 AND EXISTS (SELECT * FROM notes n WHERE tenant_id = ? AND n.id = notes.id)": "",
		"SELECT id FROM tenants ORDER BY id":                                                                                  "",
		"INSERT INTO tenants (id) VALUES (?)":                                                                                 "",
		"INSERT INTO notes (tenant_id, id) VALUES (?, ?), (?, ?)":                                                             "",
		"SELECT id FROM notes WHERE id = ?":                                                                                   "needs more than one shard (Route Scatter)",
		"DELETE FROM notes":                                                                                                   "needs more than one shard (Delete Scatter)",
		"SELECT id FROM notes WHERE tenant_id IN (1, 2)":                                                                      "needs 2 shards",
		"INSERT INTO notes (tenant_id, id) VALUES (1, ?), (2, ?)":                                                             "needs 2 shards",
		"REPLACE INTO notes (tenant_id, id) VALUES (1, 1)":                                                                    "VT12001",
		"SELECT missing FROM notes WHERE tenant_id = 1":                                                                       "can't be planned",
	} {
		dir := t.TempDir()
		line, err := json.Marshal(statement)
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string]string{
			"vschema": `{"sharded": true, "foreignKeyMode": "unmanaged", "vindexes": {"tenant": {"type": "xxhash"}, "one": {"type": "null"}}, "tables": {
				"notes": {"columnVindexes": [{"column": "tenant_id", "name": "tenant"}]},
				"tenants": {"columnVindexes": [{"column": "id", "name": "one"}], "pinned": "00"}}}`,
			"exceptions":      "# none",
			"schema.sql":      "CREATE TABLE notes (tenant_id INT NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id));\nCREATE TABLE tenants (id INT NOT NULL PRIMARY KEY);\n",
			"statements.json": string(line) + "\n",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var out strings.Builder
		bad, err := run(filepath.Join(dir, "vschema"), filepath.Join(dir, "exceptions"), dir, &out)
		if err != nil || (bad > 0) != (want != "") || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %d, %v\n%s", statement, bad, err, &out)
		}
	}
}
