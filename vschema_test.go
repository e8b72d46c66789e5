package main

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"rowhouse/model/dbtest"
	"rowhouse/tenancy/guard"
)

// runVSchema returns the output of the command, as text and decoded.
func runVSchema(t *testing.T) (text []byte, v keyspaceVSchema) {
	t.Helper()
	var out bytes.Buffer
	if err := (vschema{}).Run(stdout{&out}); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), v
}

// TestVSchemaMatchesGoldenFile compares the VSchema with testdata/vschema.json.
func TestVSchemaMatchesGoldenFile(t *testing.T) {
	got, _ := runVSchema(t)
	want, err := os.ReadFile("testdata/vschema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the VSchema has changed; if it is correct, run go run . vschema > testdata/vschema.json:\n%s", got)
	}
}

// TestVSchemaHasEachTable compares the VSchema with a migrated database. Vitess can't use a table
// without an entry.
func TestVSchemaHasEachTable(t *testing.T) {
	db := dbtest.New(t)
	rows, err := db.SQL.QueryContext(t.Context(), `SELECT table_name, EXISTS (SELECT 1 FROM information_schema.columns c
		WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.column_name = 'tenant_id')
		FROM information_schema.tables t WHERE table_schema = DATABASE()`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	_, v := runVSchema(t)
	found := 0
	for rows.Next() {
		var name string
		var tenants bool
		if err := rows.Scan(&name, &tenants); err != nil {
			t.Fatal(err)
		}
		found++
		want := tableVSchema{ColumnVindexes: []columnVindex{{"id", "first_shard"}}, Pinned: "00"}
		if _, ok := systemTables[name]; !ok {
			want = tableVSchema{Type: "reference"} // a shared table
		}
		if tenants {
			want = tableVSchema{ColumnVindexes: []columnVindex{{"tenant_id", "tenant"}}}
		}
		got := v.Tables[name]
		if !slices.Equal(got.ColumnVindexes, want.ColumnVindexes) || got.Pinned != want.Pinned || got.Type != want.Type {
			t.Errorf("%s has %+v, want %+v", name, got, want)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if found != len(v.Tables) {
		t.Errorf("the database has %d tables, the VSchema %d", found, len(v.Tables))
	}
}

// TestSharedTablesAreReferenceTables checks the type with which vtgate can join a table on each shard.
func TestSharedTablesAreReferenceTables(t *testing.T) {
	v := newVSchema(guard.Tables{"items": {TenantLeadsKeys: true}, "countries": {Shared: true}})
	text, err := json.Marshal(map[string]tableVSchema{"countries": v.Tables["countries"], "items": v.Tables["items"]})
	want := `{"countries":{"type":"reference"},"items":{"columnVindexes":[{"column":"tenant_id","name":"tenant"}]}}`
	if err != nil || string(text) != want {
		t.Errorf("got %s, want %s", text, want)
	}
}
