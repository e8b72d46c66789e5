// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"database/sql/driver"

	"rowhouse/model/relay"
)

// itemPriorities are the values of ItemPriority with their ranks.
var itemPriorities = relay.RankedEnumOf(AllItemPriority, 0, 1, 2, 3, 4)

// Value returns the rank for the database.
func (e ItemPriority) Value() (driver.Value, error) { return itemPriorities.RankOf(string(e)) }

// Scan reads a rank from the database, and fails for other values.
func (e *ItemPriority) Scan(src any) error { return relay.ScanRank(itemPriorities, e, src) }
