// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"database/sql/driver"

	"rowhouse/model/relay"
)

// conditions are the values of Condition with their ranks.
var conditions = relay.RankedEnumOf(AllCondition, 10, 20, 30)

// Value returns the rank for the database.
func (e Condition) Value() (driver.Value, error) { return conditions.RankOf(string(e)) }

// Scan reads a rank from the database, and fails for other values.
func (e *Condition) Scan(src any) error { return relay.ScanRank(conditions, e, src) }
