package main

import (
	"encoding/json"

	"rowhouse/model"
	"rowhouse/tenancy"
	"rowhouse/tenancy/guard"
)

// vschema is the command that prints the VSchema of a Vitess keyspace.
type vschema struct{}

// Run prints the VSchema of all tables as JSON, for `vtctldclient ApplyVSchema`.
func (vschema) Run(out stdout) error {
	tables, err := tenancy.Tables(model.Types.Models(), model.Types.Shared()...)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(newVSchema(tables))
}

// systemTables are the tables that only the system scope uses, with their primary keys: the
// tenant directory and goose's table of versions.
var systemTables = map[string]string{"tenants": "id", "goose_db_version": "id"}

// keyspaceVSchema has the fields of Vitess's vschema.Keyspace that are used here. JSON sorts
// the keys of maps, so the output depends only on the models.
type keyspaceVSchema struct {
	Sharded bool `json:"sharded"`
	// ForeignKeyMode is unmanaged: MySQL checks foreign keys. Their rows have the same tenant, and
	// so the same shard.
	ForeignKeyMode string                  `json:"foreignKeyMode"`
	Vindexes       map[string]vindex       `json:"vindexes"`
	Tables         map[string]tableVSchema `json:"tables"`
}

type vindex struct {
	Type string `json:"type"`
}

type tableVSchema struct {
	// Type is reference for a table of which each shard has all rows.
	Type           string         `json:"type,omitempty"`
	ColumnVindexes []columnVindex `json:"columnVindexes,omitempty"`
	// Pinned is a keyspace id, in hexadecimal. Its shard has the whole table.
	Pinned string `json:"pinned,omitempty"`
}

type columnVindex struct {
	Column string `json:"column"`
	Name   string `json:"name"`
}

// newVSchema shards tenant tables by a hash of tenant_id. It makes shared tables reference tables,
// which each shard can join, and keeps system tables on the first shard.
func newVSchema(tables guard.Tables) keyspaceVSchema {
	const byTenant, onFirstShard = "tenant", "first_shard"
	v := keyspaceVSchema{
		Sharded:        true,
		ForeignKeyMode: "unmanaged",
		Vindexes:       map[string]vindex{byTenant: {"xxhash"}, onFirstShard: {"null"}},
		Tables:         map[string]tableVSchema{},
	}
	for name, t := range tables {
		if t.Shared {
			v.Tables[name] = tableVSchema{Type: "reference"}
			continue
		}
		v.Tables[name] = tableVSchema{ColumnVindexes: []columnVindex{{guard.Column, byTenant}}}
	}
	for name, key := range systemTables {
		// With Pinned only, vtgate refuses INSERT, which needs a primary vindex. With the
		// null vindex only, a statement without the key in WHERE goes to all shards.
		v.Tables[name] = tableVSchema{ColumnVindexes: []columnVindex{{key, onFirstShard}}, Pinned: "00"}
	}
	return v
}
