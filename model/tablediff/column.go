package tablediff

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"rowhouse/model/relay"
)

const (
	// maxVarchar is the greatest length of strings with an index, in characters. It leaves room for tenant_id,
	// a parent and the id in maxIndex.
	maxVarchar = 750
	// maxIndex is the greatest length of an index of InnoDB, in bytes.
	maxIndex = 3072
	// enumLength is the least length of a column with the names of an enum.
	enumLength = 16
)

// newColumn returns the column of a field.
func newColumn(t relay.AnyType, f relay.Field) (Column, error) {
	c := Column{Name: f.Column, Field: t.Name() + "." + f.Name, Nullable: f.Nullable}
	if f.RenamedFrom != "" {
		c.RenamedFrom = naming.ColumnName("", f.RenamedFrom)
		if f.Scalar == relay.ScalarID && !strings.HasSuffix(c.RenamedFrom, "_id") {
			c.RenamedFrom += "_id"
		}
	}
	if isDeletedAt(t, f) {
		c.Type, c.Nullable = "DATETIME(6)", true
		return c, nil
	}
	var err error
	if c.Type, err = sqlType(f); err != nil {
		return c, err
	}
	if c.Values, err = enumValues(f); err != nil {
		return c, err
	}
	c.ASCII = !f.List && (f.Exact || f.Enum != nil && !f.Enum.IsRanked())
	switch {
	case t.IsVersioned() && f.Column == "version":
		c.Type, c.Default = "INT UNSIGNED", "1"
	case f.Default != "":
		c.Default, err = sqlDefault(f, c.Type)
	case !f.Nullable && (f.Column == "created_at" || f.Column == "updated_at"):
		c.Default = "CURRENT_TIMESTAMP(6)"
	}
	return c, err
}

// sqlType returns the type of a field's column.
func sqlType(f relay.Field) (string, error) {
	if f.List {
		return "JSON", nil
	}
	switch f.Scalar {
	case relay.ScalarEnum:
		if f.Enum.IsRanked() {
			return "TINYINT UNSIGNED", nil
		}
		return fmt.Sprintf("VARCHAR(%d)", enumWidth(f.Enum)), nil
	case relay.ScalarString, relay.ScalarEmail, relay.ScalarURL:
		return stringType(f)
	case relay.ScalarInt:
		if f.Min != "" && !strings.HasPrefix(f.Min, "-") {
			return "INT UNSIGNED", nil
		}
		return "INT", nil
	case relay.ScalarDecimal:
		before, after := f.Digits()
		return fmt.Sprintf("DECIMAL(%d,%d)", before+after, after), nil
	}
	if t, ok := sqlTypes[f.Scalar]; ok {
		return t, nil
	}
	return "", errors.New("there is no type of a column for this field")
}

// sqlTypes are the types of columns by the kind of values alone.
var sqlTypes = map[relay.Scalar]string{
	relay.ScalarID:       "BINARY(16)",
	relay.ScalarUUID:     "BINARY(16)",
	relay.ScalarFloat:    "DOUBLE",
	relay.ScalarBoolean:  "BOOLEAN",
	relay.ScalarDateTime: "DATETIME(6)",
	relay.ScalarDate:     "DATE",
	relay.ScalarBigInt:   "BIGINT",
	relay.ScalarJSON:     "JSON",
}

// stringLengths are the lengths of strings whose field states none.
var stringLengths = map[relay.Scalar]int{relay.ScalarEmail: 254, relay.ScalarURL: 2048}

// stringType returns VARCHAR, or TEXT for strings too long for an index.
func stringType(f relay.Field) (string, error) {
	length := f.MaxLength
	if length == 0 {
		length = stringLengths[f.Scalar]
	}
	switch {
	case length == 0:
		return "", errors.New("a string needs a length: add @constraint(maxLength:)")
	case length > maxVarchar:
		return "TEXT", nil
	}
	return fmt.Sprintf("VARCHAR(%d)", length), nil
}

// enumWidth returns the length of the longest name, rounded up to a power of two, so that further values
// rarely change the column.
func enumWidth(e *relay.Enum) int {
	width := enumLength
	for _, name := range e.Values() {
		for width < len(name) {
			width *= 2
		}
	}
	return width
}

// sqlDefault returns the default of a column in SQL.
func sqlDefault(f relay.Field, sqlType string) (string, error) {
	switch {
	case f.Enum != nil && f.Enum.IsRanked() && !f.List:
		rank, err := f.Enum.RankOf(f.Default)
		return fmt.Sprint(rank), err
	case sqlType == "TEXT", sqlType == "JSON":
		return "(" + sqlString(f.Default) + ")", nil
	}
	switch f.Scalar {
	case relay.ScalarInt, relay.ScalarBigInt, relay.ScalarFloat, relay.ScalarDecimal, relay.ScalarBoolean:
		return strings.Trim(f.Default, `"`), nil
	case relay.ScalarUUID:
		return "X'" + strings.ReplaceAll(f.Default, "-", "") + "'", nil
	case relay.ScalarDateTime:
		at, err := time.Parse(time.RFC3339, f.Default)
		return sqlString(at.UTC().Format("2006-01-02 15:04:05.000000")), err
	}
	return sqlString(f.Default), nil
}

// sqlString returns a string literal.
func sqlString(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`, "\n", `\n`).Replace(s) + "'"
}
