package main

import (
	"encoding/json"

	"rowhouse/model"
	"rowhouse/tenancy"
	"rowhouse/tenancy/guard"
)

// vschema is the command that prints the VSchema of a Vitess keyspace.
type vschema struct{}

// Run prints the VSchema for all models, in the form that `vtctldclient ApplyVSchema`
// reads.
func (vschema) Run(a *app) error {
	tables, err := tenancy.Tables(model.All())
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(a.out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(vschemaOf(tables))
}

// sharedTables are the tables without tenant_id, with their primary keys: the tenant
// directory and goose's table of versions.
var sharedTables = map[string]string{"tenants": "id", "goose_db_version": "id"}

// keyspaceVSchema is Vitess's vschema.Keyspace, as far as it is needed here. Maps are
// encoded in the order of their keys, so that the same models print the same bytes.
type keyspaceVSchema struct {
	Sharded bool `json:"sharded"`
	// ForeignKeyMode is unmanaged: foreign keys stay in a tenant, and so in a shard,
	// where MySQL checks them.
	ForeignKeyMode string                  `json:"foreignKeyMode"`
	Vindexes       map[string]vindex       `json:"vindexes"`
	Tables         map[string]tableVSchema `json:"tables"`
}

type vindex struct {
	Type string `json:"type"`
}

type tableVSchema struct {
	ColumnVindexes []columnVindex `json:"columnVindexes"`
	// Pinned is the keyspace id, in hexadecimal, of the shard that holds the whole table.
	Pinned string `json:"pinned,omitempty"`
}

type columnVindex struct {
	Column string `json:"column"`
	Name   string `json:"name"`
}

// vschemaOf shards tenant tables by a hash of tenant_id and keeps each shared table on
// the first shard.
func vschemaOf(tables guard.Tables) keyspaceVSchema {
	const byTenant, onFirstShard = "tenant", "first_shard"
	v := keyspaceVSchema{
		Sharded:        true,
		ForeignKeyMode: "unmanaged",
		Vindexes:       map[string]vindex{byTenant: {"xxhash"}, onFirstShard: {"null"}},
		Tables:         map[string]tableVSchema{},
	}
	for name := range tables {
		v.Tables[name] = tableVSchema{ColumnVindexes: []columnVindex{{guard.Column, byTenant}}}
	}
	for name, key := range sharedTables {
		// Pinned alone, vtgate refuses INSERT for want of a primary vindex. The null
		// vindex alone, a statement without the key in its WHERE goes to all shards.
		v.Tables[name] = tableVSchema{ColumnVindexes: []columnVindex{{key, onFirstShard}}, Pinned: "00"}
	}
	return v
}
