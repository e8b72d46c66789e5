package model

import (
	"reflect"
	"sync"
	"unicode/utf8"

	"gorm.io/gorm/schema"

	"rowhouse/tenancy"
)

var schemas sync.Map

// schemaOf returns GORM's schema of T, a model that tenancy.Open accepts.
func schemaOf[T any]() *schema.Schema {
	s, err := schema.Parse(new(T), &schemas, schema.NamingStrategy{})
	if err != nil {
		panic(err)
	}
	return s
}

// isASCII reports whether a column has the character set ascii, by the tag `gorm:"charset:ascii"`
// of its field.
func isASCII(s *schema.Schema, column string) bool {
	return s.FieldsByDBName[column].TagSettings["CHARSET"] == "ascii"
}

// isStorable reports whether a column can store a string. Servers fail to compare the column with
// other strings (error 1267 on MariaDB, 3988 on MySQL), so these must not reach them.
func isStorable(s *schema.Schema, column, value string) bool {
	if !isASCII(s, column) {
		return utf8.ValidString(value)
	}
	for _, b := range []byte(value) {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// hidesRows reports whether GORM leaves rows of a model out of queries, such as softly deleted
// ones, because a field other than the tenant's adds a condition.
func hidesRows(s *schema.Schema) bool {
	for _, f := range s.Fields {
		_, adds := reflect.New(f.IndirectFieldType).Interface().(schema.QueryClausesInterface)
		if adds && f.IndirectFieldType != reflect.TypeFor[tenancy.ID]() {
			return true
		}
	}
	return false
}
